import { printable } from "../../platform/terminal.ts";

/** A stretch of one row that looks alike. Colours are the terminal's own sixteen. */
export interface Span {
  text: string;
  color?: "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";
  bold?: boolean;
  dim?: boolean;
  inverse?: boolean;
}

/** One line of the screen. */
export type Row = readonly Span[];

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What a person sees as one character each: an emoji of several code points is one. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns of one grapheme. Spacing marks of Indic scripts take a column of their own, in terminals and in ink. */
function graphemeWidth(grapheme: string): number {
  const width = Bun.stringWidth(grapheme);
  const marks = grapheme.length > 1 ? (grapheme.match(/\p{Mc}/gu)?.length ?? 0) : 0;
  return marks === 0 ? width : Math.max(width, 1 + marks);
}

/**
 * Most of what is drawn: a column for each character, none joins its neighbour. Latin letters, dashes and quotes, arrows, lines, blocks and
 * shapes; finding out about anything else takes a hundred times as long.
 */
const plain =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc]*$/;

export function isPlain(text: string): boolean {
  return plain.test(text);
}

/**
 * What terminals agree on. An emoji made of several takes two columns in one, eight in the next, and the row of the next one is broken: the first
 * of them stands for all. A flag is the letters of its country.
 */
function asDrawn(grapheme: string): string {
  if (grapheme.length <= 2 && [...grapheme].length === 1) return grapheme;
  const [first = "", ...others] = grapheme;
  const letter = (character: string): string =>
    String.fromCodePoint((character.codePointAt(0) ?? 0) - flagA + "A".charCodeAt(0));
  if (/^\p{RI}{2}$/u.test(grapheme)) return [first, ...others].map(letter).join("");
  return /[\u200d\ufe0f\u20e3\p{Emoji_Modifier}]/u.test(grapheme) ? first : grapheme;
}

/** The letter A of those that flags are made of. */
const flagA = 0x1_f1e6;

interface Cluster {
  part: string;
  columns: number;
}

/** The same names stand on the screen frame after frame. */
const measured = new Map<string, readonly Cluster[]>();
const measuredMost = 500;

function clustersOf(text: string): readonly Cluster[] {
  const known = measured.get(text);
  if (known !== undefined) return known;
  const clusters = graphemes(text)
    .map(asDrawn)
    .map((part) => ({ part, columns: graphemeWidth(part) }));
  if (measured.size >= measuredMost) measured.clear();
  measured.set(text, clusters);
  return clusters;
}

/** Columns that a text takes. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length;
  return clustersOf(text).reduce((sum, { columns }) => sum + columns, 0);
}

/**
 * A text in exactly so many columns: cut with "…", or filled with spaces. What would steer the terminal is made visible; what takes no
 * column by itself (marks of direction, joiners standing alone) is left out, for it would push the rest of the row aside.
 */
export function fit(text: string, width: number): string {
  const cut = cutTo(text, width);
  return cut + " ".repeat(Math.max(0, width - widthOf(cut)));
}

/** A text in at most so many columns, cut with "…". */
export function cutTo(text: string, width: number): string {
  if (isPlain(text)) return text.length <= width ? text : width > 0 ? `${text.slice(0, width - 1)}…` : "";
  const parts = clustersOf(printable(text)).filter(({ columns }) => columns > 0);
  const total = parts.reduce((sum, { columns }) => sum + columns, 0);
  if (total <= width) return parts.map(({ part }) => part).join("");
  let cut = "";
  let used = 0;
  for (const { part, columns } of parts) {
    if (used + columns > width - 1) break;
    cut += part;
    used += columns;
  }
  return width > 0 ? `${cut}…` : "";
}

/** A row in exactly so many columns. */
export function fitRow(row: Row, width: number): Row {
  const fitted: Span[] = [];
  let left = width;
  for (const span of row) {
    if (left <= 0) break;
    const text = cutTo(span.text, left);
    if (text === "") continue;
    fitted.push({ ...span, text });
    left -= widthOf(text);
  }
  if (left > 0) fitted.push({ text: " ".repeat(left) });
  return fitted;
}

/** Words in lines of so many columns; a word longer than a line is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** Which part of a list is shown so that the chosen row is in it: the first row's index. */
export function windowStart(chosen: number, length: number, rows: number): number {
  if (length <= rows) return 0;
  return Math.max(0, Math.min(length - rows, chosen - Math.floor(rows / 2)));
}
