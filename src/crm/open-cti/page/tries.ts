import type { Clock } from "../../../platform/clock.ts";

/** Names remembered; more at once are an attack, and the oldest are forgotten. */
const mostNames = 10_000;

/** Counts failures by name: so many within a time, and no more are let through until the first of them is that old. */
export class Tries {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #within: number;
  /** Milliseconds since the epoch of each failure, and of each try whose end is not known yet. */
  readonly #failures = new Map<string, number[]>();

  /** `within`: milliseconds. */
  constructor(clock: Clock, most: number, within: number) {
    this.#clock = clock;
    this.#most = most;
    this.#within = within;
  }

  /** Whole seconds to wait, or what takes the try back because it did not fail. A try counts from its beginning, so that many at once are many. */
  begin(name: string): { wait: number } | { undo: () => void } {
    const now = this.#clock.now();
    const recent = (this.#failures.get(name) ?? []).filter((at) => at <= now && now - at < this.#within);
    const [first = now] = recent;
    if (recent.length >= this.#most)
      return { wait: Math.max(1, Math.ceil((first + this.#within - now) / 1000)) };
    this.#put(name, [...recent, now]);
    return {
      undo: () => {
        const left = [...(this.#failures.get(name) ?? [])];
        const index = left.indexOf(now);
        if (index !== -1) left.splice(index, 1);
        this.#put(name, left);
      },
    };
  }

  #put(name: string, failures: number[]): void {
    this.#failures.delete(name);
    if (failures.length > 0) this.#failures.set(name, failures);
    if (this.#failures.size <= mostNames) return;
    for (const oldest of this.#failures.keys()) {
      this.#failures.delete(oldest);
      return;
    }
  }
}

/** A token bucket: `perSecond`, and `burst` at once. */
export class Allowance {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = clock.now();
  }

  /** Takes one. A clock set back gives nothing. */
  take(): boolean {
    const now = this.#clock.now();
    const passed = Math.max(0, now - this.#at) / 1000;
    this.#at = now;
    this.#tokens = Math.min(this.#burst, this.#tokens + passed * this.#perSecond);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
