import type { Clock } from "../platform/clock.ts";
import type { Address } from "./address.ts";
import { watchConsumers } from "./advisories.ts";
import { brokerError } from "./broker-error.ts";
import { guarded } from "./callbacks.ts";
import type { MessageConsumer } from "./consumer.ts";
import type {
  Advisory,
  Body,
  Connection,
  ConnectionState,
  ConnectOptions,
  DestinationLike,
  ReceivedMessage,
  SendOptions,
  Session,
  SessionOptions,
} from "./contract.ts";
import { isTemporary, isTopic, nameOf, toDestination } from "./destinations.ts";
import { OpenWireError } from "./errors.ts";
import { Line } from "./line.ts";
import type { MessageProducer } from "./producer.ts";
import { Requests } from "./requests.ts";
import { MessageSession } from "./session.ts";
import type { Command, Destination } from "./wire/commands.ts";
import { create } from "./wire/create.ts";

export interface ConnectionParts {
  address: Address;
  options: ConnectOptions;
  clock: Clock;
  random: () => number;
  id: string;
}

/** A connection to a broker, or with a failover address to one of several after the other. */
export class BrokerConnection implements Connection {
  readonly id: string;
  readonly #parts: ConnectionParts;
  readonly #callbacks: ReturnType<typeof guarded>;
  readonly #line: Line;
  readonly sessions = new Set<MessageSession>();
  readonly temporary = new Map<string, Destination>();
  readonly #consumers = new Map<number, MessageConsumer>();
  readonly #producers = new Map<number, MessageProducer>();
  readonly #requests = new Requests(this);
  #number = 0;
  #closing: Promise<void> | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.#callbacks = guarded(parts.options);
    this.#line = new Line({
      ...parts,
      callbacks: this.#callbacks,
      restorable: this,
      onCommand: (command) => this.#onCommand(command),
      onInterrupted: () => {
        for (const session of this.sessions) session.interrupted();
      },
      mayMove: () => [...this.sessions].every((session) => !session.inTransaction),
      onMoving: () => {
        for (const { acks } of this.#consumers.values()) acks.flush();
      },
      onClosed: (error) => {
        for (const session of this.sessions) session.ended();
        this.#requests.end(error);
      },
    });
  }

  get state(): ConnectionState {
    return this.#line.state;
  }

  /** The first connection. Rejects when there will be none. */
  async open(): Promise<this> {
    await this.#line.open();
    return this;
  }

  async session(options: SessionOptions = {}): Promise<Session> {
    return this.openSession(options);
  }

  openSession(options: SessionOptions): MessageSession {
    this.#line.check();
    const session = new MessageSession(this.#nextNumber(), options, {
      clock: this.#parts.clock,
      jms: this.#parts.address.jms,
      connectionId: this.id,
      clientId: this.clientId,
      nextNumber: () => this.#nextNumber(),
      generation: () => this.#line.generation,
      tell: (command) => this.#line.tell(command),
      ask: (command, doing, once) => this.#line.ask(command, doing, once),
      ready: () => this.#line.ready(),
      addConsumer: (consumer) => this.#consumers.set(Number(consumer.info.consumerId?.value), consumer),
      removeConsumer: (consumer) => this.#consumers.delete(Number(consumer.info.consumerId?.value)),
      addProducer: (producer) => this.#producers.set(Number(producer.info.producerId?.value), producer),
      removeProducer: (producer) => this.#producers.delete(Number(producer.info.producerId?.value)),
      removeSession: (closed) => this.sessions.delete(closed),
      onError: (error) => this.onError(error),
    });
    this.sessions.add(session);
    this.#line.tell(session.info);
    return session;
  }

  request(
    destination: DestinationLike,
    body: Body,
    options: SendOptions & { timeout?: number } = {},
  ): Promise<ReceivedMessage> {
    return this.#requests.ask(destination, body, options, this.#parts.clock);
  }

  createTemporaryQueue(): Promise<Destination> {
    return this.#createTemporary("ActiveMQTempQueue");
  }

  createTemporaryTopic(): Promise<Destination> {
    return this.#createTemporary("ActiveMQTempTopic");
  }

  async deleteTemporary(destination: Destination): Promise<void> {
    const name = destination.physicalName ?? "";
    if (!isTemporary(destination) || !this.temporary.has(name))
      throw new OpenWireError({
        code: "usage",
        message: `${nameOf(destination)} is no temporary destination of ours`,
      });
    this.temporary.delete(name);
    await this.#line.ask(this.#destinationInfo(destination, 1), `the end of ${nameOf(destination)}`);
  }

  async unsubscribe(durable: string): Promise<void> {
    await this.#line.ask(
      create("RemoveSubscriptionInfo", {
        connectionId: this.connectionId,
        subscriptionName: durable,
        clientId: this.clientId ?? null,
      }),
      `the end of the subscription ${durable}`,
    );
  }

  async watchConsumers(
    destination: DestinationLike,
    onAdvisory: (advisory: Advisory) => void,
  ): Promise<AsyncDisposable> {
    return watchConsumers(this, toDestination(destination), onAdvisory);
  }

  close(): Promise<void> {
    this.#closing ??= this.#line.close(async () => {
      const sessions = [...this.sessions];
      for (const session of sessions) await session.close();
      // What a listener still works on is acknowledged when it is done.
      for (const session of sessions) await session.gone;
      await this.#line.ask(
        create("RemoveInfo", { objectId: this.connectionId, lastDeliveredSequenceId: -1 }),
        "our leaving",
      );
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get connectionId(): ReturnType<typeof create<"ConnectionId">> {
    return create("ConnectionId", { value: this.id });
  }

  get clientId(): string | undefined {
    return this.#parts.options.clientId ?? this.#parts.address.jms.clientId;
  }

  get credentials(): { userName: string | null; password: string | null } {
    const { options, address } = this.#parts;
    return {
      userName: options.username ?? address.jms.username ?? null,
      password: options.password ?? address.jms.password ?? null,
    };
  }

  /** Errors that belong to no call. */
  onError(error: OpenWireError): void {
    this.#callbacks.onError(error);
  }

  nextCommandId(): number {
    return this.#line.nextCommandId();
  }

  #nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  async #createTemporary(type: "ActiveMQTempQueue" | "ActiveMQTempTopic"): Promise<Destination> {
    const destination: Destination = { type, physicalName: `${this.id}:${this.#nextNumber()}` };
    await this.#line.ask(this.#destinationInfo(destination, 0), "a temporary destination");
    this.temporary.set(destination.physicalName ?? "", destination);
    return destination;
  }

  #destinationInfo(
    destination: Destination,
    operationType: number,
  ): ReturnType<typeof create<"DestinationInfo">> {
    return create("DestinationInfo", { connectionId: this.connectionId, destination, operationType });
  }

  #onCommand(command: Command): void {
    switch (command.type) {
      case "MessageDispatch":
        this.#consumers.get(Number(command.consumerId?.value))?.dispatch(command);
        return;
      case "ProducerAck":
        this.#producers.get(Number(command.producerId?.value))?.acknowledged();
        return;
      case "ConsumerControl":
        this.#consumers.get(Number(command.consumerId?.value))?.control(command.close, command.prefetch);
        return;
      case "ConnectionError":
        this.onError(brokerError("what was sent", command.exception));
        // A message that was refused gets no ProducerAck.
        for (const producer of this.#producers.values()) producer.forgive();
        return;
      default:
        // ControlCommand and the like.
        return;
    }
  }
}
