import type { Clock } from "../../../platform/clock.ts";
import { closeCodes, type FromPage, type ToPage } from "./protocol.ts";
import { invalid } from "./fields.ts";
import { readMessage, type UnreadMessage } from "./read-message.ts";
import { Allowance } from "./tries.ts";

/** A WebSocket, as far as a page needs it. */
export interface Wire {
  /** Bytes sent, -1 when they wait, 0 when they are lost (Bun's ServerWebSocket). */
  send(text: string): number;
  close(code: number, reason: string): void;
  getBufferedAmount(): number;
}

export interface SocketOptions {
  clock: Clock;
  /** The address that called. */
  address: string;
  take(message: FromPage): void;
}

/** Milliseconds in which a page must have said hello. */
const helloTime = 10_000;
/** Milliseconds between two words to a page that has nothing new to hear. */
const aliveEvery = 10_000;
/** Messages: a person at a page makes a handful. */
const perSecond = 20;
const burst = 60;

/** One page's connection: what it may send, and how much of what it is told a slow one gets. */
export class PageSocket {
  readonly address: string;
  readonly #wire: Wire;
  readonly #options: SocketOptions;
  readonly #allowance: Allowance;
  readonly #cancelHello: () => void;
  #cancelAlive: () => void = () => {};
  #helloed = false;
  #closed = false;
  /** The newest state, while older bytes wait. */
  #waiting: string | undefined;
  #lastState: string | undefined;

  constructor(wire: Wire, options: SocketOptions) {
    this.#wire = wire;
    this.#options = options;
    this.address = options.address;
    this.#allowance = new Allowance(options.clock, perSecond, burst);
    this.#cancelHello = options.clock.after(helloTime, () => this.close(closeCodes.noHello, "no hello came"));
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** A frame came. */
  receive(frame: string | Uint8Array): void {
    if (this.#closed) return;
    if (!this.#allowance.take()) return this.close(closeCodes.flood, "too many messages");
    const given: FromPage | UnreadMessage =
      typeof frame === "string"
        ? readMessage(frame)
        : { type: "unread", id: undefined, error: invalid("a message is text") };
    if (given.type === "unread")
      return void this.send({ type: "error", id: given.id, error: given.error.toJSON() });
    if (given.type === "hello") {
      if (!this.#helloed) this.#sayAlive();
      this.#helloed = true;
      this.#cancelHello();
    } else if (!this.#helloed) {
      const id = "id" in given ? given.id : undefined;
      return void this.send({ type: "error", id, error: invalid("hello comes first").toJSON() });
    }
    this.#options.take(given);
  }

  /** False when it cannot arrive any more. */
  send(message: ToPage): boolean {
    return !this.#closed && this.#put(JSON.stringify(message));
  }

  /** `text`: a `state` message. One who reads slowly gets the newest alone. */
  sendState(text: string): void {
    if (this.#closed || text === this.#lastState) {
      this.#waiting = undefined;
      return;
    }
    if (this.#wire.getBufferedAmount() > 0) this.#waiting = text;
    else {
      this.#waiting = undefined;
      this.#lastState = text;
      this.#put(text);
    }
  }

  /** What waited has been sent. */
  drained(): void {
    if (this.#waiting !== undefined) this.sendState(this.#waiting);
  }

  /** Another is at the page: it is told everything anew. */
  forgetState(): void {
    this.#lastState = undefined;
    this.#waiting = undefined;
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.closed();
    this.#wire.close(code, reason);
  }

  /** It is closed, by whomever. */
  closed(): void {
    this.#closed = true;
    this.#cancelHello();
    this.#cancelAlive();
    this.#waiting = undefined;
  }

  #sayAlive(): void {
    this.#cancelAlive = this.#options.clock.after(aliveEvery, () => {
      this.send({ type: "alive" });
      if (!this.#closed) this.#sayAlive();
    });
  }

  #put(text: string): boolean {
    if (this.#wire.send(text) !== 0) return true;
    // More waits than a page is worth: it comes back and is told the state as it is then.
    this.close(1013, "too slow");
    return false;
  }
}
