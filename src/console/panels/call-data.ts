import type { Call } from "../../model/call.ts";
import { type CallLayout, labelOf, layoutFor, type LayoutEntry, valueOf } from "../../model/call-layout.ts";
import { cutTo, fit, fitRow, type Row, type Span, widthOf } from "../overlays/cells.ts";
import { words } from "../words.ts";

/** A piece of a call's data as people read it; an empty value is one that the layout has and the call has not. */
export interface Datum {
  label: string;
  value: string;
}

/** Columns from which two pieces of call data stand beside each other. */
const twoAcross = 64;
const labelWidth = 18;
const indent = "    ";

/** Lines that all of a call's data take; what is empty needs none. */
export function dataHeight(call: Call, layouts: readonly CallLayout[] | undefined, columns: number): number {
  return height(gridOf(call, layouts, columns, false));
}

/**
 * A call's data in at most `rows` lines: as Finesse's administrator laid it out, else all of it in Finesse's order. What the layout has and
 * the call has not is shown only where there is room for it.
 */
export function dataRows(
  call: Call,
  layouts: readonly CallLayout[] | undefined,
  columns: number,
  rows: number,
): Row[] {
  if (rows <= 0) return [];
  const whole = gridOf(call, layouts, columns, true);
  const grid = height(whole) <= rows ? whole : gridOf(call, layouts, columns, false);
  const lines = height(grid);
  const shown = lines <= rows ? lines : rows - 1;
  const width = Math.floor((columns - indent.length) / Math.max(1, grid.length));
  const drawn = Array.from({ length: shown }, (_, line) =>
    fitRow([{ text: indent }, ...grid.flatMap((column) => spansOf(column[line], width))], columns),
  );
  const hidden = grid.reduce((sum, column) => sum + Math.max(0, column.length - shown), 0);
  if (hidden === 0) return drawn;
  return [...drawn, fitRow([{ text: `${indent}${words.moreData(hidden)}`, dim: true }], columns)];
}

/** What names the call, as its layout has it; empty when nothing, or when it only repeats a number that is shown anyhow. */
export function headingOf(call: Call, layouts: readonly CallLayout[] | undefined): string {
  const header = layoutFor(layouts ?? [], call.variables)?.header;
  if (header === undefined) return "";
  const value = valueOf(header, call.variables);
  return value === call.party || value === call.customer ? "" : value;
}

/** What is worth knowing before one answers, the call's name first. */
export function popOverOf(call: Call, layouts: readonly CallLayout[] | undefined): string[] {
  const layout = layoutFor(layouts ?? [], call.variables);
  if (layout === undefined) return pairsOf(call).map(([, value]) => value);
  const { header, columns } = layout;
  const seen = new Set(header === undefined ? [] : [header.variable]);
  const heading = header === undefined || header.inPopOver === false ? "" : headingOf(call, layouts);
  const entries = columns.flat().filter(({ variable, inPopOver }) => {
    const isNew = inPopOver !== false && !seen.has(variable);
    if (isNew) seen.add(variable);
    return isNew;
  });
  const data = entries.map((entry) => datumOf(entry, call)).filter(({ value }) => value !== "");
  return [heading, ...data.map(({ label, value }) => `${label}: ${value}`)].filter((text) => text !== "");
}

/** Call variables that say something, in Finesse's order. */
export function pairsOf(call: Call): [string, string][] {
  return Object.entries(call.variables).filter(([, value]) => value.trim() !== "");
}

/** Columns from left to right. A layout without entries lays nothing out. */
function gridOf(
  call: Call,
  layouts: readonly CallLayout[] | undefined,
  columns: number,
  withEmpty: boolean,
): Datum[][] {
  const across = columns >= twoAcross ? 2 : 1;
  const layout = layoutFor(layouts ?? [], call.variables);
  if (layout === undefined || layout.columns.flat().length === 0) return pairsGrid(call, across);
  const laidOut = layout.columns
    .filter((column) => column.length > 0)
    .map((column) =>
      column.map((entry) => datumOf(entry, call)).filter(({ value }) => withEmpty || value !== ""),
    );
  return across === 1 ? [laidOut.flat()] : laidOut;
}

function pairsGrid(call: Call, across: number): Datum[][] {
  const pairs = pairsOf(call).map(([label, value]): Datum => ({ label, value }));
  const perColumn = Math.ceil(pairs.length / across);
  return Array.from({ length: across }, (_, at) => pairs.slice(at * perColumn, (at + 1) * perColumn));
}

function datumOf(entry: LayoutEntry, call: Call): Datum {
  return { label: labelOf(entry), value: valueOf(entry, call.variables) };
}

function height(grid: readonly Datum[][]): number {
  return Math.max(0, ...grid.map((column) => column.length));
}

function spansOf(datum: Datum | undefined, width: number): Span[] {
  if (datum === undefined) return [{ text: " ".repeat(Math.max(0, width)) }];
  const label = fit(datum.label, Math.max(0, Math.min(labelWidth, width - 2)));
  const room = Math.max(0, width - widthOf(label) - 2);
  const value = cutTo(datum.value === "" ? words.noValue : datum.value, room);
  return [
    { text: `${label} `, dim: true },
    { text: value, ...(datum.value === "" && { dim: true }) },
    { text: " ".repeat(Math.max(1, room + 1 - widthOf(value))) },
  ];
}
