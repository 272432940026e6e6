import type { Call } from "../../model/call.ts";
import { isReleased } from "../../model/call.ts";
import { isContact, isTalking } from "../../model/call-role.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { Note } from "./contract.ts";

export type CallEvent = Extract<CtiEvent, { call: Call }>;
export type CallMessage = "ScreenPop" | "CallEstablished" | "CallReleased";
export type Phase = Pick<Note, "phase" | "customer">;

/** Milliseconds after which a call that was not seen ringing is not popped: its customer has long been looked up by hand. */
const lateAfter = 15_000;

/**
 * What a change of a call means to EBS (ebs-basic-telephony.md §4, §6), and what is to be remembered: `undefined` for nothing.
 * A consult is nobody's contact: neither end of it is told until the customer is handed over. `news`: what a pop shows has changed.
 */
export function tell(
  known: Phase | undefined,
  event: Pick<CallEvent, "type" | "call">,
  { extension, now, news }: { extension: string; now: number; news: boolean },
): { phase: Phase | undefined; messages: CallMessage[] } {
  const { call } = event;
  if (event.type === "call.ended" || event.type === "call.released" || isReleased(call))
    return over(known, event);
  if (known === undefined) {
    if (!isContact(call, extension)) return { phase: undefined, messages: [] };
    const talks = isTalking(call);
    const customer = isCustomers(call);
    const messages: CallMessage[] = talks ? ["CallEstablished"] : [];
    if (!talks || !isOld(call, now)) messages.unshift("ScreenPop");
    return { phase: { phase: talks ? "established" : "announced", customer }, messages };
  }
  if (known.phase === "released") return { phase: known, messages: [] };
  const messages: CallMessage[] = [];
  // A call from a colleague became the customer's: another person is on the line, with other data (§6.9).
  const handedOver = !known.customer && isCustomers(call);
  if (handedOver || (news && known.phase === "announced")) messages.push("ScreenPop");
  const established = known.phase === "established" || isTalking(call);
  if (established && known.phase === "announced") messages.push("CallEstablished");
  return {
    phase: {
      phase: established ? "established" : "announced",
      customer: known.customer || isCustomers(call),
    },
    messages,
  };
}

function over(
  known: Phase | undefined,
  { type, call }: Pick<CallEvent, "type" | "call">,
): { phase: Phase | undefined; messages: CallMessage[] } {
  const after: Phase = { phase: "released", customer: known?.customer ?? false };
  const phase = type === "call.ended" ? undefined : after;
  if (known?.phase === "released") return { phase, messages: [] };
  // Wrap-up follows a talk, also one that began and ended while nobody watched.
  if (known?.phase === "announced" && call.state === "WRAP_UP")
    return { phase, messages: ["CallEstablished", "CallReleased"] };
  if (known !== undefined) return { phase, messages: ["CallReleased"] };
  // Seen for the first time at its end, in wrap-up: somebody talked, and history should know.
  if (type === "call.started" && call.state === "WRAP_UP" && call.customer !== undefined)
    return { phase: after, messages: ["CallEstablished", "CallReleased"] };
  return { phase: undefined, messages: [] };
}

/** What is known of the other end is all that will be. */
function isCustomers({ customer, direction }: Call): boolean {
  return customer !== undefined || direction === "out";
}

function isOld({ startedAt }: Call, now: number): boolean {
  return startedAt !== undefined && now - Date.parse(startedAt) > lateAfter;
}
