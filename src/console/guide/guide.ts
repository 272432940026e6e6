import { type Call, isReleased } from "../../model/call.ts";
import { isSignedOut } from "../../model/agent.ts";
import { allKeys } from "../keys/all-keys.ts";
import type { KeySight } from "../keys/contract.ts";
import { actionFor, keysFor, sightOf } from "../keys/match.ts";
import { fitRow, type Row } from "../overlays/cells.ts";
import type { ConsoleState, Intent } from "../store/state.ts";
import { guideWords } from "./guide-words.ts";

/** One thing to say to somebody who sees the console for the first time. */
export interface GuideStep {
  id: keyof typeof guideWords;
  when: (sight: KeySight, tried: ReadonlySet<string>) => boolean;
}

const agentState = ({ agent }: KeySight): string => agent?.state?.state ?? "";
const ringing = ({ agent }: KeySight): boolean =>
  agent?.calls.some(({ actions }) => actions.includes("ANSWER")) === true;
const leg = ({ call }: KeySight): string => (call === undefined || isReleased(call) ? "" : call.state);
const consult = ({ agent }: KeySight): Call | undefined =>
  agent?.calls.find((call) => call.parent !== undefined && !isReleased(call));
const offers = ({ agent }: KeySight, action: string): boolean =>
  agent?.calls.some(({ actions }) => actions.includes(action)) === true;
const over = ({ state }: KeySight): string => state.overlays.at(-1)?.kind ?? "";

/** In this order; the first that fits is said. What was tried once is not proposed again while there is something new. */
const steps: readonly GuideStep[] = [
  { id: "asking", when: (sight) => over(sight) === "dial" },
  { id: "choosing", when: (sight) => ["reasons", "wrap-up", "help", "palette"].includes(over(sight)) },
  { id: "form", when: (sight) => over(sight) !== "" },
  {
    id: "signing-in",
    when: ({ agent, state }) =>
      state.link.state !== "connected" || (agent === undefined && state.agent !== undefined),
  },
  {
    id: "sign-in",
    when: ({ agent }) => agent === undefined || (agent.state !== undefined && isSignedOut(agent.state.state)),
  },
  { id: "answer", when: ringing },
  { id: "view-log", when: ({ state }) => state.view === "log" },
  { id: "view-ladder", when: ({ state }) => state.view === "ladder" },
  { id: "view", when: ({ state }) => state.view !== "work" },
  { id: "in-log", when: ({ state }) => state.focus === "log" },
  {
    id: "hand-over",
    when: (sight) => consult(sight)?.state === "ACTIVE" && offers(sight, "TRANSFER"),
  },
  { id: "consulting", when: (sight) => consult(sight) !== undefined },
  {
    id: "wrap-up",
    when: ({ call, state }, tried) =>
      call?.state === "WRAP_UP" && !tried.has("wrap-up") && state.link.state === "connected",
  },
  { id: "retrieve", when: (sight) => leg(sight) === "HELD" },
  { id: "hold", when: (sight, tried) => leg(sight) === "ACTIVE" && !tried.has("hold") },
  {
    id: "consult",
    when: (sight, tried) => leg(sight) === "ACTIVE" && offers(sight, "CONSULT_CALL") && !tried.has("consult"),
  },
  { id: "ladder", when: (sight, tried) => leg(sight) === "ACTIVE" && !tried.has("show ladder") },
  { id: "drop", when: (sight) => leg(sight) === "ACTIVE" },
  { id: "under-way", when: (sight) => leg(sight) !== "" },
  { id: "ready-again", when: (sight) => ["WORK", "WORK_READY"].includes(agentState(sight)) },
  { id: "ready", when: (sight) => agentState(sight) === "NOT_READY" },
  { id: "look-log", when: (_, tried) => !tried.has("show log") && tried.has("answer") },
  { id: "look-ladder", when: (_, tried) => !tried.has("show ladder") && tried.has("answer") },
  { id: "wait", when: () => true },
];

/** What a person has tried, by the intents of his keys. */
export function triedBy(intent: Intent): string {
  return intent.do === "show" ? `show ${intent.view}` : intent.do;
}

/** The one line that says what to press next, with the keys as configured. */
export function guideText(state: ConsoleState, tried: ReadonlySet<string>): string {
  const sight = sightOf(state);
  const step = steps.find(({ when }) => when(sight, tried));
  return step === undefined ? "" : guideWords[step.id](keyOf(sight));
}

export function guideRow(state: ConsoleState, tried: ReadonlySet<string>, columns: number): Row {
  return fitRow(
    [
      { text: " ▸ ", color: "cyan", bold: true },
      { text: guideText(state, tried), bold: true },
    ],
    columns,
  );
}

/** The key that does it now: one of an action's keys that means this action here, else its first. */
function keyOf(sight: KeySight): (id: string) => string {
  return (id) => {
    const action = allKeys.find((each) => each.id === id);
    if (action === undefined) return "?";
    const keys = keysFor(action, sight.state);
    return keys.find((key) => actionFor(key, sight, allKeys)?.action === action) ?? keys[0] ?? `:${id}`;
  };
}
