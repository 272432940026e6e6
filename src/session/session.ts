import type { Update } from "../finesse/contract.ts";
import type { Agent, Contact, Reasons } from "../model/agent.ts";
import type { Dialog } from "../model/dialog.ts";
import { isAtRest, isSignedOut } from "../model/agent.ts";
import type { CallLayout } from "../model/call-layout.ts";
import type { AgentCommand, Outcome, Verb } from "../model/commands.ts";
import type { CtiEventBody } from "../model/events.ts";
import { CtiError } from "../model/errors.ts";
import { newInteractionId } from "../model/interaction.ts";
import type { Queue } from "../model/queue.ts";
import type { SessionStatus } from "../model/status.ts";
import type { Team } from "../model/team.ts";
import type { Connection, FinesseAccess } from "./connection.ts";
import { resolveMap } from "./connection.ts";
import { Audit } from "./audit.ts";
import { Choices } from "./choices.ts";
import { Overviews } from "./overviews.ts";
import { Reader } from "./reader.ts";
import { notReached, notSent, notSignedIn } from "./session-errors.ts";
import type { CommandContext, Session, SessionOptions } from "./contract.ts";
import { finesseAccess } from "./finesse-access.ts";
import { InFlight } from "./in-flight.ts";
import { Link } from "./link.ts";
import type { Plan, Step } from "./plan.ts";
import { plan } from "./plan.ts";
import { runStep, type Settled } from "./run-step.ts";
import { within } from "./within.ts";
import type { Reduction, SessionState } from "./state.ts";
import { callsOf, initialState, isSignedIn, reduce, reduceLeft, reduceSnapshot } from "./state.ts";

/** Milliseconds between the end of a consult and the call that continues it; both come of one request, back to back. */
const handOverTime = 1_500;

/** Milliseconds that Finesse gets to say how things stand when an outcome has not come in time. */
const rereadTime = 3000;

/** Errors that say what the agent's state makes impossible. */
const aboutState = new Set<string>(["no-such-call", "ambiguous-call", "not-signed-in"]);

/** Makes a session. Nothing happens on the wire before `login` or `resume`. */
export function createSession(options: SessionOptions, access: FinesseAccess = finesseAccess): Session {
  return new AgentSession(options, access);
}

class AgentSession implements Session {
  readonly agent: string;
  readonly settings: SessionOptions["settings"];
  readonly #options: SessionOptions;
  readonly #link: Link;
  readonly #inFlight = new InFlight();
  #state: SessionState;
  readonly #reader: Reader;
  readonly #audit: Audit;
  #lanes: Record<"user" | "calls", Promise<unknown>> = { user: Promise.resolve(), calls: Promise.resolve() };
  readonly #choices: Choices;
  readonly #overviews: Overviews;
  #signingOut = false;
  #closed = false;
  /** Timers of calls held back as possible hand-overs, by dialog id. */
  readonly #leaving = new Map<string, () => void>();
  #deployment: string | undefined;

  constructor(options: SessionOptions, access: FinesseAccess) {
    const { settings, password, clock, random, trace } = options;
    this.#options = options;
    this.agent = settings.agent;
    this.settings = settings;
    this.#state = initialState(settings.extension, options.interactions.open(settings.agent));
    const connected = (): Promise<Connection> => this.#link.whenConnected(settings.timeout * 1000);
    this.#choices = new Choices(clock, connected);
    this.#overviews = new Overviews(connected, () => this.#state.agent);
    this.#reader = new Reader({
      clock,
      apply: (update) => this.#apply(update),
      take: (user, dialogs) => this.#takeSnapshot(user, dialogs),
      isClosed: () => this.#closed,
    });
    this.#audit = new Audit(
      clock,
      random,
      () => this.#isBusy(),
      () => this.#look(),
    );
    const trust = { ca: settings.ca.map((ca) => ca.pem), pin: settings.pin, insecure: settings.insecure };
    const resolve = resolveMap(settings.resolve);
    this.#link = new Link({
      access,
      nodes: settings.finesse.map((origin) => ({ origin, trust, resolve })),
      transport: settings.transport,
      username: settings.agent,
      password,
      clock,
      random,
      trace:
        trace === undefined
          ? undefined
          : (record) =>
              trace({
                ...record,
                agent: settings.agent,
                cause: record.cause ?? this.#inFlight.causeOf(record.requestId),
              }),
      emit: (event) => this.#emit(event, undefined),
      onUpdate: (update) => this.#reader.onUpdate(update),
      load: (connection) => {
        this.#deployment = connection.systemInfo.deploymentType;
        return this.#reader.read(connection);
      },
      onChange: () => {},
    });
  }

  status(): SessionStatus {
    return {
      agent: this.agent,
      extension: this.#state.extension,
      link: this.#link.status,
      service: this.#link.service,
      state: this.#state.agent,
      calls: callsOf(this.#state),
      ...(this.#deployment !== undefined && { deployment: this.#deployment }),
      shared: this.#link.shared,
    };
  }

  hasPassword(password: string): boolean {
    return this.#options.password.reveal() === password;
  }

  async login(context: CommandContext): Promise<Outcome> {
    const started = this.#options.clock.now();
    if (this.#link.status.state === "closed")
      await within(this.#options.clock, context.timeout, this.#link.open(), () =>
        notReached(this.#link.status.node, context.timeout),
      );
    const connection = await this.#link.whenConnected(context.timeout);
    const { extension } = this.settings;
    if (isSignedIn(this.#state)) await this.#reread();
    if (isSignedIn(this.#state)) {
      const actual = this.#state.extension;
      const elsewhere =
        actual === extension ? "" : `, on extension ${actual}, not ${extension}: sign out first to change it`;
      return this.#outcome("login", context, started, {
        outcome: "confirmed",
        message: `already signed in${elsewhere}`,
      });
    }
    const { mobileAgent, activeDeviceId } = this.settings;
    const { userId } = connection;
    const step: Step = {
      source: `/finesse/api/User/${userId}`,
      send: (rest, request) =>
        rest.putUser(
          userId,
          {
            state: "LOGIN",
            extension,
            ...(mobileAgent !== undefined && { mobileAgent }),
            ...(activeDeviceId !== undefined && { activeDeviceId }),
          },
          request,
        ),
      settle: ({ agent }) =>
        agent !== undefined && !isSignedOut(agent.state) && agent.state !== "LOGIN"
          ? { outcome: "confirmed", message: `signed in on extension ${agent.extension ?? extension}` }
          : undefined,
    };
    const settled = await this.#lane("user", () =>
      this.#run(connection, { steps: [step] }, "login", context, started),
    );
    return this.#outcome("login", context, started, settled);
  }

  async resume(): Promise<void> {
    await this.#link.resume();
  }

  async execute(command: AgentCommand, context: CommandContext): Promise<Outcome> {
    const started = this.#options.clock.now();
    const lane =
      command.verb === "ready" || command.verb === "not-ready" || command.verb === "logout"
        ? "user"
        : "calls";
    return this.#lane(lane, async () => {
      const connection = await this.#link.whenConnected(context.timeout);
      if (command.verb === "logout") this.#signingOut = true;
      try {
        const planned = await this.#plan(connection, command);
        const settled = await this.#run(connection, planned, command.verb, context, started);
        return this.#outcome(command.verb, context, started, settled);
      } finally {
        if (command.verb === "logout") this.#signingOut = false;
      }
    });
  }

  reasons(): Promise<Reasons> {
    return this.#choices.reasons();
  }

  phoneBook(): Promise<Contact[]> {
    return this.#choices.phoneBook();
  }

  callLayouts(): Promise<CallLayout[]> {
    return this.#choices.callLayouts();
  }

  queues(): Promise<Queue[]> {
    return this.#overviews.queues();
  }

  team(id?: string): Promise<Team> {
    return this.#overviews.team(id);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#audit.close();
    for (const cancel of this.#leaving.values()) cancel();
    this.#leaving.clear();
    await this.#link.close();
  }

  /** One command at a time per lane: Finesse answers requests of a device in turn (§3), and so do we. */
  #lane<Result>(name: "user" | "calls", work: () => Promise<Result>): Promise<Result> {
    const result = this.#lanes[name].then(work, work);
    this.#lanes[name] = result.catch(() => undefined);
    return result;
  }

  async #run(
    connection: Connection,
    planned: Plan,
    verb: Verb,
    context: CommandContext,
    started: number,
  ): Promise<Settled> {
    if ("done" in planned) return planned.done;
    let last: Settled = { outcome: "confirmed", message: "done" };
    for (const [index, step] of planned.steps.entries()) {
      const requestId = index === 0 ? context.cause : `${context.cause}.${index}`;
      const left = context.timeout - (this.#options.clock.now() - started);
      if (index === 0 && left <= 0) throw notSent(verb);
      last = await runStep({
        connection,
        step,
        verb,
        requestId,
        cause: context.cause,
        timeout: Math.max(left, 1),
        clock: this.#options.clock,
        inFlight: this.#inFlight,
        state: () => this.#state,
        reread: () => this.#reread(),
      });
      if (last.outcome !== "confirmed") return last;
    }
    return last;
  }

  /**
   * What a command is to do. Nothing is answered from memory alone: an event may have been lost, so before a command is found needless or
   * impossible the agent is read again.
   */
  async #plan(connection: Connection, command: AgentCommand): Promise<Plan> {
    const planNow = async (): Promise<Plan> => {
      if (!isSignedIn(this.#state) && command.verb !== "logout")
        throw notSignedIn(this.agent, this.#state.extension);
      return plan({
        command,
        state: this.#state,
        userId: connection.userId,
        reasons: () => this.reasons(),
        defaultReasons: this.settings.defaultReasons,
        isUccx: connection.systemInfo.deploymentType === "UCCX",
      });
    };
    try {
      const planned = await planNow();
      if ("steps" in planned) return planned;
    } catch (error) {
      if (!(error instanceof CtiError) || !aboutState.has(error.code)) throw error;
    }
    await this.#reread();
    return planNow();
  }

  async #reread(): Promise<void> {
    const { connection } = this.#link;
    if (connection === undefined)
      throw new CtiError({ code: "session-lost", message: "the link to Finesse is down" });
    await within(this.#options.clock, rereadTime, this.#reader.read(connection), () =>
      notReached(this.#link.status.node, rereadTime),
    );
  }

  #outcome(verb: Verb, context: CommandContext, started: number, settled: Settled): Outcome {
    const state = this.#state.agent;
    return {
      verb,
      outcome: settled.outcome,
      agent: this.agent,
      cause: context.cause,
      message: settled.message,
      elapsed: Math.round(this.#options.clock.now() - started),
      ...("refusal" in settled && { refusal: settled.refusal }),
      ...(state !== undefined && { state }),
      ...("call" in settled && settled.call !== undefined && { call: settled.call }),
    };
  }

  #apply(update: Update): void {
    if (update.kind === "errors") {
      if (this.#inFlight.refuse(update)) return;
      const cause = this.#inFlight.causeOf(update.requestId);
      for (const refusal of update.refusals)
        this.#emit({ type: "command.failed", verb: undefined, refusal }, cause);
      return;
    }
    const reduction = reduce(this.#state, update, (dialog) => this.#identify(dialog.id));
    this.#take(reduction, this.#inFlight.causeOf(update.requestId));
    this.#inFlight.judge(this.#state, update.requestId);
    if (reduction.suspect && this.#link.connection !== undefined)
      void this.#reader.read(this.#link.connection).catch(() => undefined);
  }

  #takeSnapshot(user: Agent, dialogs: Dialog[]): void {
    this.#take(
      reduceSnapshot(this.#state, user, dialogs, (dialog) => this.#identify(dialog.id)),
      undefined,
    );
    this.#inFlight.judge(this.#state, undefined);
  }

  #take(reduction: Reduction, cause: string | undefined): void {
    if (this.#closed) return;
    this.#state = reduction.state;
    for (const event of reduction.events) {
      this.#record(event);
      this.#emit(event, cause);
      if (event.type !== "agent.changed" || event.previous === undefined) continue;
      if (isSignedOut(event.state.state) && !isSignedOut(event.previous)) {
        const { reasonCodeId } = event.state;
        this.#emit(
          {
            type: "session.signed-out",
            by: this.#signingOut ? "command" : "finesse",
            ...(reasonCodeId !== undefined && { reasonCodeId }),
          },
          cause,
        );
      }
    }
    this.#watchLeaving();
    this.#audit.plan();
  }

  #record(event: CtiEventBody): void {
    const { interactions } = this.#options;
    if (event.type === "call.started" || event.type === "call.changed") {
      const released = this.#state.tracked.get(event.call.id)?.released ?? false;
      interactions.keep(this.agent, event.call, released ? "released" : "open");
    } else if (event.type === "call.released") interactions.keep(this.agent, event.call, "released");
    else if (event.type === "call.ended") interactions.keep(this.agent, event.call, "ended");
  }

  #identify(dialogId: string): string {
    const { interactions, clock, random } = this.#options;
    return interactions.find(this.agent, dialogId) ?? newInteractionId(clock.now(), random);
  }

  /** A call that may have been handed over ends when its successor does not come. */
  #watchLeaving(): void {
    for (const dialogId of this.#state.leaving.keys()) {
      if (this.#leaving.has(dialogId)) continue;
      const cancel = this.#options.clock.after(handOverTime, () => {
        this.#leaving.delete(dialogId);
        this.#take(reduceLeft(this.#state, dialogId), undefined);
        this.#inFlight.judge(this.#state, undefined);
      });
      this.#leaving.set(dialogId, cancel);
    }
    for (const [dialogId, cancel] of this.#leaving) {
      if (this.#state.leaving.has(dialogId)) continue;
      cancel();
      this.#leaving.delete(dialogId);
    }
  }

  #isBusy(): boolean {
    const { agent, tracked } = this.#state;
    return tracked.size > 0 || (agent !== undefined && !isAtRest(agent.state));
  }

  async #look(): Promise<void> {
    const { connection } = this.#link;
    if (connection !== undefined) await this.#reader.read(connection).catch(() => undefined);
  }

  #emit(event: CtiEventBody, cause: string | undefined): void {
    this.#options.emit(event, cause);
  }
}
