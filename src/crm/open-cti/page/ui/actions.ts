import { isSignedOut } from "../../../../model/agent.ts";
import type { Call } from "../../../../model/call.ts";
import { isReleased } from "../../../../model/call.ts";
import type { AgentCommand } from "../../../../model/commands.ts";
import { isRinging } from "./calls.ts";
import type { UiState } from "./state.ts";
import { words } from "./words.ts";

export const callActions = [
  "answer",
  "hold",
  "retrieve",
  "consult",
  "transfer",
  "complete",
  "conference",
  "tones",
  "drop",
] as const;
export type CallAction = (typeof callActions)[number];

/** What Finesse calls them (reference/finesse.md §9): what it offers counts, never the state. */
const offered: Record<CallAction, string> = {
  answer: "ANSWER",
  hold: "HOLD",
  retrieve: "RETRIEVE",
  consult: "CONSULT_CALL",
  transfer: "TRANSFER_SST",
  complete: "TRANSFER",
  conference: "CONFERENCE",
  tones: "SEND_DTMF",
  drop: "DROP",
};

/** Why nothing can be asked of Finesse now, in words; `undefined`: it can. */
export function whyNothing({ socket, page }: Pick<UiState, "socket" | "page">): string | undefined {
  if (socket.phase !== "open") return words.whyNot.offline;
  const session = page?.session;
  if (session === undefined || isSignedOut(session.state?.state)) return words.whyNot.signedOut;
  if (session.link.state !== "connected") return words.whyNot.noLink;
  return session.service === "out-of-service" ? words.whyNot.outOfService : undefined;
}

/** Why this cannot be done with the call now, in words; `undefined`: it can. */
export function whyNotCall(action: CallAction, call: Call, state: UiState): string | undefined {
  const why = whyNothing(state);
  if (why !== undefined) return why;
  if (Object.values(state.running).some(({ place }) => place === `call:${call.id}`)) return words.whyNot.busy;
  const calls = state.page?.session?.calls ?? [];
  if (action === "complete" || action === "conference") {
    if (heldFor(action, call, calls) !== undefined) return undefined;
  } else if (call.actions.includes(offered[action])) return undefined;
  if (isReleased(call)) return words.whyNot.over;
  if (action !== "answer" && isRinging(call)) return words.whyNot.ringing;
  if (call.state === "INITIATING" || call.state === "INITIATED") return words.whyNot.notYet;
  return action === "complete" ? words.whyNot.transfer : words.whyNot[action];
}

/** The held call that a running consultation was made for, where Finesse lets the two be joined; `call` is either of them. */
export function heldFor(
  action: "complete" | "conference",
  call: Call,
  calls: readonly Call[],
): Call | undefined {
  const joinable = calls.filter((one) => one.state === "HELD" && one.actions.includes(offered[action]));
  if (joinable.includes(call)) return call;
  return call.state === "HELD" || isReleased(call) || isRinging(call)
    ? undefined
    : (joinable.find((one) => one.interaction === call.parent) ?? joinable[0]);
}

/** The command of an action that needs nothing more; `undefined` where something is to be chosen first. */
export function commandFor(action: CallAction, call: Call, calls: readonly Call[]): AgentCommand | undefined {
  switch (action) {
    case "answer":
    case "hold":
    case "retrieve":
    case "drop":
      return { verb: action, call: call.id };
    case "complete":
      return { verb: "transfer", call: (heldFor("complete", call, calls) ?? call).id };
    case "conference":
      return { verb: "conference", call: (heldFor("conference", call, calls) ?? call).id };
    default:
      return undefined;
  }
}

/** The six places of a call's actions, always the same, so that nothing moves under the finger. A ringing call has its answer in the first row. */
export function actionRow(call: Call, state: UiState): CallAction[] {
  const calls = state.page?.session?.calls ?? [];
  const hold: CallAction = call.state === "HELD" || call.actions.includes("RETRIEVE") ? "retrieve" : "hold";
  const transfer: CallAction = heldFor("complete", call, calls) === undefined ? "transfer" : "complete";
  return isRinging(call)
    ? ["answer", transfer, "tones", "drop"]
    : [hold, "consult", transfer, "conference", "tones", "drop"];
}

export function whyNotReady(state: UiState): string | undefined {
  const agent = state.page?.session?.state;
  if (agent?.state === "READY" && agent.pendingState === undefined) return words.whyNot.alreadyReady;
  return whyNotState(state);
}

export function whyNotState(state: UiState): string | undefined {
  return whyNothing(state) ?? (isRunning(state, "state") ? words.whyNot.busy : undefined);
}

export function whyNotSignOut(state: UiState): string | undefined {
  const why = whyNotState(state);
  if (why !== undefined) return why;
  return (state.page?.session?.calls ?? []).some((call) => !isReleased(call))
    ? words.whyNot.callFirst
    : undefined;
}

/** Whoever talks consults, rather than dials; from a held call one may. */
export function whyNotDial(state: UiState): string | undefined {
  const why = whyNothing(state);
  if (why !== undefined) return why;
  if (isRunning(state, "dial")) return words.whyNot.busy;
  const session = state.page?.session;
  if (session?.calls.some(isRinging) === true) return words.whyNot.ringing;
  return session?.calls.some(({ state: leg }) => busyLegs.has(leg)) === true
    ? words.whyNot.onCall
    : undefined;
}

const busyLegs: ReadonlySet<string> = new Set(["ACTIVE", "INITIATING", "INITIATED"]);

/** Reasons may be given while the call is there and its data may be changed. */
export function whyNotWrapUp(call: Call, state: UiState): string | undefined {
  const why = whyNothing(state);
  if (why !== undefined) return why;
  if (isRunning(state, `wrap-up:${call.id}`)) return words.whyNot.busy;
  return call.actions.includes("UPDATE_CALL_DATA") ? undefined : words.whyNot.wrapUp;
}

export function isRunning(state: Pick<UiState, "running">, place: string): boolean {
  return Object.values(state.running).some((one) => one.place === place);
}
