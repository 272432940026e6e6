import type { Clock } from "../../platform/clock.ts";
import type { LogLevel } from "../../platform/log.ts";

/** Milliseconds in which a kind of refusal is told once. */
const interval = 60_000;

export interface Refused {
  status: number;
  details: string;
  seen?: string;
}

/** Tells of refused requests without letting whoever sends them fill the log. */
export class RefusalLog {
  readonly #clock: Clock;
  readonly #log: (level: LogLevel, message: string) => void;
  /** By status and words, of which there are a handful. */
  readonly #told = new Map<string, { at: number; untold: number }>();

  constructor(clock: Clock, log: (level: LogLevel, message: string) => void) {
    this.#clock = clock;
    this.#log = log;
  }

  add(from: string, { status, details, seen }: Refused): void {
    const kind = `${status} ${details}`;
    const now = this.#clock.now();
    const last = this.#told.get(kind);
    if (last !== undefined && Math.abs(now - last.at) < interval) {
      last.untold += 1;
      return;
    }
    this.#told.set(kind, { at: now, untold: 0 });
    const more = last === undefined || last.untold === 0 ? "" : ` (and ${last.untold} more before)`;
    this.#log(
      "warn",
      `refused a request from ${from}${seen === undefined ? "" : `, ${seen}`}: ${details}${more}`,
    );
  }
}
