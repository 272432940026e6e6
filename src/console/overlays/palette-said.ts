import type { Call } from "../../model/call.ts";
import { sightOf } from "../keys/match.ts";
import { keyTable } from "../keys/table.ts";
import type { Intent, Overlay } from "../store/state.ts";
import { words } from "../words.ts";
import { whyNot } from "./able.ts";
import { ownCalls } from "./calls.ts";
import type { OverlaySight } from "./contract.ts";
import { dialable } from "./dial-suggestions.ts";
import { overlayWords } from "./overlay-words.ts";

export type Parsed = { intents: readonly Intent[] } | { error: string; hint?: string | undefined };

/** What a verb is made of besides its name. */
export interface Said {
  args: readonly string[];
  /** What stands behind the verb, as typed. */
  rest: string;
  /** Of `--call`. */
  call: Call | undefined;
  sight: OverlaySight;
}

/** What the word being typed can be. */
export type Argument =
  "not-ready" | "logout" | "wrap-up" | "callee" | "variable" | "agent" | readonly string[];

export interface PaletteVerb {
  name: string;
  /** As the shell writes them: `NUMBER`, `[REASON]`, `NAME=VALUE…`. */
  args: string;
  /** The key action that does the same: its description, and its reasons why not. */
  action: string | undefined;
  takesCall?: boolean;
  /** Which words at most; more are an error. Infinity when absent. */
  most?: number;
  /** What each argument can be, the last one again and again. */
  complete?: readonly Argument[];
  run: (said: Said) => Parsed;
}

export const ok = (...intents: Intent[]): Parsed => ({ intents });
export const open = (overlay: Overlay): Parsed => ok({ do: "open", overlay });

/** One sentence of what a verb does. */
export function summaryOf({ action, name }: PaletteVerb): string {
  const own: Readonly<Record<string, string>> = overlayWords.palette.summaries;
  return keyTable.find(({ id }) => id === action)?.description ?? own[name] ?? "";
}

/** The call a verb means: the one named, else the chosen one if Finesse offers it there, else the one where it does. */
function meant({ call, sight: { state } }: Said, offered: string): Call | undefined {
  if (call !== undefined) return call;
  const chosen = sightOf(state).call;
  if (chosen?.actions.includes(offered) === true) return chosen;
  const able = ownCalls(state).filter(({ actions }) => actions.includes(offered));
  return able.find(({ state: leg }) => leg === "HELD") ?? able[0] ?? chosen;
}

/** Does it, unless the key action says why not or there is no call. */
export function onCall(said: Said, action: string, offered: string, then: (call: Call) => Parsed): Parsed {
  const call = meant(said, offered);
  if (call === undefined) return { error: words.onCallOnly };
  const why = whyNot(action, said.sight, call);
  return why === undefined ? then(call) : { error: why };
}

/** Does it, unless the key action says why not. */
export function asAgent(said: Said, action: string, then: () => Parsed): Parsed {
  const why = whyNot(action, said.sight, said.call);
  return why === undefined ? then() : { error: why };
}

export function toNumber(said: Said, then: (number: string) => Parsed): Parsed {
  // A number in groups is one number: spaces in it need no quotes.
  const target = dialable(said.args.join(" "));
  return "number" in target ? then(target.number) : { error: target.error.message };
}
