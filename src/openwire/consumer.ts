import { AckLedger } from "./ack-ledger.ts";
import { callbackError } from "./callbacks.ts";
import type { ConsumerHost } from "./consumer-host.ts";
import type { Consumer, ConsumerOptions, ReceivedMessage } from "./contract.ts";
import { refused, taken } from "./consumer-checks.ts";
import { OpenWireError } from "./errors.ts";
import { Fifo } from "./fifo.ts";
import { Listener } from "./listener.ts";
import { Received } from "./received-message.ts";
import { mayBeRedelivered, redeliveryDelay } from "./redelivery.ts";
import { Takers } from "./takers.ts";
import type { ConsumerId, ConsumerInfo, Destination, MessageDispatch, MessagePull } from "./wire/commands.ts";
import { create } from "./wire/create.ts";

/** One subscription. What the broker sends waits here until the application takes it; acknowledgements keep its window open. */
export class MessageConsumer implements Consumer {
  readonly info: ConsumerInfo;
  readonly acks: AckLedger;
  /** The broker has it: after a loss it must be told again. */
  established = false;
  readonly #host: ConsumerHost;
  readonly #browse: boolean;
  readonly #waiting = new Fifo<Received>();
  readonly #takers = new Takers();
  #listener: Listener | undefined;
  /** Until messages are handed out again. */
  #cancelPause: (() => void) | undefined;
  #atEnd = false;
  #closed = false;
  #left = false;
  /** Handed out last, and not done yet. */
  #last: Received | undefined;

  constructor(info: ConsumerInfo, options: ConsumerOptions, host: ConsumerHost) {
    this.info = info;
    this.#host = host;
    this.#browse = options.browse ?? false;
    this.acks = new AckLedger({
      clock: host.clock,
      mode: host.mode,
      browse: this.#browse,
      range: Math.max(1, options.acknowledgeRange ?? 1),
      flushAfter: options.flushAfter ?? 5,
      target: { consumerId: info.consumerId as ConsumerId, destination: this.destination },
      window: () => info.prefetchSize,
      tell: (command) => host.tell(command),
      transaction: () => host.transaction(),
    });
  }

  get destination(): Destination {
    return this.info.destination as Destination;
  }

  /** Nothing is handed out any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** A dispatch of the broker. Without a message: a browser saw all, or a pull found nothing (openwire.md §6.4). */
  dispatch(dispatch: MessageDispatch): void {
    if (this.#closed) return;
    const { message } = dispatch;
    if (message !== null) {
      this.#waiting.push(
        new Received(message, dispatch, this.#host.generation(), (one) => this.#acknowledge(one)),
      );
      this.#offer();
    } else if (this.#browse) {
      this.#atEnd = true;
      this.#takers.dismiss(() => true);
    } else this.#takers.dismissTimed();
  }

  /** The connection is lost: what was not done comes again (openwire.md §14). */
  interrupted(): void {
    this.#waiting.clear();
    this.acks.interrupted();
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#takers.dismiss(({ timed }) => timed);
    if (this.#closed) this.#leave(true);
  }

  /** What the broker must be asked again over a new connection. */
  pulls(): MessagePull[] {
    return this.info.prefetchSize === 0
      ? Array.from({ length: this.#takers.length }, () => this.#pull(undefined))
      : [];
  }

  /** The broker changed the window, or closed us. */
  control(close: boolean, prefetch: number): void {
    if (close) {
      this.#host.onError(
        new OpenWireError({
          code: "broker",
          message: `the broker closed a consumer of ${this.destination.physicalName}`,
        }),
      );
      this.ended();
    } else if (prefetch >= 0) this.info.prefetchSize = prefetch;
  }

  /** The broker does not have it any more. */
  ended(): void {
    this.#end();
    this.#leave(true);
  }

  receive(timeout?: number): Promise<ReceivedMessage | undefined> {
    if (this.#listener !== undefined) return Promise.reject(taken());
    // Handed over is done, as with JMS; the iterator waits until the loop has come round.
    return this.#take(true, timeout);
  }

  #take(finish: boolean, timeout?: number): Promise<Received | undefined> {
    this.#finishLast();
    const next = this.#next();
    if (next !== undefined) return Promise.resolve(this.#handOut(next, finish));
    if (this.#closed || this.#atEnd) return Promise.resolve(undefined);
    this.acks.flush();
    const { taker, promise } = this.#takers.add(finish, timeout);
    // A pull ends by the broker's word: its late word for this one would end the next.
    const told = this.info.prefetchSize === 0 && this.#host.tell(this.#pull(timeout));
    taker.timed = told && timeout !== undefined;
    if (timeout !== undefined && !told)
      taker.cancel = this.#host.clock.after(timeout, () => this.#takers.dismiss((other) => other === taker));
    return promise;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<ReceivedMessage> {
    try {
      for (;;) {
        const message = await this.#take(false);
        if (message === undefined) return;
        yield message;
      }
    } finally {
      this.#finishLast();
      if (!this.#closed) this.acks.flush();
    }
  }

  listen(listener: (message: ReceivedMessage) => void | Promise<void>): void {
    if (this.#listener !== undefined) throw taken();
    if (this.info.prefetchSize === 0) throw refused("a consumer with a prefetch of 0 has to be asked");
    this.#listener = new Listener(listener, {
      next: () => {
        const received = this.#next();
        return received === undefined ? undefined : this.#handOut(received, false);
      },
      done: (failure) => this.#worked(failure),
    });
    this.#offer();
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    if (this.#listener?.working !== true) this.#finishLast();
    this.acks.flush();
    this.#end();
    this.#leave(false);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Hands out again what is not acknowledged, in order, before anything newer (openwire.md §8.4). */
  redeliver(): void {
    const again = this.acks.takeBack();
    this.#last = undefined;
    if (this.#closed) return this.#leave(false);
    const { jms, clock } = this.#host;
    const left: Received[] = [];
    for (const received of again) {
      if (mayBeRedelivered(jms, received.deliveryCount)) left.push(received);
      else this.acks.poison(received.message, "handed out more often than allowed");
    }
    const [first] = left;
    if (first === undefined) return;
    const delay = redeliveryDelay(jms, first.deliveryCount);
    for (const received of left) received.deliveryCount += 1;
    this.#waiting.putBack(left);
    this.#cancelPause?.();
    this.#cancelPause = clock.after(delay, () => {
      this.#cancelPause = undefined;
      this.#offer();
    });
  }

  /** A commit has made final what was acknowledged before it. */
  settled(): void {
    this.acks.settled();
    if (this.#closed) this.#leave(false);
  }

  #offer(): void {
    if (this.#listener !== undefined) return this.#listener.run();
    while (this.#takers.length > 0) {
      const message = this.#next();
      if (message === undefined) return;
      const taker = this.#takers.shift();
      if (taker !== undefined) taker.resolve(this.#handOut(message, taker.finish));
    }
  }

  /** The listener is done with its message. */
  #worked(failure: { error: unknown } | undefined): void {
    if (failure === undefined) this.#finishLast();
    else this.#failed(failure.error);
    if (!this.#closed) return;
    this.acks.flush();
    this.#leave(false);
  }

  #failed(error: unknown): void {
    const last = this.#last;
    this.#last = undefined;
    const { mode } = this.#host;
    if (mode !== "auto" && mode !== "dups-ok")
      this.#host.onError(callbackError("a listener of messages failed", error));
    else if (!this.#closed && last?.generation === this.#host.generation()) this.redeliver();
  }

  /** The next message that has not expired. */
  #next(): Received | undefined {
    while (this.#cancelPause === undefined) {
      const received = this.#waiting.shift();
      if (received === undefined) return undefined;
      const { expiration } = received;
      if (expiration === 0 || expiration > this.#host.clock.now() || this.#browse) return received;
      this.acks.expired(received.message);
      // One pull, one message: that was it.
      const { first } = this.#takers;
      if (first !== undefined && this.info.prefetchSize === 0) this.#host.tell(this.#pull(first.timeout));
    }
    return undefined;
  }

  #handOut(received: Received, finish: boolean): Received {
    // Of a second reader, for example: in the order of their dispatch.
    this.#finishLast();
    this.acks.handOut(received);
    if (finish) this.acks.finish(received);
    else this.#last = received;
    return received;
  }

  #finishLast(): void {
    const last = this.#last;
    if (last === undefined) return;
    this.#last = undefined;
    if (last.generation === this.#host.generation() && !this.#left) this.acks.finish(last);
  }

  #acknowledge(received: Received): Promise<void> {
    if (received.generation === this.#host.generation() && !this.#left) {
      const { mode } = this.#host;
      if (mode === "client") this.#host.acknowledgeAll();
      else if (mode === "individual") this.acks.acknowledgeOne(received);
    }
    return Promise.resolve();
  }

  #pull(timeout: number | undefined): MessagePull {
    return create("MessagePull", {
      consumerId: this.info.consumerId,
      destination: this.destination,
      timeout: timeout === undefined ? 0 : Math.max(timeout, 1),
    });
  }

  #end(): void {
    this.#closed = true;
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#waiting.clear();
    this.#takers.dismiss(() => true);
  }

  /**
   * The broker hands everything that is not acknowledged to others as soon as it hears of our leaving: it must not while the listener still works
   * on something, or a commit may still make it final.
   */
  #leave(knows: boolean): void {
    const busy =
      this.#listener?.working === true || (this.#host.mode === "transacted" && this.acks.unsettled > 0);
    if (this.#left || (busy && !knows)) return;
    this.#left = true;
    const lastDeliveredSequenceId = this.acks.lastSequence;
    if (knows) this.acks.interrupted();
    else this.#host.tell(create("RemoveInfo", { objectId: this.info.consumerId, lastDeliveredSequenceId }));
    this.#host.removed(this);
  }
}
