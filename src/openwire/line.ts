import type { Clock } from "../platform/clock.ts";
import { type Address, type BrokerAddress, describeAddress } from "./address.ts";
import type { ConnectionState, ConnectOptions } from "./contract.ts";
import { asOpenWire, OpenWireError } from "./errors.ts";
import { Gate } from "./gate.ts";
import { Link, lost } from "./link.ts";
import { type AskedCommand, blocked, PendingAnswers } from "./pending-answers.ts";
import { PreferredBroker } from "./preferred-broker.ts";
import { dial, orderOf } from "./reconnect.ts";
import { introduce, type Restorable, restore } from "./restore.ts";
import type { Command, Response } from "./wire/commands.ts";
import { create } from "./wire/create.ts";

export interface LineOptions {
  address: Address;
  options: ConnectOptions;
  callbacks: { onState: (state: ConnectionState) => void };
  clock: Clock;
  random: () => number;
  /** What is said anew over each link. */
  restorable: Restorable;
  onCommand: (command: Command) => void;
  /** A link is lost, or given up for another. */
  onInterrupted: () => void;
  /** False while a change of brokers would undo something: a transaction. */
  mayMove: () => boolean;
  /** The last moment to say something over a link that is given up. */
  onMoving: () => void;
  /** There will be no further link. */
  onClosed: (error: OpenWireError) => void;
}

/** Milliseconds below which a link has not lived: who loses it at once, time after time, waits longer and longer. */
const shortLife = 5000;
/** Milliseconds that a broker gets to answer our leaving. */
const farewellTime = 1000;

/** The way to a broker: one link after another, brokers in their order, and what waits meanwhile. Knows nothing of sessions. */
export class Line {
  readonly #given: LineOptions;
  readonly #abort = new AbortController();
  readonly #pending: PendingAnswers;
  readonly #gate: Gate;
  readonly #preferred: PreferredBroker;
  #link: Link | undefined;
  #state: ConnectionState;
  #generation = 0;
  #commandId = 0;
  #leaving = false;
  /** When there was a link last, and how many in a row have not lived. */
  #since = 0;
  #shortLived = 0;
  #lost: BrokerAddress | undefined;

  constructor(given: LineOptions) {
    this.#given = given;
    this.#gate = new Gate(given.clock);
    this.#pending = new PendingAnswers(given.clock, this.#timeout);
    this.#preferred = new PreferredBroker({
      clock: given.clock,
      present: () => (this.#leaving ? undefined : this.#link),
      open: () => this.#openLink(this.#first),
      mayMove: () => given.mayMove(),
      move: (from, to) => this.#move(from, to),
    });
    this.#state = { state: "interrupted", error: lost(this.#first, "not connected yet"), retryAt: undefined };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Counts the links; raised at each loss. */
  get generation(): number {
    return this.#generation;
  }

  /** The first link. Rejects when there will be none, or when the application's signal ends the attempts. */
  async open(): Promise<void> {
    const { signal } = this.#given.options;
    const onAbort = (): void => this.#abort.abort();
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener("abort", onAbort);
    try {
      await this.#connect(true);
    } catch (error) {
      this.end(asOpenWire(error));
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  nextCommandId(): number {
    this.#commandId = (this.#commandId + 1) | 0;
    return this.#commandId;
  }

  /**
   * Writes to the connection there is; without one the command is of no use any more, or is said anew when there is one. Answers whether it
   * was written.
   */
  tell(command: Command): boolean {
    const link = this.#link;
    if (link === undefined) return false;
    if ("commandId" in command) command.commandId = this.nextCommandId();
    link.send(command);
    return true;
  }

  /**
   * Resolves with the broker's answer, across losses of the connection, unless it is of one connection only (`once`). Rejects with its exception,
   * `timeout`, `connection-lost` or `closed`.
   */
  ask(command: AskedCommand, doing: string, once = false): Promise<Response> {
    if (this.#state.state === "closed") return Promise.reject(this.#closedError());
    const link = this.#link;
    if (link === undefined && once) return Promise.reject(lost(this.#first, "there is no connection"));
    command.commandId = this.nextCommandId();
    command.responseRequired = true;
    return this.#pending.ask(link, command, doing, once);
  }

  /** Milliseconds that something may wait for a connection; -1: for ever. */
  get #timeout(): number {
    return this.#given.address.failover?.timeout ?? -1;
  }

  get #first(): BrokerAddress {
    // An address has at least one broker.
    return this.#given.address.brokers[0] as BrokerAddress;
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
    const { address, clock, random } = this.#given;
    const { brokers, failover } = address;
    return dial({
      order: failover === undefined ? brokers : orderOf(brokers, failover, random, this.#lost),
      failover,
      first,
      // Lost at once for the first time may be chance.
      calm: Math.max(0, this.#shortLived - 1),
      clock,
      signal: this.#abort.signal,
      connect: async (broker) => this.#use(await this.#openLink(broker)),
      onWait: (error, retryAt) => this.#become({ state: "interrupted", error, retryAt }),
    });
  }

  /** A link to a broker that knows who we are. */
  async #openLink(broker: BrokerAddress): Promise<Link> {
    const { address, options, clock, restorable } = this.#given;
    const opening: Promise<Link> = Link.open(broker, {
      tls: options.tls,
      clock,
      signal: this.#abort.signal,
      onCommand: (command) => this.#onCommand(command),
      onAnswer: (answer) => this.#pending.answer(answer),
      onLost: (error) => void opening.then((opened) => this.#onLost(opened, error)),
    });
    const link = await opening;
    try {
      const again = this.#generation > 0;
      await introduce(link, restorable, { faultTolerant: address.failover !== undefined, again });
    } catch (error) {
      link.close();
      throw error;
    }
    return link;
  }

  /**
   * Makes the link the connection, and says over it what the broker must know. The state follows when the broker has taken it; by then the link
   * may be lost again.
   */
  async #use(link: Link): Promise<void> {
    const { address, clock, restorable } = this.#given;
    if (link.isOver) throw lost(link.address, "it broke right after it was made");
    this.#link = link;
    this.#since = clock.now();
    this.#generation += this.#generation === 0 ? 1 : 0;
    const restored = restore(link, restorable);
    this.#pending.askAgain(link);
    this.#gate.open();
    if (address.failover?.priorityBackup === true && link.address !== this.#first)
      this.#preferred.lookFor(link);
    await restored;
    if (this.#link !== link) return;
    const { brokerName, format } = link;
    const wireVersion = format.version;
    this.#become({ state: "connected", address: describeAddress(link.address), brokerName, wireVersion });
  }

  /** From one broker, which is there still, to the preferred one. */
  #move(from: Link, to: Link): void {
    this.#given.onMoving();
    this.tell(create("ShutdownInfo", {}));
    this.#interrupt(lost(from.address, "the preferred broker is there again"));
    from.close();
    this.#use(to).catch((error: unknown) => this.#reconnect(asOpenWire(error)));
  }

  #onLost(link: Link, error: OpenWireError): void {
    if (this.#link !== link) return;
    this.#lost = link.address;
    this.#shortLived = this.#given.clock.now() - this.#since < shortLife ? this.#shortLived + 1 : 0;
    this.#interrupt(error);
    if (this.#leaving) this.end(undefined);
    else if (this.#given.address.failover === undefined) this.end(error);
    else this.#reconnect(error);
  }

  #interrupt(error: OpenWireError): void {
    this.#link = undefined;
    this.#preferred.stop();
    this.#generation += 1;
    this.#pending.interrupted(error);
    this.#given.onInterrupted();
  }

  #reconnect(error: OpenWireError): void {
    this.#become({ state: "interrupted", error, retryAt: undefined });
    this.#connect(false).catch((failure: unknown) => this.end(asOpenWire(failure)));
  }

  #onCommand(command: Command): void {
    this.#given.onCommand(command);
    const state = this.#state;
    // The broker may introduce itself after it took us.
    if (command.type === "BrokerInfo" && state.state === "connected")
      this.#state = { ...state, brokerName: this.#link?.brokerName };
  }

  /** Throws when it is closed. */
  check(): void {
    if (this.#state.state === "closed") throw this.#closedError();
  }

  /** Says good-bye with `farewell`, for at most a second, then ends. */
  async close(farewell: () => Promise<unknown>): Promise<void> {
    this.#leaving = true;
    this.#preferred.stop();
    if (this.#link !== undefined) {
      const late = Promise.withResolvers<void>();
      const cancel = this.#given.clock.after(farewellTime, late.resolve);
      await Promise.race([farewell().catch(() => {}), late.promise]);
      cancel();
      this.tell(create("ShutdownInfo", {}));
    }
    this.end(undefined);
  }

  end(error: OpenWireError | undefined): void {
    if (this.#state.state === "closed") return;
    this.#preferred.stop();
    this.#link?.close();
    this.#link = undefined;
    this.#state = { state: "closed", error };
    this.#abort.abort();
    const closed = this.#closedError();
    this.#pending.end(closed);
    this.#gate.close(closed);
    this.#given.onClosed(closed);
    this.#given.callbacks.onState(this.#state);
  }

  #become(state: ConnectionState): void {
    if (this.#state.state === "closed") return;
    this.#state = state;
    this.#given.callbacks.onState(state);
  }

  #closedError(): OpenWireError {
    const error = this.#state.state === "closed" ? this.#state.error : undefined;
    return error ?? new OpenWireError({ code: "closed", message: "the connection is closed" });
  }
}
