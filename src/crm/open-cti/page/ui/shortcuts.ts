import { words } from "./words.ts";

export type Shortcut = keyof typeof words.shortcuts;

/** Places on the keyboard, by the letter that they have on an English one: Alt changes what a key types. */
const codes: Readonly<Record<Exclude<Shortcut, "help" | "close">, string>> = {
  answer: "KeyA",
  hold: "KeyH",
  consult: "KeyC",
  transfer: "KeyT",
  conference: "KeyF",
  tones: "KeyK",
  drop: "KeyX",
  notes: "KeyN",
  "wrap-up": "KeyW",
  state: "KeyS",
  ready: "KeyR",
  dial: "KeyD",
};

/** In the order of the list of help. */
export const shortcutKeys = Object.keys(words.shortcuts) as Shortcut[];

/** `Alt+A`: also the value of aria-keyshortcuts. */
export function shortcutOf(shortcut: Shortcut): string {
  if (shortcut === "help") return "?";
  return shortcut === "close" ? "Escape" : `Alt+${codes[shortcut].slice(-1)}`;
}

/** As it is printed on keys. */
export function shortcutText(shortcut: Shortcut): string {
  return shortcut === "close" ? "Esc" : shortcutOf(shortcut).replace("+", " + ");
}

interface KeyPress {
  key: string;
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  repeat: boolean;
}

/** What a key press means, wherever the focus is. */
export function shortcutAt(
  { key, code, altKey, ctrlKey, metaKey, repeat }: KeyPress,
  isWriting: boolean,
): Shortcut | undefined {
  if (ctrlKey || metaKey || repeat) return undefined;
  if (!altKey) return key === "?" && !isWriting ? "help" : undefined;
  return (Object.keys(codes) as (keyof typeof codes)[]).find((shortcut) => codes[shortcut] === code);
}
