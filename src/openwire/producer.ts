import type { Clock } from "../platform/clock.ts";
import type { Body, Producer, SendOptions } from "./contract.ts";
import { toDestination } from "./destinations.ts";
import { OpenWireError } from "./errors.ts";
import { Fifo } from "./fifo.ts";
import { encodeBody } from "./wire/bodies.ts";
import type { Command, Destination, Message, ProducerInfo, TransactionId } from "./wire/commands.ts";
import { create } from "./wire/create.ts";
import { toPrimitiveMap, writeMap } from "./wire/primitives.ts";

/** What a producer asks of its session and connection. */
export interface ProducerHost {
  readonly clock: Clock;
  readonly compress: boolean;
  /** Undefined while there is a connection that takes more; else resolves when there is, or rejects. */
  ready(): Promise<void> | undefined;
  /** Written to the connection there is. */
  tell(command: Command): boolean;
  /** `once`: not over another connection. */
  ask(
    command: Command & { responseRequired: boolean; commandId: number },
    doing: string,
    once: boolean,
  ): Promise<unknown>;
  /** Of a transacted session; begins one. */
  transaction(): TransactionId | null;
  removed(producer: MessageProducer): void;
}

/** Bytes a message counts beside its content in the producer's window, about as the broker counts. */
const overhead = 1024;

/** Sends, to one destination or, without one, to any. A producer declared for one must never send elsewhere (openwire.md §6.3). */
export class MessageProducer implements Producer {
  readonly info: ProducerInfo;
  readonly #host: ProducerHost;
  #sequence = 0;
  /** Of a producer with a window: the bytes of each message sent and not acknowledged by the broker, and their sum. */
  readonly #sizes = new Fifo<number>();
  #unacknowledged = 0;
  #waiters: (() => void)[] = [];
  /** The last of those that wait for their turn to be sent, and how many they are. */
  #turn: Promise<unknown> = Promise.resolve();
  #queued = 0;
  #closed = false;

  constructor(info: ProducerInfo, host: ProducerHost) {
    this.info = info;
    this.#host = host;
  }

  send(body: Body, options: SendOptions = {}): Promise<void> {
    const { destination } = this.info;
    if (destination === null)
      return Promise.reject(
        new OpenWireError({ code: "usage", message: "this producer has no destination" }),
      );
    return this.sendTo(destination, body, options);
  }

  /** Without a promise of its own while nothing needs to be waited for. `wanted` is asked again when there was something. */
  sendTo(
    destination: Destination,
    body: Body,
    options: SendOptions,
    wanted: () => boolean = always,
  ): Promise<void> {
    if (this.#closed) return Promise.reject(closed());
    const ready = this.#host.ready();
    if (ready !== undefined || this.#windowIsFull || this.#queued > 0)
      return this.#sendLater(ready, () =>
        wanted() ? this.#sendNow(destination, body, options) : Promise.resolve(),
      );
    try {
      return this.#sendNow(destination, body, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** ProducerAck: the broker has taken one more (openwire.md §12). It counts its bytes otherwise than we do. */
  acknowledged(): void {
    this.#unacknowledged -= this.#sizes.shift() ?? 0;
    if (!this.#windowIsFull) this.#wake();
  }

  /** Nobody will acknowledge what was under way: the connection is lost, or the broker refused something and does not say what. */
  forgive(): void {
    this.#sizes.clear();
    this.#unacknowledged = 0;
    this.#wake();
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#wake();
    this.#host.removed(this);
    this.#host.tell(create("RemoveInfo", { objectId: this.info.producerId, lastDeliveredSequenceId: -1 }));
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #windowIsFull(): boolean {
    const { windowSize } = this.info;
    return windowSize > 0 && this.#unacknowledged > windowSize;
  }

  /** In the order in which it was asked for, whatever each has to wait for; the next one need not wait for an answer. */
  async #sendLater(ready: Promise<void> | undefined, send: () => Promise<void>): Promise<void> {
    // Rejects while its turn has not come, perhaps.
    ready?.catch(() => {});
    this.#queued += 1;
    const before = this.#turn;
    const turn = Promise.withResolvers<void>();
    this.#turn = turn.promise;
    let sent: Promise<void>;
    try {
      await before;
      await ready;
      await this.#room();
      sent = send();
    } finally {
      this.#queued -= 1;
      turn.resolve();
    }
    return sent;
  }

  async #room(): Promise<void> {
    for (;;) {
      if (this.#closed) throw closed();
      const ready = this.#host.ready();
      if (ready !== undefined) await ready;
      else if (this.#windowIsFull) await new Promise<void>((resolve) => this.#waiters.push(resolve));
      else return;
    }
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #sendNow(destination: Destination, body: Body, options: SendOptions): Promise<void> {
    const message = this.#message(destination, body, options);
    const confirmed = options.confirmed ?? (message.persistent && message.transactionId === null);
    if (confirmed)
      return this.#host
        .ask(
          message,
          `a message for ${destination.physicalName ?? "nowhere"}`,
          message.transactionId !== null,
        )
        .then(() => {});
    this.#host.tell(message);
    if (this.info.windowSize > 0) {
      const size = (message.content?.length ?? 0) + overhead;
      this.#sizes.push(size);
      this.#unacknowledged += size;
    }
    return done;
  }

  #message(destination: Destination, body: Body, options: SendOptions): Message {
    const now = this.#host.clock.now();
    const { properties, timeToLive = 0 } = options;
    const { producerId } = this.info;
    this.#sequence += 1;
    return create("ActiveMQMessage", {
      producerId,
      destination,
      transactionId: this.#host.transaction(),
      messageId: create("MessageId", { producerId, producerSequenceId: this.#sequence }),
      groupID: options.groupId ?? null,
      groupSequence: options.groupSequence ?? 0,
      correlationId: options.correlationId ?? null,
      persistent: options.persistent ?? false,
      expiration: timeToLive > 0 ? now + timeToLive : 0,
      priority: options.priority ?? 4,
      replyTo: options.replyTo === undefined ? null : toDestination(options.replyTo),
      timestamp: now,
      jmsType: options.type ?? null,
      marshalledProperties:
        properties === undefined || Object.keys(properties).length === 0
          ? null
          : writeMap(toPrimitiveMap(properties)),
      ...encodeBody(body, this.#host.compress),
    } as Partial<Message>);
  }
}

const done = Promise.resolve();
const always = (): boolean => true;

function closed(): OpenWireError {
  return new OpenWireError({ code: "closed", message: "the producer is closed" });
}
