import { digits, drawn } from "./box-drawing.ts";
import { type Palette, colours, dark, light } from "./palette.ts";
import { type Cell, type Screen, type Style, sameStyle } from "./screen.ts";

export interface PictureOptions {
  theme?: "dark" | "light";
  /** Stands in the window's title bar, and is what a reader who cannot see the picture is told. */
  title?: string;
}

const fontSize = 14;
/** A character's place: wide as most fixed fonts have it, high enough to read well. */
const cell = { width: 8.4, height: 19 };
/** From the top of the place down to where letters stand. */
const baseline = 14;
const bar = 34;
const padding = 14;
const fonts = "ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/** A stretch of text to be set at once, or a wide character alone. */
interface Stretch {
  column: number;
  width: number;
  text: string;
  style: Style;
}

/**
 * A screen as an SVG picture of a terminal window. The same screen gives the same bytes; nothing is loaded from elsewhere. Each
 * stretch of text is told how wide to be, so columns stay columns in any font.
 */
export function screenToSvg(screen: Screen, options: PictureOptions = {}): string {
  const palette = options.theme === "light" ? light : dark;
  const title = escape(options.title ?? "");
  const width = screen.columns * cell.width + 2 * padding;
  const height = screen.rows * cell.height + bar + 2 * padding;
  const size = `${digits(width)} ${digits(height)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" width="${digits(width)}" height="${digits(height)}" role="img" aria-label="${title}" font-family="${fonts}" font-size="${fontSize}">`,
    ...windowFrame(width, height, title, palette),
    `<g transform="translate(${padding} ${bar + padding})">`,
    ...screen.cells.flatMap((row, index) => [...papers(row, index, palette), ...inks(row, index, palette)]),
    ...cursorOf(screen, palette),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function windowFrame(width: number, height: number, title: string, palette: Palette): string[] {
  const right = digits(width - 0.5);
  return [
    `<rect x="0.5" y="0.5" width="${digits(width - 1)}" height="${digits(height - 1)}" rx="9" fill="${palette.background}" stroke="${palette.edge}"/>`,
    `<path d="M0.5 ${bar}V9.5a9 9 0 0 1 9-9H${digits(width - 9.5)}a9 9 0 0 1 9 9V${bar}z" fill="${palette.frame}"/>`,
    `<path d="M0.5 ${bar}H${right}" stroke="${palette.edge}"/>`,
    ...["#f2655c", "#f0b93b", "#45b956"].map(
      (colour, index) => `<circle cx="${20 + 19 * index}" cy="${bar / 2}" r="5.5" fill="${colour}"/>`,
    ),
    `<text x="${digits(width / 2)}" y="${bar / 2 + 4.5}" text-anchor="middle" font-size="13" fill="${palette.title}">${title}</text>`,
  ];
}

/** What is behind the characters, where it is not the window's own colour. */
function papers(row: readonly Cell[], index: number, palette: Palette): string[] {
  const found: { column: number; width: number; paper: string }[] = [];
  let column = 0;
  for (const { width, style } of row) {
    const { paper } = colours(style, palette);
    const last = found.at(-1);
    if (last !== undefined && last.paper === paper) last.width += width;
    else found.push({ column, width, paper });
    column += width;
  }
  return found
    .filter(({ paper }) => paper !== palette.background)
    .map(
      (one) =>
        `<rect x="${digits(one.column * cell.width)}" y="${index * cell.height}" width="${digits(one.width * cell.width)}" height="${cell.height}" fill="${one.paper}"/>`,
    );
}

function inks(row: readonly Cell[], index: number, palette: Palette): string[] {
  const y = index * cell.height;
  // Paths by the attributes they share.
  const shapes = new Map<string, string>();
  const stretches: Stretch[] = [];
  let column = 0;
  let open: Stretch | undefined;
  for (const { text, width, style } of row) {
    const place = { x: column * cell.width, y, width: width * cell.width, height: cell.height };
    const shape = drawn(text, place);
    if (shape !== undefined) {
      const { ink } = colours(style, palette);
      const look =
        "weight" in shape
          ? `stroke="${ink}" stroke-width="${digits(shape.weight * 1.2)}" fill="none"`
          : `fill="${ink}"${shape.opacity < 1 ? ` fill-opacity="${shape.opacity}"` : ""}`;
      shapes.set(look, (shapes.get(look) ?? "") + shape.path);
      open = undefined;
    } else if (open !== undefined && width === 1 && isPlainText(text) && sameStyle(open.style, style)) {
      open.text += text;
      open.width += width;
    } else {
      const stretch = { column, width, text, style };
      stretches.push(stretch);
      // A character that may come from another font keeps to itself: nothing beside it is moved.
      open = width === 1 && isPlainText(text) ? stretch : undefined;
    }
    column += width;
  }
  const paths = [...shapes].map(([look, path]) => `<path d="${path}" ${look}/>`);
  return [...paths, ...stretches.flatMap(words).map((stretch) => letters(stretch, y, palette))];
}

/** Letters of the scripts that every fixed font has. */
function isPlainText(text: string): boolean {
  return /^[\u0020-\u024F\u0370-\u04FF\u2010-\u2026]$/.test(text);
}

/** A stretch without the blanks at its ends and without gaps: SVG would close them up. Lines under or through blanks are kept. */
function words(stretch: Stretch): Stretch[] {
  if (stretch.style.underline || stretch.style.strikethrough)
    return [{ ...stretch, text: stretch.text.replaceAll(" ", "\u00A0") }];
  // A stretch with a character of more than one code unit is that character alone.
  return [...stretch.text.matchAll(/[^ ]+(?: [^ ]+)*/g)].map((match) => ({
    ...stretch,
    column: stretch.column + match.index,
    text: match[0],
    width: stretch.text.length === stretch.width ? match[0].length : stretch.width,
  }));
}

function letters({ column, width, text, style }: Stretch, y: number, palette: Palette): string {
  const lines = [style.underline && "underline", style.strikethrough && "line-through"].filter(Boolean);
  const attributes = [
    `x="${digits(column * cell.width)}"`,
    `y="${y + baseline}"`,
    `textLength="${digits(width * cell.width)}"`,
    'lengthAdjust="spacingAndGlyphs"',
    `fill="${colours(style, palette).ink}"`,
    style.bold && 'font-weight="700"',
    style.italic && 'font-style="italic"',
    lines.length > 0 && `text-decoration="${lines.join(" ")}"`,
  ].filter(Boolean);
  return `<text ${attributes.join(" ")}>${escape(text)}</text>`;
}

function cursorOf({ cursor }: Screen, palette: Palette): string[] {
  if (cursor === undefined) return [];
  return [
    `<rect x="${digits(cursor.column * cell.width)}" y="${cursor.row * cell.height}" width="${cell.width}" height="${cell.height}" fill="${palette.foreground}" fill-opacity="0.5"/>`,
  ];
}

/** Characters that no XML may hold become the one that stands for such. */
function escape(text: string): string {
  return text
    .replace(/[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
