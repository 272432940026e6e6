import type { Clock } from "../platform/clock.ts";

export interface InactivityOptions {
  clock: Clock;
  /** Milliseconds, as agreed; 0: no monitor. */
  limit: number;
  initialDelay: number;
  /** By the socket: a large frame that is still coming in is life too. */
  bytesRead: () => number;
  /** Nothing was written for a third of the limit. */
  onIdle: () => void;
  /** Nothing came for the whole of it. */
  onSilence: () => void;
}

/** Says that we live, and notices that the other side does not (openwire.md §13). */
export class InactivityMonitor {
  readonly #options: InactivityOptions;
  #written = false;
  #bytesSeen = -1;
  #lastCheck = 0;
  #cancelWrites: () => void = () => {};
  #cancelReads: () => void = () => {};

  constructor(options: InactivityOptions) {
    this.#options = options;
    if (options.limit <= 0) return;
    this.#cancelReads = options.clock.after(options.initialDelay, () => {
      this.#watchWrites();
      this.#watchReads();
    });
  }

  wrote(): void {
    this.#written = true;
  }

  stop(): void {
    this.#cancelReads();
    this.#cancelWrites();
  }

  #watchWrites(): void {
    const { clock, limit, onIdle } = this.#options;
    this.#cancelWrites = clock.after(limit > 3 ? Math.floor(limit / 3) : limit, () => {
      if (!this.#written) onIdle();
      this.#written = false;
      this.#watchWrites();
    });
  }

  #watchReads(): void {
    const { clock, limit, bytesRead, onSilence } = this.#options;
    this.#lastCheck = clock.now();
    this.#cancelReads = clock.after(limit, () => {
      const read = bytesRead();
      // Asleep ourselves, or too busy to read: that says nothing of the peer.
      const late = clock.now() - this.#lastCheck > limit * 1.5;
      if (!late && read === this.#bytesSeen) return onSilence();
      this.#bytesSeen = read;
      this.#watchReads();
    });
  }
}
