import { timeOfDay } from "../../words/time.ts";
import { cutTo, widthOf } from "../overlays/cells.ts";
import type { Ladder, LadderStep } from "./contract.ts";
import { causeLetter } from "./ladder.ts";

/** How a ladder is laid out in so many columns of characters; no row is wider. */
export interface LadderLayout {
  /** One or two rows over the lanes. */
  head: readonly string[];
  line(step: LadderStep): LadderLine;
}

/** One row, in pieces that may look different; together they are not wider than the layout. */
export interface LadderLine {
  time: string;
  gap: string;
  /** The cause's letter, or a space. */
  letter: string;
  lanes: string;
  label: string;
}

/** From this width on the time of day is whole, and labels have more room. */
const wide = 100;
const gapWidth = 7;
/** Beside the first and the last lane, where half of a title hangs over. */
const margin = 3;

export function layOut(ladder: Ladder, width: number): LadderLayout {
  const whole = width >= wide;
  const timeWidth = whole ? 12 : 9;
  const left = timeWidth + 1 + gapWidth + 1 + 2 + 1;
  const between = Math.max(1, ladder.columns.length - 1);
  const room = width - left - 2 * margin - 2 - (whole ? 36 : 22);
  const spacing = Math.max(4, Math.min(16, Math.floor(room / between)));
  const places = new Map(ladder.columns.map(({ id }, at) => [id, margin + at * spacing]));
  const lanesWidth = between * spacing + 1 + 2 * margin;
  const labelWidth = Math.max(0, width - left - lanesWidth - 1);
  return {
    head: headOf(ladder, spacing, lanesWidth).map((row) =>
      cutTo(`${" ".repeat(left)}${row}`, width).trimEnd(),
    ),
    line: (step) => ({
      time: timeOfDay(step.at)
        .slice(whole ? 0 : 3)
        .padEnd(timeWidth),
      gap: gapText(step.gap).padStart(gapWidth),
      letter: (step.cause === undefined ? "" : causeLetter(step.cause)).padEnd(2).slice(0, 2),
      lanes: lanesOf(step, places, lanesWidth),
      label: cutTo(`${step.failed ? "× " : ""}${step.label}`, labelWidth),
    }),
  };
}

/** The whole row of a line. */
export function lineText({ time, gap, letter, lanes, label }: LadderLine): string {
  return `${time} ${gap} ${letter} ${lanes} ${label}`;
}

/** Time since the step before: `+12ms`, `+1.20s`, `+2m05s`, `+1h02m`; at most seven characters. */
export function gapText(gap: number | undefined): string {
  if (gap === undefined) return "";
  const two = (value: number): string => String(value).padStart(2, "0");
  if (gap < 1000) return `+${Math.round(gap)}ms`;
  const seconds = Math.floor(gap / 1000);
  if (seconds < 60) return `+${seconds}.${two(Math.floor((gap % 1000) / 10))}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `+${minutes}m${two(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 100 ? `+${hours}h${two(minutes % 60)}m` : `+${Math.min(99_999, hours)}h`;
}

/** Titles over their lanes; by turns in two rows where they would touch. */
function headOf({ columns }: Ladder, spacing: number, width: number): string[] {
  const fits = columns.every(({ title }) => widthOf(title) < spacing);
  const rows = fits ? 1 : 2;
  return Array.from({ length: rows }, (_row, row) => {
    let text = "";
    columns.forEach(({ title }, at) => {
      if (at % rows !== row) return;
      const shown = cutTo(title, spacing * rows - 1);
      const length = widthOf(shown);
      const start = Math.max(0, Math.min(margin + at * spacing - Math.floor(length / 2), width - length));
      const used = widthOf(text);
      text += `${" ".repeat(Math.max(used === 0 ? 0 : 1, start - used))}${shown}`;
    });
    return text;
  });
}

function lanesOf({ from, to, kind }: LadderStep, places: ReadonlyMap<string, number>, width: number): string {
  const row: string[] = Array.from({ length: width }, () => " ");
  for (const place of places.values()) row[place] = "│";
  const start = places.get(from) ?? margin;
  const end = places.get(to) ?? margin;
  if (start === end) {
    row[start] = "●";
    return row.join("");
  }
  const forth = end > start;
  const [low, high] = forth ? [start, end] : [end, start];
  for (let place = low + 1; place < high; place++)
    row[place] = row[place] === "│" ? "┼" : kind === "answer" ? "╌" : "─";
  row[forth ? end - 1 : end + 1] = forth ? "▶" : "◀";
  return row.join("");
}
