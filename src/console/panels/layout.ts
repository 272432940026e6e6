import { fitRow, type Row, type Span, widthOf } from "../overlays/cells.ts";

/** Left and right of one line of exactly `columns`; where both do not fit the left is cut, since what stands right is short and matters. */
export function sides(left: Row, right: Row, columns: number): Row {
  const taken = rowWidth(right);
  if (taken >= columns) return fitRow(right, columns);
  return [...fitRow(left, Math.max(0, columns - taken - 1)), { text: " " }, ...right].slice(0);
}

export function rowWidth(row: Row): number {
  return row.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** A rule with a title in it. */
export function titleRow(title: Row, columns: number, focused = false): Row {
  const look: Omit<Span, "text"> = focused ? { color: "cyan" } : { dim: true };
  return fitRow(
    [
      { ...look, text: "── " },
      ...title,
      { ...look, text: ` ${"─".repeat(Math.max(0, columns - rowWidth(title) - 4))}` },
    ],
    columns,
  );
}

/** Exactly so many rows. */
export function fill(rows: readonly Row[], count: number): Row[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => rows[index] ?? []);
}

/** With `separator` between. */
export function joined(parts: readonly Row[], separator: Span): Row {
  return parts.flatMap((part, index) => (index === 0 ? part : [separator, ...part]));
}
