import type { Paint } from "../platform/terminal.ts";

/** What a printer needs besides the data. */
export interface View {
  paint: Paint;
  /** Milliseconds since the epoch. */
  now: number;
}
