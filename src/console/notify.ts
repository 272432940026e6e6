import type { Call } from "../model/call.ts";
import { printable } from "../platform/terminal.ts";
import type { ConsoleOptions } from "./store/state.ts";
import { words } from "./words.ts";

const esc = "\u001b";
const bell = "\u0007";

/** What a terminal is told beside the picture. Inside tmux some of it has to be wrapped to get through. */
export interface Outlet {
  write: (bytes: string) => void;
  environment: Record<string, string | undefined>;
}

/** A call rings: heard and seen without looking at the screen. */
export function announce(
  call: Call,
  options: Pick<ConsoleOptions, "bell" | "notifications">,
  outlet: Outlet,
): void {
  if (options.bell) outlet.write(bell);
  if (!options.notifications) return;
  const text = printable(words.ringing(call.customer ?? call.party)).replaceAll(";", ",");
  // iTerm2, kitty, Windows Terminal know the first; urxvt, foot, WezTerm the second. What a terminal does not know it leaves out.
  outlet.write(passed(`${esc}]9;${text}${bell}`, outlet));
  outlet.write(passed(`${esc}]777;notify;cti;${text}${bell}`, outlet));
}

/** The window's title: the state, and a ringing call before all. */
export function title(text: string, outlet: Outlet): void {
  outlet.write(`${esc}]0;${printable(text)}${bell}`);
}

/** Saves the title of before, and brings it back. */
export const saveTitle = `${esc}[22;0t`;
export const restoreTitle = `${esc}[23;0t`;

/** Bytes that OSC 52 takes in terminals as they are. */
const longestCopy = 74_994;

/** Puts a text into the clipboard of the person's machine, through SSH and tmux. */
export function copy(text: string, outlet: Outlet): void {
  const encoded = Buffer.from(text).toString("base64").slice(0, longestCopy);
  // tmux takes the plain one itself, where set-clipboard is on.
  outlet.write(`${esc}]52;c;${encoded}${bell}`);
}

/** tmux hands on what it does not know only in its own envelope. */
function passed(sequence: string, { environment }: Outlet): string {
  if ((environment.TMUX ?? "") === "") return sequence;
  return `${esc}Ptmux;${sequence.replaceAll(esc, `${esc}${esc}`)}${esc}\\`;
}
