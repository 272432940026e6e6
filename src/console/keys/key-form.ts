import { nearest } from "../../platform/nearest.ts";

/** Keys with a name, as `keyName` writes them. */
const named = [
  "enter",
  "esc",
  "tab",
  "space",
  "up",
  "down",
  "left",
  "right",
  "page-up",
  "page-down",
  "home",
  "end",
  "backspace",
  "delete",
];

/** What other programs call them. */
const otherNames: Readonly<Record<string, string>> = {
  return: "enter",
  cr: "enter",
  escape: "esc",
  spacebar: "space",
  pageup: "page-up",
  pgup: "page-up",
  pagedown: "page-down",
  pgdn: "page-down",
  pgdown: "page-down",
  del: "delete",
  bs: "backspace",
  arrowup: "up",
  arrowdown: "down",
  arrowleft: "left",
  arrowright: "right",
};

/** What a terminal sends for these is another key. */
const sameBytes: Readonly<Record<string, string>> = {
  "ctrl+i": "tab",
  "ctrl+m": "enter",
  "ctrl+j": "enter",
  "ctrl+h": "backspace",
  "ctrl+[": "esc",
};

/** Why a key cannot be had in a terminal, and the right way to write what is probably meant. `undefined`: it can. */
export function keyProblem(key: string): { why: string; instead: string | undefined } | undefined {
  const parts =
    key === "+" ? ["+"] : key.endsWith("++") ? [...key.slice(0, -2).split("+"), "+"] : key.split("+");
  const base = parts.at(-1) ?? "";
  const modifiers = parts.slice(0, -1);
  const wrong = (why: string, instead?: string) => ({ why, instead });
  const strange = modifiers.find((each) => !["ctrl", "alt", "shift"].includes(each));
  if (strange !== undefined) {
    const near =
      nearest(strange, ["ctrl", "alt", "shift"]) ?? { control: "ctrl", meta: "alt", option: "alt" }[strange];
    return wrong(
      `there is no "${strange}+" in a terminal`,
      near === undefined
        ? undefined
        : [...modifiers.map((each) => (each === strange ? near : each)), base].join("+"),
    );
  }
  const order = ["ctrl", "alt", "shift"].filter((each) => modifiers.includes(each));
  const ordered = [...order, base].join("+");
  if (/^f([1-9]|1[0-9]|2[0-4])$/i.test(base)) return wrong("function keys do not get through every terminal");
  if (named.includes(base))
    return ordered === key ? undefined : wrong("modifiers stand as ctrl+alt+shift", ordered);
  if ([...base].length !== 1 || /[\s\p{Cc}]/u.test(base)) {
    const meant = otherNames[base.toLowerCase().replaceAll(/[-_ ]/g, "")] ?? nearest(base, named);
    const blank = base === " " ? "space" : meant;
    return wrong(
      base === "" ? "no key is named" : `there is no key "${base}"`,
      blank === undefined ? undefined : [...order, blank].join("+"),
    );
  }
  if (modifiers.includes("shift")) {
    const capital = base.toUpperCase();
    return wrong(
      "a shifted letter is the capital letter",
      [...order.filter((each) => each !== "shift"), capital].join("+"),
    );
  }
  if (modifiers.includes("ctrl")) {
    const lower = ordered.toLowerCase();
    const same = sameBytes[lower];
    if (same !== undefined) return wrong(`a terminal sends the same for it as for ${same}`, same);
    if (!/[a-z]/.test(lower.at(-1) ?? "")) return wrong("ctrl goes with letters only");
    if (lower !== ordered) return wrong("with ctrl a terminal knows no capital letters", lower);
  }
  return ordered === key ? undefined : wrong("modifiers stand as ctrl+alt+shift", ordered);
}
