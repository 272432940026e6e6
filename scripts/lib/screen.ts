/** `default`: what the terminal's owner has chosen. A number: 0-15 of the terminal's own palette, 16-255 of xterm's fixed one. */
export type Colour = "default" | number | `#${string}`;

export interface Style {
  foreground: Colour;
  background: Colour;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
  strikethrough: boolean;
}

export interface Cell {
  /** One character as people count them, with its accents; a blank is " ". */
  text: string;
  /** Columns it takes. The second column of a wide character has no cell of its own. */
  width: 1 | 2;
  style: Style;
}

/** What stands in a terminal at one moment. */
export interface Screen {
  columns: number;
  rows: number;
  /** Row by row, each as wide as the screen. */
  cells: Cell[][];
  /** Undefined while the program hides it. Counted from 0. */
  cursor: { row: number; column: number } | undefined;
}

/** Cells side by side of the same style. */
export interface Run {
  row: number;
  column: number;
  /** In columns. */
  width: number;
  text: string;
  style: Style;
}

export const plain: Style = {
  foreground: "default",
  background: "default",
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  strikethrough: false,
};

export function sameStyle(one: Style, other: Style): boolean {
  return (Object.keys(plain) as (keyof Style)[]).every((key) => one[key] === other[key]);
}

/** The screen's rows as text, without the blanks at their ends. */
export function linesOf(screen: Screen): string[] {
  return screen.cells.map((row) =>
    row
      .map((cell) => cell.text)
      .join("")
      .trimEnd(),
  );
}

/** One row as runs of equal style, from left to right. Together they are as wide as the row. */
export function runsOf(screen: Screen, row: number): Run[] {
  const runs: Run[] = [];
  let column = 0;
  for (const cell of screen.cells[row] ?? []) {
    const last = runs.at(-1);
    if (last !== undefined && sameStyle(last.style, cell.style)) {
      last.text += cell.text;
      last.width += cell.width;
    } else runs.push({ row, column, width: cell.width, text: cell.text, style: cell.style });
    column += cell.width;
  }
  return runs;
}

const colourNames = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** A style in words, as `bold red on blue`; "" for plain text. */
export function describeStyle(style: Style): string {
  const colour = (value: Colour): string => {
    if (typeof value === "string") return value;
    const name = colourNames[value % 8] ?? "";
    if (value < 8) return name;
    return value < 16 ? `bright-${name}` : `colour-${value}`;
  };
  const words = (["bold", "dim", "italic", "underline", "inverse", "strikethrough"] as const).filter(
    (key) => style[key],
  ) as string[];
  if (style.foreground !== "default") words.push(colour(style.foreground));
  if (style.background !== "default") words.push("on", colour(style.background));
  return words.join(" ");
}
