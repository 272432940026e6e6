import type { Clock } from "../platform/clock.ts";
import { AckRun, ackTypes, acknowledgement } from "./acknowledgements.ts";
import type { JmsOptions } from "./address.ts";
import type { AcknowledgeMode, Consumer, ConsumerOptions, ReceivedMessage } from "./contract.ts";
import { OpenWireError } from "./errors.ts";
import { Fifo } from "./fifo.ts";
import { Received } from "./received-message.ts";
import type {
  Command,
  ConsumerInfo,
  Destination,
  Message,
  MessageAck,
  MessageDispatch,
  MessagePull,
  TransactionId,
} from "./wire/commands.ts";
import { create } from "./wire/create.ts";

/** What a consumer asks of its session and connection. */
export interface ConsumerHost {
  readonly clock: Clock;
  readonly jms: JmsOptions;
  readonly mode: AcknowledgeMode | "transacted";
  /** Counts the connections to a broker; raised at each loss. */
  generation(): number;
  /** Sent when there is a connection, else forgotten. */
  tell(command: Command): void;
  ask(command: Command & { responseRequired: boolean; commandId: number }, doing: string): Promise<unknown>;
  /** Of a transacted session; begins one. */
  transaction(): TransactionId | null;
  /** Mode client: the application acknowledges everything the session has delivered. */
  acknowledgeAll(): Promise<void>;
  removed(consumer: MessageConsumer): void;
  onError(error: OpenWireError): void;
}

const defaultRange = 1;
const defaultFlush = 5;

/** One subscription. What the broker sends waits here until the application takes it; acknowledgements keep its window open. */
export class MessageConsumer implements Consumer {
  readonly info: ConsumerInfo;
  /** The broker has it: after a loss it must be told again. */
  established = false;
  readonly #host: ConsumerHost;
  readonly #range: number;
  readonly #flushAfter: number;
  readonly #browse: boolean;
  readonly #waiting = new Fifo<Received>();
  /** Handed out and not acknowledged, oldest first. */
  #delivered: Received[] = [];
  /** Done, to be acknowledged together. */
  readonly #run = new AckRun();
  /** Delivered and not yet told so: mode client and transacted. */
  readonly #told = new AckRun();
  #takers: ((message: Received | undefined) => void)[] = [];
  #listener: ((message: ReceivedMessage) => void | Promise<void>) | undefined;
  /** Of the last pull, milliseconds. */
  #pullTimeout: number | undefined;
  #pumping = false;
  #paused = false;
  #atEnd = false;
  #closed = false;
  #cancelFlush: (() => void) | undefined;
  #last: Received | undefined;
  #lastSequence = -1;

  constructor(info: ConsumerInfo, options: ConsumerOptions, host: ConsumerHost) {
    this.info = info;
    this.#host = host;
    this.#browse = options.browse ?? false;
    this.#range = Math.max(1, options.acknowledgeRange ?? defaultRange);
    this.#flushAfter = options.flushAfter ?? defaultFlush;
  }

  get destination(): Destination {
    // Set by whoever made the info.
    return this.info.destination as Destination;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** What a reader waits for that a new broker does not know of. */
  get pendingPull(): MessagePull | undefined {
    return this.info.prefetchSize === 0 && this.#takers.length > 0 ? this.#pull() : undefined;
  }

  /** A dispatch of the broker. Without a message: a browser saw all, or a pull found nothing (openwire.md §6.4). */
  dispatch(dispatch: MessageDispatch): void {
    if (this.#closed) return;
    const { message } = dispatch;
    if (message === null) {
      if (this.#browse) this.#atEnd = true;
      for (const take of this.#takers.splice(0)) take(undefined);
      return;
    }
    const received = new Received(message, dispatch, this.#host.generation(), (one) =>
      this.#acknowledge(one),
    );
    this.#waiting.push(received);
    this.#offer();
  }

  /** The connection is lost: what was not done comes again (openwire.md §14). */
  interrupted(): void {
    this.#waiting.clear();
    this.#delivered = [];
    this.#run.clear();
    this.#told.clear();
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    // Whoever waits without limit goes on waiting: `pendingPull` is said to the next broker.
    if (this.info.prefetchSize === 0 && this.#pullTimeout !== undefined)
      for (const take of this.#takers.splice(0)) take(undefined);
  }

  /** The broker changed the window, or closed us. */
  control(close: boolean, prefetch: number): void {
    if (close) {
      this.#end();
      this.#host.removed(this);
    } else if (prefetch >= 0) this.info.prefetchSize = prefetch;
  }

  async receive(timeout?: number): Promise<ReceivedMessage | undefined> {
    const message = await this.#receive(timeout);
    // Handed over is done, as with JMS; the iterator waits until the loop has come round.
    this.#finishLast();
    return message;
  }

  async #receive(timeout?: number): Promise<ReceivedMessage | undefined> {
    this.#finishLast();
    const next = this.#next();
    if (next !== undefined) return this.#handOut(next);
    if (this.#closed || this.#atEnd) return undefined;
    this.flush();
    const { promise, resolve } = Promise.withResolvers<Received | undefined>();
    this.#takers.push(resolve);
    if (this.info.prefetchSize === 0) {
      this.#pullTimeout = timeout;
      this.#host.tell(this.#pull());
    }
    const cancel =
      // A pull ends by the broker's word, or the word for this one would end the next.
      timeout === undefined || this.info.prefetchSize === 0
        ? () => {}
        : this.#host.clock.after(timeout, () => {
            this.#takers = this.#takers.filter((taker) => taker !== resolve);
            resolve(undefined);
          });
    const message = await promise;
    cancel();
    return message === undefined ? undefined : this.#handOut(message);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<ReceivedMessage> {
    try {
      for (;;) {
        const message = await this.#receive();
        if (message === undefined) return;
        yield message;
      }
    } finally {
      this.#finishLast();
      this.flush();
    }
  }

  listen(listener: (message: ReceivedMessage) => void | Promise<void>): void {
    this.#listener = listener;
    this.#offer();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#finishLast();
    this.flush();
    this.#end();
    this.#host.removed(this);
    this.#host.tell(
      create("RemoveInfo", { objectId: this.info.consumerId, lastDeliveredSequenceId: this.#lastSequence }),
    );
    await Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Says now what is done. */
  flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const run = this.#run.take();
    if (run !== undefined) this.#send(ackTypes.standard, run);
  }

  /** Mode client: everything handed out is done. Answers whether there was anything. */
  acknowledgeDelivered(): void {
    this.#told.clear();
    for (const received of this.#delivered.splice(0)) this.#run.add(received.message);
    this.flush();
  }

  /** In a transaction: said just before its end. */
  settleDelivered(): MessageAck | undefined {
    this.#told.clear();
    const run = new AckRun();
    for (const received of this.#delivered) run.add(received.message);
    const all = run.take();
    return all === undefined
      ? undefined
      : acknowledgement(this.#target, ackTypes.standard, all, { transactionId: this.#host.transaction() });
  }

  /** A commit has made everything handed out final. */
  forgetDelivered(): void {
    this.#delivered = [];
  }

  /** Hands out again what is not acknowledged, in order, before anything newer (openwire.md §8.4). */
  redeliver(): void {
    this.#told.clear();
    const again = this.#delivered.splice(0);
    if (again.length === 0) return;
    const { maximumRedeliveries = 6 } = this.#host.jms;
    const poisoned = again.filter(
      ({ deliveryCount }) => maximumRedeliveries >= 0 && deliveryCount > maximumRedeliveries,
    );
    for (const { message } of poisoned) this.#poison(message, "handed out more often than allowed");
    const left = again.filter((received) => !poisoned.includes(received));
    const [first] = left;
    if (first === undefined) return;
    const delay = redeliveryDelay(this.#host.jms, first.deliveryCount);
    for (const received of left) received.deliveryCount += 1;
    this.#paused = true;
    const generation = this.#host.generation();
    this.#host.clock.after(delay, () => {
      this.#paused = false;
      if (generation === this.#host.generation()) this.#waiting.putBack(left);
      this.#offer();
    });
  }

  get #target(): { consumerId: NonNullable<ConsumerInfo["consumerId"]>; destination: Destination } {
    // Both set by whoever made the info.
    return {
      consumerId: this.info.consumerId as NonNullable<ConsumerInfo["consumerId"]>,
      destination: this.destination,
    };
  }

  #offer(): void {
    if (this.#listener !== undefined) {
      if (!this.#pumping) this.#pump();
      return;
    }
    while (this.#takers.length > 0) {
      const message = this.#next();
      if (message === undefined) return;
      this.#takers.shift()?.(message);
    }
  }

  /** Calls the listener with what waits; without a promise a message when it is a plain function. */
  #pump(): void {
    this.#pumping = true;
    for (;;) {
      const received = this.#next();
      if (received === undefined || this.#listener === undefined) break;
      this.#handOut(received);
      let result: void | Promise<void>;
      try {
        result = this.#listener(received);
      } catch (error) {
        this.#failed(error);
        continue;
      }
      if (result instanceof Promise) {
        void result.then(
          () => {
            this.#finishLast();
            this.#pump();
          },
          (error: unknown) => {
            this.#failed(error);
            this.#pump();
          },
        );
        return;
      }
      this.#finishLast();
    }
    this.#pumping = false;
  }

  #failed(error: unknown): void {
    this.#last = undefined;
    const { mode } = this.#host;
    if (mode === "auto" || mode === "dups-ok") {
      this.flush();
      this.redeliver();
    } else this.#host.onError(listenerError(error));
  }

  /** The next message that has not expired. */
  #next(): Received | undefined {
    while (!this.#paused) {
      const received = this.#waiting.shift();
      if (received === undefined) return undefined;
      const { expiration } = received;
      if (expiration === 0 || expiration > this.#host.clock.now() || this.#browse) return received;
      this.flush();
      const { messageId } = received.message;
      this.#send(ackTypes.expired, { first: messageId, last: messageId, count: 1 });
    }
    return undefined;
  }

  #handOut(received: Received): Received {
    this.#last = received;
    this.#lastSequence = Number(received.message.messageId?.brokerSequenceId ?? -1);
    this.#delivered.push(received);
    const { mode } = this.#host;
    if (mode === "client" || mode === "transacted" || mode === "individual" || this.#browse) {
      this.#told.add(received.message);
      // So that more comes while the application still works.
      if (this.#told.count >= Math.max(1, Math.floor(this.info.prefetchSize / 2)) && mode !== "individual") {
        const run = this.#told.take();
        if (run !== undefined && this.info.prefetchSize > 0) this.#send(ackTypes.delivered, run);
      }
    }
    return received;
  }

  /** Modes auto and dups-ok: the message handed out last is done. */
  #finishLast(): void {
    const last = this.#last;
    if (last === undefined) return;
    this.#last = undefined;
    const { mode } = this.#host;
    if ((mode !== "auto" && mode !== "dups-ok") || this.#browse) return;
    this.#delivered.length = 0;
    if (last.generation !== this.#host.generation()) return;
    this.#run.add(last.message);
    if (this.#run.count >= this.#range) this.flush();
    else
      this.#cancelFlush ??= this.#host.clock.after(this.#flushAfter, () => {
        this.#cancelFlush = undefined;
        this.flush();
      });
  }

  #acknowledge(received: Received): Promise<void> {
    if (received.generation !== this.#host.generation()) return Promise.resolve();
    const { mode } = this.#host;
    if (mode === "client") return this.#host.acknowledgeAll();
    if (mode !== "individual") return Promise.resolve();
    const at = this.#delivered.indexOf(received);
    if (at < 0) return Promise.resolve();
    this.#delivered.splice(at, 1);
    const { messageId } = received.message;
    this.#send(ackTypes.individual, { first: messageId, last: messageId, count: 1 });
    return Promise.resolve();
  }

  #poison(message: Message, why: string): void {
    const { messageId } = message;
    this.#host.tell(
      acknowledgement(
        this.#target,
        ackTypes.poison,
        { first: messageId, last: messageId, count: 1 },
        { poisonCause: { className: "java.lang.Throwable", message: why, stackTrace: [], cause: null } },
      ),
    );
  }

  #send(type: number, run: NonNullable<ReturnType<AckRun["take"]>>): void {
    this.#host.tell(acknowledgement(this.#target, type, run));
  }

  #pull(): MessagePull {
    const timeout = this.#pullTimeout;
    return create("MessagePull", {
      consumerId: this.info.consumerId,
      destination: this.destination,
      timeout: timeout === undefined ? 0 : Math.max(timeout, 1),
    });
  }

  #end(): void {
    this.#closed = true;
    this.#cancelFlush?.();
    this.#waiting.clear();
    for (const take of this.#takers.splice(0)) take(undefined);
  }
}

/** Milliseconds before a message is handed out again the `count`-th time. */
export function redeliveryDelay(jms: JmsOptions, count: number): number {
  const { initialRedeliveryDelay = 1000, redeliveryBackOff = false, redeliveryMultiplier = 5 } = jms;
  if (!redeliveryBackOff) return initialRedeliveryDelay;
  const { maximumRedeliveryDelay = -1 } = jms;
  const delay = initialRedeliveryDelay * redeliveryMultiplier ** (count - 1);
  return maximumRedeliveryDelay > 0 ? Math.min(delay, maximumRedeliveryDelay) : delay;
}

function listenerError(error: unknown): OpenWireError {
  return new OpenWireError(
    {
      code: "usage",
      message: "a listener of messages failed",
      why: error instanceof Error ? error.message : String(error),
    },
    { cause: error },
  );
}
