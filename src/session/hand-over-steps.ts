import type { Call } from "../model/call.ts";
import { isReleased } from "../model/call.ts";
import { CtiError } from "../model/errors.ts";
import { dialogRequest, gone, isSameNumber } from "./call-steps.ts";
import { pickCall } from "./pick-call.ts";
import type { Step } from "./plan.ts";
import type { SessionState } from "./state.ts";
import { callsOf } from "./state.ts";

/** The held call of a running consult. */
export function pickJoined(
  state: SessionState,
  verb: "transfer" | "conference",
  named: string | undefined,
): Call {
  const calls = callsOf(state);
  const live = calls.filter((call) => !isReleased(call));
  const possible = live.length > 1 && live.some((call) => call.state === "HELD");
  const call = possible || named !== undefined ? pickCall(calls, verb, named) : undefined;
  if (call?.state === "HELD" && live.length > 1) return call;
  const blind = verb === "transfer" ? "; or without asking anybody: cti transfer NUMBER" : "";
  throw new CtiError({
    code: "no-such-call",
    message: `there is no held call with a consult call to ${verb === "transfer" ? "transfer it to" : "join it with"}`,
    hint: live.length === 0 ? "the agent has no call now" : `first: cti consult NUMBER${blind}`,
  });
}

/** Both calls leave the agent, the parties stay together. */
export function transferStep(state: SessionState, call: Call): Step {
  const others = callsOf(state).filter((other) => other.id !== call.id && !isReleased(other));
  return {
    ...dialogRequest(call, { requestedAction: "TRANSFER", targetMediaAddress: state.extension }),
    settle: leftSettle(call, others.length === 1 ? (others[0]?.party ?? "") : "the consulted party"),
  };
}

/**
 * A call that the agent has left was transferred, or its caller hung up: the request's id or the call's last words tell which, and a blind
 * one's to whom: two may be on their way at once.
 */
function leftSettle(call: Call, to: string, blindTo?: string): Step["settle"] {
  let isDone = false;
  return (now, news) => {
    isDone ||= news.echoed;
    if (!hasLeft(now, call)) return undefined;
    return isDone || saysTransferred(now, call, blindTo)
      ? { outcome: "confirmed", message: `transferred ${call.party} to ${to}`, ...wrapUpLeg(now, call) }
      : { outcome: "unknown", message: `the call with ${call.party} is gone; whether to ${to} was not seen` };
  };
}

/** Its last words: the cause OTHER of an ended leg, the type of one in wrap-up, and for a blind one the new party. */
function saysTransferred(now: SessionState, call: Call, blindTo: string | undefined): boolean {
  const leg = now.tracked.get(call.id)?.call;
  // One that was handed to us, or joined, has been of such a type all along.
  const isNewType = leg?.type === "TRANSFER" && call.type !== "TRANSFER" && call.type !== "CONFERENCE";
  const parties = isNewType
    ? leg.participants.map((party) => party.mediaAddress)
    : now.handedOver.findLast(({ dialogId }) => dialogId === call.id)?.parties;
  if (parties === undefined) return false;
  const before = new Set(call.participants.map((party) => party.mediaAddress));
  return blindTo === undefined || parties.some((party) => !before.has(party) && isSameNumber(party, blindTo));
}

export function blindStep(state: SessionState, call: Call, number: string): Step {
  return {
    ...dialogRequest(call, {
      requestedAction: "TRANSFER_SST",
      targetMediaAddress: state.extension,
      toAddress: number,
    }),
    settle: leftSettle(call, number, number),
  };
}

export function conferenceStep(state: SessionState, call: Call): Step {
  const alone = new Set(callsOf(state).map((other) => other.id));
  return {
    ...dialogRequest(call, { requestedAction: "CONFERENCE", targetMediaAddress: state.extension }),
    settle: (now) => {
      // The survivor may carry either dialog id (§9); it keeps the customer's interaction.
      const joined = callsOf(now).find((leg) => leg.interaction === call.interaction);
      if (joined === undefined) return gone(call);
      const merged = [...alone].some((id) => !now.tracked.has(id));
      if (joined.state !== "ACTIVE" || !(joined.type === "CONFERENCE" || merged)) return undefined;
      const parties = joined.participants.filter((party) => party.state !== "DROPPED").length;
      return { outcome: "confirmed", message: `conference of ${parties} (call ${joined.id})`, call: joined };
    },
  };
}

function hasLeft(now: SessionState, call: Call): boolean {
  const leg = now.tracked.get(call.id)?.call;
  return leg === undefined || isReleased(leg);
}

function wrapUpLeg(now: SessionState, call: Call): { call?: Call } {
  const leg = now.tracked.get(call.id)?.call;
  return leg === undefined ? {} : { call: leg };
}
