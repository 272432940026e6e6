import type { ErrorData } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { LogFilter } from "./filter.ts";

/** What is read from the journal now: its newest events, older or newer ones than are held, or its beginning. */
export type Loading = "newest" | "older" | "newer" | "oldest";

/** What the log is drawn from. The same object as long as nothing has changed. */
export interface LogSnapshot {
  /** The events on the screen, oldest first: at most as many as were asked for. */
  rows: readonly CtiEvent[];
  /** Index in `rows`; -1 when there are none. */
  chosen: number;
  /** The newest event is chosen and every new one will be. */
  following: boolean;
  /** Events that have come since following ended and were not on the screen yet. */
  fresh: number;
  filter: LogFilter;
  /** Events that fit the filter, of those read so far; `undefined` without a filter. */
  hits: number | undefined;
  /** Not everything was read: there may be more hits. */
  moreHits: boolean;
  /** The journal begins with the first row; one of the rows asked for is left free to say so. */
  beginning: boolean;
  loading: Loading | undefined;
  /** How far the search for what fits has come; while it goes on. `at`: ISO 8601 UTC of the event it has come to. */
  searched: { events: number; at: string | undefined } | undefined;
  /** Reading failed; the next key tries again. */
  error: ErrorData | undefined;
  /** The longest agent id that was on the screen so far: columns do not jump. */
  agentWidth: number;
}
