import type { Call } from "./call.ts";

/** Calls that are no contact of the agent's with anybody: supervisors listening. */
const listening = new Set(["SUPERVISOR_MONITOR", "BARGE_IN_CONSULT"]);
/** How a call that asks somebody looks to the one who is asked (reference/finesse.md §8). */
const consults = new Set(["CONSULT", "CONSULT_OFFERED"]);

/**
 * False of a call that no CRM should hear of: a consult, from either end, until the customer is handed over; a supervisor who listens; a
 * receiver that was lifted and nothing dialled yet. `extension`: the agent's own.
 */
export function isContact(call: Call, extension: string): boolean {
  const type = call.type ?? "";
  if (listening.has(type)) return false;
  if (call.state === "INITIATING" && call.party === "") return false;
  const dialled = call.from === extension || call.direction === "out";
  if (dialled) return call.parent === undefined && !consults.has(type);
  return !(consults.has(type) && call.direction === "internal");
}

/** Somebody talks on it, or waits on hold. */
export function isTalking({ state }: Pick<Call, "state">): boolean {
  return state === "ACTIVE" || state === "HELD";
}
