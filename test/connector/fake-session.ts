import type { Agent } from "../../src/model/agent.ts";
import type { Reasons } from "../../src/model/agent.ts";
import type { CallLayout } from "../../src/model/call-layout.ts";
import type { AgentCommand, Outcome, Verb } from "../../src/model/commands.ts";
import type { CtiEventBody } from "../../src/model/events.ts";
import type { Queue } from "../../src/model/queue.ts";
import type { LinkState, SessionStatus } from "../../src/model/status.ts";
import type { Team } from "../../src/model/team.ts";
import type { CommandContext, Session, SessionOptions } from "../../src/session/contract.ts";

/** A session without a Finesse: what it does is up to the test. */
export class FakeSession implements Session {
  readonly agent: string;
  readonly settings: SessionOptions["settings"];
  readonly options: SessionOptions;
  readonly executed: AgentCommand[] = [];
  state = "LOGOUT";
  loginName: string | undefined;
  link: LinkState = "closed";
  closed = false;
  resumed = false;
  /** Replaces what `login` does. */
  onLogin: (() => Promise<void>) | undefined;
  /** Replaces what `execute` does. */
  onExecute: ((command: AgentCommand) => Promise<Outcome["outcome"]>) | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
    this.agent = options.settings.agent;
    this.settings = options.settings;
  }

  status(): SessionStatus {
    return {
      agent: this.agent,
      extension: this.settings.extension,
      link: { state: this.link, since: "2026-01-05T09:00:00.000Z", node: "finesse.test:8445" },
      service: "in-service",
      state: this.#agentState(),
      calls: [],
      shared: [],
    };
  }

  async login(context: CommandContext): Promise<Outcome> {
    await this.onLogin?.();
    this.link = "connected";
    if (this.state === "LOGOUT") this.change("NOT_READY", context.cause);
    return this.#outcome("login", context, "confirmed");
  }

  resume(): Promise<void> {
    this.resumed = true;
    this.link = "connected";
    this.state = "READY";
    return Promise.resolve();
  }

  async execute(command: AgentCommand, context: CommandContext): Promise<Outcome> {
    this.executed.push(command);
    const result = (await this.onExecute?.(command)) ?? "confirmed";
    if (command.verb === "ready") this.change("READY", context.cause);
    if (command.verb === "not-ready") this.change("NOT_READY", context.cause);
    if (command.verb === "logout" && result === "confirmed") {
      this.change("LOGOUT", context.cause);
      this.emit({ type: "session.signed-out", by: "command" }, context.cause);
    }
    return this.#outcome(command.verb, context, result);
  }

  phoneBook(): Promise<never[]> {
    return Promise.resolve([]);
  }

  callLayouts(): Promise<CallLayout[]> {
    return Promise.resolve([
      { id: "1", name: "Default", description: undefined, type: "DEFAULT", header: undefined, columns: [] },
    ]);
  }

  queues(): Promise<Queue[]> {
    return Promise.resolve([{ id: "5022", name: "Sales", statistics: undefined }]);
  }

  team(id?: string): Promise<Team> {
    return Promise.resolve({ id: id ?? "1", name: "Sales", members: [] });
  }

  reasons(): Promise<Reasons> {
    return Promise.resolve({ notReady: [], logout: [], wrapUp: [] });
  }

  hasPassword(password: string): boolean {
    return this.options.password.reveal() === password;
  }

  close(): Promise<void> {
    this.closed = true;
    this.link = "closed";
    return Promise.resolve();
  }

  change(state: string, cause?: string): void {
    const previous = this.state;
    this.state = state;
    this.emit({ type: "agent.changed", state: this.#agentState(), previous }, cause);
  }

  emit(event: CtiEventBody, cause?: string): void {
    this.options.emit(event, cause);
  }

  #outcome(verb: Verb, context: CommandContext, outcome: Outcome["outcome"]): Outcome {
    return { verb, outcome, agent: this.agent, cause: context.cause, message: outcome, elapsed: 1 };
  }

  #agentState(): Agent {
    return {
      id: this.agent,
      loginName: this.loginName,
      firstName: undefined,
      lastName: undefined,
      roles: [],
      extension: this.settings.extension,
      state: this.state,
      stateChangeTime: undefined,
      pendingState: undefined,
      reasonCodeId: undefined,
      reason: undefined,
      team: undefined,
      teams: [],
      wrapUpOnIncoming: undefined,
      wrapUpOnOutgoing: undefined,
      wrapUpTimer: undefined,
      mobileAgent: undefined,
      activeDeviceId: undefined,
      unknown: {},
    };
  }
}
