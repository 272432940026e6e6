import { Box } from "ink";
import { Rows } from "../panels/rows.tsx";
import { type Row, type Span, cutTo, fitRow, widthOf } from "./cells.ts";
import type { Drawing } from "./contract.ts";

/** A drawing in a border, in exactly so many columns and rows, whatever its rows hold. */
export function Frame({
  drawing,
  columns,
  rows,
  colours,
}: {
  drawing: Drawing;
  columns: number;
  rows: number;
  colours: boolean;
}) {
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Rows rows={frameRows(drawing, columns, rows)} colours={colours} />
    </Box>
  );
}

/** Columns that border and margin take from a row. */
export const frameColumns = 4;
/** Rows that border and hint take. */
export const frameRowsTaken = 3;

/** The frame as rows, each exactly `columns` wide. */
export function frameRows(
  { title, rows: body, hint, why, warn = false }: Drawing,
  columns: number,
  rows: number,
): Row[] {
  const look: Omit<Span, "text"> = { color: warn ? "yellow" : "cyan" };
  const inner = Math.max(0, columns - frameColumns);
  const name = cutTo(title, Math.max(0, columns - 6));
  const top: Row = [
    { ...look, text: "╭─ " },
    { text: name, bold: true },
    { ...look, text: ` ${"─".repeat(Math.max(0, columns - 5 - widthOf(name)))}╮` },
  ];
  const side = (row: Row): Row => [{ ...look, text: "│ " }, ...fitRow(row, inner), { ...look, text: " │" }];
  const room = Math.max(0, rows - frameRowsTaken);
  const filled = Array.from({ length: room }, (_, index) => body[index] ?? []);
  return [
    top,
    ...filled.map(side),
    side(
      why === undefined
        ? [{ text: shortened(hint, inner), dim: true }]
        : [{ text: `× ${why}`, color: "red" }],
    ),
    [{ ...look, text: `╰${"─".repeat(Math.max(0, columns - 2))}╯` }],
  ]
    .slice(0, rows)
    .map((row) => fitRow(row, columns));
}

/** Where not all hints fit, the last ones stay: how to get out is among them. */
function shortened(hint: string, width: number): string {
  const parts = hint.split(" · ");
  while (parts.length > 1 && widthOf(parts.join(" · ")) > width) parts.shift();
  return parts.join(" · ");
}
