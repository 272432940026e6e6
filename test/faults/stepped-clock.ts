import type { Clock } from "../../src/platform/clock.ts";

interface Task {
  at: number;
  run: () => void;
}

/** Time that moves from task to task, one at a time: between two of them whoever runs the clock lets promises settle. */
export class SteppedClock implements Clock {
  #now = Date.UTC(2026, 0, 5, 9, 0, 0);
  /** By time, then by order of arrival. */
  readonly #tasks: Task[] = [];

  now(): number {
    return this.#now;
  }

  after(delay: number, task: () => void): () => void {
    const entry: Task = { at: this.#now + Math.max(0, delay), run: task };
    let low = 0;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tasks[middle]?.at ?? 0) <= entry.at) low = middle + 1;
      else high = middle;
    }
    this.#tasks.splice(low, 0, entry);
    return () => {
      const at = this.#tasks.indexOf(entry);
      if (at >= 0) this.#tasks.splice(at, 1);
    };
  }

  /** Runs everything due within `milliseconds`; after each task `settle` lets its promises run to their end. */
  async run(milliseconds: number, settle: () => Promise<void>): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (;;) {
      const next = this.#tasks[0];
      if (next === undefined || next.at > end) break;
      this.#tasks.shift();
      this.#now = next.at;
      next.run();
      await settle();
    }
    this.#now = end;
  }
}

/** The timers of one process: they die with it. */
export class Lifetime implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<() => void>();
  readonly #mourners: (() => void)[] = [];
  #alive = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Timers not run and not cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delay: number, task: () => void): () => void {
    if (!this.#alive) return () => {};
    const stop = this.#clock.after(delay, () => {
      this.#timers.delete(cancel);
      task();
    });
    const cancel = () => {
      this.#timers.delete(cancel);
      stop();
    };
    this.#timers.add(cancel);
    return cancel;
  }

  onDeath(task: () => void): void {
    this.#mourners.push(task);
  }

  /** `kill -9`: nothing of the process happens any more. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const cancel of [...this.#timers]) cancel();
    for (const task of this.#mourners) task();
  }
}
