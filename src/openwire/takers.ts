import type { Received } from "./received-message.ts";

/** Somebody who waits for the next message. */
export interface Taker {
  resolve: (message: Received | undefined) => void;
  /** It is done when it is handed over. */
  finish: boolean;
  /** A pull whose end the broker says. */
  timed: boolean;
  /** Of a pull, milliseconds. */
  timeout: number | undefined;
  cancel: () => void;
}

/** Who waits for messages, in the order in which they came. */
export class Takers {
  #waiting: Taker[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  /** One more; `promise` resolves with its message, or without one when it is dismissed. */
  add(
    finish: boolean,
    timeout: number | undefined,
  ): { taker: Taker; promise: Promise<Received | undefined> } {
    const { promise, resolve } = Promise.withResolvers<Received | undefined>();
    const taker: Taker = { resolve, finish, timed: false, timeout, cancel: () => {} };
    this.#waiting.push(taker);
    return { taker, promise };
  }

  get first(): Taker | undefined {
    return this.#waiting[0];
  }

  /** The one that is served next; it waits no longer. */
  shift(): Taker | undefined {
    const taker = this.#waiting.shift();
    taker?.cancel();
    return taker;
  }

  /** The broker says that a pull found nothing: the first one. */
  dismissTimed(): void {
    const first = this.#waiting.find(({ timed }) => timed);
    this.dismiss((taker) => taker === first);
  }

  /** These get nothing. */
  dismiss(which: (taker: Taker) => boolean): void {
    const gone = this.#waiting.filter(which);
    if (gone.length === 0) return;
    this.#waiting = this.#waiting.filter((taker) => !gone.includes(taker));
    for (const { cancel, resolve } of gone) {
      cancel();
      resolve(undefined);
    }
  }
}
