import type { Clock } from "../../platform/clock.ts";

/** A limit of time for many things that each begin at another moment: one timer for all of them, armed for the oldest. */
export class Deadline {
  readonly #clock: Clock;
  readonly #delay: number;
  /** In the order in which they fall due. */
  readonly #pending = new Set<{ due: number; late: () => void }>();
  #cancel: (() => void) | undefined;

  /** `delay`: milliseconds. */
  constructor(clock: Clock, delay: number) {
    this.#clock = clock;
    this.#delay = delay;
  }

  /** Calls `late` when the time is over, unless the returned function was called before. */
  add(late: () => void): () => void {
    const entry = { due: this.#clock.now() + this.#delay, late };
    this.#pending.add(entry);
    this.#cancel ??= this.#clock.after(this.#delay, () => this.#look());
    return () => void this.#pending.delete(entry);
  }

  stop(): void {
    this.#cancel?.();
    this.#pending.clear();
  }

  #look(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    for (const entry of this.#pending) {
      // A clock set back makes nobody wait longer than twice the time.
      if (entry.due > now && entry.due - now <= this.#delay) {
        this.#cancel = this.#clock.after(entry.due - now, () => this.#look());
        return;
      }
      this.#pending.delete(entry);
      entry.late();
    }
  }
}
