import type { Update } from "../finesse/contract.ts";
import type { Agent } from "../model/agent.ts";
import { isSignedOut } from "../model/agent.ts";
import type { Call } from "../model/call.ts";
import { callFromDialog, isReleased } from "../model/call.ts";
import type { Dialog } from "../model/dialog.ts";
import type { CtiEventBody } from "../model/events.ts";

/** A dialog the agent is or was part of, with what we have already told about it. */
interface Tracked {
  /** Absent for a call known from before a restart and not read again yet. */
  dialog: Dialog | undefined;
  call: Call;
  released: boolean;
}

/** What a session knows of its agent. Changed only by `reduce` and `reduceSnapshot`, which return a new one. */
export interface SessionState {
  /** The extension as signed in, else as asked for. */
  extension: string;
  agent: Agent | undefined;
  tracked: ReadonlyMap<string, Tracked>;
  /** Dialogs that ended lately, oldest first: a late PUT must not bring one back to life. */
  ended: readonly string[];
}

export interface Reduction {
  state: SessionState;
  events: CtiEventBody[];
  /** The update contradicts what we know in a way only a re-read can settle. */
  suspect: boolean;
}

/** Gives a dialog its interaction id: the kept one, or a new one. */
export type Identify = (dialog: Dialog) => string;

const endedKept = 64;

/** The state before anything is read; `open` are the calls that an earlier worker had told of and not ended. */
export function initialState(
  extension: string,
  open: readonly { call: Call; released: boolean }[] = [],
): SessionState {
  const tracked = new Map(open.map(({ call, released }) => [call.id, { dialog: undefined, call, released }]));
  return { extension, agent: undefined, tracked, ended: [] };
}

export function callsOf(state: SessionState): Call[] {
  return [...state.tracked.values()].map((tracked) => tracked.call);
}

/** Applies one notification. Repeated and overtaken ones change nothing and tell nothing (reference/finesse.md §13). */
export function reduce(state: SessionState, update: Update, identify: Identify): Reduction {
  switch (update.kind) {
    case "user":
      return reduceUser(state, update.user, update.event === "DELETE");
    case "dialogs": {
      let reduction: Reduction = { state, events: [], suspect: false };
      for (const dialog of update.dialogs) {
        const next =
          update.event === "DELETE"
            ? endDialog(reduction.state, dialog, identify)
            : applyDialog(reduction.state, dialog, identify, update.event === "POST");
        reduction = {
          state: next.state,
          events: [...reduction.events, ...next.events],
          suspect: reduction.suspect || next.suspect,
        };
      }
      return reduction;
    }
    default:
      return { state, events: [], suspect: false };
  }
}

/**
 * Applies a re-read of user and dialogs: the truth, whatever came before. Calls that are gone end as `estimated`, since their real end
 * was not seen.
 */
export function reduceSnapshot(
  state: SessionState,
  user: Agent,
  dialogs: Dialog[],
  identify: Identify,
): Reduction {
  let next: SessionState = { ...state, ended: [] };
  const events: CtiEventBody[] = [];
  const take = (reduction: Reduction) => {
    next = reduction.state;
    events.push(...reduction.events);
  };
  take(replaceUser(next, user));
  const present = new Set(dialogs.map((dialog) => dialog.id));
  for (const tracked of state.tracked.values()) {
    if (!present.has(tracked.call.id)) take(endTracked(next, tracked, undefined, true));
  }
  for (const dialog of dialogs) take(replaceDialog(next, dialog, identify));
  return { state: next, events, suspect: false };
}

function reduceUser(state: SessionState, user: Agent, deleted: boolean): Reduction {
  if (deleted) return replaceUser(state, { ...user, state: "LOGOUT" });
  const known = state.agent;
  const overtaken =
    known?.stateChangeTime !== undefined &&
    user.stateChangeTime !== undefined &&
    Date.parse(user.stateChangeTime) < Date.parse(known.stateChangeTime);
  return overtaken ? { state, events: [], suspect: false } : replaceUser(state, user);
}

function replaceUser(state: SessionState, user: Agent): Reduction {
  const known = state.agent;
  if (known !== undefined && sameData(known, user)) return { state, events: [], suspect: false };
  const extension = user.extension ?? state.extension;
  return {
    state: { ...state, extension, agent: user },
    events: [{ type: "agent.changed", state: user, previous: known?.state }],
    suspect: false,
  };
}

function applyDialog(state: SessionState, dialog: Dialog, identify: Identify, isPost: boolean): Reduction {
  const known = state.tracked.get(dialog.id);
  if (known === undefined && state.ended.includes(dialog.id)) {
    // A call can come back under its old id (transferred back), but then it starts with a POST; either way only Finesse knows.
    return { state, events: [], suspect: true };
  }
  if (known?.dialog !== undefined && isOvertaken(dialog, known.dialog))
    return { state, events: [], suspect: isPost };
  return replaceDialog(state, dialog, identify);
}

function replaceDialog(state: SessionState, dialog: Dialog, identify: Identify): Reduction {
  const known = state.tracked.get(dialog.id);
  const interaction = known?.call.interaction ?? identify(dialog);
  const call = callFromDialog(dialog, state.extension, interaction);
  if (call === undefined) {
    // Our leg has left the dialog: for us the call is over, however long the others go on.
    return known === undefined
      ? { state, events: [], suspect: false }
      : endTracked(state, known, dialog, false);
  }
  if (known?.dialog !== undefined && sameData(known.dialog, dialog))
    return { state, events: [], suspect: false };
  const released = (known?.released ?? false) || isReleased(call);
  const tracked = new Map(state.tracked).set(dialog.id, { dialog, call, released });
  const events: CtiEventBody[] = [];
  if (known === undefined) events.push({ type: "call.started", call });
  else if (!(released && !known.released)) events.push({ type: "call.changed", call });
  if (released && known?.released !== true) events.push({ type: "call.released", call });
  return { state: { ...state, tracked }, events, suspect: false };
}

function endDialog(state: SessionState, dialog: Dialog, identify: Identify): Reduction {
  const known = state.tracked.get(dialog.id);
  if (known !== undefined) return endTracked(state, known, dialog, false);
  if (state.ended.includes(dialog.id)) return { state, events: [], suspect: false };
  // The beginning was lost on the way. Tell the call whole, so that whoever counts calls counts this one.
  const call = callFromDialog(dialog, state.extension, identify(dialog));
  if (call === undefined) return { state, events: [], suspect: false };
  const begun: Tracked = { dialog, call, released: false };
  const ended = endTracked(state, begun, dialog, false);
  return { ...ended, events: [{ type: "call.started", call }, ...ended.events] };
}

function endTracked(
  state: SessionState,
  known: Tracked,
  dialog: Dialog | undefined,
  estimated: boolean,
): Reduction {
  const seen =
    (dialog === undefined ? undefined : callFromDialog(dialog, state.extension, known.call.interaction)) ??
    known.call;
  const call: Call = { ...seen, state: "DROPPED", actions: [] };
  const tracked = new Map(state.tracked);
  tracked.delete(known.call.id);
  const events: CtiEventBody[] = [];
  if (!known.released) events.push({ type: "call.released", call });
  events.push(estimated ? { type: "call.ended", call, estimated } : { type: "call.ended", call });
  return {
    state: { ...state, tracked, ended: [...state.ended, known.call.id].slice(-endedKept) },
    events,
    suspect: false,
  };
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

/** Structural equality of parsed wire objects. */
function sameData(one: unknown, other: unknown): boolean {
  return Bun.deepEquals(one, other);
}

/** True when the agent is signed in as far as we know. */
export function isSignedIn(state: SessionState): boolean {
  return state.agent !== undefined && !isSignedOut(state.agent.state);
}
