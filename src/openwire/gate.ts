import type { Clock } from "../platform/clock.ts";
import type { OpenWireError } from "./errors.ts";

/** Senders that wait for a connection. */
export class Gate {
  readonly #clock: Clock;
  #waiting: { resolve: () => void; reject: (error: OpenWireError) => void }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the gate is opened; rejects with `late` after `timeout` milliseconds, unless that is negative. */
  wait(timeout: number, late: () => OpenWireError): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiting.push(waiter);
      if (timeout < 0) return;
      const cancel = this.#clock.after(timeout, () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(late());
      });
      waiter.resolve = () => {
        cancel();
        resolve();
      };
      waiter.reject = (error) => {
        cancel();
        reject(error);
      };
    });
  }

  open(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** Nobody will ever get through. */
  close(error: OpenWireError): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
