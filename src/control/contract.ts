import type { AdapterHealth } from "../model/adapter.ts";
import type { AgentCommand, Outcome } from "../model/commands.ts";
import type { DeliveriesQuery, DeliveryCounts } from "../model/delivery.ts";
import type { ErrorData } from "../model/errors.ts";
import type { CtiEvent, UnattendedAction } from "../model/events.ts";
import type { SessionSettings } from "../model/settings.ts";
import type { SessionStatus } from "../model/status.ts";
import type { WireRecord } from "../model/wire.ts";

/**
 * The control API: all that a face knows of the connector. HTTP with JSON over a Unix socket; every path below starts with `/v1`.
 * A face sends `Cti-Api: <controlApi>`; another number answers 409 with error `connector-version`, except to `/hello` and `/stop`, whose
 * form never changes. Every answer carries the connector's own `Cti-Api` and `Cti-Version`.
 * Failures answer a status of `httpStatusOf` with `{"error": ErrorData}`. An Outcome that is `refused` or `unknown` is an answer (200).
 */
export const controlApi = 1;

export interface Hello {
  api: number;
  version: string;
  profile: string;
  /** ISO 8601 UTC. */
  startedAt: string;
  workerPid: number;
  /** Absent when the guardian has died and the worker goes on without one. */
  guardianPid?: number;
  /** True for `cti serve` in the foreground. */
  foreground: boolean;
}

export type LeaseKind = "shell" | "console" | "page" | "events" | "gc" | "ebs";

/** Somebody is there for the agent (design §2). */
export interface Lease {
  id: string;
  kind: LeaseKind;
  /** For people: `shell 4711 on pts/3`. */
  label: string;
  /** The lease ends with this process. */
  pid?: number;
  /** Without a pid: seconds after the last renewal at which it ends. */
  ttl?: number;
  /** ISO 8601 UTC. */
  since: string;
}

export interface UnattendedStatus {
  then: UnattendedAction;
  /** Seconds. */
  after: number;
  leases: Lease[];
  /** Set when no lease is left: ISO 8601 UTC since when, and when `then` will be done (absent for `keep`). */
  emptySince?: string;
  actsAt?: string;
}

export interface AgentStatus extends SessionStatus {
  unattended: UnattendedStatus;
  /** Finesse node origins of this session. */
  finesse: string[];
  insecure: boolean;
  /** Words of the command line that signed in, besides agent and extension; no secrets. */
  flags?: string[];
  /** The agent's last event when its last command was confirmed; `wait` starts there. */
  lastCommandEvent?: string;
}

/** GET /status */
export interface ConnectorStatus extends Hello {
  agents: AgentStatus[];
  /** CRM adapters of this connector. */
  adapters: AdapterHealth[];
  /** What is owed to CRMs, and what they missed. */
  deliveries: DeliveryCounts;
  /** Bytes of resident memory of the worker. */
  memory: number;
  /** Worker restarts by the guardian since it started. */
  restarts: number;
}

/** GET /adapters answers `AdapterHealth[]`. */

/** POST /adapters/:adapter/ask answers JSON; words and form are the adapter's own. */
export interface AskRequest {
  what: string;
  /** JSON. */
  given?: Readonly<Record<string, unknown>>;
}

/** GET /deliveries → DeliveryPage. POST /deliveries/retry and /deliveries/discard, DeliveriesRequest → DeliveriesAnswer. */
export interface DeliveriesPageQuery extends DeliveriesQuery {
  /** Default 100, at most 1000. */
  limit?: number;
}

/** POST /agents/:agent/login → Outcome */
export interface LoginRequest {
  settings: SessionSettings;
  password: string;
  idempotencyKey: string;
  /** Seconds. */
  timeout: number;
  lease?: Pick<Lease, "id" | "kind" | "label" | "pid" | "ttl">;
}

/** POST /agents/:agent/commands → Outcome. A repeated idempotencyKey answers the first one's Outcome and does nothing. */
export interface CommandRequest {
  command: AgentCommand;
  idempotencyKey: string;
  /** Seconds; the session's default when absent. */
  timeout?: number;
}

/**
 * GET /agents/:agent/reasons answers `Reasons` of the model, GET /agents/:agent/phonebook its `Contact[]`, GET /agents/:agent/layouts its
 * `CallLayout[]`, GET /agents/:agent/queues its `Queue[]`. GET /agents/:agent/team?id= answers its `Team`; without an id the only one that
 * the agent supervises.
 */

/** PUT /agents/:agent/leases/:id renews or adds; DELETE ends. */
export type LeaseRequest = Pick<Lease, "kind" | "label" | "pid" | "ttl">;

/**
 * GET /events. With `Accept: text/event-stream`: live, SSE `id:` is the event id, `data:` one CtiEvent; a comment every 15 s; resumes after
 * `Last-Event-ID` or `since`; header `Cti-Position` of the answer is the event id where the stream begins, for a resume before its first event. Otherwise one page, newest last.
 */
export interface EventsQuery {
  agent?: string;
  /** Event types, comma separated; a trailing `.*` or bare family (`call`) matches the family. */
  type?: string;
  cause?: string;
  /** An interaction's id: what happened to its calls, and to what is owed to CRMs for them. */
  interaction?: string;
  /** Event id, `now`, `start`, or `last-command` (needs `agent`). Stream only; default `now`. */
  since?: string;
  /** Page only: events before this id. */
  before?: string;
  /** Page only: default 100, at most 1000. */
  limit?: number;
}

export interface EventPage {
  events: CtiEvent[];
  /** Older events exist. */
  more: boolean;
}

/** GET /trace */
export interface TraceQuery {
  agent?: string;
  cause?: string;
  /** ISO 8601: records up to then. */
  until?: string;
  /** Records before this id. */
  before?: string;
  /** Default 100, at most 1000. */
  limit?: number;
}

/** One page, newest last. */
export interface TracePage {
  records: (WireRecord & { id: string; at: string })[];
  more: boolean;
}

/** POST /stop. With agents signed in one of the two must be given. */
export interface StopRequest {
  agents?: "logout" | "leave";
}

/** What a stop did with the agents that were signed in. */
export interface StopAnswer {
  /** False when an agent could not be signed out: the connector then goes on. */
  stopped: boolean;
  agents: { agent: string; did: "logged-out" | "left" | "failed"; message: string }[];
}

export interface ErrorAnswer {
  error: ErrorData;
}
