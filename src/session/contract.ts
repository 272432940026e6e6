import type { Contact, Reasons } from "../model/agent.ts";
import type { Call } from "../model/call.ts";
import type { CallLayout } from "../model/call-layout.ts";
import type { AgentCommand, Outcome } from "../model/commands.ts";
import type { CtiEventBody } from "../model/events.ts";
import type { Queue } from "../model/queue.ts";
import type { SessionSettings } from "../model/settings.ts";
import type { SessionStatus } from "../model/status.ts";
import type { Team } from "../model/team.ts";
import type { WireTrace } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import type { Secret } from "../platform/secret.ts";

/**
 * Where interactions are kept, so that a restarted worker knows its calls again and tells each start, release and end once.
 * Written in the same breath as the event that is emitted right after.
 */
export interface InteractionStore {
  /** The interaction kept for this agent's dialog and not ended, if any. */
  find(agent: string, dialogId: string): string | undefined;
  /** Called with every change of a call, before its event is emitted. */
  keep(agent: string, call: Call, phase: "open" | "released" | "ended"): void;
  /** This agent's interactions that have not ended, with the call as last kept (its variables may have been masked). */
  open(agent: string): { call: Call; released: boolean }[];
}

export interface SessionOptions {
  settings: SessionSettings;
  password: Secret;
  /** Called synchronously, in order. `cause` ties the event to a command where one is known. */
  emit(event: CtiEventBody, cause: string | undefined): void;
  interactions: InteractionStore;
  clock: Clock;
  random: Random;
  trace?: WireTrace;
}

export interface CommandContext {
  cause: string;
  /** Milliseconds. */
  timeout: number;
}

/** One agent's life in the connector. */
export interface Session {
  readonly agent: string;
  readonly settings: SessionSettings;
  status(): SessionStatus;
  /**
   * Connects if needed and signs in. Confirmed when already signed in, in any state (the message then tells a differing extension).
   * Throws CtiError when Finesse could not be reached or refused the credentials; a refusal of the sign-in itself is an Outcome.
   */
  login(context: CommandContext): Promise<Outcome>;
  /**
   * After a worker restart: connects and re-reads without LOGIN. Resolves when the state is known, or after the first failed attempt
   * (it goes on trying by itself).
   */
  resume(): Promise<void>;
  /** Never throws for a refusal; throws CtiError (`no-such-call`, `ambiguous-call`, `not-signed-in`, `usage`…) when nothing was sent. */
  execute(command: AgentCommand, context: CommandContext): Promise<Outcome>;
  reasons(): Promise<Reasons>;
  phoneBook(): Promise<Contact[]>;
  /** How Finesse's administrator wants this agent's calls shown; none when he does not say. */
  callLayouts(): Promise<CallLayout[]>;
  /** As Finesse shows them now. Throws `refused` where it has none (Unified CCX) or does not show them to this agent. */
  queues(): Promise<Queue[]>;
  /** Of a supervisor; without an id the only team. Throws `refused` for who does not supervise it, `usage` where several could be meant. */
  team(id?: string): Promise<Team>;
  /** True when the password is the one this session signed in with: proves a second client without asking Finesse. */
  hasPassword(password: string): boolean;
  /** Closes the link. Does not sign out. Afterwards the session is of no more use. */
  close(): Promise<void>;
}
