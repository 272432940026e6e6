import type { Call, CallIdentity } from "../model/call.ts";
import { callFromDialog, isReleased } from "../model/call.ts";
import type { Dialog } from "../model/dialog.ts";
import type { CtiEventBody } from "../model/events.ts";
import type { Reduction, SessionState } from "./state.ts";

/** A dialog the agent is or was part of, with what we have already told about it. */
export interface Tracked {
  /** Absent for a call known from before a restart and not read again yet. */
  dialog: Dialog | undefined;
  call: Call;
  released: boolean;
}

/** Gives a dialog its interaction id: the kept one, or a new one. */
export type Identify = (dialog: Dialog) => string;

const endedKept = 64;
const handOversKept = 8;

/** A POST or PUT of a dialog. */
export function applyDialog(
  state: SessionState,
  dialog: Dialog,
  identify: Identify,
  isPost: boolean,
): Reduction {
  const known = state.tracked.get(dialog.id);
  if (known === undefined && state.ended.includes(dialog.id) && !state.leaving.has(dialog.id)) {
    // A call can come back under its old id (transferred back), but then it starts with a POST; either way only Finesse knows.
    return { state, events: [], suspect: true };
  }
  if (known?.dialog !== undefined && isOvertaken(dialog, known.dialog)) {
    return { state, events: [], suspect: isPost };
  }
  return replaceDialog(state, dialog, identify);
}

/** Takes a dialog as it is, whatever was known of it. */
export function replaceDialog(state: SessionState, dialog: Dialog, identify: Identify): Reduction {
  const known = state.tracked.get(dialog.id);
  if (known?.dialog !== undefined && Bun.deepEquals(known.dialog, dialog)) return unchanged(state);
  const merged = dialog.secondaryId === undefined ? undefined : state.tracked.get(dialog.secondaryId);
  if (known === undefined) {
    // Handed over and straight back: the same dialog, the same contact.
    const before = state.leaving.get(dialog.id) ?? predecessor(state, dialog);
    return before === undefined ? startCall(state, dialog, identify) : goOn(state, before, dialog);
  }
  if (merged !== undefined && merged.call.id !== dialog.id) return mergeCalls(state, known, merged, dialog);
  return changeCall(state, known, dialog);
}

/** A DELETE of a dialog. */
export function endDialog(state: SessionState, dialog: Dialog, identify: Identify): Reduction {
  const known = state.tracked.get(dialog.id);
  if (known !== undefined) {
    // A call that came back under its id must not end by the DELETE of its former life.
    if (known.dialog !== undefined && isOvertaken(dialog, known.dialog))
      return { state, events: [], suspect: true };
    return isHandOver(state, known, dialog)
      ? holdBack(state, known, dialog)
      : endTracked(state, known, dialog, false);
  }
  if (state.ended.includes(dialog.id) || state.leaving.has(dialog.id)) return unchanged(state);
  // The beginning was lost on the way. Tell the call whole, so that whoever counts calls counts this one.
  const call = callFromDialog(dialog, state.extension, newIdentity(state, dialog, identify));
  if (call === undefined) return unchanged(state);
  const ended = endTracked(state, { dialog, call, released: false }, dialog, false);
  return { ...ended, events: [{ type: "call.started", call }, ...ended.events] };
}

/** Tells the end of a call, after its release if that has not been told. `estimated`: it was not seen. */
export function endTracked(
  state: SessionState,
  known: Tracked,
  dialog: Dialog | undefined,
  estimated: boolean,
): Reduction {
  const seen =
    (dialog === undefined ? undefined : callFromDialog(dialog, state.extension, known.call)) ?? known.call;
  const call: Call = { ...seen, state: "DROPPED", actions: [] };
  const events: CtiEventBody[] = [];
  if (!known.released) events.push({ type: "call.released", call });
  events.push(estimated ? { type: "call.ended", call, estimated } : { type: "call.ended", call });
  const next = forget(state, known.call.id);
  const own = dialog?.participants.find((party) => party.mediaAddress === state.extension);
  if (dialog === undefined || own?.stateCause !== "OTHER") return { state: next, events, suspect: false };
  const parties = dialog.participants.map((party) => party.mediaAddress);
  const handedOver = [...next.handedOver, { dialogId: dialog.id, parties }].slice(-handOversKept);
  return { state: { ...next, handedOver }, events, suspect: false };
}

/** Ends a call that was held back as a possible hand-over. */
export function endLeaving(state: SessionState, dialogId: string): Reduction {
  const left = state.leaving.get(dialogId);
  return left === undefined ? unchanged(state) : endTracked(state, left, left.dialog, false);
}

function startCall(state: SessionState, dialog: Dialog, identify: Identify): Reduction {
  const call = callFromDialog(dialog, state.extension, newIdentity(state, dialog, identify));
  if (call === undefined) return unchanged(state);
  const released = isReleased(call);
  const events: CtiEventBody[] = [{ type: "call.started", call }];
  if (released) events.push({ type: "call.released", call });
  return { state: track(state, { dialog, call, released }), events, suspect: false };
}

function changeCall(state: SessionState, known: Tracked, dialog: Dialog): Reduction {
  const identity = { ...known.call, parent: known.call.parent ?? parentOf(state, dialog) };
  const call = callFromDialog(dialog, state.extension, identity);
  // Our leg has left the dialog: for us the call is over, however long the others go on.
  if (call === undefined) return endTracked(state, known, dialog, false);
  const released = known.released || isReleased(call);
  const type = released && !known.released ? "call.released" : "call.changed";
  return { state: track(state, { dialog, call, released }), events: [{ type, call }], suspect: false };
}

/** The contact of `before` goes on under another dialog id: no new start, and no end of the old one. */
function goOn(state: SessionState, before: Tracked, dialog: Dialog): Reduction {
  const call = callFromDialog(dialog, state.extension, before.call);
  if (call === undefined) return unchanged(state);
  const released = before.released || isReleased(call);
  const next = track(forget(state, before.call.id), { dialog, call, released });
  const type = released && !before.released ? "call.released" : "call.changed";
  return { state: next, events: [{ type, call }], suspect: false };
}

/**
 * Two calls of the agent became one (`secondaryId` names the other, §8). The customer's contact lives on: where the survivor is the dialog
 * of the consult, it takes over the identity of the call it was made for.
 */
function mergeCalls(state: SessionState, survivor: Tracked, merged: Tracked, dialog: Dialog): Reduction {
  const swapped = survivor.call.parent !== undefined && survivor.call.parent === merged.call.interaction;
  if (!swapped) {
    const changed = changeCall(state, survivor, dialog);
    const ended = endTracked(changed.state, merged, undefined, false);
    return { ...ended, events: [...ended.events, ...changed.events] };
  }
  const ended = endTracked(state, survivor, undefined, false);
  const reopened = { ...ended.state, ended: ended.state.ended.filter((id) => id !== dialog.id) };
  const goes = goOn(reopened, merged, dialog);
  return { ...goes, events: [...ended.events, ...goes.events] };
}

/** The call of ours that an unknown dialog continues: named by `secondaryId`, else (old releases) by who handed it over. */
function predecessor(state: SessionState, dialog: Dialog): Tracked | undefined {
  const calls = [...state.tracked.values(), ...state.leaving.values()];
  if (dialog.secondaryId !== undefined) return calls.find(({ call }) => call.id === dialog.secondaryId);
  if (dialog.callType !== "TRANSFER" && dialog.callType !== "CONFERENCE") return undefined;
  const offered = calls.filter(
    ({ call }) =>
      isOffered(state, call) && dialog.participants.some((party) => party.mediaAddress === call.from),
  );
  return offered.length === 1 ? offered[0] : undefined;
}

/** A call from one agent to us: what a consult looks like to the one who is asked. */
function isOffered(state: SessionState, call: Call): boolean {
  return call.direction === "internal" && call.from !== undefined && call.from !== state.extension;
}

/** A consult that ends because it was handed over: DROPPED with cause OTHER, callType TRANSFER (§14); ordinary drops carry neither. */
function isHandOver(state: SessionState, known: Tracked, dialog: Dialog): boolean {
  return !known.released && isOffered(state, known.call) && saysHandOver(state, dialog);
}

function saysHandOver(state: SessionState, dialog: Dialog): boolean {
  const own = dialog.participants.find((party) => party.mediaAddress === state.extension);
  return dialog.callType === "TRANSFER" || dialog.callType === "CONFERENCE" || own?.stateCause === "OTHER";
}

/** Keeps a call on the screen, without actions, until its successor comes or `reduceLeft` says that none did. */
function holdBack(state: SessionState, known: Tracked, dialog: Dialog): Reduction {
  const left = { ...known, dialog, call: { ...known.call, actions: [] } };
  const forgotten = forget(state, known.call.id);
  return {
    state: { ...forgotten, leaving: new Map(forgotten.leaving).set(known.call.id, left) },
    events: [],
    suspect: false,
  };
}

function newIdentity(state: SessionState, dialog: Dialog, identify: Identify): CallIdentity {
  return { interaction: identify(dialog), parent: parentOf(state, dialog), customer: undefined };
}

/** Of a consult call that we made: the only other call on the phone. */
function parentOf(state: SessionState, dialog: Dialog): string | undefined {
  if (dialog.callType !== "CONSULT" || dialog.fromAddress !== state.extension) return undefined;
  const others = [...state.tracked.values()].filter(
    ({ call, released }) => call.id !== dialog.id && !released,
  );
  return others.length === 1 ? others[0]?.call.interaction : undefined;
}

/**
 * Dialog events carry no sequence. An update is overtaken when a party it shares with what we know is older in it and none is newer;
 * with equal times the later arrival wins, since call data changes move no time. Parties that came or went say nothing of order.
 */
function isOvertaken(dialog: Dialog, known: Dialog): boolean {
  let older = false;
  for (const participant of dialog.participants) {
    const before = known.participants.find((other) => other.mediaAddress === participant.mediaAddress);
    if (before?.stateChangeTime === undefined || participant.stateChangeTime === undefined) continue;
    const difference = Date.parse(participant.stateChangeTime) - Date.parse(before.stateChangeTime);
    if (difference > 0) return false;
    if (difference < 0) older = true;
  }
  return older;
}

function track(state: SessionState, tracked: Tracked): SessionState {
  return { ...state, tracked: new Map(state.tracked).set(tracked.call.id, tracked) };
}

function forget(state: SessionState, dialogId: string): SessionState {
  const tracked = new Map(state.tracked);
  tracked.delete(dialogId);
  const leaving = new Map(state.leaving);
  leaving.delete(dialogId);
  return { ...state, tracked, leaving, ended: [...state.ended, dialogId].slice(-endedKept) };
}

function unchanged(state: SessionState): Reduction {
  return { state, events: [], suspect: false };
}
