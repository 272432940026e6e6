import { formatSse } from "../control/sse.ts";
import type { Clock } from "../platform/clock.ts";
import { type EventFilter, interactionOf, matchesFilter } from "./event-filter.ts";
import type { EventLog } from "./event-log.ts";

/** Milliseconds without an event after which a comment keeps the connection alive. */
const beatEvery = 15_000;

export interface StreamOptions {
  events: EventLog;
  clock: Clock;
  filter: EventFilter;
  /** The stream begins after this event id. */
  from: string;
  onClose: () => void;
}

/**
 * Server-sent events. The stream keeps only its place in the log: a reader who falls behind costs no memory and gets what it missed from
 * the journal.
 */
export function eventStreamResponse(options: StreamOptions): Response {
  const { events, clock, filter, from, onClose } = options;
  let cursor = from;
  let wake: () => void = () => {};
  let closed = false;
  const stopListening = events.listen(() => wake());
  const close = (): void => {
    if (closed) return;
    closed = true;
    stopListening();
    wake();
    onClose();
  };
  const encoder = new TextEncoder();
  const next = (): string => {
    const batch = events.after(cursor);
    cursor = batch.at(-1)?.id ?? cursor;
    return batch
      .filter((event) => matchesFilter({ ...event, interaction: interactionOf(event) }, filter))
      .map((event) => formatSse({ id: event.id, data: JSON.stringify(event) }))
      .join("");
  };
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      // Sends the headers now, although nothing may happen for long.
      controller.enqueue(encoder.encode(": connected\n\n"));
    },
    pull: async (controller) => {
      while (!closed) {
        const before = cursor;
        const text = next();
        if (text !== "") return controller.enqueue(encoder.encode(text));
        // Events that do not match: look on before waiting.
        if (cursor !== before) continue;
        const beat = await new Promise<boolean>((resolve) => {
          const cancel = clock.after(beatEvery, () => resolve(true));
          wake = () => {
            cancel();
            resolve(false);
          };
        });
        if (beat && !closed) return controller.enqueue(encoder.encode(": still here\n\n"));
      }
    },
    cancel: close,
  });
  return new Response(stream, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "Cti-Position": from },
  });
}
