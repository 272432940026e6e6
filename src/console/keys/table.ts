import type { Call } from "../../model/call.ts";
import { isReleased } from "../../model/call.ts";
import { isSignedOut } from "../../model/agent.ts";
import { hasEnded } from "../store/link.ts";
import type { CommandIntent, Intent, Overlay, View } from "../store/state.ts";
import { words } from "../words.ts";
import type { KeyAction, KeySight } from "./contract.ts";

type Need = string | undefined;

/** The first reason that holds. */
const first =
  (...needs: ((sight: KeySight) => Need)[]) =>
  (sight: KeySight): Need => {
    for (const need of needs) {
      const why = need(sight);
      if (why !== undefined) return why;
    }
    return undefined;
  };

const watching = ({ state }: KeySight): Need => (state.options.readOnly ? words.readOnly : undefined);
const agentIn = ({ agent }: KeySight): Need =>
  agent === undefined || (agent.state !== undefined && isSignedOut(agent.state.state))
    ? words.noAgent
    : undefined;
const linked = ({ agent, state }: KeySight): Need =>
  state.link.state !== "connected" || agent?.link.state !== "connected" ? words.noLink : undefined;
const inService = ({ agent }: KeySight): Need =>
  agent?.service === "out-of-service" ? "Finesse is out of service" : undefined;
const able = [watching, agentIn, linked, inService] as const;

/** Nobody is signed in, or nothing but a sign-in brings the session back. */
const canSignIn = (sight: KeySight): boolean =>
  agentIn(sight) !== undefined || sight.agent?.link.state === "conflict" || hasEnded(sight.state.link);

/** Nothing of this kind is under way. */
const idle =
  (kind: CommandIntent["do"]) =>
  ({ state }: KeySight): Need =>
    state.running.some(({ intent }) => intent.do === kind) ? words.busy : undefined;

/** Finesse offers it on the call that is meant; what it offers is what counts, never the state (reference/finesse.md §9). */
const offers =
  (action: string, otherwise: string) =>
  ({ call }: KeySight): Need => {
    if (call === undefined) return words.onCallOnly;
    return call.actions.includes(action) ? undefined : otherwise;
  };

/** The held call that a consult was made for. */
function heldFor({ agent }: KeySight, action: "TRANSFER" | "CONFERENCE"): Call | undefined {
  return agent?.calls.find((call) => call.state === "HELD" && call.actions.includes(action));
}

const onCall = ({ call }: KeySight): boolean => call !== undefined && !isReleased(call);
const rings = ({ agent }: KeySight): Call | undefined =>
  agent?.calls.find(({ actions }) => actions.includes("ANSWER"));
const state = ({ agent }: KeySight): string => agent?.state?.state ?? "";
const withCall =
  (intent: (call: Call) => Intent | undefined) =>
  ({ call }: KeySight): Intent | undefined =>
    call === undefined ? undefined : intent(call);
const open = (overlay: Overlay): Intent => ({ do: "open", overlay });

function show(
  view: View,
  key: string,
  label: string,
  description: string,
  disabled?: KeyAction["disabled"],
): KeyAction {
  return {
    id: `show-${view}`,
    keys: [key],
    label,
    description,
    scope: "any",
    group: "Views",
    matters: ({ state: { view: now } }) => now !== view && view === "work",
    ...(disabled !== undefined && { disabled }),
    intent: () => ({ do: "show", view }),
  };
}

/**
 * Everything that can be done, in the order of the footer and of `?`. What depends on the log or the ladder alone is theirs, see the views'
 * own tables.
 */
export const keyTable: readonly KeyAction[] = [
  {
    id: "answer",
    keys: ["a", "enter"],
    label: "answer",
    description: "Answer the ringing call",
    scope: "any",
    group: "Calls",
    matters: (sight) => rings(sight) !== undefined,
    disabled: first(
      ...able,
      (sight) => (rings(sight) === undefined ? "no call is ringing" : undefined),
      idle("answer"),
    ),
    intent: (sight) => {
      const call = rings(sight);
      return call === undefined ? undefined : { do: "answer", call: call.id };
    },
  },
  {
    id: "hold",
    keys: ["h"],
    label: "hold",
    description: "Put the call on hold",
    scope: "any",
    group: "Calls",
    matters: ({ call }) => call?.actions.includes("HOLD") === true,
    disabled: first(...able, offers("HOLD", "this call cannot be held now"), idle("hold")),
    intent: withCall(({ id }) => ({ do: "hold", call: id })),
  },
  {
    id: "retrieve",
    keys: ["h"],
    label: "retrieve",
    description: "Take the held call back",
    scope: "any",
    group: "Calls",
    matters: ({ call }) => call?.actions.includes("RETRIEVE") === true,
    disabled: first(...able, offers("RETRIEVE", "this call is not held"), idle("retrieve")),
    intent: withCall(({ id }) => ({ do: "retrieve", call: id })),
  },
  {
    id: "complete-transfer",
    keys: ["t"],
    label: "hand over",
    description: "Hand the waiting customer over to the one you are asking",
    scope: "any",
    group: "Calls",
    matters: (sight) => heldFor(sight, "TRANSFER") !== undefined,
    disabled: first(
      ...able,
      (sight) => (heldFor(sight, "TRANSFER") === undefined ? "no second call" : undefined),
      idle("transfer"),
    ),
    intent: (sight) => {
      const held = heldFor(sight, "TRANSFER");
      return held === undefined ? undefined : { do: "transfer", call: held.id, number: undefined };
    },
  },
  {
    id: "conference",
    keys: ["f"],
    label: "conference",
    description: "Bring the waiting customer and the one you are asking together",
    scope: "any",
    group: "Calls",
    matters: (sight) => heldFor(sight, "CONFERENCE") !== undefined,
    disabled: first(
      ...able,
      (sight) => (heldFor(sight, "CONFERENCE") === undefined ? "no second call" : undefined),
      idle("conference"),
    ),
    intent: (sight) => {
      const held = heldFor(sight, "CONFERENCE");
      return held === undefined ? undefined : { do: "conference", call: held.id };
    },
  },
  {
    id: "consult",
    keys: ["c"],
    label: "consult",
    description: "Hold the customer and ask somebody",
    scope: "any",
    group: "Calls",
    matters: ({ call }) => call?.actions.includes("CONSULT_CALL") === true,
    disabled: first(
      ...able,
      offers("CONSULT_CALL", "nobody can be asked from this call now"),
      idle("consult"),
    ),
    intent: withCall(({ id }) => open({ kind: "dial", purpose: "consult", call: id })),
  },
  {
    id: "transfer",
    keys: ["t"],
    label: "transfer",
    description: "Hand the customer over at once, without asking (blind)",
    scope: "any",
    group: "Calls",
    matters: (sight) =>
      sight.call?.actions.includes("TRANSFER_SST") === true && heldFor(sight, "TRANSFER") === undefined,
    disabled: first(...able, offers("TRANSFER_SST", "this call cannot be handed over now"), idle("transfer")),
    intent: withCall(({ id }) => open({ kind: "dial", purpose: "transfer", call: id })),
  },
  {
    id: "drop",
    keys: ["x"],
    label: "hang up",
    description: "End the call",
    scope: "any",
    group: "Calls",
    matters: ({ call }) => call?.actions.includes("DROP") === true,
    disabled: first(...able, offers("DROP", "there is nothing to hang up"), idle("drop")),
    intent: withCall(({ id }) => ({ do: "drop", call: id })),
  },
  {
    id: "wrap-up",
    keys: ["w"],
    label: "wrap-up",
    description: "Say what the call was about",
    scope: "any",
    group: "Calls",
    matters: ({ call }) => call?.state === "WRAP_UP",
    disabled: first(...able, offers("UPDATE_CALL_DATA", "this call takes no wrap-up reason now")),
    intent: withCall(({ id }) => open({ kind: "wrap-up", call: id })),
  },
  {
    id: "ready",
    keys: ["r"],
    label: "ready",
    description: "Go READY; during a call: afterwards",
    scope: "any",
    group: "Agent",
    matters: (sight) => ["NOT_READY", "WORK", "WORK_READY"].includes(state(sight)),
    disabled: first(
      ...able,
      (sight) => (state(sight) === "READY" ? "already READY" : undefined),
      idle("ready"),
    ),
    intent: () => ({ do: "ready" }),
  },
  {
    id: "not-ready",
    keys: ["n"],
    label: "not ready",
    description: "Go NOT_READY, with a reason; during a call: afterwards",
    scope: "any",
    group: "Agent",
    matters: (sight) => ["READY", "TALKING", "HOLD", "WORK_READY"].includes(state(sight)),
    disabled: first(...able, idle("not-ready")),
    intent: () => open({ kind: "reasons", purpose: "not-ready" }),
  },
  {
    id: "dial",
    keys: ["d"],
    label: "dial",
    description: "Call a number, a colleague or somebody of the phone book",
    scope: "any",
    group: "Calls",
    matters: (sight) => !onCall(sight) && agentIn(sight) === undefined,
    disabled: first(...able, idle("dial")),
    intent: () => open({ kind: "dial", purpose: "dial", call: undefined }),
  },
  {
    id: "dtmf",
    keys: ["#"],
    label: "tones",
    description: "Send tones: for menus and PINs",
    scope: "any",
    group: "Calls",
    disabled: first(...able, offers("SEND_DTMF", "this call takes no tones now")),
    intent: withCall(({ id }) => open({ kind: "dtmf", call: id })),
  },
  {
    id: "variables",
    keys: ["v"],
    label: "call data",
    description: "Change the call's variables",
    scope: "any",
    group: "Calls",
    disabled: first(...able, offers("UPDATE_CALL_DATA", "this call's data cannot be changed now")),
    intent: withCall(({ id }) => open({ kind: "variables", call: id })),
  },
  {
    id: "redial",
    keys: ["D"],
    label: "redial",
    description: "Call the number dialled last once more",
    scope: "any",
    group: "Calls",
    disabled: first(...able, ({ state: { numbers } }) =>
      numbers.dialled.length === 0 ? "nothing was dialled yet" : undefined,
    ),
    intent: ({ state: { numbers } }) => {
      const [number] = numbers.dialled;
      return number === undefined ? undefined : { do: "dial", number };
    },
  },
  {
    id: "sign-in",
    keys: ["i"],
    label: "sign in",
    description: "Sign in, or take the session back",
    scope: "any",
    group: "Agent",
    matters: canSignIn,
    disabled: first(watching, (sight) => (canSignIn(sight) ? undefined : "already signed in")),
    intent: () => open({ kind: "sign-in" }),
  },
  {
    id: "sign-out",
    keys: ["o"],
    label: "sign out",
    description: "Sign out, with a reason",
    scope: "any",
    group: "Agent",
    matters: (sight) => ["NOT_READY"].includes(state(sight)) && sight.call === undefined,
    dangerous: true,
    disabled: first(...able, (sight) => (onCall(sight) ? "not during a call" : undefined), idle("logout")),
    intent: () => open({ kind: "reasons", purpose: "logout" }),
  },
  {
    id: "next-call",
    keys: ["down", "j", "up", "k"],
    label: "other call",
    description: "Choose the other call",
    scope: "work",
    group: "Calls",
    matters: ({ other }) => other !== undefined,
    disabled: ({ other }) => (other === undefined ? "there is no other call" : undefined),
    intent: ({ other }) => (other === undefined ? undefined : { do: "choose-call", call: other.id }),
  },
  show("work", "1", "work", "State and calls, with the newest events below"),
  show("log", "2", "events", "The whole event log"),
  show("ladder", "3", "ladder", "Who told whom what in the call: CRM, connector, Finesse, parties"),
  show("team", "4", "team", "A supervisor's team: who is in which state, for how long", agentIn),
  show("queues", "5", "queues", "Queues: who waits, and for how long", agentIn),
  show("crm", "6", "CRM", "Adapters and what is owed to them"),
  {
    id: "agents",
    keys: ["A"],
    label: "agents",
    description: "Work for another agent who is signed in here",
    scope: "any",
    group: "Console",
    disabled: ({ state: { connector } }) =>
      (connector?.agents.length ?? 0) < 2 ? "nobody else is signed in here" : undefined,
    intent: () => open({ kind: "agents" }),
  },
  {
    id: "messages",
    keys: ["M"],
    label: "messages",
    description: "What this console said before",
    scope: "any",
    group: "Console",
    intent: () => open({ kind: "messages" }),
  },
  {
    id: "palette",
    keys: [":"],
    label: "command",
    description: "Type a command: the same words as in the shell",
    scope: "any",
    group: "Console",
    intent: () => open({ kind: "palette", line: "" }),
  },
  {
    id: "help",
    keys: ["?"],
    label: "help",
    description: "Everything that can be done: type to find it, Enter does it",
    scope: "any",
    group: "Console",
    matters: () => true,
    intent: () => open({ kind: "help", filter: "" }),
  },
  {
    id: "back",
    keys: ["esc"],
    label: "back",
    description: "Back to where you came from",
    scope: "any",
    group: "Console",
    intent: () => ({ do: "back" }),
  },
  {
    id: "quit",
    keys: ["q", "ctrl+c"],
    label: "quit",
    description: "Leave the console; nobody is signed out by that",
    scope: "any",
    group: "Console",
    matters: (sight) => !onCall(sight),
    intent: () => ({ do: "quit", sure: false }),
  },
];
