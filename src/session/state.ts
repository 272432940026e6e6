import type { Update } from "../finesse/contract.ts";
import type { Agent } from "../model/agent.ts";
import { isSignedOut } from "../model/agent.ts";
import type { Call } from "../model/call.ts";
import type { Dialog } from "../model/dialog.ts";
import type { CtiEventBody } from "../model/events.ts";
import {
  applyDialog,
  endDialog,
  endLeaving,
  endTracked,
  type Identify,
  replaceDialog,
  type Tracked,
} from "./dialogs.ts";

/** What a session knows of its agent. Changed only by the reductions here, which return a new one. */
export interface SessionState {
  /** The extension as signed in, else as asked for. */
  extension: string;
  agent: Agent | undefined;
  tracked: ReadonlyMap<string, Tracked>;
  /** Calls whose DELETE looks like a hand-over: their contact may go on under another dialog id in a moment. */
  leaving: ReadonlyMap<string, Tracked>;
  /** Dialogs that ended lately, oldest first: a late PUT must not bring one back to life. */
  ended: readonly string[];
  /** Of the latest of these, the ones whose own leg ended with the cause OTHER: they were handed over (§9). */
  handedOver: readonly HandOver[];
}

export interface HandOver {
  dialogId: string;
  /** Who was in the call at its end. */
  parties: string[];
}

export interface Reduction {
  state: SessionState;
  events: CtiEventBody[];
  /** The update contradicts what we know in a way only a re-read can settle. */
  suspect: boolean;
}

/** The state before anything is read; `open` are the calls that an earlier worker had told of and not ended. */
export function initialState(
  extension: string,
  open: readonly { call: Call; released: boolean }[] = [],
): SessionState {
  const tracked = new Map(open.map(({ call, released }) => [call.id, { dialog: undefined, call, released }]));
  return { extension, agent: undefined, tracked, leaving: new Map(), ended: [], handedOver: [] };
}

export function callsOf(state: SessionState): Call[] {
  return [...state.tracked.values(), ...state.leaving.values()].map((tracked) => tracked.call);
}

/** True when the agent is signed in as far as we know. */
export function isSignedIn(state: SessionState): boolean {
  return state.agent !== undefined && !isSignedOut(state.agent.state);
}

/** Applies one notification. Repeated and overtaken ones change nothing and tell nothing (reference/finesse.md §13). */
export function reduce(state: SessionState, update: Update, identify: Identify): Reduction {
  switch (update.kind) {
    case "user":
      return reduceUser(state, update.user, update.event === "DELETE");
    case "dialogs":
      // Late news of a call that the sign-out has ended.
      if (state.agent?.state === "LOGOUT") return { state, events: [], suspect: true };
      return inTurn(state, update.dialogs, (now, dialog) =>
        update.event === "DELETE"
          ? endDialog(now, dialog, identify)
          : applyDialog(now, dialog, identify, update.event === "POST"),
      );
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
  dialogs: readonly Dialog[],
  identify: Identify,
): Reduction {
  const before = replaceUser({ ...state, ended: [] }, user);
  // User and dialogs are read one beside the other: of somebody who has just signed out the dialogs are old.
  if (user.state === "LOGOUT") return before;
  // Successors first: a contact that went on under another id must not end with the old one.
  const applied = inTurn(before.state, dialogs, (now, dialog) => replaceDialog(now, dialog, identify));
  const present = new Set(dialogs.map((dialog) => dialog.id));
  const gone = [...applied.state.tracked.values()].filter(({ call }) => !present.has(call.id));
  const ended = inTurn(applied.state, gone, (now, tracked) => endTracked(now, tracked, undefined, true));
  const left = inTurn(ended.state, [...ended.state.leaving.keys()], endLeaving);
  return {
    state: left.state,
    events: [...before.events, ...applied.events, ...ended.events, ...left.events],
    suspect: false,
  };
}

/** No successor came for a call that seemed to be handed over: it ended. */
export function reduceLeft(state: SessionState, dialogId: string): Reduction {
  return endLeaving(state, dialogId);
}

function inTurn<Item>(
  state: SessionState,
  items: readonly Item[],
  step: (state: SessionState, item: Item) => Reduction,
): Reduction {
  let reduction: Reduction = { state, events: [], suspect: false };
  for (const item of items) {
    const next = step(reduction.state, item);
    reduction = {
      state: next.state,
      events: [...reduction.events, ...next.events],
      suspect: reduction.suspect || next.suspect,
    };
  }
  return reduction;
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
  if (known !== undefined && Bun.deepEquals(known, user)) return { state, events: [], suspect: false };
  const extension = user.extension ?? state.extension;
  // Finesse shows a signed-out agent no calls, and soon nobody will be here to hear of their end.
  const ended = user.state === "LOGOUT" ? endAll(state) : { state, events: [] };
  return {
    state: { ...ended.state, extension, agent: user },
    events: [...ended.events, { type: "agent.changed", state: user, previous: known?.state }],
    suspect: false,
  };
}

function endAll(state: SessionState): Reduction {
  const ended = inTurn(state, [...state.tracked.values()], (now, tracked) =>
    endTracked(now, tracked, undefined, true),
  );
  const left = inTurn(ended.state, [...ended.state.leaving.keys()], endLeaving);
  return { ...left, events: [...ended.events, ...left.events] };
}
