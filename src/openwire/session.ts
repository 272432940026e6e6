import type { Clock } from "../platform/clock.ts";
import type { JmsOptions } from "./address.ts";
import { MessageConsumer } from "./consumer.ts";
import { checkConsumer } from "./consumer-checks.ts";
import type {
  Body,
  ConsumerOptions,
  DestinationLike,
  Producer,
  SendOptions,
  Session,
  SessionOptions,
} from "./contract.ts";
import { consumerOptionsOf, isTopic, nameOf, toDestination } from "./destinations.ts";
import { OpenWireError } from "./errors.ts";
import { MessageProducer } from "./producer.ts";
import { Transactions } from "./transactions.ts";
import type { Command, SessionInfo } from "./wire/commands.ts";
import { create } from "./wire/create.ts";

/** What a session asks of its connection. */
export interface SessionHost {
  readonly clock: Clock;
  readonly jms: JmsOptions;
  readonly connectionId: string;
  readonly clientId: string | undefined;
  nextNumber(): number;
  generation(): number;
  tell(command: Command): boolean;
  ask(
    command: Command & { responseRequired: boolean; commandId: number },
    doing: string,
    once?: boolean,
  ): Promise<unknown>;
  ready(): Promise<void> | undefined;
  addConsumer(consumer: MessageConsumer): void;
  removeConsumer(consumer: MessageConsumer): void;
  addProducer(producer: MessageProducer): void;
  removeProducer(producer: MessageProducer): void;
  /** Answers whether it was there. */
  removeSession(session: MessageSession): boolean;
  onError(error: OpenWireError): void;
}

const mostPrefetch = 32_767;

/** Consumers and producers that share a way of acknowledging. */
export class MessageSession implements Session {
  readonly info: SessionInfo;
  readonly #host: SessionHost;
  readonly #mode: "auto" | "client" | "individual" | "dups-ok" | "transacted";
  readonly consumers = new Set<MessageConsumer>();
  readonly producers = new Set<MessageProducer>();
  readonly #number: number;
  /** For `send`: a producer without a destination. */
  #anyone: MessageProducer | undefined;
  readonly #transactions: Transactions | undefined;
  #closed = false;
  readonly #gone = Promise.withResolvers<void>();

  constructor(number: number, options: SessionOptions, host: SessionHost) {
    this.#number = number;
    this.#host = host;
    this.#mode = options.transacted === true ? "transacted" : (options.acknowledge ?? "auto");
    if (this.#mode === "transacted") this.#transactions = new Transactions(host, this.consumers);
    this.info = create("SessionInfo", {
      sessionId: create("SessionId", { connectionId: host.connectionId, value: number }),
    });
  }

  async consume(like: DestinationLike, given: ConsumerOptions = {}): Promise<MessageConsumer> {
    this.#check();
    const destination = toDestination(like);
    const options = { ...consumerOptionsOf(like), ...given };
    checkConsumer(destination, options, this.#host);
    const info = create("ConsumerInfo", {
      consumerId: create("ConsumerId", {
        connectionId: this.#host.connectionId,
        sessionId: this.#number,
        value: this.#host.nextNumber(),
      }),
      destination,
      browser: options.browse ?? false,
      prefetchSize: Math.min(
        options.prefetch ?? this.#usualPrefetch(isTopic(destination), options),
        mostPrefetch,
      ),
      dispatchAsync: true,
      optimizedAcknowledge: (options.acknowledgeRange ?? 1) > 1,
      selector: options.selector ?? null,
      subscriptionName: options.durable ?? null,
      noLocal: options.noLocal ?? false,
      exclusive: options.exclusive ?? false,
      retroactive: options.retroactive ?? false,
      priority: options.priority ?? 0,
    });
    const consumer = new MessageConsumer(info, options, {
      clock: this.#host.clock,
      jms: this.#host.jms,
      mode: this.#mode,
      generation: () => this.#host.generation(),
      tell: (command) => this.#host.tell(command),
      transaction: () => this.#transactions?.begin() ?? null,
      acknowledgeAll: () => this.#acknowledgeAll(),
      removed: (removed) => this.#removed(removed),
      onError: (error) => this.#host.onError(error),
    });
    // Known before it is asked for: its first message may come before the answer (openwire.md §7).
    this.consumers.add(consumer);
    this.#host.addConsumer(consumer);
    try {
      await this.#host.ask(info, `a consumer of ${nameOf(destination)}`);
      consumer.established = true;
      return consumer;
    } catch (error) {
      consumer.ended();
      throw error;
    }
  }

  send(like: DestinationLike, body: Body, options: SendOptions = {}): Promise<void> {
    return this.sendWhile(like, body, options);
  }

  /** As `send`; when it had to wait, and is not `wanted` any more, nothing is sent. */
  sendWhile(like: DestinationLike, body: Body, options: SendOptions, wanted?: () => boolean): Promise<void> {
    try {
      this.#check();
      this.#anyone ??= this.#addProducer(null, 0);
      return this.#anyone.sendTo(toDestination(like), body, options, wanted);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  producer(
    like: DestinationLike,
    { windowSize = this.#host.jms.producerWindowSize ?? 0 } = {},
  ): Promise<Producer> {
    try {
      this.#check();
      return Promise.resolve(this.#addProducer(toDestination(like), windowSize));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  acknowledge(): Promise<void> {
    this.#acknowledgeAll();
    return Promise.resolve();
  }

  recover(): Promise<void> {
    for (const consumer of this.consumers) consumer.redeliver();
    return Promise.resolve();
  }

  async commit(): Promise<void> {
    return this.#transacted().commit();
  }

  async rollback(): Promise<void> {
    return this.#transacted().rollback();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const consumer of this.consumers) await consumer.close();
    for (const producer of this.producers) await producer.close();
    // A consumer that had received something goes with this.
    await this.#transactions?.rollback().catch(() => {});
    this.#leave();
  }

  /** Closed, and no listener works any more. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** A change of brokers would undo something. */
  get inTransaction(): boolean {
    return this.#transactions?.open ?? false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  interrupted(): void {
    this.#transactions?.interrupted();
    for (const consumer of this.consumers) consumer.interrupted();
    for (const producer of this.producers) producer.forgive();
  }

  /** There will be no connection any more. */
  ended(): void {
    for (const consumer of this.consumers) consumer.ended();
    for (const producer of this.producers) producer.forgive();
  }

  #acknowledgeAll(): void {
    if (this.#mode === "client") for (const { acks } of this.consumers) acks.acknowledgeAll();
  }

  #removed(consumer: MessageConsumer): void {
    this.consumers.delete(consumer);
    this.#host.removeConsumer(consumer);
    this.#leave();
  }

  /** The broker ends all consumers of a session that leaves: the last one goes first. */
  #leave(): void {
    if (!this.#closed || this.consumers.size > 0) return;
    if (this.#host.removeSession(this))
      this.#host.tell(create("RemoveInfo", { objectId: this.info.sessionId, lastDeliveredSequenceId: -1 }));
    this.#gone.resolve();
  }

  #addProducer(destination: ReturnType<typeof toDestination> | null, windowSize: number): MessageProducer {
    const { connectionId } = this.#host;
    const info = create("ProducerInfo", {
      producerId: create("ProducerId", {
        connectionId,
        sessionId: this.#number,
        value: this.#host.nextNumber(),
      }),
      destination,
      windowSize,
    });
    const producer = new MessageProducer(info, {
      clock: this.#host.clock,
      compress: this.#host.jms.useCompression ?? false,
      ready: () => this.#host.ready(),
      tell: (command) => this.#host.tell(command),
      ask: (command, doing, once) => this.#host.ask(command, doing, once),
      transaction: () => this.#transactions?.begin() ?? null,
      removed: (removed) => {
        this.producers.delete(removed);
        this.#host.removeProducer(removed);
      },
    });
    // First: what cannot be encoded must not be said anew after each loss.
    this.#host.tell(info);
    this.producers.add(producer);
    this.#host.addProducer(producer);
    return producer;
  }

  #usualPrefetch(topic: boolean, options: ConsumerOptions): number {
    const { jms } = this.#host;
    if (options.browse === true) return jms.browserPrefetch ?? 500;
    if (options.durable !== undefined) return jms.durableTopicPrefetch ?? 100;
    return topic ? (jms.topicPrefetch ?? mostPrefetch) : (jms.queuePrefetch ?? 1000);
  }

  #check(): void {
    if (this.#closed) throw new OpenWireError({ code: "closed", message: "the session is closed" });
  }

  #transacted(): Transactions {
    this.#check();
    if (this.#transactions === undefined)
      throw new OpenWireError({ code: "illegal-state", message: "the session is not transacted" });
    return this.#transactions;
  }
}
