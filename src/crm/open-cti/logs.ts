import type { Call } from "../../model/call.ts";
import { isReleased } from "../../model/call.ts";
import { isContact, isTalking } from "../../model/call-role.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { CallLog, OpenCtiSettings } from "./contract.ts";

export type CallEvent = Extract<CtiEvent, { call: Call }>;

/** What is known of a leg that is, or may be, logged. Remembered across restarts. */
export interface Leg {
  log: CallLog;
  /** It was handed to a back end at least once. */
  written: boolean;
  /** The number is the customer's own: another that comes later is somebody else's. */
  isCustomers?: boolean;
  /** The dialog is gone; late notes may still come. ISO 8601 UTC. */
  goneAt: string | undefined;
}

/**
 * What an event of a call means to its log (open-cti.md §5): `leg` is to be remembered, `undefined` forgets it; `write`: the record is to be
 * made or brought up to date. Made when the call is answered or when it is over, as the site says; later wrap-up reasons change it.
 */
export function follow(
  known: Leg | undefined,
  {
    type,
    call,
    at,
    agent = "",
    ...rest
  }: Pick<CallEvent, "type" | "call" | "at" | "agent"> & { estimated?: boolean },
  extension: string,
  { logAt, logMissed }: Pick<OpenCtiSettings, "logAt" | "logMissed">,
): { leg: Leg | undefined; write: boolean } {
  if (known === undefined && (!isContact(call, extension) || type === "call.ended"))
    return { leg: undefined, write: false };
  if (known !== undefined && isConsultAfterAll(known, call, extension))
    return { leg: undefined, write: false };
  const isBack = known?.goneAt !== undefined && type !== "call.ended";
  const before = known === undefined ? beginning(call, at, agent) : isBack ? reopened(known.log) : known.log;
  const over = type === "call.released" || type === "call.ended" || isReleased(call);
  // Wrap-up follows a talk, also one that nobody here saw begin.
  const talks = isTalking(call) || call.state === "WRAP_UP";
  const answeredAt =
    before.answeredAt ??
    // A call on hold was answered some time ago; how long it rang nobody here knows.
    (talks ? (call.state === "ACTIVE" ? (call.stateSince ?? at) : before.startedAt) : undefined);
  const endedAt =
    before.endedAt ?? (over ? (call.state === "WRAP_UP" ? (call.stateSince ?? at) : at) : undefined);
  const log: CallLog = {
    ...before,
    ...otherEnd(before, call, known?.isCustomers === true),
    queue: before.queue ?? call.queue?.name ?? call.queue?.number,
    answeredAt,
    endedAt,
    // Of a call whose talk was seen to end only its wrap-up was missed; a release told in the same moment was not seen either.
    estimated:
      before.estimated ||
      (rest.estimated === true && (before.endedAt === undefined || before.endedAt === at)),
    seconds: secondsOf(answeredAt, endedAt),
    disposition: call.wrapUpReasons.length > 0 ? call.wrapUpReasons.join("; ") : before.disposition,
  };
  const due =
    endedAt !== undefined
      ? answeredAt !== undefined || logMissed
      : answeredAt !== undefined && logAt === "answer";
  // A record is written anew only for what it says.
  const news = known === undefined || !known.written || !Bun.deepEquals(log, known.log);
  const write = due && news;
  const goneAt = type === "call.ended" ? at : isBack ? undefined : known?.goneAt;
  const written = (known?.written ?? false) || write;
  // Nothing of it was logged, and nothing will be.
  if (goneAt !== undefined && !written) return { leg: undefined, write: false };
  const isCustomers =
    known?.isCustomers === true || (call.customer !== undefined && log.number === call.customer);
  return { leg: { log, written, isCustomers, goneAt }, write };
}

/** What the agent wrote, or which records he chose; `write` as above. */
export function amend(
  known: Leg,
  change: Partial<Pick<CallLog, "notes" | "who" | "what">>,
): { leg: Leg; write: boolean } {
  const log = { ...known.log, ...change };
  const write = known.written && !Bun.deepEquals(log, known.log);
  return { leg: { ...known, log }, write };
}

function beginning(call: Call, at: string, agent: string): CallLog {
  return {
    callObject: `${call.interaction}:${agent}`,
    agent,
    interaction: call.interaction,
    callType: typeOf(call),
    number: numberOf(call),
    dialed: call.dialedNumber,
    queue: call.queue?.name ?? call.queue?.number,
    startedAt: call.startedAt ?? at,
    answeredAt: undefined,
    endedAt: undefined,
    estimated: false,
    seconds: undefined,
    disposition: undefined,
    notes: undefined,
    who: undefined,
    what: undefined,
  };
}

/** Some calls are seen to be consults only when they are under way. What a customer was on, or a CRM was told of, is none. */
function isConsultAfterAll({ log, written, goneAt }: Leg, call: Call, extension: string): boolean {
  if (written || goneAt !== undefined || isContact(call, extension)) return false;
  return call.parent !== undefined || (log.answeredAt === undefined && !isTalking(call));
}

/** A leg that was closed since nobody saw its end, and that goes on. */
function reopened(log: CallLog): CallLog {
  return { ...log, endedAt: undefined, seconds: undefined, estimated: false };
}

/**
 * Who is at the other end. A customer's call stays one, whoever is left in it and whichever dialog carries it on; a colleague's becomes one when
 * he hands the customer over.
 */
function otherEnd(
  before: CallLog,
  call: Call,
  isCustomers: boolean,
): Pick<CallLog, "callType" | "number" | "dialed"> {
  const { callType, number, dialed } = before;
  const isHandedOver = callType === "Internal" && call.customer !== undefined;
  // A colleague who was dialled is known as one when his telephone is seen.
  const isColleague = call.customer === undefined && call.direction === "internal";
  if (isHandedOver)
    return { callType: typeOf(call), number: numberOf(call), dialed: call.dialedNumber ?? dialed };
  if (callType === "Internal" || isColleague)
    return { callType: "Internal", number: numberOf(call) || number, dialed };
  // Until the caller himself is seen the number may be of a colleague who transferred him.
  const caller = callType === "Inbound" && !isCustomers ? call.customer : undefined;
  return { callType, number: caller ?? (number === "" ? numberOf(call) : number), dialed };
}

function typeOf({ direction }: Call): CallLog["callType"] {
  return direction === "in" ? "Inbound" : direction === "out" ? "Outbound" : "Internal";
}

function numberOf(call: Call): string {
  return call.direction === "out" ? (call.dialedNumber ?? call.party) : (call.customer ?? call.party);
}

function secondsOf(answeredAt: string | undefined, endedAt: string | undefined): number | undefined {
  if (endedAt === undefined) return undefined;
  if (answeredAt === undefined) return 0;
  return Math.max(0, Math.round((Date.parse(endedAt) - Date.parse(answeredAt)) / 1000));
}

/** Nobody here sees its end any more: the record is closed as it was last known. */
export function orphaned(
  known: Leg,
  at: string,
  { logMissed }: Pick<OpenCtiSettings, "logMissed">,
): { leg: Leg; write: boolean } {
  if (known.goneAt !== undefined) return { leg: known, write: false };
  const open = known.log.endedAt === undefined;
  const log = open ? { ...known.log, endedAt: at, estimated: true } : known.log;
  const write = open && (log.answeredAt !== undefined || logMissed);
  return { leg: { ...known, log, written: known.written || write, goneAt: at }, write };
}
