import type { Agent, Contact, Reasons } from "../model/agent.ts";
import type { AdapterHealth } from "../model/adapter.ts";
import type { CallLayout } from "../model/call-layout.ts";
import type { AgentCommand, MobileAgentLogin, Outcome } from "../model/commands.ts";
import type { DeliveryPolicy } from "../model/delivery.ts";
import type { CtiEvent, UnattendedAction } from "../model/events.ts";
import type { Queue } from "../model/queue.ts";
import type { SessionStatus } from "../model/status.ts";
import type { WireRecord } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";
import type { LogLevel } from "../platform/log.ts";
import type { Random } from "../platform/random.ts";

/**
 * A CRM's half of the connector (design §5.3): speaks that CRM's protocol, nothing else. Never touches Finesse, the terminal or another
 * adapter; all it knows of the connector is its port.
 */
export interface CrmAdapter {
  readonly name: string;
  /** Called once, before any session goes on and before `owe`: time to read what was kept. Begins nothing. */
  load?(port: CtiPort): void;
  /** Begins to work and returns soon: a CRM that cannot be reached yet is a state of health, not a failure. Throws for settings that cannot work. */
  start(port: CtiPort): Promise<void>;
  /**
   * What an event owes the CRM: called synchronously with every event, in order, before it is on disk. What is put into `out` goes to
   * disk in one transaction with the event, and is delivered by `send` whatever happens to this process. Does nothing else; from
   * `load` on, also before `start`. Must not throw.
   */
  owe?(event: CtiEvent, out: Outbox): void;
  /** For an adapter that speaks at once: called synchronously with every event, in order, after it is in the journal. Must not throw. */
  onEvent?(event: CtiEvent): void;
  /**
   * Delivers one message; called one at a time for each `key`, in order, from `start` to `stop`. Never rejects. The signal ends a try that
   * takes too long.
   */
  send?(delivery: Delivery, signal: AbortSignal): Promise<SendResult>;
  /**
   * Answers what a face asks of this adapter alone (`POST /adapters/NAME/ask` of the control API); `what` and its arguments are the adapter's own words.
   * Throws CtiError: `usage` for what it does not know. The answer may hold secrets, and goes to whoever may use the control socket.
   */
  ask?(what: string, given: Question): Promise<Json>;
  health(): AdapterHealth;
  /** Ends in order, within a few seconds. Nobody is signed out by that. */
  stop(): Promise<void>;
}

/** A value as JSON keeps it. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** What a face gives beside the name of a question. */
export type Question = Readonly<Record<string, Json>>;

/** A message as an adapter owes it (design §5.4). */
export interface DeliveryDraft {
  /** The CRM's own name of it: `ScreenPop`. */
  kind: string;
  policy: DeliveryPolicy;
  /** Messages of one key are delivered one after the other, in the order they were owed. */
  key: string;
  /** For people: what it says, about whom. Nothing secret. */
  text: string;
  agent?: string;
  interaction?: string;
  cause?: string;
  /** What `send` needs. Goes to disk: no secrets, and call-variable values only where they may be recorded. */
  payload: Json;
  /** Milliseconds until it is of no use; default 15 s for a pop, the site's keeping time (24 h) for a record. */
  lifetime?: number;
}

/** A message owed, from `send`'s point of view. */
export interface Delivery extends DeliveryDraft {
  /** Unique across restarts: the idempotency key. */
  id: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  expiresAt: number;
  /** This try, from 1. */
  attempt: number;
  /** It had been given up, and a person wants it to be tried again: he has looked. Forgotten by a restart of the connector. */
  again?: boolean;
}

/**
 * `retry`: not taken, to be tried again; of a pop only when it surely did not arrive, since it is tried again too. `rejected`: never to be
 * tried again. `why` and `note` are for people.
 */
export type SendResult =
  { result: "sent"; note?: string } | { result: "retry"; why: string } | { result: "rejected"; why: string };

/** What one piece of work owes and remembers; all of it is on disk together, or none. */
export interface Outbox {
  add(draft: DeliveryDraft): void;
  /** Pops of this interaction that were not delivered are of no use any more. */
  expirePops(interaction: string): void;
  /** Remembers a value under a name, across restarts; `undefined` forgets it. No secrets, no call-variable values. */
  keep(name: string, value: Json | undefined): void;
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
  /** From `newCause`: what this leads to is tied to the request that it comes from. A new one when absent; a repeated key keeps its first. */
  cause?: string;
}

/** A message on the CRM's own wire, for the trace. `agent`: as the session is called, where there is one. */
export interface CrmRecord extends Omit<WireRecord, "requestId" | "channel"> {
  channel: "openwire" | "http";
  /** The delivery's id, where it is one. */
  requestId?: string;
  /**
   * The message with what must never be kept already left out: passwords, wherever the protocol has a place for them. Known secrets are
   * removed besides.
   */
  text: string;
  /** The same without the values of call variables: kept instead of `text` unless the site records them. Absent: there are none in it. */
  masked?: () => string;
}

/** What an adapter may do. Agents are named as the CRM names them (id or login name); all failures are CtiError. */
export interface CtiPort {
  readonly clock: Clock;
  readonly random: Random;
  log(level: LogLevel, message: string, agent?: string): void;
  /** The password must never reach log, trace or journal. */
  addSecret(secret: string): void;
  /** An id for a request of the CRM, to be handed on with whatever is done for it. */
  newCause(): string;
  /** Records a message that came from the CRM or went to it. */
  trace(record: CrmRecord): void;
  /** The adapter's health has another state: it is told of at once, as an event. */
  healthChanged(): void;

  /** Owes and remembers outside of an event. */
  owe(work: (out: Outbox) => void): void;
  /** What this adapter remembers, by name. */
  kept(): ReadonlyMap<string, Json>;
  /** Messages of this key wait for nothing any more: the CRM is there. */
  wake(key: string): void;
  /** Resolves when nothing is owed under the key, or after `patience` milliseconds. */
  drained(key: string, patience: number): Promise<void>;

  /**
   * Takes the agent's running session into use, or takes the agent up who is signed in at Finesse without a session here (after the death
   * of another connector), without a sign-in. Answers the agent's state; of an agent who is signed out too, who then has no session here.
   * Proves the password: against the live session, else at Finesse. Throws `credentials-refused`, `finesse-unreachable`…
   */
  attach(
    request: Omit<SignIn, "extension" | "mobileAgent">,
    options?: Pick<CommandOptions, "cause">,
  ): Promise<Agent>;
  /** Signs in; confirmed when the agent is. A refusal of Finesse is an outcome; `credentials-refused` and the like are thrown. */
  signIn(request: SignIn, options: CommandOptions): Promise<Outcome>;
  /** Throws `not-signed-in` for an agent without a session here. */
  execute(agent: string, command: AgentCommand, options: CommandOptions): Promise<Outcome>;
  /** The agent's session as it is now; `undefined` without one. Never waits. */
  status(agent: string): SessionStatus | undefined;
  /** The sessions there are. */
  agents(): SessionStatus[];
  /** What is done with the agent when nobody has been there for him for so many seconds; `undefined` without a session. Never waits. */
  unattended(agent: string): { then: UnattendedAction; after: number } | undefined;
  reasons(agent: string): Promise<Reasons>;
  /** How Finesse's administrator lays calls out; empty where Finesse has none. */
  layouts(agent: string): Promise<CallLayout[]>;
  phoneBook(agent: string): Promise<Contact[]>;
  /** Throws `refused` where Finesse has none (Unified CCX). */
  queues(agent: string): Promise<Queue[]>;
  /** Puts or renews a lease of the agent's; without a session nothing happens. */
  lease(agent: string, lease: AdapterLease): void;
  endLease(agent: string, id: string): void;
  /** Closes the agent's session here without signing out: another connector works the agent. */
  release(agent: string): Promise<void>;
}
