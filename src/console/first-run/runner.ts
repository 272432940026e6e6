import { toCtiError } from "../../model/errors.ts";
import type { FirstRunPort, Seat } from "./contract.ts";
import {
  firstRunAtStart,
  type FirstRunEffect,
  type FirstRunEvent,
  firstRunOn,
  type FirstRunState,
} from "./machine.ts";

/** The first run with its effects: what is typed goes in, a seat comes out. */
export class FirstRun {
  /** Resolves with the seat, or `undefined` when it was left. */
  readonly seat: Promise<Seat | undefined>;
  readonly #settle: (seat: Seat | undefined) => void;
  readonly #port: FirstRunPort;
  readonly #listeners = new Set<() => void>();
  #state: FirstRunState = firstRunAtStart;
  #work = new AbortController();
  #left = false;
  /** A seat that is being made ready. */
  #coming: Promise<void> = Promise.resolve();

  constructor(port: FirstRunPort) {
    this.#port = port;
    const { promise, resolve } = Promise.withResolvers<Seat | undefined>();
    this.seat = promise;
    this.#settle = resolve;
  }

  get place(): { profile: string; path: string } {
    const { profile, path } = this.#port;
    return { profile, path };
  }

  /** For `useSyncExternalStore`. */
  readonly state = (): FirstRunState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  press(key: string): void {
    this.#hear({ type: "key", key });
  }

  paste(text: string): void {
    this.#hear({ type: "paste", text });
  }

  /** Ends it without a seat; a simulator that is just being started ends too, see `settled`. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#work.abort();
    this.#settle(undefined);
  }

  /** After leaving: when nothing that was begun goes on any more. */
  async settled(): Promise<void> {
    await this.#coming;
  }

  #hear(event: FirstRunEvent): void {
    const { state, effect } = firstRunOn(this.#state, event);
    this.#state = state;
    for (const listener of this.#listeners) listener();
    if (effect !== undefined) this.#do(effect);
  }

  #do(effect: FirstRunEffect): void {
    this.#work.abort();
    const work = new AbortController();
    this.#work = work;
    const { signal } = work;
    /** What comes of work that was given up is nobody's business. */
    const hear = (event: FirstRunEvent): void => {
      if (!signal.aborted) this.#hear(event);
    };
    const failed = (thrown: unknown): void => hear({ type: "failed", error: toCtiError(thrown).toJSON() });
    switch (effect.do) {
      case "stop":
        return;
      case "leave":
        return this.leave();
      case "probe":
        this.#port
          .probe(effect.address, effect.pin, (step) => hear({ type: "step", step }), signal)
          .then((report) => hear({ type: "report", report }), failed);
        return;
      case "simulator":
        this.#coming = this.#sit(this.#port.simulator(), signal, failed);
        return;
      case "keep":
        this.#coming = this.#sit(this.#port.keep(effect.report), signal, failed);
        return;
    }
  }

  async #sit(coming: Promise<Seat>, signal: AbortSignal, failed: (thrown: unknown) => void): Promise<void> {
    let seat: Seat;
    try {
      seat = await coming;
    } catch (thrown) {
      return failed(thrown);
    }
    if (signal.aborted) return void (await seat.end?.());
    this.#hear({ type: "seated" });
    this.#left = true;
    this.#settle(seat);
  }
}
