import type { AgentStatus, CommandRequest, Lease, LeaseRequest, LoginRequest } from "../control/contract.ts";
import type { Contact, Reasons } from "../model/agent.ts";
import type { Outcome } from "../model/commands.ts";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { CtiEventBody } from "../model/events.ts";
import type { SessionSettings } from "../model/settings.ts";
import type { SessionStatus } from "../model/status.ts";
import type { WireTrace } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Random } from "../platform/random.ts";
import type { Redactor } from "../platform/redact.ts";
import { Secret } from "../platform/secret.ts";
import type { Store } from "../platform/sqlite.ts";
import type { InteractionStore, Session, SessionOptions } from "../session/contract.ts";
import { withDifferences } from "./asked-otherwise.ts";
import { AttendanceWatch } from "./attendance.ts";
import type { CommandMemory } from "./command-memory.ts";
import { readMeta, writeMeta } from "./database.ts";
import type { EventLog } from "./event-log.ts";
import type { Credentials } from "./guardian-link.ts";
import { interruptedOutcome } from "./interrupted-outcome.ts";
import { Lanes } from "./lanes.ts";
import { loadLeases, saveLeases } from "./lease-store.ts";
import type { UnattendedPolicy } from "./leases.ts";
import type { ProcessIdentity } from "../platform/process-identity.ts";
import { isLive, isOut, type Seat, seatStatus } from "./seat.ts";

/** A session's status, and the flags it was signed in with. */
export type AgentBrief = SessionStatus & Pick<SessionSettings, "flags">;

/** Whoever keeps credentials outside this process. */
export interface Keeper {
  remember(credentials: Credentials): void;
  forget(agent: string): void;
}

export interface RegistryOptions {
  createSession: (options: SessionOptions) => Session;
  keeper: Keeper;
  events: EventLog;
  interactions: InteractionStore;
  memory: CommandMemory;
  store: Store;
  trace: WireTrace;
  redactor: Redactor;
  processes: ProcessIdentity;
  clock: Clock;
  random: Random;
  log: Log;
  /** Agents, states or calls changed. */
  onChange: () => void;
  /** What to say of an agent who is not here. */
  notSignedIn: (agent: string) => CtiError;
}

/** The sessions of this connector, by agent: who may have one, when it begins and ends, and what is asked of it. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #seats = new Map<string, Seat>();
  /** Finesse's other names of agents → the one used at sign-in. */
  readonly #names = new Map<string, string>();
  /** Sign-ins and the ends of sessions of one agent happen one after the other. */
  readonly #lanes = new Lanes();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get agents(): string[] {
    return [...this.#seats.keys()];
  }

  /** Sign-ins and sessions being closed, so that nobody ends the worker under them. */
  get busy(): boolean {
    return this.#lanes.busy;
  }

  /** After a restart of the worker: the sessions of these agents go on, without a new sign-in. */
  resume(kept: readonly Credentials[]): void {
    for (const { settings, password } of kept) {
      const seat = this.#seat(settings, new Secret(password));
      for (const lease of loadLeases(this.#options.store, settings.agent)) seat.attendance.put(lease);
      this.#seats.set(settings.agent, seat);
      seat.ready = this.#resume(seat);
    }
  }

  /** Signs in, or confirms that this agent is. Throws `credentials-refused` for another password than the live session's. */
  login(agent: string, request: LoginRequest): Promise<Outcome> {
    const cause = this.#newCause();
    return this.#options.memory.run({
      agent,
      key: request.idempotencyKey,
      asked: JSON.stringify(["login", request.settings.extension, request.settings.finesse]),
      cause,
      work: () => this.#lanes.run(this.#find(agent)?.agent ?? agent, () => this.#login(request, cause)),
      // Signing in twice is harmless, and the session of an unfinished one is gone.
      interrupted: () => undefined,
    });
  }

  async command(agent: string, request: CommandRequest): Promise<Outcome> {
    const present = this.#find(agent);
    await present?.ready;
    const { memory } = this.#options;
    const asking = {
      agent,
      key: request.idempotencyKey,
      asked: JSON.stringify(request.command),
      interrupted: (first: string) => interruptedOutcome(agent, this.#find(agent), request, first),
    };
    // Asked first: a repeated `logout` has its answer although the agent is gone.
    const known = memory.recall(asking);
    if (known !== undefined) return known;
    const seat = this.#seatOf(agent);
    const cause = this.#newCause();
    return memory.run({ ...asking, cause, work: () => this.#execute(seat, request, cause) });
  }

  async phoneBook(agent: string): Promise<Contact[]> {
    const seat = this.#seatOf(agent);
    await seat.ready;
    return seat.session.phoneBook();
  }

  async reasons(agent: string): Promise<Reasons> {
    const seat = this.#seatOf(agent);
    await seat.ready;
    return seat.session.reasons();
  }

  async status(agent: string): Promise<AgentStatus> {
    const seat = this.#seatOf(agent);
    await seat.ready;
    return this.#statusOf(this.#seatOf(agent));
  }

  /** Waits for the state of sessions that have just come back, so that nobody is shown an agent without a state. */
  async statuses(): Promise<AgentStatus[]> {
    await Promise.all([...this.#seats.values()].map((seat) => seat.ready));
    return this.current();
  }

  /** What a face is told when this process is gone; light, since it is asked for often. */
  brief(): AgentBrief[] {
    return [...this.#seats.values()].map(({ session, settings }) => ({
      ...session.status(),
      flags: settings.flags,
    }));
  }

  current(): AgentStatus[] {
    return [...this.#seats.values()].map((seat) => this.#statusOf(seat));
  }

  putLease(agent: string, id: string, lease: LeaseRequest): void {
    this.#seatOf(agent).attendance.put({ ...lease, id });
  }

  endLease(agent: string, id: string): void {
    this.#find(agent)?.attendance.end(id);
  }

  /** The id of the event at which the agent's last command was confirmed. */
  lastCommandEvent(agent: string): string | undefined {
    return readMeta(this.#options.store, lastCommandName(agent));
  }

  /** Closes every session. Nobody is signed out by that. */
  async close(): Promise<void> {
    const seats = [...this.#seats.values()];
    for (const seat of seats) seat.attendance.close();
    await Promise.allSettled(seats.map((seat) => seat.session.close()));
  }

  async #login(request: LoginRequest, cause: string): Promise<Outcome> {
    const { settings, password } = request;
    const context = { cause, timeout: request.timeout * 1000 };
    const present = this.#find(settings.agent);
    await present?.ready;
    const seat = this.#find(settings.agent);
    if (seat !== undefined && isLive(seat)) {
      if (seat.session.hasPassword(password)) {
        const outcome = await this.#track(seat, seat.session.login(context));
        this.#admit(seat, request, cause);
        const { extension } = seat.session.status();
        return withDifferences(outcome, { ...seat.settings, extension }, settings);
      }
      if (seat.session.status().link.state === "connected") throw wrongPassword(settings.agent);
    }
    // A dead link, or one that was lost to another seat: Finesse is asked anew, with what was given now.
    if (seat !== undefined) await this.#dismiss(seat);
    return this.#begin(request, cause, context.timeout, seat);
  }

  async #begin(
    request: LoginRequest,
    cause: string,
    timeout: number,
    before: Seat | undefined,
  ): Promise<Outcome> {
    const { settings } = request;
    const seat = this.#seat(settings, new Secret(request.password));
    try {
      const outcome = await this.#track(seat, seat.session.login({ cause, timeout }));
      // With an unknown outcome Finesse may still do it: the session stays and will see.
      if (outcome.outcome === "refused" || (outcome.outcome !== "unknown" && isOut(seat)))
        await this.#close(seat);
      else this.#admit(seat, request, cause);
      return outcome;
    } catch (thrown) {
      await this.#close(seat);
      if (before !== undefined && before.session.status().link.state !== "conflict") this.#restore(before);
      throw thrown;
    }
  }

  /** The agent is signed in: from now on it is known here and by the keeper. */
  #admit(seat: Seat, request: LoginRequest, cause: string): void {
    const policy = seat.attendance.tighten(request.settings.unattended);
    seat.settings = { ...seat.settings, unattended: policy };
    if (request.lease !== undefined) seat.attendance.put(request.lease);
    this.#seats.set(seat.agent, seat);
    this.#options.keeper.remember({ settings: seat.settings, password: seat.password.reveal() });
    this.#noteCommand(seat.agent, cause);
    this.#options.onChange();
  }

  /** A session that was given up for a new sign-in, which failed: it goes on trying as before. */
  #restore(before: Seat): void {
    const seat = this.#seat(before.settings, before.password);
    for (const lease of loadLeases(this.#options.store, seat.agent)) seat.attendance.put(lease);
    this.#seats.set(seat.agent, seat);
    this.#options.keeper.remember({ settings: seat.settings, password: seat.password.reveal() });
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

  async #execute(seat: Seat, request: CommandRequest, cause: string): Promise<Outcome> {
    const timeout = (request.timeout ?? seat.settings.timeout) * 1000;
    const outcome = await this.#track(seat, seat.session.execute(request.command, { cause, timeout }));
    if (outcome.outcome === "confirmed" || outcome.outcome === "pending")
      this.#noteCommand(seat.agent, cause);
    return outcome;
  }

  /** `wait` starts at the newest event this command led to: what came in the same breath after it still counts. */
  #noteCommand(agent: string, cause: string): void {
    const { events, store } = this.#options;
    writeMeta(store, lastCommandName(agent), events.newestOf(agent, cause) ?? events.position);
  }

  #seat(settings: SessionSettings, password: Secret): Seat {
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
      act: (policy) => this.#actUnattended(seat, policy),
      onChange: (leases: readonly Lease[]) => {
        if (this.#seats.get(agent) === seat) saveLeases(store, agent, leases);
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

  #onEvent(seat: Seat, event: CtiEventBody, cause: string | undefined): void {
    const { events, keeper, onChange } = this.#options;
    events.append(event, seat.agent, cause);
    if (event.type === "agent.changed") {
      for (const name of [event.state.id, event.state.loginName]) {
        if (name !== undefined && name !== seat.agent) this.#names.set(name, seat.agent);
      }
    }
    if (this.#seats.get(seat.agent) !== seat) return;
    if (event.type === "session.signed-out") this.#retire(seat);
    // The loser of a conflict must never come back by itself (design §5.8), not even through a restart of the worker.
    if (event.type === "session.conflict") keeper.forget(seat.agent);
    onChange();
  }

  /** The agent is signed out: gone from here at once; the session is closed when its last command has its outcome. */
  #retire(seat: Seat): void {
    if (this.#seats.get(seat.agent) !== seat) return;
    this.#seats.delete(seat.agent);
    this.#options.keeper.forget(seat.agent);
    saveLeases(this.#options.store, seat.agent, []);
    this.#options.onChange();
    void this.#lanes.run(seat.agent, async () => {
      await Promise.allSettled(seat.running);
      // A sign-in that ran meanwhile may have taken the same session into use again.
      if (this.#seats.get(seat.agent) !== seat) await this.#close(seat);
    });
  }

  async #dismiss(seat: Seat): Promise<void> {
    this.#seats.delete(seat.agent);
    this.#options.keeper.forget(seat.agent);
    await this.#close(seat);
  }

  async #close(seat: Seat): Promise<void> {
    seat.attendance.close();
    try {
      await seat.session.close();
    } catch (error) {
      this.#options.log.write("warn", `closing failed: ${toCtiError(error).message}`, seat.agent);
    }
  }

  async #actUnattended(seat: Seat, policy: UnattendedPolicy): Promise<boolean> {
    const { events, log } = this.#options;
    const { then, after } = policy;
    if (this.#seats.get(seat.agent) !== seat) return true;
    const cause = this.#newCause();
    events.append({ type: "session.unattended", then, after }, seat.agent, cause);
    log.write("warn", `unattended for ${after} s: ${then}`, seat.agent);
    if (then === "keep") return true;
    const command = { verb: then } as const;
    try {
      const outcome = await this.#execute(seat, { command, idempotencyKey: cause }, cause);
      log.write("info", `unattended, ${then}: ${outcome.outcome}, ${outcome.message}`, seat.agent);
      return outcome.outcome === "confirmed" || outcome.outcome === "pending";
    } catch (error) {
      log.write("warn", `unattended, ${then} failed: ${toCtiError(error).message}`, seat.agent);
      return false;
    }
  }

  #statusOf(seat: Seat): AgentStatus {
    return seatStatus(seat, this.lastCommandEvent(seat.agent));
  }

  #seatOf(agent: string): Seat {
    const seat = this.#find(agent);
    if (seat === undefined) throw this.#options.notSignedIn(agent);
    return seat;
  }

  /** By the name used at sign-in, else by Finesse's id or login name: two sessions of one agent would throw each other out. */
  #find(agent: string): Seat | undefined {
    return this.#seats.get(agent) ?? this.#seats.get(this.#names.get(agent) ?? "");
  }

  async #track<Result>(seat: Seat, work: Promise<Result>): Promise<Result> {
    seat.running.add(work);
    try {
      return await work;
    } finally {
      seat.running.delete(work);
    }
  }

  #newCause(): string {
    return `c-${Math.floor(this.#options.random() * 36 ** 7)
      .toString(36)
      .padStart(7, "0")}`;
  }
}

function lastCommandName(agent: string): string {
  return `last-command:${agent}`;
}

function wrongPassword(agent: string): CtiError {
  return new CtiError({
    code: "credentials-refused",
    message: `agent ${agent} is signed in here with another password`,
    hint: "use the password this agent signed in with, or sign out first: cti logout",
  });
}
