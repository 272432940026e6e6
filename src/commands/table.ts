import type { Paint, Style } from "../platform/terminal.ts";

export interface Column {
  title: string;
  /** Numbers and timers: their last figures stand below each other. */
  right?: boolean;
}

/** One place of a row. `text` is fit for a terminal already. */
export interface Cell {
  text: string;
  style?: Style;
}

/** Rows below their titles, as wide as they have to be; letters that take two columns count as two. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
): string {
  const titles = columns.map(({ title }): Cell => ({ text: title, style: "dim" }));
  const lines = [titles, ...rows];
  const widths = columns.map((_, at) =>
    Math.max(...lines.map((cells) => Bun.stringWidth(cells[at]?.text ?? ""))),
  );
  return lines
    .map((cells) =>
      columns
        .map(({ right }, at) => {
          const { text = "", style } = cells[at] ?? {};
          const space = " ".repeat((widths[at] ?? 0) - Bun.stringWidth(text));
          const padded = right === true ? space + text : at === columns.length - 1 ? text : text + space;
          return style === undefined ? padded : paint(style, padded);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
