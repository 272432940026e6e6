import type { Clock } from "../platform/clock.ts";
import { type Address, type BrokerAddress, describeAddress } from "./address.ts";
import { watchConsumers } from "./advisories.ts";
import { brokerError } from "./broker-error.ts";
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
import { Gate } from "./gate.ts";
import { asOpenWire, Link, lost } from "./link.ts";
import type { MessageProducer } from "./producer.ts";
import { type AskedCommand, PendingAnswers } from "./pending-answers.ts";
import { dial, orderOf } from "./reconnect.ts";
import { Requests } from "./requests.ts";
import { restore } from "./restore.ts";
import { MessageSession } from "./session.ts";
import type { Command, Destination, Response } from "./wire/commands.ts";
import { create } from "./wire/create.ts";

export interface ConnectionParts {
  address: Address;
  options: ConnectOptions;
  clock: Clock;
  random: () => number;
  id: string;
}

/** Milliseconds between two looks whether the preferred broker is back. */
const priorityLook = 5000;
/** Milliseconds that a broker gets to answer our leaving. */
const farewell = 1000;
/** A connection to a broker, or with a failover address to one of several after the other. */
export class BrokerConnection implements Connection {
  readonly id: string;
  readonly #parts: ConnectionParts;
  readonly #order: BrokerAddress[];
  readonly #abort = new AbortController();
  readonly sessions = new Set<MessageSession>();
  readonly temporary = new Map<string, Destination>();
  readonly #consumers = new Map<number, MessageConsumer>();
  readonly #producers = new Map<number, MessageProducer>();
  readonly #pending = new PendingAnswers();
  readonly #gate: Gate;
  readonly #requests = new Requests(this);
  #link: Link | undefined;
  #state: ConnectionState;
  #brokerName: string | undefined;
  #generation = 0;
  #commandId = 0;
  #number = 0;
  #cancelLook: () => void = () => {};
  #closing: Promise<void> | undefined;

  constructor(parts: ConnectionParts) {
    const { address, options } = parts;
    this.#parts = parts;
    this.#gate = new Gate(parts.clock);
    this.id = parts.id;
    this.#order =
      address.failover === undefined
        ? address.brokers
        : orderOf(address.brokers, address.failover, parts.random);
    this.#state = { state: "interrupted", error: lost(this.#first, "not connected yet"), retryAt: undefined };
    options.signal?.addEventListener("abort", () => {
      if (this.#generation === 0) this.#abort.abort();
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The first connection. Rejects when there will be none. */
  async open(): Promise<this> {
    try {
      await this.#connect(true);
      return this;
    } catch (error) {
      this.#end(asOpenWire(error));
      throw error;
    }
  }

  session(options: SessionOptions = {}): Promise<Session> {
    return Promise.resolve(this.openSession(options));
  }

  openSession(options: SessionOptions): MessageSession {
    this.#check();
    const session = new MessageSession(this.#nextNumber(), options, {
      clock: this.#parts.clock,
      jms: this.#parts.address.jms,
      connectionId: this.id,
      nextNumber: () => this.#nextNumber(),
      generation: () => this.#generation,
      tell: (command) => this.tell(command),
      ask: (command, doing) => this.ask(command, doing),
      ready: () => this.#ready(),
      addConsumer: (consumer) => this.#consumers.set(Number(consumer.info.consumerId?.value), consumer),
      removeConsumer: (consumer) => this.#consumers.delete(Number(consumer.info.consumerId?.value)),
      addProducer: (producer) => this.#producers.set(Number(producer.info.producerId?.value), producer),
      removeProducer: (producer) => this.#producers.delete(Number(producer.info.producerId?.value)),
      removeSession: (closed) => this.sessions.delete(closed),
      onError: (error) => this.#parts.options.onError?.(error),
    });
    this.sessions.add(session);
    this.tell(session.info);
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
    await this.ask(this.#destinationInfo(destination, 1), `the end of ${nameOf(destination)}`);
  }

  async unsubscribe(durable: string): Promise<void> {
    await this.ask(
      create("RemoveSubscriptionInfo", {
        connectionId: this.connectionId,
        subscriptionName: durable,
        clientId: this.clientId ?? null,
      }),
      `the end of the subscription ${durable}`,
    );
  }

  watchConsumers(
    destination: DestinationLike,
    onAdvisory: (advisory: Advisory) => void,
  ): Promise<AsyncDisposable> {
    return watchConsumers(this, toDestination(destination), onAdvisory);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
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

  nextCommandId(): number {
    this.#commandId = (this.#commandId + 1) | 0;
    return this.#commandId;
  }

  /** Writes to the connection there is; without one the command is of no use any more, or is said anew when there is one. */
  tell(command: Command): void {
    const link = this.#link;
    if (link === undefined) return;
    if ("commandId" in command) command.commandId = this.nextCommandId();
    link.send(command);
  }

  /** Resolves with the broker's answer, across losses of the connection. Rejects with its exception, `timeout` or `closed`. */
  ask(command: AskedCommand, doing: string): Promise<Response> {
    if (this.#state.state === "closed") return Promise.reject(this.#closedError());
    command.commandId = this.nextCommandId();
    command.responseRequired = true;
    const { commandId } = command;
    const answer = this.#pending.add(command, doing);
    try {
      this.#link?.send(command);
    } catch (error) {
      this.#pending.fail(commandId, asOpenWire(error));
    }
    const timeout = this.#timeout;
    if (this.#link === undefined && timeout >= 0)
      this.#parts.clock.after(timeout, () => {
        if (this.#link === undefined) this.#pending.fail(commandId, blocked(timeout));
      });
    return answer;
  }

  /** Milliseconds that something may wait for a connection; -1: for ever. */
  get #timeout(): number {
    return this.#parts.address.failover?.timeout ?? -1;
  }

  get #first(): BrokerAddress {
    // An address has at least one broker.
    return this.#order[0] as BrokerAddress;
  }

  #nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  async #createTemporary(type: "ActiveMQTempQueue" | "ActiveMQTempTopic"): Promise<Destination> {
    const destination: Destination = { type, physicalName: `${this.id}:${this.#nextNumber()}` };
    await this.ask(this.#destinationInfo(destination, 0), "a temporary destination");
    this.temporary.set(destination.physicalName ?? "", destination);
    return destination;
  }

  #destinationInfo(
    destination: Destination,
    operationType: number,
  ): ReturnType<typeof create<"DestinationInfo">> {
    return create("DestinationInfo", { connectionId: this.connectionId, destination, operationType });
  }

  /** Undefined when something may be sent now. */
  #ready(): Promise<void> | undefined {
    const link = this.#link;
    if (link !== undefined) return link.congested ? link.whenDrained() : undefined;
    if (this.#state.state === "closed") return Promise.reject(this.#closedError());
    return this.#gate.wait(this.#timeout, () => blocked(this.#timeout));
  }

  /** Rejects when no further attempt is to be made. */
  #connect(first: boolean): Promise<void> {
    return dial({
      order: this.#order,
      failover: this.#parts.address.failover,
      first,
      clock: this.#parts.clock,
      signal: this.#abort.signal,
      connect: async (broker) => this.#use(await this.#openLink(broker)),
      onWait: (error, retryAt) => this.#become({ state: "interrupted", error, retryAt }),
    });
  }

  #openLink(broker: BrokerAddress): Promise<Link> {
    const { address, options, clock } = this.#parts;
    const link: Promise<Link> = Link.open(broker, {
      wire: address.wire,
      tls: options.tls,
      timeout: address.connectionTimeout,
      clock,
      signal: this.#abort.signal,
      onCommand: (command) => this.#onCommand(command),
      onAnswer: (answer) => this.#pending.answer(answer),
      onLost: (error) => void link.then((opened) => this.#onLost(opened, error)),
    });
    return link;
  }

  /** Says over the new link what the broker must know; then it is the connection. */
  async #use(link: Link): Promise<void> {
    const { failover } = this.#parts.address;
    try {
      await restore(link, this, { faultTolerant: failover !== undefined, again: this.#generation > 0 });
    } catch (error) {
      link.close();
      throw error;
    }
    if (link.isOver) throw lost(link.address, "it broke right after it was made");
    this.#link = link;
    this.#generation += this.#generation === 0 ? 1 : 0;
    for (const command of this.#pending.commands()) link.send(command);
    this.#become({
      state: "connected",
      address: describeAddress(link.address),
      brokerName: this.#brokerName,
      wireVersion: link.format.version,
    });
    this.#gate.open();
    if (failover?.priorityBackup === true && link.address !== this.#first) this.#lookForFirst();
  }

  /** A connection to a broker further down the list goes back to the first one when that is there again. */
  #lookForFirst(): void {
    this.#cancelLook = this.#parts.clock.after(priorityLook, () => {
      void this.#openLink(this.#first).then(
        async (link) => {
          const before = this.#link;
          if (before === undefined || this.#closing !== undefined) return link.close();
          this.#interrupt();
          this.#link = undefined;
          before.close();
          await this.#use(link).catch((error: unknown) => this.#reconnect(asOpenWire(error)));
        },
        () => {
          if (this.#link !== undefined) this.#lookForFirst();
        },
      );
    });
  }

  #onLost(link: Link, error: OpenWireError): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#interrupt();
    if (this.#parts.address.failover === undefined || this.#closing !== undefined) this.#end(error);
    else this.#reconnect(error);
  }

  #interrupt(): void {
    this.#cancelLook();
    this.#generation += 1;
    for (const session of this.sessions) session.interrupted();
  }

  #reconnect(error: OpenWireError): void {
    this.#become({ state: "interrupted", error, retryAt: undefined });
    void this.#connect(false).catch((failure: unknown) => this.#end(asOpenWire(failure)));
  }

  #onCommand(command: Command): void {
    switch (command.type) {
      case "MessageDispatch":
        this.#consumers.get(Number(command.consumerId?.value))?.dispatch(command);
        return;
      case "ProducerAck":
        this.#producers.get(Number(command.producerId?.value))?.acknowledged(command.size);
        return;
      case "ConsumerControl":
        this.#consumers.get(Number(command.consumerId?.value))?.control(command.close, command.prefetch);
        return;
      case "BrokerInfo":
        this.#brokerName = command.brokerName ?? undefined;
        if (this.#state.state === "connected" && this.#state.brokerName === undefined)
          this.#state = { ...this.#state, brokerName: this.#brokerName };
        return;
      case "ConnectionError":
        this.#parts.options.onError?.(brokerError("what was sent", command.exception));
        return;
      default:
        // ConnectionControl, ControlCommand and the like: the socket closes by itself when the broker goes.
        return;
    }
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#parts.options.onState?.(state);
  }

  #check(): void {
    if (this.#state.state === "closed") throw this.#closedError();
  }

  #closedError(): OpenWireError {
    const error = this.#state.state === "closed" ? this.#state.error : undefined;
    return error ?? new OpenWireError({ code: "closed", message: "the connection is closed" });
  }

  async #close(): Promise<void> {
    const link = this.#link;
    if (link !== undefined) {
      const answered = (async () => {
        for (const session of this.sessions) await session.close();
        await this.ask(
          create("RemoveInfo", { objectId: this.connectionId, lastDeliveredSequenceId: -1 }),
          "our leaving",
        );
      })().catch(() => {});
      const late = Promise.withResolvers<void>();
      const cancel = this.#parts.clock.after(farewell, late.resolve);
      await Promise.race([answered, late.promise]);
      cancel();
      this.tell(create("ShutdownInfo", {}));
      this.#link = undefined;
      link.close();
    }
    this.#end(undefined);
  }

  #end(error: OpenWireError | undefined): void {
    if (this.#state.state === "closed") return;
    this.#cancelLook();
    this.#become({ state: "closed", error });
    this.#abort.abort();
    const closed = this.#closedError();
    this.#pending.end(closed);
    this.#gate.close(closed);
    for (const consumer of this.#consumers.values()) consumer.control(true, 0);
    this.#requests.end(closed);
  }
}

function blocked(timeout: number): OpenWireError {
  return new OpenWireError({
    code: "timeout",
    message: `there has been no connection to a broker for ${timeout} ms`,
  });
}
