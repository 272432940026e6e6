import type { Clock } from "../../src/platform/clock.ts";

/** What happened in a run, line by line, and how often. The fingerprint tells two runs apart without keeping their lines. */
export class Story {
  readonly lines: string[] = [];
  readonly counts = new Map<string, number>();
  readonly #clock: Clock;
  readonly #start: number;
  readonly #keeps: boolean;
  #fingerprint = 0n;

  constructor(clock: Clock, keeps: boolean) {
    this.#clock = clock;
    this.#start = clock.now();
    this.#keeps = keeps;
  }

  get fingerprint(): string {
    return this.#fingerprint.toString(36);
  }

  /** Seconds since the run began. */
  get time(): string {
    return ((this.#clock.now() - this.#start) / 1000).toFixed(3);
  }

  tell(who: string, what: string): void {
    const line = `${this.time.padStart(8)} ${who.padEnd(9)} ${what}`;
    this.#fingerprint = BigInt.asUintN(64, this.#fingerprint * 31n + BigInt(Bun.hash(line)));
    if (this.#keeps) this.lines.push(line);
  }

  count(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }
}
