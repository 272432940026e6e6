import type { Clock } from "../platform/clock.ts";
import type { JmsOptions } from "./address.ts";
import { MessageConsumer } from "./consumer.ts";
import type {
  Body,
  Consumer,
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
import type { Command, LocalTransactionId, SessionInfo } from "./wire/commands.ts";
import { create } from "./wire/create.ts";

/** What a session asks of its connection. */
export interface SessionHost {
  readonly clock: Clock;
  readonly jms: JmsOptions;
  readonly connectionId: string;
  nextNumber(): number;
  generation(): number;
  tell(command: Command): void;
  ask(command: Command & { responseRequired: boolean; commandId: number }, doing: string): Promise<unknown>;
  ready(): Promise<void> | undefined;
  addConsumer(consumer: MessageConsumer): void;
  removeConsumer(consumer: MessageConsumer): void;
  addProducer(producer: MessageProducer): void;
  removeProducer(producer: MessageProducer): void;
  removeSession(session: MessageSession): void;
  onError(error: OpenWireError): void;
}

const mostPrefetch = 32_767;
const transactionTypes = { begin: 0, commit: 2, rollback: 4 } as const;

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
  #transaction: LocalTransactionId | undefined;
  /** The connection was lost under the transaction: the broker has rolled it back. */
  #transactionLost = false;
  #closed = false;

  constructor(number: number, options: SessionOptions, host: SessionHost) {
    this.#number = number;
    this.#host = host;
    this.#mode = options.transacted === true ? "transacted" : (options.acknowledge ?? "auto");
    this.info = create("SessionInfo", {
      sessionId: create("SessionId", { connectionId: host.connectionId, value: number }),
    });
  }

  async consume(like: DestinationLike, given: ConsumerOptions = {}): Promise<Consumer> {
    this.#check();
    const destination = toDestination(like);
    const options = { ...consumerOptionsOf(like), ...given };
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
      ask: (command, doing) => this.#host.ask(command, doing),
      transaction: () => this.#begin(),
      acknowledgeAll: () => this.acknowledge(),
      removed: (removed) => {
        this.consumers.delete(removed);
        this.#host.removeConsumer(removed);
      },
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
      this.consumers.delete(consumer);
      this.#host.removeConsumer(consumer);
      throw error;
    }
  }

  send(like: DestinationLike, body: Body, options: SendOptions = {}): Promise<void> {
    try {
      this.#check();
      this.#anyone ??= this.#addProducer(null, 0);
      return this.#anyone.sendTo(toDestination(like), body, options);
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
    if (this.#mode === "client") for (const consumer of this.consumers) consumer.acknowledgeDelivered();
    return Promise.resolve();
  }

  recover(): Promise<void> {
    for (const consumer of this.consumers) consumer.redeliver();
    return Promise.resolve();
  }

  async commit(): Promise<void> {
    this.#checkTransacted();
    const lost = this.#transactionLost;
    this.#transactionLost = false;
    if (lost)
      throw new OpenWireError({
        code: "transaction-rolled-back",
        message: "the connection was lost under the transaction, which the broker has rolled back",
      });
    for (const consumer of this.consumers) {
      const ack = consumer.settleDelivered();
      if (ack !== undefined) this.#host.tell(ack);
    }
    const transaction = this.#transaction;
    if (transaction === undefined) return;
    this.#transaction = undefined;
    const generation = this.#host.generation();
    await this.#end(transaction, transactionTypes.commit, "a commit").catch((error: unknown) => {
      throw generation === this.#host.generation() ? error : inDoubt(error);
    });
    for (const consumer of this.consumers) consumer.forgetDelivered();
  }

  async rollback(): Promise<void> {
    this.#checkTransacted();
    this.#transactionLost = false;
    const transaction = this.#transaction;
    this.#transaction = undefined;
    if (transaction !== undefined) await this.#end(transaction, transactionTypes.rollback, "a rollback");
    for (const consumer of this.consumers) consumer.redeliver();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const consumer of this.consumers) await consumer.close();
    for (const producer of this.producers) await producer.close();
    if (this.#transaction !== undefined)
      await this.#end(this.#transaction, transactionTypes.rollback, "a rollback").catch(() => {});
    this.#host.removeSession(this);
    this.#host.tell(create("RemoveInfo", { objectId: this.info.sessionId, lastDeliveredSequenceId: -1 }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  interrupted(): void {
    if (this.#transaction !== undefined) {
      this.#transaction = undefined;
      this.#transactionLost = true;
    }
    for (const consumer of this.consumers) consumer.interrupted();
    for (const producer of this.producers) producer.interrupted();
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
      ask: (command, doing) => this.#host.ask(command, doing),
      transaction: () => this.#begin(),
      removed: (removed) => {
        this.producers.delete(removed);
        this.#host.removeProducer(removed);
      },
    });
    this.producers.add(producer);
    this.#host.addProducer(producer);
    this.#host.tell(info);
    return producer;
  }

  /** Begun before the first thing that belongs to it (openwire.md §15). */
  #begin(): LocalTransactionId | null {
    if (this.#mode !== "transacted") return null;
    if (this.#transaction === undefined) {
      const connectionId = create("ConnectionId", { value: this.#host.connectionId });
      this.#transaction = create("LocalTransactionId", { value: this.#host.nextNumber(), connectionId });
      this.#host.tell(
        create("TransactionInfo", {
          connectionId,
          transactionId: this.#transaction,
          transactionType: transactionTypes.begin,
        }),
      );
    }
    return this.#transaction;
  }

  #end(transactionId: LocalTransactionId, transactionType: number, doing: string): Promise<unknown> {
    const connectionId = create("ConnectionId", { value: this.#host.connectionId });
    return this.#host.ask(create("TransactionInfo", { connectionId, transactionId, transactionType }), doing);
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

  #checkTransacted(): void {
    this.#check();
    if (this.#mode !== "transacted")
      throw new OpenWireError({ code: "illegal-state", message: "the session is not transacted" });
  }
}

function inDoubt(cause: unknown): OpenWireError {
  return new OpenWireError(
    {
      code: "in-doubt",
      message: "the connection was lost under a commit: the broker may have done it, or rolled it back",
      why: cause instanceof Error ? cause.message : String(cause),
    },
    { cause },
  );
}
