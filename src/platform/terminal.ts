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

/** Text from elsewhere (Finesse, a CRM, a config file) must not steer the terminal: control characters become visible. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
  });
}
