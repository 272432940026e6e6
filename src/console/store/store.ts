import type { Clock } from "../../platform/clock.ts";
import { Frames } from "./frames.ts";
import { reduce } from "./reduce.ts";
import type { Action, ConsoleState } from "./state.ts";

/**
 * The console's state. `now` is always current; `shown` is what the screen is drawn from, and follows at once for what a person did, in
 * steps for what happens by itself.
 */
export class ConsoleStore {
  readonly #frames: Frames;
  readonly #listeners = new Set<() => void>();
  #now: ConsoleState;
  #shown: ConsoleState;

  constructor(state: ConsoleState, clock: Clock, frames = new Frames(clock)) {
    this.#now = state;
    this.#shown = state;
    this.#frames = frames;
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
    if (this.#now !== before) this.#frames.soon(this.#show);
  }

  close(): void {
    this.#frames.done(this.#show);
    this.#listeners.clear();
  }

  #change(action: Action): void {
    this.#now = reduce(this.#now, action);
  }

  readonly #show = (): void => {
    this.#frames.done(this.#show);
    if (this.#shown === this.#now) return;
    this.#shown = this.#now;
    for (const listener of this.#listeners) listener();
  };
}
