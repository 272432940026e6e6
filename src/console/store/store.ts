import type { Clock } from "../../platform/clock.ts";
import { reduce } from "./reduce.ts";
import type { Action, ConsoleState } from "./state.ts";

/** Milliseconds between two frames that events make; what a person does is shown at once. */
const eventFrame = 100;

/**
 * The console's state. `now` is always current; `shown` is what the screen is drawn from, and follows at once for what a person did, in
 * steps for what happens by itself: two hundred events a second must not make two hundred frames.
 */
export class ConsoleStore {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #now: ConsoleState;
  #shown: ConsoleState;
  #cancel: (() => void) | undefined;
  #lastFrame = 0;

  constructor(state: ConsoleState, clock: Clock) {
    this.#now = state;
    this.#shown = state;
    this.#clock = clock;
  }

  get now(): ConsoleState {
    return this.#now;
  }

  /** For `useSyncExternalStore`. */
  readonly shown = (): ConsoleState => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Somebody did it, and waits to see it. */
  act(action: Action): void {
    this.#change(action);
    this.#show();
  }

  /** It happened. */
  hear(action: Action): void {
    const before = this.#now;
    this.#change(action);
    if (this.#now === before || this.#cancel !== undefined) return;
    const wait = this.#lastFrame + eventFrame - this.#clock.now();
    if (wait <= 0) this.#show();
    else this.#cancel = this.#clock.after(wait, () => this.#show());
  }

  close(): void {
    this.#cancel?.();
    this.#listeners.clear();
  }

  #change(action: Action): void {
    this.#now = reduce(this.#now, action);
  }

  #show(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#lastFrame = this.#clock.now();
    if (this.#shown === this.#now) return;
    this.#shown = this.#now;
    for (const listener of this.#listeners) listener();
  }
}
