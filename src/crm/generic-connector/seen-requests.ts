import type { Clock } from "../../platform/clock.ts";

/** More than the broker hands out again, less than memory notices. */
const most = 20_000;
/** Milliseconds: beyond the age at which a request is stale anyway. */
const longest = 10 * 60_000;

/** The ids of requests that came lately, so that none is done twice. */
export class SeenRequests {
  readonly #clock: Clock;
  /** Message id → when it came; oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when this id was here before. Remembers it either way. */
  note(id: string): boolean {
    const now = this.#clock.now();
    for (const [old, at] of this.#seen) {
      if (now - at <= longest && this.#seen.size < most) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(id)) return true;
    this.#seen.set(id, now);
    return false;
  }
}
