import type { ReactNode } from "react";
import { timeOfDay, timerSince } from "../../words/time.ts";
import { fitRow, type Row, type Span, widthOf } from "../overlays/cells.ts";
import { Rows } from "../panels/rows.tsx";
import type { Ladder, LadderStep } from "./contract.ts";
import { causeLetter } from "./ladder.ts";
import { ladderNotes } from "./ladder-text.ts";
import { ladderWords } from "./ladder-words.ts";
import { gapText, type LadderLayout, layOut } from "./layout.ts";

export interface LadderViewProps {
  ladder: Ladder;
  columns: number;
  rows: number;
  /** Place of the chosen step. */
  chosen: number;
  /** Place of the first step that is shown, see `ladderTop`. */
  top: number;
  /** Milliseconds since the epoch. */
  now: number;
}

const colours = ["cyan", "magenta", "yellow", "green", "blue"] as const;
/** Title, two rows of column titles at most, and the chosen step's own words below. */
const besides = 4;

/** How many steps are shown at once in so many rows. */
export function ladderWindow(rows: number): number {
  return Math.max(1, rows - besides);
}

/** The first step to be shown, so that the chosen one is among them and as little as possible moves. */
export function ladderTop(top: number, chosen: number, steps: number, rows: number): number {
  const window = ladderWindow(rows);
  const last = Math.max(0, steps - window);
  if (chosen < top) return Math.max(0, Math.min(chosen, last));
  if (chosen >= top + window) return Math.max(0, Math.min(chosen - window + 1, last));
  return Math.max(0, Math.min(top, last));
}

/** The ladder of one interaction, in exactly `rows` rows of `columns` columns. */
export function LadderView({ colours = true, ...props }: LadderViewProps & { colours?: boolean }): ReactNode {
  return <Rows rows={ladderRows(props)} colours={colours} />;
}

/** What is drawn. */
export function ladderRows({ ladder, columns, rows, chosen, top, now }: LadderViewProps): Row[] {
  const layout = layOut(ladder, columns);
  const window = ladderWindow(rows);
  const shown = ladder.steps.slice(top, top + window);
  const head = layout.head.map((text): Row => [{ text, bold: true }]);
  const body = shown.map((step, at) => stepRow(step, layout, top + at === chosen, columns));
  const empty = shown.length === 0 ? [[{ text: ladderWords.empty, dim: true }]] : [];
  const blank = Array.from({ length: window - shown.length - empty.length }, (): Row => []);
  // Two title rows are kept free where one is enough, so that the same steps fit at any width.
  const all: Row[] = [
    titleRow(ladder, now),
    ...head,
    ...Array.from({ length: 2 - head.length }, (): Row => []),
    ...body,
    ...empty,
    ...blank,
    footRow(ladder, chosen),
  ];
  return all.slice(0, Math.max(0, rows)).map((row) => fitRow(row, columns));
}

function titleRow(ladder: Ladder, now: number): Row {
  const { party, agent, steps, interaction } = ladder;
  const [first] = steps;
  if (first === undefined) return [{ text: interaction, dim: true }];
  const notes = ladderNotes(ladder).map((note): Span => ({ text: `  ! ${note}`, color: "yellow" }));
  return [
    { text: ladderWords.title(party, agent), bold: true },
    { text: `  ${timeOfDay(first.at)}  ${ladderWords.ago(timerSince(first.at, now))}`, dim: true },
    ...notes,
  ];
}

/** The chosen step in full: its label may be cut above. */
function footRow({ steps, causes }: Ladder, chosen: number): Row {
  const step = steps[chosen];
  if (step === undefined) return [];
  const cause = step.cause === undefined ? undefined : causes[step.cause];
  const parts = [
    ladderWords.step(chosen + 1, steps.length),
    gapText(step.gap),
    step.cause === undefined || cause === undefined ? "" : ladderWords.cause(causeLetter(step.cause), cause),
  ].filter((part) => part !== "");
  return [
    { text: `${parts.join("  ")}  `, dim: true },
    { text: step.failed ? `× ${step.label}` : step.label, ...(step.failed && { color: "red" }) },
  ];
}

function stepRow(step: LadderStep, layout: LadderLayout, isChosen: boolean, columns: number): Row {
  const { time, gap, letter, lanes, label } = layout.line(step);
  const colour = step.failed
    ? "red"
    : step.cause === undefined
      ? undefined
      : colours[step.cause % colours.length];
  const tint: Pick<Span, "color"> = colour === undefined ? {} : { color: colour };
  const spans: Span[] = [
    { text: `${time} ${gap} `, dim: !isChosen },
    { text: `${letter} `, ...tint, bold: true },
    { text: `${lanes} `, ...tint },
    { text: label, ...tint },
  ];
  if (!isChosen) return spans;
  const used = spans.reduce((sum, { text }) => sum + widthOf(text), 0);
  spans.push({ text: " ".repeat(Math.max(0, columns - used)) });
  return spans.map((span) => ({ ...span, inverse: true }));
}
