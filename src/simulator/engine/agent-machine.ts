import type { SimProfile } from "../contract.ts";

/** Agent states of reference/finesse.md §6 that this simulator reaches. */
export type AgentState =
  "LOGOUT" | "NOT_READY" | "READY" | "RESERVED" | "TALKING" | "HOLD" | "WORK" | "WORK_READY";

/** A reason code's database id, or "-1" for none known (§5). */
export type ReasonId = string;
export const noReason: ReasonId = "-1";

export interface Availability {
  state: "READY" | "NOT_READY";
  reason: ReasonId;
}

export interface AgentStatus {
  state: AgentState;
  /** What Finesse shows as reasonCodeId: set while NOT_READY or LOGOUT, else undefined (the element is absent). */
  reason: ReasonId | undefined;
  /** Asked for during a call, taken on when it ends (§6 "Pending"). */
  pending: Availability | undefined;
  /** Where the agent is when no call is at the phone. */
  rest: Availability;
}

/**
 * What the calls at the agent's phone amount to. A direct call that only rings is `idle`: it changes no state. `acd` is true when
 * the call was routed.
 */
export interface CallPhase {
  kind: "idle" | "reserved" | "talking" | "held" | "wrap-up";
  acd: boolean;
}

export type AgentEvent =
  | { type: "sign-in" }
  | { type: "ask"; state: "READY" | "NOT_READY" | "LOGOUT"; reason: ReasonId }
  /** The calls at the phone changed. */
  | { type: "calls" }
  | { type: "not-answered"; reason: ReasonId }
  /** The system or a supervisor acts; never refused while signed in. NOT_READY waits for the end of a call. */
  | { type: "force"; state: "READY" | "NOT_READY" | "LOGOUT"; reason: ReasonId };

/** `invalid-state` is Finesse's own answer on the HTTP call; the others come late from CTI (§4 "Known meanings"). */
export type AgentRefusal = "invalid-state" | "late-22" | "late-265" | "late-33";

export type AgentStep =
  { status: AgentStatus; endsWrapUp?: boolean; refused?: undefined } | { refused: AgentRefusal };

export const signedOut: AgentStatus = {
  state: "LOGOUT",
  reason: noReason,
  pending: undefined,
  rest: { state: "NOT_READY", reason: noReason },
};

/** The agent state machine of §6 (UCCE) and §16 (UCCX): pure; wrap-up that ends by a request is reported, the caller ends it. */
export function transition(
  status: AgentStatus,
  event: AgentEvent,
  phase: CallPhase,
  profile: SimProfile,
): AgentStep {
  switch (event.type) {
    case "sign-in":
      return status.state === "LOGOUT"
        ? { status: settle({ ...signedOut, state: "NOT_READY" }, phase, profile) }
        : { status };
    case "ask":
      return ask(status, event, phase, profile);
    case "calls":
      return { status: settle(status, phase, profile) };
    case "not-answered":
      if (status.state === "LOGOUT") return { status };
      return {
        status: settle(
          { ...status, pending: undefined, rest: { state: "NOT_READY", reason: event.reason } },
          phase,
          profile,
        ),
      };
    case "force":
      if (status.state === "LOGOUT") return { refused: "invalid-state" };
      if (event.state === "LOGOUT") return { status: signedOut };
      return take(status, { state: event.state, reason: event.reason }, phase, profile);
  }
}

function ask(
  status: AgentStatus,
  asked: { state: "READY" | "NOT_READY" | "LOGOUT"; reason: ReasonId },
  phase: CallPhase,
  profile: SimProfile,
): AgentStep {
  if (asked.state === "LOGOUT") {
    const mayLeave = status.state === "NOT_READY" || (profile === "uccx" && status.state === "READY");
    const onCall = phase.kind === "talking" || phase.kind === "held";
    return mayLeave && !onCall ? { status: signedOut } : { refused: "invalid-state" };
  }
  if (status.state === "LOGOUT" || status.state === "RESERVED") return { refused: "late-22" };
  const onCall = phase.kind === "talking" || phase.kind === "held";
  if (profile === "uccx" && onCall && asked.state === "READY")
    return { refused: phase.acd ? "late-265" : "late-33" };
  return take(status, { state: asked.state, reason: asked.reason }, phase, profile);
}

function take(status: AgentStatus, wanted: Availability, phase: CallPhase, profile: SimProfile): AgentStep {
  if (phase.kind === "idle")
    return { status: settle({ ...status, pending: undefined, rest: wanted }, phase, profile) };
  if (phase.kind === "wrap-up")
    return { status: { ...status, pending: undefined, rest: wanted }, endsWrapUp: true };
  return { status: { ...status, pending: wanted } };
}

/** The state that follows from the calls; pending availability is taken on as soon as the talking is over. */
function settle(status: AgentStatus, phase: CallPhase, profile: SimProfile): AgentStatus {
  if (status.state === "LOGOUT") return status;
  switch (phase.kind) {
    case "talking":
    case "held":
      // UCCX shows non-ACD calls as NOT_READY and has no HOLD (§16).
      if (profile === "uccx" && !phase.acd)
        return { ...status, state: "NOT_READY", reason: status.rest.reason };
      return {
        ...status,
        state: phase.kind === "held" && profile === "ucce" ? "HOLD" : "TALKING",
        reason: undefined,
      };
    case "reserved":
      return { ...status, state: "RESERVED", reason: undefined };
    case "wrap-up": {
      const rest = status.pending ?? status.rest;
      const state = rest.state === "READY" && profile === "ucce" ? "WORK_READY" : "WORK";
      return { state, reason: undefined, pending: undefined, rest };
    }
    case "idle": {
      const rest = status.pending ?? status.rest;
      return {
        state: rest.state,
        reason: rest.state === "NOT_READY" ? rest.reason : undefined,
        pending: undefined,
        rest,
      };
    }
  }
}
