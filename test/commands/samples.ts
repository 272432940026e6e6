import type { AgentStatus, ConnectorStatus } from "../../src/control/contract.ts";
import type { Agent } from "../../src/model/agent.ts";
import type { Call } from "../../src/model/call.ts";
import type { Outcome } from "../../src/model/commands.ts";
import type { DeliveryStatus } from "../../src/model/delivery.ts";
import type { CtiEvent, CtiEventBody } from "../../src/model/events.ts";

/** The instant every test runs at. */
export const now = Date.UTC(2026, 0, 5, 9, 10, 0);

export function agent(overrides: Partial<Agent> = {}): Agent {
  return {
    id: "1001",
    loginName: "akhan",
    firstName: "Ayesha",
    lastName: "Khan",
    roles: ["Agent"],
    extension: "2001",
    state: "READY",
    stateChangeTime: "2026-01-05T09:05:48.000Z",
    pendingState: undefined,
    reasonCodeId: undefined,
    reason: undefined,
    team: { id: "1", name: "Sales" },
    teams: [],
    wrapUpOnIncoming: undefined,
    wrapUpOnOutgoing: undefined,
    wrapUpTimer: undefined,
    mobileAgent: undefined,
    activeDeviceId: undefined,
    unknown: {},
    ...overrides,
  };
}

export function call(overrides: Partial<Call> = {}): Call {
  return {
    id: "16804377",
    interaction: "i-1",
    parent: undefined,
    customer: undefined,
    direction: "in",
    type: "ACD_IN",
    state: "ALERTING",
    dialogState: "ALERTING",
    cause: undefined,
    party: "5551234",
    from: "5551234",
    to: "2001",
    dialedNumber: "8000",
    queue: { number: "5", name: "Orders" },
    startedAt: "2026-01-05T09:08:58.000Z",
    stateSince: "2026-01-05T09:08:58.000Z",
    actions: ["ANSWER"],
    participants: [],
    variables: {},
    wrapUpReasons: [],
    secondaryId: undefined,
    callKey: undefined,
    ...overrides,
  };
}

export function agentStatus(overrides: Partial<AgentStatus> = {}): AgentStatus {
  return {
    agent: "1001",
    extension: "2001",
    link: {
      state: "connected",
      since: "2026-01-05T09:00:00.000Z",
      node: "localhost:8445",
      transport: "websocket",
      roundTrip: 3.4,
    },
    service: "in-service",
    state: agent(),
    calls: [],
    shared: [],
    unattended: { then: "keep", after: 60, leases: [] },
    finesse: ["https://localhost:8445"],
    insecure: false,
    ...overrides,
  };
}

export function connectorStatus(agents: AgentStatus[]): ConnectorStatus {
  return {
    api: 1,
    version: "0.1.0",
    profile: "default",
    startedAt: "2026-01-05T08:00:00.000Z",
    workerPid: 11,
    guardianPid: 10,
    foreground: false,
    memory: 1,
    restarts: 0,
    agents,
    adapters: [],
    deliveries: { owed: 0, missed: 0 },
  };
}

export function delivery(overrides: Partial<DeliveryStatus> = {}): DeliveryStatus {
  return {
    id: "d-7-12",
    adapter: "ebs",
    kind: "CallReleased",
    policy: "record",
    text: "03001234567",
    agent: "1001",
    interaction: "i-1",
    attempts: 3,
    state: "owed",
    createdAt: "2026-01-05T09:07:50.000Z",
    expiresAt: "2026-01-06T09:07:50.000Z",
    retryAt: "2026-01-05T09:10:12.000Z",
    why: "no answer within 2 s",
    ...overrides,
  };
}

export function outcome(overrides: Partial<Outcome> = {}): Outcome {
  return {
    verb: "ready",
    outcome: "confirmed",
    agent: "1001",
    cause: "c-1",
    message: "READY",
    elapsed: 12,
    state: agent(),
    ...overrides,
  };
}

export function event(seq: number, body: CtiEventBody): CtiEvent {
  return {
    id: `0001-${String(seq).padStart(4, "0")}`,
    at: "2026-01-05T09:09:00.000Z",
    agent: "1001",
    ...body,
  };
}
