import type { Clock } from "../../platform/clock.ts";

/** Milliseconds between two frames that events make; what a person does is shown at once. */
const eventFrame = 100;

/**
 * When to draw what happens by itself: in steps, and everything that waits in one of them, for two hundred events a second must not make two
 * hundred frames, nor one change two.
 */
export class Frames {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #cancel: (() => void) | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `draw` with the next frame, once however often it is asked for. */
  soon(draw: () => void): void {
    this.#waiting.add(draw);
    this.#cancel ??= this.#clock.after(Math.max(0, this.#last + eventFrame - this.#clock.now()), () => {
      this.#cancel = undefined;
      this.#last = this.#clock.now();
      const due = [...this.#waiting];
      this.#waiting.clear();
      for (const each of due) each();
    });
  }

  /** It is drawn already. */
  done(draw: () => void): void {
    this.#waiting.delete(draw);
  }

  close(): void {
    this.#cancel?.();
    this.#waiting.clear();
  }
}
