import type { Clock } from "../platform/clock.ts";
import type { Body, Producer, SendOptions } from "./contract.ts";
import { toDestination } from "./destinations.ts";
import { OpenWireError } from "./errors.ts";
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
  tell(command: Command): void;
  ask(command: Command & { responseRequired: boolean; commandId: number }, doing: string): Promise<unknown>;
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
  /** Bytes sent and not acknowledged by the broker; of a producer with a window. */
  #unacknowledged = 0;
  #waiters: (() => void)[] = [];
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

  /** Without a promise of its own while nothing needs to be waited for. */
  sendTo(destination: Destination, body: Body, options: SendOptions): Promise<void> {
    if (this.#closed)
      return Promise.reject(new OpenWireError({ code: "closed", message: "the producer is closed" }));
    const ready = this.#host.ready();
    if (ready !== undefined || this.#windowIsFull) return this.#sendLater(destination, body, options, ready);
    try {
      return this.#sendNow(destination, body, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** ProducerAck: the broker has taken so much (openwire.md §12). */
  acknowledged(size: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - size);
    if (!this.#windowIsFull) for (const wake of this.#waiters.splice(0)) wake();
  }

  /** The connection is lost: nobody will acknowledge what was under way. */
  interrupted(): void {
    this.acknowledged(Infinity);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#host.removed(this);
    this.#host.tell(create("RemoveInfo", { objectId: this.info.producerId, lastDeliveredSequenceId: -1 }));
    await Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #windowIsFull(): boolean {
    const { windowSize } = this.info;
    return windowSize > 0 && this.#unacknowledged > windowSize;
  }

  async #sendLater(
    destination: Destination,
    body: Body,
    options: SendOptions,
    ready: Promise<void> | undefined,
  ): Promise<void> {
    await ready;
    while (this.#windowIsFull) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    const again = this.#host.ready();
    if (again !== undefined) return this.#sendLater(destination, body, options, again);
    return this.#sendNow(destination, body, options);
  }

  #sendNow(destination: Destination, body: Body, options: SendOptions): Promise<void> {
    const message = this.#message(destination, body, options);
    const confirmed = options.confirmed ?? (message.persistent && message.transactionId === null);
    if (confirmed)
      return this.#host.ask(message, `a message for ${destination.physicalName ?? "nowhere"}`).then(() => {});
    if (this.info.windowSize > 0) this.#unacknowledged += (message.content?.length ?? 0) + overhead;
    this.#host.tell(message);
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
