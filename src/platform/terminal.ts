import type { Environment } from "./paths.ts";

/** The sixteen colours every terminal has; nothing is told by colour alone. */
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof codes;

/** Puts a style around a text, or leaves it alone where colour is off. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

export const coloured: Paint = (style, text) => {
  const [on, off] = codes[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};

/** Colour only on a terminal that can show it, and never with NO_COLOR (https://no-color.org). */
export function paintFor(stream: { isTTY?: boolean }, environment: Environment): Paint {
  const wanted = (environment.NO_COLOR ?? "") === "" && environment.TERM !== "dumb";
  return stream.isTTY === true && wanted ? coloured : plain;
}

/** Control characters, and those that turn the direction of writing around or break a line elsewhere than we do. */
// oxlint-disable-next-line no-control-regex
const unruly = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text from elsewhere (Finesse, a CRM, a config file) on one line: it must neither steer the terminal nor begin a line that looks like
 * one of ours. What would becomes visible.
 */
export function printable(text: string): string {
  return text.replace(unruly, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
  });
}

/** JSON that can be shown on a terminal: what JSON itself leaves as it is and a terminal obeys is escaped. */
export function jsonText(value: unknown, indent?: number): string {
  // `undefined` in, `undefined` out; nobody prints that.
  const text = JSON.stringify(value, undefined, indent) ?? "null";
  return text.replace(unruly, (character) =>
    // The line ends of the indentation are ours: JSON escapes those of the data itself.
    character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
