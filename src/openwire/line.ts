import type { Clock } from "../platform/clock.ts";
import { type Address, type BrokerAddress, describeAddress } from "./address.ts";
import type { ConnectionState, ConnectOptions } from "./contract.ts";
import { OpenWireError } from "./errors.ts";
import { Gate } from "./gate.ts";
import { asOpenWire, Link, lost } from "./link.ts";
import { type AskedCommand, PendingAnswers } from "./pending-answers.ts";
import { dial, orderOf } from "./reconnect.ts";
import { type Restorable, restore } from "./restore.ts";
import type { Command, Response } from "./wire/commands.ts";
import { create } from "./wire/create.ts";

export interface LineOptions {
  address: Address;
  options: ConnectOptions;
  clock: Clock;
  random: () => number;
  /** What is said anew over each link. */
  restorable: Restorable;
  onCommand: (command: Command) => void;
  /** A link is lost, or given up for another. */
  onInterrupted: () => void;
  /** There will be no further link. */
  onClosed: (error: OpenWireError) => void;
}

/** Milliseconds between two looks whether the preferred broker is back. */
const priorityLook = 5000;
/** Milliseconds that a broker gets to answer our leaving. */
const farewellTime = 1000;

/** The way to a broker: one link after another, brokers in their order, and what waits meanwhile. Knows nothing of sessions. */
export class Line {
  readonly #given: LineOptions;
  readonly #order: BrokerAddress[];
  readonly #abort = new AbortController();
  readonly #pending = new PendingAnswers();
  readonly #gate: Gate;
  #link: Link | undefined;
  #state: ConnectionState;
  #brokerName: string | undefined;
  #generation = 0;
  #commandId = 0;
  #cancelLook: () => void = () => {};
  #leaving = false;

  constructor(given: LineOptions) {
    const { address, options, clock, random } = given;
    this.#given = given;
    this.#gate = new Gate(clock);
    this.#order =
      address.failover === undefined ? address.brokers : orderOf(address.brokers, address.failover, random);
    this.#state = { state: "interrupted", error: lost(this.#first, "not connected yet"), retryAt: undefined };
    if (options.signal?.aborted === true) this.#abort.abort();
    options.signal?.addEventListener("abort", () => {
      if (this.#generation === 0) this.#abort.abort();
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Counts the links; raised at each loss. */
  get generation(): number {
    return this.#generation;
  }

  /** The first link. Rejects when there will be none. */
  async open(): Promise<void> {
    try {
      await this.#connect(true);
    } catch (error) {
      this.end(asOpenWire(error));
      throw error;
    }
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
      this.#given.clock.after(timeout, () => {
        if (this.#link === undefined) this.#pending.fail(commandId, blocked(timeout));
      });
    return answer;
  }

  /** Milliseconds that something may wait for a connection; -1: for ever. */
  get #timeout(): number {
    return this.#given.address.failover?.timeout ?? -1;
  }

  get #first(): BrokerAddress {
    // An address has at least one broker.
    return this.#order[0] as BrokerAddress;
  }

  /** Undefined when something may be sent now. */
  ready(): Promise<void> | undefined {
    const link = this.#link;
    if (link !== undefined) return link.congested ? link.whenDrained() : undefined;
    if (this.#state.state === "closed") return Promise.reject(this.#closedError());
    return this.#gate.wait(this.#timeout, () => blocked(this.#timeout));
  }

  /** Rejects when no further attempt is to be made. */
  #connect(first: boolean): Promise<void> {
    return dial({
      order: this.#order,
      failover: this.#given.address.failover,
      first,
      clock: this.#given.clock,
      signal: this.#abort.signal,
      connect: async (broker) => this.#use(await this.#openLink(broker)),
      onWait: (error, retryAt) => this.#become({ state: "interrupted", error, retryAt }),
    });
  }

  #openLink(broker: BrokerAddress): Promise<Link> {
    const { address, options, clock } = this.#given;
    const link: Promise<Link> = Link.open(broker, {
      wire: address.wire,
      tls: options.tls,
      timeout: address.connectionTimeout,
      clock,
      signal: this.#abort.signal,
      onCommand: (command) => this.#given.onCommand(command),
      onAnswer: (answer) => this.#pending.answer(answer),
      onLost: (error) => void link.then((opened) => this.#onLost(opened, error)),
    });
    return link;
  }

  /** Says over the new link what the broker must know; then it is the connection. */
  async #use(link: Link): Promise<void> {
    const { failover } = this.#given.address;
    let tellTheRest: () => void;
    try {
      tellTheRest = await restore(link, this.#given.restorable, {
        faultTolerant: failover !== undefined,
        again: this.#generation > 0,
      });
    } catch (error) {
      link.close();
      throw error;
    }
    if (link.isOver) throw lost(link.address, "it broke right after it was made");
    tellTheRest();
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
    this.#cancelLook = this.#given.clock.after(priorityLook, () => {
      void this.#openLink(this.#first).then(
        async (link) => {
          const before = this.#link;
          if (before === undefined || this.#leaving) return link.close();
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
    if (this.#given.address.failover === undefined || this.#leaving) this.end(error);
    else this.#reconnect(error);
  }

  #interrupt(): void {
    this.#cancelLook();
    this.#generation += 1;
    this.#given.onInterrupted();
  }

  #reconnect(error: OpenWireError): void {
    this.#become({ state: "interrupted", error, retryAt: undefined });
    void this.#connect(false).catch((failure: unknown) => this.end(asOpenWire(failure)));
  }

  /** The broker has introduced itself. */
  nameBroker(name: string | undefined): void {
    this.#brokerName = name;
    if (this.#state.state === "connected" && this.#state.brokerName === undefined)
      this.#state = { ...this.#state, brokerName: name };
  }

  /** Throws when it is closed. */
  check(): void {
    if (this.#state.state === "closed") throw this.#closedError();
  }

  /** Says good-bye with `farewell`, for at most a second, then ends. */
  async close(farewell: () => Promise<unknown>): Promise<void> {
    this.#leaving = true;
    const link = this.#link;
    if (link !== undefined) {
      const late = Promise.withResolvers<void>();
      const cancel = this.#given.clock.after(farewellTime, late.resolve);
      await Promise.race([farewell().catch(() => {}), late.promise]);
      cancel();
      this.tell(create("ShutdownInfo", {}));
      this.#link = undefined;
      link.close();
    }
    this.end(undefined);
  }

  end(error: OpenWireError | undefined): void {
    if (this.#state.state === "closed") return;
    this.#cancelLook();
    this.#become({ state: "closed", error });
    this.#abort.abort();
    const closed = this.#closedError();
    this.#pending.end(closed);
    this.#gate.close(closed);
    this.#given.onClosed(closed);
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#given.options.onState?.(state);
  }

  #closedError(): OpenWireError {
    const error = this.#state.state === "closed" ? this.#state.error : undefined;
    return error ?? new OpenWireError({ code: "closed", message: "the connection is closed" });
  }
}

function blocked(timeout: number): OpenWireError {
  return new OpenWireError({
    code: "timeout",
    message: `there has been no connection to a broker for ${timeout} ms`,
  });
}
