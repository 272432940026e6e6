/** What the connector keeps, and for how long. Sizes are bytes of JSON or text, ages milliseconds. */
export const limits = {
  /** Newest events in memory, with call-variable values as they are: their number, and their size for each agent of late. */
  ringEvents: 20_000,
  ringBytes: 1_000_000,
  ringBytesPerAgent: 50_000,
  journalBytes: 64_000_000,
  journalAge: 14 * 24 * 3_600_000,
  traceBytes: 32_000_000,
  traceAge: 7 * 24 * 3_600_000,
  /** One record's text; the rest is cut and the cut is marked. */
  traceText: 256_000,
  /** Idempotency keys. */
  keyAge: 10 * 60_000,
  /** Interactions that ended. */
  interactionAge: 7 * 24 * 3_600_000,
  pageDefault: 100,
  pageMost: 1000,
  /** Bytes of a request body. */
  body: 1_000_000,
  /** Bytes that wait for a reader of an event stream before it is cut off; it may resume. */
  streamBacklog: 8_000_000,
} as const;
