import type { Reasons } from "../model/agent.ts";
import type { Outcome } from "../model/commands.ts";
import type { CtiEvent } from "../model/events.ts";
import type { Environment } from "../platform/paths.ts";
import type {
  AgentStatus,
  CommandRequest,
  ConnectorStatus,
  EventPage,
  EventsQuery,
  Hello,
  LeaseRequest,
  LoginRequest,
  StopAnswer,
  StopRequest,
  TracePage,
} from "./contract.ts";

/** Which connector, and how patient to be with it. */
export interface ControlOptions {
  environment: Environment;
  profile: string;
  /** The face's own version, to tell a difference. */
  version: string;
  /** Milliseconds to wait for a worker that is being restarted; default 8000. */
  patience?: number;
  /** Told once, in one sentence, when the connector runs another version than the face. */
  onNotice?: (notice: string) => void;
}

export interface TraceQuery {
  agent?: string;
  cause?: string;
  /** Records before this id. */
  before?: string;
  /** Default 100, at most 1000. */
  limit?: number;
}

/**
 * A face's way to the connector. Nothing happens before the first call. Every call throws CtiError: `no-connector` (nobody there, with the
 * truth about who was signed in), `connector-unreachable`, `connector-version`, or what the connector answered. A call whose
 * connection breaks because the worker is being restarted is sent again; idempotency keys make that safe.
 */
export interface ControlClient {
  readonly profile: string;
  hello(): Promise<Hello>;
  status(): Promise<ConnectorStatus>;
  agent(agent: string): Promise<AgentStatus>;
  login(agent: string, request: LoginRequest): Promise<Outcome>;
  command(agent: string, request: CommandRequest): Promise<Outcome>;
  reasons(agent: string): Promise<Reasons>;
  putLease(agent: string, id: string, lease: LeaseRequest): Promise<void>;
  endLease(agent: string, id: string): Promise<void>;
  /** Live events until the signal aborts (the iterator then ends) or the reader stops; goes on after a worker restart without a gap. */
  events(query: EventsQuery, signal?: AbortSignal): AsyncIterable<CtiEvent>;
  eventPage(query: EventsQuery): Promise<EventPage>;
  trace(query: TraceQuery): Promise<TracePage>;
  stop(request: StopRequest): Promise<StopAnswer>;
}

/** The client of a profile's connector. Costs nothing: the first call opens the socket. */
export function connectControl(_options: ControlOptions): ControlClient {
  throw new Error("not yet");
}

/**
 * The client of a profile's connector, which is started in the background when none runs. Resolves once it serves.
 * Throws `connector-start` with the end of its log when it does not come up.
 */
export function ensureConnector(_options: ControlOptions): Promise<ControlClient> {
  return Promise.reject(new Error("not yet"));
}
