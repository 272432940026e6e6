import type {
  AgentStatus,
  CommandRequest,
  LeaseRequest,
  LoginRequest,
  UnattendedStatus,
} from "../control/contract.ts";
import type { Agent, Contact, Reasons } from "../model/agent.ts";
import type { CallLayout } from "../model/call-layout.ts";
import type { Outcome } from "../model/commands.ts";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { Queue } from "../model/queue.ts";
import type { SessionSettings } from "../model/settings.ts";
import type { SessionStatus } from "../model/status.ts";
import type { Team } from "../model/team.ts";
import type { WireTrace } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { ProcessIdentity } from "../platform/process-identity.ts";
import type { Random } from "../platform/random.ts";
import type { Redactor } from "../platform/redact.ts";
import { Secret } from "../platform/secret.ts";
import type { Store } from "../platform/sqlite.ts";
import type { InteractionStore, Session, SessionOptions } from "../session/contract.ts";
import { within } from "../session/within.ts";
import { withDifferences } from "./asked-otherwise.ts";
import type { CommandMemory } from "./command-memory.ts";
import type { EventLog } from "./event-log.ts";
import type { Credentials } from "./guardian-link.ts";
import { interruptedOutcome } from "./interrupted-outcome.ts";
import type { UnattendedPolicy } from "./leases.ts";
import { isLive, isOut, type Seat, seatStatus } from "./seat.ts";
import { Seats } from "./seats.ts";

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
  readonly #seats: Seats;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#seats = new Seats({
      ...options,
      actUnattended: (seat, policy) => this.#actUnattended(seat, policy),
    });
  }

  get agents(): string[] {
    return this.#seats.names;
  }

  /** Sign-ins and sessions being closed, so that nobody ends the worker under them. */
  get busy(): boolean {
    return this.#seats.lanes.busy;
  }

  /** After a restart of the worker: the sessions of these agents go on, without a new sign-in. */
  resume(kept: readonly Credentials[]): void {
    for (const credentials of kept) this.#seats.bringBack(credentials);
  }

  /** Signs in, or confirms that this agent is. Throws `credentials-refused` for another password than the live session's. */
  login(agent: string, request: LoginRequest, cause: string = this.newCause()): Promise<Outcome> {
    return this.#options.memory.run({
      agent,
      key: request.idempotencyKey,
      asked: JSON.stringify(["login", request.settings.extension, request.settings.finesse]),
      cause,
      work: () =>
        this.#seats.lanes.run(this.#seats.find(agent)?.agent ?? agent, () => this.#login(request, cause)),
      // Signing in twice is harmless, and the session of an unfinished one is gone.
      interrupted: () => undefined,
    });
  }

  /**
   * Takes a live session into use, or takes an agent up who is signed in at Finesse and has no session here, without signing in. Answers
   * the agent; one who is signed out gets no session. Throws `credentials-refused`, or why Finesse could not be asked.
   */
  attach(
    request: Pick<LoginRequest, "settings" | "password" | "lease" | "timeout">,
    cause: string = this.newCause(),
  ): Promise<Agent> {
    const { agent } = request.settings;
    return this.#seats.lanes.run(this.#seats.find(agent)?.agent ?? agent, () => this.#attach(request, cause));
  }

  /** Closes the agent's session here without a sign-out: another connector has taken the agent. */
  async release(agent: string): Promise<void> {
    const seat = this.#seats.find(agent);
    if (seat === undefined) return;
    await this.#seats.lanes.run(seat.agent, async () => {
      if (this.#seats.has(seat)) await this.#seats.dismiss(seat);
    });
    this.#options.onChange();
  }

  /** `cause`: of the CRM's request that it is done for. */
  async command(agent: string, request: CommandRequest, cause: string = this.newCause()): Promise<Outcome> {
    const present = this.#seats.find(agent);
    await present?.ready;
    const { memory } = this.#options;
    const asking = {
      agent,
      key: request.idempotencyKey,
      asked: JSON.stringify(request.command),
      interrupted: (first: string) => interruptedOutcome(agent, this.#seats.find(agent), request, first),
    };
    // Asked first: a repeated `logout` has its answer although the agent is gone.
    const known = memory.recall(asking);
    if (known !== undefined) return known;
    const seat = this.#seats.get(agent);
    return memory.run({ ...asking, cause, work: () => this.#execute(seat, request, cause) });
  }

  async phoneBook(agent: string): Promise<Contact[]> {
    return (await this.#readySession(agent)).phoneBook();
  }

  async reasons(agent: string): Promise<Reasons> {
    return (await this.#readySession(agent)).reasons();
  }

  async callLayouts(agent: string): Promise<CallLayout[]> {
    return (await this.#readySession(agent)).callLayouts();
  }

  async queues(agent: string): Promise<Queue[]> {
    return (await this.#readySession(agent)).queues();
  }

  /** Without an id the only team that the agent supervises. */
  async team(agent: string, id?: string): Promise<Team> {
    return (await this.#readySession(agent)).team(id);
  }

  async status(agent: string): Promise<AgentStatus> {
    const seat = this.#seats.get(agent);
    await seat.ready;
    return this.#statusOf(this.#seats.get(agent));
  }

  /** Waits for the state of sessions that have just come back, so that nobody is shown an agent without a state. */
  async statuses(): Promise<AgentStatus[]> {
    await Promise.all(this.#seats.all().map((seat) => seat.ready));
    return this.current();
  }

  /** What a face is told when this process is gone; light, since it is asked for often. */
  brief(): AgentBrief[] {
    return this.#seats.all().map(({ session, settings }) => ({ ...session.status(), flags: settings.flags }));
  }

  /** The agent's session as it is; `undefined` without one. */
  session(agent: string): SessionStatus | undefined {
    return this.#seats.find(agent)?.session.status();
  }

  /** What is done when nobody is there for the agent any more; `undefined` without a session. */
  unattended(agent: string): UnattendedStatus | undefined {
    return this.#seats.find(agent)?.attendance.status();
  }

  sessions(): SessionStatus[] {
    return this.#seats.all().map(({ session }) => session.status());
  }

  current(): AgentStatus[] {
    return this.#seats.all().map((seat) => this.#statusOf(seat));
  }

  putLease(agent: string, id: string, lease: LeaseRequest): void {
    this.#seats.get(agent).attendance.put({ ...lease, id });
  }

  endLease(agent: string, id: string): void {
    this.#seats.find(agent)?.attendance.end(id);
  }

  /** The id of the event at which the agent's last command was confirmed. */
  lastCommandEvent(agent: string): string | undefined {
    return this.#seats.lastCommandEvent(agent);
  }

  /** Closes every session. Nobody is signed out by that. */
  close(): Promise<void> {
    return this.#seats.closeAll();
  }

  async #login(request: LoginRequest, cause: string): Promise<Outcome> {
    const { settings, password } = request;
    const context = { cause, timeout: request.timeout * 1000 };
    const present = this.#seats.find(settings.agent);
    await present?.ready;
    const seat = this.#seats.find(settings.agent);
    if (seat !== undefined && isLive(seat)) {
      if (seat.session.hasPassword(password)) {
        const outcome = await this.#seats.track(seat, seat.session.login(context));
        this.#seats.admit(seat, request, cause);
        const { extension } = seat.session.status();
        return withDifferences(outcome, { ...seat.settings, extension }, settings);
      }
      if (seat.session.status().link.state === "connected") throw wrongPassword(settings.agent);
    }
    // A dead link, or one that was lost to another seat: Finesse is asked anew, with what was given now.
    if (seat !== undefined) await this.#seats.dismiss(seat);
    return this.#begin(request, cause, context.timeout, seat);
  }

  async #begin(
    request: LoginRequest,
    cause: string,
    timeout: number,
    before: Seat | undefined,
  ): Promise<Outcome> {
    const { settings } = request;
    const seat = this.#seats.make(settings, new Secret(request.password));
    try {
      const outcome = await this.#seats.track(seat, seat.session.login({ cause, timeout }));
      // With an unknown outcome Finesse may still do it: the session stays and will see.
      if (outcome.outcome === "refused" || (outcome.outcome !== "unknown" && isOut(seat)))
        await this.#seats.close(seat);
      else this.#seats.admit(seat, request, cause);
      return outcome;
    } catch (thrown) {
      await this.#seats.close(seat);
      if (before !== undefined && before.session.status().link.state !== "conflict")
        this.#seats.restore(before);
      throw thrown;
    }
  }

  async #attach(
    request: Pick<LoginRequest, "settings" | "password" | "lease" | "timeout">,
    cause: string,
  ): Promise<Agent> {
    const { settings, password } = request;
    await this.#seats.find(settings.agent)?.ready;
    const present = this.#seats.find(settings.agent);
    if (present !== undefined && isLive(present)) {
      const { link, state } = present.session.status();
      if (present.session.hasPassword(password) && state !== undefined) {
        this.#seats.admit(present, request, cause);
        return state;
      }
      if (link.state === "connected") throw wrongPassword(settings.agent);
    }
    if (present !== undefined) await this.#seats.dismiss(present);
    const seat = this.#seats.make(settings, new Secret(password));
    try {
      return await this.#takeUp(seat, request, cause);
    } catch (thrown) {
      await this.#seats.close(seat);
      if (present !== undefined && present.session.status().link.state !== "conflict")
        this.#seats.restore(present);
      throw thrown;
    }
  }

  async #takeUp(
    seat: Seat,
    request: Pick<LoginRequest, "settings" | "lease" | "timeout">,
    cause: string,
  ): Promise<Agent> {
    await this.#seats.track(
      seat,
      within(this.#options.clock, request.timeout * 1000, seat.session.resume(), () => unreachable(seat)),
    );
    const { state, link, extension } = seat.session.status();
    if (state === undefined) throw link.error === undefined ? unreachable(seat) : new CtiError(link.error);
    if (isOut(seat)) await this.#seats.close(seat);
    else {
      // Learnt from Finesse: whoever restarts the worker needs it.
      seat.settings = { ...seat.settings, extension };
      this.#seats.admit(seat, request, cause);
    }
    return state;
  }

  async #execute(seat: Seat, request: CommandRequest, cause: string): Promise<Outcome> {
    const timeout = (request.timeout ?? seat.settings.timeout) * 1000;
    const outcome = await this.#seats.track(seat, seat.session.execute(request.command, { cause, timeout }));
    if (outcome.outcome === "confirmed" || outcome.outcome === "pending")
      this.#seats.noteCommand(seat.agent, cause);
    return outcome;
  }

  async #actUnattended(seat: Seat, policy: UnattendedPolicy): Promise<boolean> {
    const { events, log } = this.#options;
    const { then, after } = policy;
    if (!this.#seats.has(seat)) return true;
    const cause = this.newCause();
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

  async #readySession(agent: string): Promise<Session> {
    const seat = this.#seats.get(agent);
    await seat.ready;
    return seat.session;
  }

  #statusOf(seat: Seat): AgentStatus {
    return seatStatus(seat, this.#seats.lastCommandEvent(seat.agent));
  }

  /** Ties a request or a typed command to the REST calls, events and deliveries it leads to. */
  newCause(): string {
    return `c-${Math.floor(this.#options.random() * 36 ** 7)
      .toString(36)
      .padStart(7, "0")}`;
  }
}

function wrongPassword(agent: string): CtiError {
  return new CtiError({
    code: "credentials-refused",
    message: `agent ${agent} is signed in here with another password`,
    hint: "use the password this agent signed in with, or sign out first: cti logout",
  });
}

function unreachable(seat: Seat): CtiError {
  return new CtiError({
    code: "finesse-unreachable",
    message: `Finesse has not said in time how agent ${seat.agent} is`,
    hint: "look at the addresses of the profile: cti config show",
  });
}
