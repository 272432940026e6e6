import type { Contact } from "../../../../model/agent.ts";
import type { Call } from "../../../../model/call.ts";
import { isReleased } from "../../../../model/call.ts";
import type { CallLog, Match } from "../../contract.ts";
import type { PageState } from "../protocol.ts";
import { contactName } from "./contact-name.ts";
import { words } from "./words.ts";

/** A call as the page shows it: the call itself, and what the CRM knows of it. */
export interface CallView {
  call: Call;
  callObject: string;
  /** `undefined` for calls that are not logged: consultations, supervisors listening. */
  log: CallLog | undefined;
  matches: Match[];
  /** The record that the call is about. */
  record: Match | undefined;
  recordId: string | undefined;
  /** The record's name, else the phone book's; empty when nobody was found. */
  name: string;
  /** The number at the customer's end, else at the other end. */
  number: string;
  queue: string;
  /** It was made to ask somebody. */
  isConsult: boolean;
}

/** A call that is over: what one may want to call back. */
export interface RecentCall {
  callObject: string;
  log: CallLog;
  name: string;
  missed: boolean;
}

/**
 * Ringing calls first, then as they came, a consultation right after the call that it was made for. `contacts`: who somebody is where the CRM
 * does not say.
 */
export function callViews(state: PageState | undefined, contacts?: readonly Contact[]): CallView[] {
  const calls = state?.session?.calls ?? [];
  const rings = calls.filter(isRinging);
  const others = calls.filter((call) => !isRinging(call));
  const consultsOf = (parent: Call): Call[] =>
    others.filter(
      (call) => call !== parent && call.parent !== undefined && call.parent === parent.interaction,
    );
  const placed = new Set<Call>(rings);
  const ordered = [...rings];
  for (const call of others.filter((one) => !hasParent(one, others))) {
    ordered.push(call, ...consultsOf(call));
    for (const one of [call, ...consultsOf(call)]) placed.add(one);
  }
  ordered.push(...others.filter((call) => !placed.has(call)));
  return [...new Set(ordered)].map((call) => viewOf(call, state, contacts));
}

/** Calls that are over, the latest first. */
export function recentCalls(state: PageState | undefined, contacts?: readonly Contact[]): RecentCall[] {
  const live = new Set(state?.session?.calls.map((call) => callObjectOf(call, state)));
  return (state?.logs ?? [])
    .filter(({ log }) => log.endedAt !== undefined && !live.has(log.callObject))
    .map(({ log, matches }) => ({
      callObject: log.callObject,
      log,
      name: recordOf(log, matches)?.name ?? contactName(contacts, log.number),
      missed: log.callType === "Inbound" && log.answeredAt === undefined,
    }))
    .sort((one, other) => (other.log.endedAt ?? "").localeCompare(one.log.endedAt ?? ""));
}

export function isRinging(call: Call): boolean {
  return call.actions.includes("ANSWER");
}

/** The call that a key without a choice means: the one that rings, else that is talked on, else the first that is not over. */
export function mainCall(views: readonly CallView[]): CallView | undefined {
  return (
    views.find(({ call }) => isRinging(call)) ??
    views.find(({ call }) => call.state === "ACTIVE") ??
    views.find(({ call }) => !isReleased(call)) ??
    views[0]
  );
}

/** Name and number as one reads them; never empty. */
export function whoIs({ name, number }: { name: string; number: string }): string {
  return name !== "" ? name : number !== "" ? number : words.unknownNumber;
}

/**
 * The call that notes and wrap-up reasons are meant for by a key: the one that matters now, or the one that it was made for, else the first that is
 * logged.
 */
export function writtenCall(views: readonly CallView[]): CallView | undefined {
  const main = mainCall(views);
  const written = views.filter(({ log, call }) => log !== undefined && !isRinging(call));
  return (
    written.find((view) => view === main) ??
    written.find(({ call }) => call.interaction === main?.call.parent) ??
    written[0]
  );
}

/** The record that a call is about: the chosen one, or the only one. */
export function recordOf(log: CallLog | undefined, matches: readonly Match[]): Match | undefined {
  const chosen = matches.find(({ id }) => id === log?.who) ?? matches.find(({ id }) => id === log?.what);
  return chosen ?? (matches.length === 1 ? matches[0] : undefined);
}

function viewOf(
  call: Call,
  state: PageState | undefined,
  contacts: readonly Contact[] | undefined,
): CallView {
  const callObject = callObjectOf(call, state);
  const found = state?.logs.find(({ log }) => log.callObject === callObject);
  const matches = found?.matches ?? [];
  const record = recordOf(found?.log, matches);
  const number = call.direction === "out" ? (call.dialedNumber ?? call.party) : (call.customer ?? call.party);
  return {
    call,
    callObject,
    log: found?.log,
    matches,
    record,
    recordId: found?.recordId,
    name: record?.name ?? contactName(contacts, number),
    number,
    queue: call.queue?.name ?? call.queue?.number ?? "",
    isConsult: call.parent !== undefined,
  };
}

function callObjectOf(call: Call, state: PageState | undefined): string {
  return `${call.interaction}:${state?.session?.agent ?? ""}`;
}

function hasParent(call: Call, others: readonly Call[]): boolean {
  return (
    call.parent !== undefined && others.some((other) => other !== call && other.interaction === call.parent)
  );
}
