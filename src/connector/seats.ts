import type { Lease, LoginRequest } from "../control/contract.ts";
import { toCtiError } from "../model/errors.ts";
import type { CtiEventBody } from "../model/events.ts";
import type { SessionSettings } from "../model/settings.ts";
import { Secret } from "../platform/secret.ts";
import { AttendanceWatch } from "./attendance.ts";
import { readMeta, writeMeta } from "./database.ts";
import type { Credentials } from "./guardian-link.ts";
import { Lanes } from "./lanes.ts";
import { loadLeases, saveLeases } from "./lease-store.ts";
import type { UnattendedPolicy } from "./leases.ts";
import type { RegistryOptions } from "./registry.ts";
import { isOut, type Seat } from "./seat.ts";

export interface SeatsOptions extends RegistryOptions {
  /** Does what the policy says with an agent whom nobody attends to; true when it is done. */
  actUnattended: (seat: Seat, policy: UnattendedPolicy) => Promise<boolean>;
}

/** The agents' places in this connector: made, admitted when signed in, given up when signed out. */
export class Seats {
  readonly #options: SeatsOptions;
  readonly #seats = new Map<string, Seat>();
  /** Finesse's other names of agents → the one used at sign-in. */
  readonly #names = new Map<string, string>();
  /** Sign-ins and the ends of sessions of one agent happen one after the other. */
  readonly lanes = new Lanes();

  constructor(options: SeatsOptions) {
    this.#options = options;
  }

  get names(): string[] {
    return [...this.#seats.keys()];
  }

  all(): Seat[] {
    return [...this.#seats.values()];
  }

  /** By the name used at sign-in, else by Finesse's id or login name: two sessions of one agent would throw each other out. */
  find(agent: string): Seat | undefined {
    return this.#seats.get(agent) ?? this.#seats.get(this.#names.get(agent) ?? "");
  }

  /** Throws `not-signed-in`. */
  get(agent: string): Seat {
    const seat = this.find(agent);
    if (seat === undefined) throw this.#options.notSignedIn(agent);
    return seat;
  }

  has(seat: Seat): boolean {
    return this.#seats.get(seat.agent) === seat;
  }

  /** A place with a session that has not begun. */
  make(settings: SessionSettings, password: Secret): Seat {
    const { redactor, createSession, interactions, clock, random, trace, store, processes } = this.#options;
    const { agent } = settings;
    redactor.add(password.reveal(), [agent, settings.extension], agent);
    const session = createSession({
      settings,
      password,
      interactions,
      clock,
      random,
      trace,
      emit: (event, cause) => this.#onEvent(seat, event, cause),
    });
    const attendance = new AttendanceWatch({
      clock,
      processes,
      policy: settings.unattended,
      act: (policy) => this.#options.actUnattended(seat, policy),
      onChange: (leases: readonly Lease[]) => {
        if (this.has(seat)) saveLeases(store, agent, leases);
      },
    });
    const seat: Seat = {
      agent,
      session,
      password,
      settings,
      attendance,
      ready: Promise.resolve(),
      running: new Set(),
    };
    return seat;
  }

  /** The agent is signed in: from now on it is known here and by the keeper. */
  admit(seat: Seat, request: Pick<LoginRequest, "settings" | "lease">, cause: string): void {
    const policy = seat.attendance.tighten(request.settings.unattended);
    seat.settings = { ...seat.settings, unattended: policy };
    if (request.lease !== undefined) seat.attendance.put(request.lease);
    this.#seats.set(seat.agent, seat);
    this.#options.keeper.remember({ settings: seat.settings, password: seat.password.reveal() });
    this.noteCommand(seat.agent, cause);
    this.#options.onChange();
  }

  /** After a restart of the worker. */
  bringBack({ settings, password }: Credentials): void {
    const seat = this.make(settings, new Secret(password));
    this.#goOn(seat);
  }

  /** A session that was given up for a new sign-in, which failed: it goes on trying as before. */
  restore(before: Seat): void {
    const seat = this.make(before.settings, before.password);
    this.#options.keeper.remember({ settings: seat.settings, password: seat.password.reveal() });
    this.#goOn(seat);
  }

  /** Given up, without a sign-out. */
  async dismiss(seat: Seat): Promise<void> {
    this.#seats.delete(seat.agent);
    this.#options.keeper.forget(seat.agent);
    await this.close(seat);
  }

  async close(seat: Seat): Promise<void> {
    seat.attendance.close();
    try {
      await seat.session.close();
    } catch (error) {
      this.#options.log.write("warn", `closing failed: ${toCtiError(error).message}`, seat.agent);
    }
  }

  /** Closes every session. Nobody is signed out by that. */
  async closeAll(): Promise<void> {
    const seats = this.all();
    for (const seat of seats) seat.attendance.close();
    await Promise.allSettled(seats.map((seat) => seat.session.close()));
  }

  async track<Result>(seat: Seat, work: Promise<Result>): Promise<Result> {
    seat.running.add(work);
    try {
      return await work;
    } finally {
      seat.running.delete(work);
    }
  }

  /** `wait` starts at the newest event this command led to: what came in the same breath after it still counts. */
  noteCommand(agent: string, cause: string): void {
    const { events, store } = this.#options;
    writeMeta(store, lastCommandName(agent), events.newestOf(agent, cause) ?? events.position);
  }

  /** The id of the event at which the agent's last command was confirmed. */
  lastCommandEvent(agent: string): string | undefined {
    return readMeta(this.#options.store, lastCommandName(agent));
  }

  #goOn(seat: Seat): void {
    for (const lease of loadLeases(this.#options.store, seat.agent)) seat.attendance.put(lease);
    this.#seats.set(seat.agent, seat);
    seat.ready = this.#resume(seat);
  }

  async #resume(seat: Seat): Promise<void> {
    try {
      await seat.session.resume();
    } catch (error) {
      this.#options.log.write("warn", `cannot resume: ${toCtiError(error).message}`, seat.agent);
    }
    // Signed out by Finesse while nobody was looking.
    if (seat.session.status().link.state === "connected" && isOut(seat)) this.#retire(seat);
  }

  #onEvent(seat: Seat, event: CtiEventBody, cause: string | undefined): void {
    const { events, keeper, onChange } = this.#options;
    events.append(event, seat.agent, cause);
    if (event.type === "agent.changed") {
      for (const name of [event.state.id, event.state.loginName]) {
        if (name !== undefined && name !== seat.agent) this.#names.set(name, seat.agent);
      }
    }
    if (!this.has(seat)) return;
    if (event.type === "session.signed-out") this.#retire(seat);
    // The loser of a conflict must never come back by itself (design §5.8), not even through a restart of the worker.
    if (event.type === "session.conflict") keeper.forget(seat.agent);
    onChange();
  }

  /** The agent is signed out: gone from here at once; the session is closed when its last command has its outcome. */
  #retire(seat: Seat): void {
    if (!this.has(seat)) return;
    this.#seats.delete(seat.agent);
    this.#options.keeper.forget(seat.agent);
    saveLeases(this.#options.store, seat.agent, []);
    this.#options.onChange();
    void this.lanes.run(seat.agent, async () => {
      await Promise.allSettled(seat.running);
      // A sign-in that ran meanwhile may have taken the same session into use again.
      if (!this.has(seat)) await this.close(seat);
    });
  }
}

function lastCommandName(agent: string): string {
  return `last-command:${agent}`;
}
