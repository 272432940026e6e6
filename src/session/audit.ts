import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";

/** Milliseconds between re-reads while the agent has calls or is about to: mends what a lost event would leave wrong on the screen. */
const busyInterval = 30_000;
/** The same for an agent at rest: only a lost first event of something new can be wrong. */
const idleInterval = 120_000;

/** Looks after the agent from time to time, sooner while something goes on. */
export class Audit {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #isBusy: () => boolean;
  readonly #look: () => Promise<void>;
  #planned: { interval: number; cancel: () => void } | undefined;
  #closed = false;

  /** `look` must not reject. */
  constructor(clock: Clock, random: Random, isBusy: () => boolean, look: () => Promise<void>) {
    this.#clock = clock;
    this.#random = random;
    this.#isBusy = isBusy;
    this.#look = look;
  }

  /** Plans the next look; one that is planned sooner stays. */
  plan(): void {
    const interval = this.#isBusy() ? busyInterval : idleInterval;
    if (this.#closed || (this.#planned !== undefined && this.#planned.interval <= interval)) return;
    this.#planned?.cancel();
    const planned = { interval, cancel: () => {} };
    this.#planned = planned;
    planned.cancel = this.#clock.after(interval * (0.75 + this.#random() / 2), () => {
      void this.#look().then(() => {
        // Something may have begun during the look that planned an earlier one.
        if (this.#planned === planned) this.#planned = undefined;
        this.plan();
      });
    });
  }

  close(): void {
    this.#closed = true;
    this.#planned?.cancel();
  }
}
