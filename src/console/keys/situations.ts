import type { AgentStatus } from "../../control/contract.ts";
import type { Agent } from "../../model/agent.ts";
import type { Call } from "../../model/call.ts";
import { initialState } from "../store/reduce.ts";
import { type ConsoleState, type View, views } from "../store/state.ts";

/** Examples of what an agent can be in the middle of, each in every view: enough to see which keys are wanted at the same time. */
export function situations(): ConsoleState[] {
  const talking = ["HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF", "UPDATE_CALL_DATA"];
  const active = callWith("ACTIVE", talking);
  const ringing = callWith("ALERTING", ["ANSWER", "TRANSFER_SST"]);
  const held = callWith("HELD", ["RETRIEVE", "DROP", "UPDATE_CALL_DATA", "TRANSFER", "CONFERENCE"]);
  const moments: [state: string, calls: Call[]][] = [
    ["LOGOUT", []],
    ["NOT_READY", []],
    ["READY", []],
    ["WORK", [callWith("WRAP_UP", ["UPDATE_CALL_DATA"])]],
    ["WORK_READY", []],
    ["RESERVED", [ringing]],
    ["TALKING", [active]],
    ["HOLD", [held]],
    ["TALKING", [held, active]],
    ["TALKING", [active, ringing]],
    ["HOLD", [held, ringing]],
  ];
  const agents = [undefined, ...moments.map(([state, calls]) => statusOf(state, calls))];
  return agents.flatMap((agent) =>
    views.flatMap((view) => {
      const state = stateOf(agent, view);
      return view === "work" ? [state, { ...state, focus: "log" as const }] : [state];
    }),
  );
}

function stateOf(agent: AgentStatus | undefined, view: View): ConsoleState {
  const other = { ...statusOf("READY", []), agent: "other" };
  return {
    ...initialState("default", {
      theme: "auto",
      mouse: false,
      bell: false,
      notifications: false,
      keys: {},
      readOnly: false,
    }),
    link: { state: "connected" },
    agent: agent?.agent,
    view,
    numbers: { dialled: ["5551234"], called: [] },
    connector: {
      version: "",
      agents: agent === undefined ? [other, { ...other, agent: "third" }] : [agent, other],
      adapters: [],
      deliveries: { owed: 1, missed: 1 },
    },
  };
}

function statusOf(state: string, calls: Call[]): AgentStatus {
  return {
    agent: "somebody",
    extension: "2001",
    link: { state: "connected", since: "", node: "" },
    service: "in-service",
    state: agentIn(state),
    calls,
    shared: [],
    unattended: { then: "not-ready", after: 60, leases: [] },
    finesse: [],
    insecure: false,
  };
}

function agentIn(state: string): Agent {
  return {
    id: "somebody",
    loginName: undefined,
    firstName: undefined,
    lastName: undefined,
    roles: ["Agent", "Supervisor"],
    extension: "2001",
    state,
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

function callWith(state: string, actions: string[]): Call {
  return {
    id: state,
    interaction: state,
    parent: undefined,
    direction: "in",
    type: undefined,
    state,
    dialogState: state,
    cause: undefined,
    party: "",
    customer: undefined,
    from: undefined,
    to: undefined,
    dialedNumber: undefined,
    queue: undefined,
    startedAt: undefined,
    stateSince: undefined,
    actions,
    participants: [],
    variables: {},
    wrapUpReasons: [],
    secondaryId: undefined,
    callKey: undefined,
  };
}
