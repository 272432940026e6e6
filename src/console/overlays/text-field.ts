import { type Row, graphemes, widthOf } from "./cells.ts";

/** A line being typed. */
export interface TextField {
  text: string;
  /** Index into `text` (UTF-16), always between two graphemes. */
  cursor: number;
  /** Which line of the history is shown; -1: the one being typed, kept in `draft` meanwhile. */
  recalled: number;
  draft: string;
}

export function fieldOf(text = ""): TextField {
  return { text, cursor: text.length, recalled: -1, draft: text };
}

/** What a key does to the line; `undefined`: the key is not the field's. */
export function editField(field: TextField, key: string): TextField | undefined {
  const { text, cursor } = field;
  switch (key) {
    case "left":
    case "ctrl+b":
      return at(field, before(text, cursor));
    case "right":
    case "ctrl+f":
      return at(field, after(text, cursor));
    case "home":
    case "ctrl+a":
      return at(field, 0);
    case "end":
    case "ctrl+e":
      return at(field, text.length);
    case "alt+b":
      return at(field, wordBefore(text, cursor));
    case "alt+f":
      return at(field, wordAfter(text, cursor));
    case "backspace":
    case "ctrl+h":
      return without(field, before(text, cursor), cursor);
    case "delete":
    case "ctrl+d":
      return without(field, cursor, after(text, cursor));
    case "ctrl+w":
    case "alt+backspace":
      return without(field, wordBefore(text, cursor), cursor);
    case "alt+d":
      return without(field, cursor, wordAfter(text, cursor));
    case "ctrl+u":
      return without(field, 0, cursor);
    case "ctrl+k":
      return without(field, cursor, text.length);
    case "space":
      return insert(field, " ");
    default:
      return isCharacter(key) ? insert(field, key) : undefined;
  }
}

/** A pasted text goes in whole, on one line: line ends and tabs become spaces, ends are trimmed of them, other control characters go. */
export function pasteInto(field: TextField, pasted: string): TextField {
  return insert(field, oneLine(pasted));
}

export function oneLine(pasted: string): string {
  return (
    pasted
      .replace(/^[\r\n\t]+|[\r\n\t]+$/g, "")
      .replace(/[\r\n\t]+/g, " ")
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "")
  );
}

/** One line further back in the history (newest first), or forward again; what was being typed comes back at the end. */
export function recall(field: TextField, way: "back" | "forward", lines: readonly string[]): TextField {
  const recalled = field.recalled + (way === "back" ? 1 : -1);
  if (recalled >= lines.length || recalled < -1) return field;
  const draft = field.recalled === -1 ? field.text : field.draft;
  const text = recalled === -1 ? draft : (lines[recalled] ?? draft);
  return { text, cursor: text.length, recalled, draft };
}

/** The line with its cursor in at most `width` columns; the part around the cursor when it is longer. `secret` shows dots. */
export function fieldRow(
  field: TextField,
  width: number,
  options: { secret?: boolean; active?: boolean } = {},
): Row {
  const { secret = false, active = true } = options;
  const show = (text: string): string[] =>
    graphemes(text).map((part) => (secret ? "•" : part.replace(/\p{Cc}/gu, "\ufffd")));
  const left = show(field.text.slice(0, field.cursor));
  const right = show(field.text.slice(field.cursor));
  if (!active) return [{ text: [...left, ...right].join("") }];
  const next = right.shift() ?? " ";
  const under = widthOf(next) > width ? "…" : next;
  let room = width - widthOf(under);
  // A little of what follows stays in sight.
  const ahead: string[] = [];
  for (const part of right) {
    if (widthOf(ahead.join("") + part) > Math.floor(width / 4)) break;
    ahead.push(part);
  }
  room -= widthOf(ahead.join(""));
  let from = left.length;
  while (from > 0 && widthOf(left.slice(from - 1).join("")) <= room) from--;
  room -= widthOf(left.slice(from).join(""));
  const rest: string[] = [];
  for (const part of right.slice(ahead.length)) {
    if (widthOf(rest.join("") + part) > room) break;
    rest.push(part);
  }
  return [
    { text: left.slice(from).join("") },
    { text: under, inverse: true },
    { text: [...ahead, ...rest].join("") },
  ].filter(({ text }) => text !== "");
}

/** One character of typed text, not the name of a key. */
export function isCharacter(key: string): boolean {
  return [...key].length === 1 && !/\p{Cc}/u.test(key);
}

function insert(field: TextField, piece: string): TextField {
  const { text, cursor } = field;
  const whole = text.slice(0, cursor) + piece + text.slice(cursor);
  // A mark that joins what stands before it: the cursor stays behind the whole grapheme.
  return edited(whole, boundary(whole, cursor + piece.length));
}

function without({ text }: TextField, from: number, to: number): TextField {
  const whole = text.slice(0, from) + text.slice(to);
  return edited(whole, boundary(whole, from));
}

function edited(text: string, cursor: number): TextField {
  return { text, cursor, recalled: -1, draft: text };
}

function at(field: TextField, cursor: number): TextField {
  return { ...field, cursor };
}

/** Where graphemes begin, and the end. */
function boundaries(text: string): number[] {
  const ends = [0];
  for (const part of graphemes(text)) ends.push((ends.at(-1) ?? 0) + part.length);
  return ends;
}

/** The next boundary at or after an index. */
function boundary(text: string, index: number): number {
  return boundaries(text).find((each) => each >= index) ?? text.length;
}

function before(text: string, cursor: number): number {
  return boundaries(text).findLast((each) => each < cursor) ?? 0;
}

function after(text: string, cursor: number): number {
  return boundaries(text).find((each) => each > cursor) ?? text.length;
}

function wordBefore(text: string, cursor: number): number {
  const match = /\S+\s*$/.exec(text.slice(0, cursor));
  return match === null ? 0 : boundary(text, match.index);
}

function wordAfter(text: string, cursor: number): number {
  const match = /^\s*\S+/.exec(text.slice(cursor));
  return match === null ? text.length : boundary(text, cursor + match[0].length);
}
