import type { Agent, Contact, Reasons } from "../model/agent.ts";
import type { AdapterHealth } from "../model/adapter.ts";
import type { AgentCommand, MobileAgentLogin, Outcome } from "../model/commands.ts";
import type { CtiEvent } from "../model/events.ts";
import type { SessionStatus } from "../model/status.ts";
import type { Clock } from "../platform/clock.ts";
import type { LogLevel } from "../platform/log.ts";
import type { Random } from "../platform/random.ts";

/**
 * A CRM's half of the connector (design §5.3): speaks that CRM's protocol, nothing else. Never touches Finesse, the terminal or another
 * adapter; all it knows of the connector is its port.
 */
export interface CrmAdapter {
  readonly name: string;
  /** Begins to work and returns soon: a CRM that cannot be reached yet is a state of health, not a failure. Throws for settings that cannot work. */
  start(port: CtiPort): Promise<void>;
  /** Called synchronously with every event, in order, after it is in the journal. Must not throw. */
  onEvent(event: CtiEvent): void;
  health(): AdapterHealth;
  /** Ends in order, within a few seconds. Nobody is signed out by that. */
  stop(): Promise<void>;
}

/** Who signs an agent in, and with what; everything else is the site's (Finesse addresses, trust, time-outs, default reasons). */
export interface SignIn {
  agent: string;
  extension: string;
  password: string;
  mobileAgent?: MobileAgentLogin;
  /** The CRM's presence, see `lease`. */
  lease?: AdapterLease;
}

/** Somebody at the CRM is there for the agent (design §2). */
export interface AdapterLease {
  /** Unique among the agent's leases. */
  id: string;
  /** For people: `Siebel at 10.1.2.3`. */
  label: string;
  /** Seconds after which it ends unless renewed. */
  ttl: number;
}

export interface CommandOptions {
  /** A repeated key answers the first one's outcome and does nothing, across restarts of the worker too. */
  idempotencyKey: string;
  /** Milliseconds; the session's own default when absent. */
  timeout?: number;
}

/** What an adapter may do. Agents are named as the CRM names them (id or login name); all failures are CtiError. */
export interface CtiPort {
  readonly clock: Clock;
  readonly random: Random;
  log(level: LogLevel, message: string, agent?: string): void;
  /** The password must never reach log, trace or journal. */
  addSecret(secret: string): void;
  /** The adapter's health has another state: it is told of at once, as an event. */
  healthChanged(): void;

  /**
   * Takes the agent's running session into use, or takes the agent up who is signed in at Finesse without a session here (after the death
   * of another connector), without a sign-in. Answers the agent's state; of an agent who is signed out too, who then has no session here.
   * Proves the password: against the live session, else at Finesse. Throws `credentials-refused`, `finesse-unreachable`…
   */
  attach(request: Omit<SignIn, "extension" | "mobileAgent">): Promise<Agent>;
  /** Signs in; confirmed when the agent is. A refusal of Finesse is an outcome; `credentials-refused` and the like are thrown. */
  signIn(request: SignIn, options: CommandOptions): Promise<Outcome>;
  /** Throws `not-signed-in` for an agent without a session here. */
  execute(agent: string, command: AgentCommand, options: CommandOptions): Promise<Outcome>;
  /** The agent's session as it is now; `undefined` without one. Never waits. */
  status(agent: string): SessionStatus | undefined;
  /** The sessions there are. */
  agents(): SessionStatus[];
  reasons(agent: string): Promise<Reasons>;
  phoneBook(agent: string): Promise<Contact[]>;
  /** Puts or renews a lease of the agent's; without a session nothing happens. */
  lease(agent: string, lease: AdapterLease): void;
  endLease(agent: string, id: string): void;
  /** Closes the agent's session here without signing out: another connector works the agent. */
  release(agent: string): Promise<void>;
}
