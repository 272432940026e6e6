import type { ReceivedMessage } from "./contract.ts";
import type { Received } from "./received-message.ts";

export type Listen = (message: ReceivedMessage) => void | PromiseLike<void>;

export interface ListenerHost {
  /** The next message, handed out; `undefined` when there is none now. */
  next: () => Received | undefined;
  /** The listener has returned, or what it promised came; it failed with `failure.error`. */
  done: (failure: { error: unknown } | undefined) => void;
}

/** Calls a listener with one message after the other; without a promise a message when it is a plain function. */
export class Listener {
  readonly #listen: Listen;
  readonly #host: ListenerHost;
  #working = false;

  constructor(listen: Listen, host: ListenerHost) {
    this.#listen = listen;
    this.#host = host;
  }

  /** It has a message. */
  get working(): boolean {
    return this.#working;
  }

  /** Works on what there is. */
  run(): void {
    while (!this.#working) {
      const received = this.#host.next();
      if (received === undefined) return;
      this.#working = true;
      try {
        const result = this.#listen(received);
        if (isThenable(result)) return this.#wait(result);
        this.#done(undefined);
      } catch (error) {
        this.#done({ error });
      }
    }
  }

  #wait(result: PromiseLike<void>): void {
    const end = (failure: { error: unknown } | undefined): void => {
      this.#done(failure);
      this.run();
    };
    result.then(
      () => end(undefined),
      (error: unknown) => end({ error }),
    );
  }

  #done(failure: { error: unknown } | undefined): void {
    this.#working = false;
    this.#host.done(failure);
  }
}

function isThenable(value: void | PromiseLike<void>): value is PromiseLike<void> {
  return typeof value === "object" && value !== null && typeof value.then === "function";
}
