import type { AdapterHealth } from "../model/adapter.ts";
import type { Contact, Reasons } from "../model/agent.ts";
import type { CallLayout } from "../model/call-layout.ts";
import type { Outcome } from "../model/commands.ts";
import type { DeliveriesAnswer, DeliveriesRequest, DeliveryPage } from "../model/delivery.ts";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { CtiEvent } from "../model/events.ts";
import type { Queue } from "../model/queue.ts";
import type { Team } from "../model/team.ts";
import type { Environment } from "../platform/paths.ts";
import type {
  AgentStatus,
  AskRequest,
  CommandRequest,
  ConnectorStatus,
  DeliveriesPageQuery,
  EventPage,
  EventsQuery,
  Hello,
  LeaseRequest,
  LoginRequest,
  StopAnswer,
  StopRequest,
  TracePage,
  TraceQuery,
} from "./contract.ts";
import { eventStream } from "./event-stream.ts";
import { queryString } from "./query.ts";
import { Transport } from "./transport.ts";

export type { TraceQuery } from "./contract.ts";

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

/** How `ensureConnector` starts one. */
export interface EnsureOptions extends ControlOptions {
  /** Configuration's `record-variables`, for a connector that is started now. */
  recordVariables?: boolean;
  /** Seconds without agents and faces after which the started connector ends by itself; default 60. */
  grace?: number;
  /** The program to start; this one by default. */
  command?: string[];
}

/**
 * A face's way to the connector. Nothing happens before the first call. Every call throws CtiError: `no-connector` or `session-lost`
 * (nobody there, with the truth about who was signed in), `connector-unreachable`, `connector-version`, or what the connector
 * answered. A call whose connection breaks because the worker is being restarted is sent again; idempotency keys make that safe.
 */
export interface ControlClient {
  readonly profile: string;
  hello(): Promise<Hello>;
  status(): Promise<ConnectorStatus>;
  adapters(): Promise<AdapterHealth[]>;
  /** What one adapter alone knows; never sent twice. The answer is for the caller to read. */
  askAdapter(adapter: string, request: AskRequest): Promise<unknown>;
  /** The oldest that fit. */
  deliveries(query: DeliveriesPageQuery): Promise<DeliveryPage>;
  retryDeliveries(request: DeliveriesRequest): Promise<DeliveriesAnswer>;
  /** Never sent twice: what came to be owed in between would go too, and what is gone would be called unknown. */
  discardDeliveries(request: DeliveriesRequest): Promise<DeliveriesAnswer>;
  agent(agent: string): Promise<AgentStatus>;
  login(agent: string, request: LoginRequest): Promise<Outcome>;
  command(agent: string, request: CommandRequest): Promise<Outcome>;
  reasons(agent: string): Promise<Reasons>;
  phoneBook(agent: string): Promise<Contact[]>;
  callLayouts(agent: string): Promise<CallLayout[]>;
  queues(agent: string): Promise<Queue[]>;
  /** Without an id the only team that the agent supervises. */
  team(agent: string, id?: string): Promise<Team>;
  putLease(agent: string, id: string, lease: LeaseRequest): Promise<void>;
  endLease(agent: string, id: string): Promise<void>;
  /** Live events until the signal aborts (the iterator then ends) or the reader stops; goes on after a worker restart without a gap. */
  events(query: EventsQuery, signal?: AbortSignal): AsyncIterable<CtiEvent>;
  eventPage(query: EventsQuery): Promise<EventPage>;
  trace(query: TraceQuery): Promise<TracePage>;
  /** Resolves when the connector is gone, or its answer says that it is not. */
  stop(request: StopRequest): Promise<StopAnswer>;
}

const defaultPatience = 8000;
/** Milliseconds the connector may take for what it knows by itself. */
const quick = 10_000;
/** Milliseconds beyond a command's own timeout: connecting, a re-read, a restart of the worker. */
const slack = 30_000;

/** The client of a profile's connector. Costs nothing: the first call opens the socket. */
export function connectControl(options: ControlOptions): ControlClient {
  const transport = new Transport({
    environment: options.environment,
    profile: options.profile,
    version: options.version,
    patience: options.patience ?? defaultPatience,
    onNotice: options.onNotice,
  });
  const get = <Answer>(path: string, timeout = quick): Promise<Answer> =>
    transport.json<Answer>({ method: "GET", path, timeout });
  const agentPath = (agent: string): string => `/agents/${encodeURIComponent(agent)}`;
  const leasePath = (agent: string, id: string): string =>
    `${agentPath(agent)}/leases/${encodeURIComponent(id)}`;
  return {
    profile: options.profile,
    hello: () => get("/hello"),
    status: () => get("/status"),
    adapters: () => get("/adapters"),
    askAdapter: (adapter, request) =>
      transport.json<unknown>({
        method: "POST",
        path: `/adapters/${encodeURIComponent(adapter)}/ask`,
        body: request,
        timeout: slack,
        repeatable: false,
      }),
    deliveries: (query) => get(`/deliveries${queryString({ ...query })}`),
    retryDeliveries: (request) =>
      transport.json({ method: "POST", path: "/deliveries/retry", body: request, timeout: quick }),
    discardDeliveries: (request) =>
      transport.json({
        method: "POST",
        path: "/deliveries/discard",
        body: request,
        timeout: quick,
        repeatable: false,
      }),
    agent: (agent) => get(agentPath(agent)),
    login: (agent, request) =>
      transport.json({
        method: "POST",
        path: `${agentPath(agent)}/login`,
        body: request,
        timeout: request.timeout * 1000 + slack,
      }),
    command: (agent, request) =>
      transport.json({
        method: "POST",
        path: `${agentPath(agent)}/commands`,
        body: request,
        ...(request.timeout !== undefined && { timeout: request.timeout * 1000 + slack }),
      }),
    phoneBook: (agent) => get(`${agentPath(agent)}/phonebook`, slack),
    reasons: (agent) => get(`${agentPath(agent)}/reasons`, slack),
    callLayouts: (agent) => get(`${agentPath(agent)}/layouts`, slack),
    queues: (agent) => get(`${agentPath(agent)}/queues`, slack),
    team: (agent, id) => get(`${agentPath(agent)}/team${queryString({ id })}`, slack),
    putLease: async (agent, id, lease) => {
      await transport.send({ method: "PUT", path: leasePath(agent, id), body: lease, timeout: quick });
    },
    endLease: async (agent, id) => {
      await transport.send({ method: "DELETE", path: leasePath(agent, id), timeout: quick });
    },
    events: (query, signal) => eventStream(transport, query, signal),
    eventPage: (query) => get(`/events${queryString({ ...query })}`),
    trace: (query) => get(`/trace${queryString({ ...query })}`),
    stop: async (request) => {
      const answer = await transport.json<StopAnswer>({
        method: "POST",
        path: "/stop",
        body: request,
        timeout: 60_000,
        repeatable: false,
      });
      if (answer.stopped) await transport.gone();
      return answer;
    },
  };
}

/** Attempts when connectors come and go between two looks; each takes as long as a start. */
const startAttempts = 5;

/**
 * The client of a profile's connector, which is started in the background when none runs. Resolves once it serves.
 * Throws `connector-start` with the end of its log when it does not come up.
 */
export async function ensureConnector(options: EnsureOptions): Promise<ControlClient> {
  const client = connectControl(options);
  for (let attempt = 1; ; attempt++) {
    try {
      await client.hello();
      return client;
    } catch (thrown) {
      const error = toCtiError(thrown);
      if (error.code !== "no-connector" && error.code !== "session-lost") throw error;
      if (attempt > startAttempts) {
        throw new CtiError(
          {
            code: "connector-start",
            message: "the connector starts and ends again at once",
            hint: "run cti serve to see it in the foreground",
          },
          { cause: error },
        );
      }
    }
    const { startConnector } = await import("./start.ts");
    const { environment, profile, recordVariables = false, grace, command } = options;
    const started = await startConnector({
      environment,
      profile,
      recordVariables,
      ...(grace !== undefined && { grace }),
      ...(command !== undefined && { command }),
    });
    // Told by the connector itself that it serves: no need to ask again.
    if (started === "ready") return client;
  }
}
