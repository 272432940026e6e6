/** Time as a dependency: tests and the simulator's speed-up replace it. Durations are milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once after `delay` milliseconds; the returned function cancels it. */
  after(delay: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delay, task) => {
    const timer = setTimeout(task, delay);
    return () => clearTimeout(timer);
  },
};

/** A clock that runs `speed` times as fast as the given one, from the moment it is made. */
export function fasterClock(speed: number, base: Clock = systemClock): Clock {
  const origin = base.now();
  return {
    now: () => origin + (base.now() - origin) * speed,
    after: (delay, task) => base.after(delay / speed, task),
  };
}

/** A clock that stands still until `advance` is called; tasks run in the order of their time. */
export class ManualClock implements Clock {
  #now: number;
  #tasks: { at: number; order: number; task: () => void }[] = [];
  #order = 0;

  constructor(start = Date.UTC(2026, 0, 5, 9, 0, 0)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(delay: number, task: () => void): () => void {
    const entry = { at: this.#now + Math.max(0, delay), order: this.#order++, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Moves time on, running every task that falls due, including those that tasks add. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = this.#tasks
        .filter((task) => task.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (due === undefined) break;
      this.#tasks = this.#tasks.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.task();
    }
    this.#now = end;
  }

  /** Time passes and nothing runs, as when a laptop is closed; what fell due runs at the next `advance`. */
  sleep(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** How many tasks wait. */
  get pending(): number {
    return this.#tasks.length;
  }
}
