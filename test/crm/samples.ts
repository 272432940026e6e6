import type { Agent } from "../../src/model/agent.ts";
import type { Call } from "../../src/model/call.ts";
import type { Participant } from "../../src/model/dialog.ts";

export function agent(given: Partial<Agent> = {}): Agent {
  return {
    id: "1001",
    loginName: "ayesha",
    firstName: "Ayesha",
    lastName: "Khan",
    roles: ["Agent"],
    extension: "42001",
    state: "NOT_READY",
    stateChangeTime: "2026-01-05T09:00:00.000Z",
    pendingState: undefined,
    reasonCodeId: undefined,
    reason: undefined,
    team: { id: "5001", name: "Sales" },
    teams: [],
    wrapUpOnIncoming: "ALLOWED",
    wrapUpOnOutgoing: undefined,
    wrapUpTimer: undefined,
    mobileAgent: undefined,
    activeDeviceId: undefined,
    unknown: {},
    ...given,
  };
}

export function party(mediaAddress: string, state: string, type = ""): Participant {
  return {
    mediaAddress,
    mediaAddressType: type,
    state,
    stateCause: undefined,
    startTime: undefined,
    stateChangeTime: undefined,
    actions: [],
  };
}

/** A customer's call to agent 1001 at 42001. */
export function call(given: Partial<Call> = {}): Call {
  return {
    id: "16802321",
    interaction: "I-1",
    parent: undefined,
    direction: "in",
    type: "ACD_IN",
    state: "ALERTING",
    dialogState: "ALERTING",
    cause: undefined,
    party: "03001234567",
    customer: "03001234567",
    from: "03001234567",
    to: "42001",
    dialedNumber: "8001",
    queue: undefined,
    startedAt: "2026-01-05T09:00:00.000Z",
    stateSince: "2026-01-05T09:00:00.000Z",
    actions: ["ANSWER"],
    participants: [party("03001234567", "ACTIVE"), party("42001", "ACTIVE", "AGENT_DEVICE")],
    variables: { callVariable1: "CUST-778", callVariable4: "" },
    wrapUpReasons: [],
    secondaryId: undefined,
    callKey: undefined,
    ...given,
  };
}

/** A call that agent 1001 dialled; with `parent` a consult call. */
export function dialled(given: Partial<Call> = {}): Call {
  return call({
    id: "16802399",
    interaction: "I-2",
    direction: "out",
    type: "OUT",
    state: "INITIATED",
    dialogState: "INITIATED",
    from: "42001",
    to: "42002",
    party: "42002",
    customer: undefined,
    participants: [party("42001", "INITIATED", "AGENT_DEVICE")],
    variables: {},
    ...given,
  });
}
