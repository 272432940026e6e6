/** The place of one character in a picture, in its units. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Arms up, right, down, left: 0 for none, 1 for a light line, 2 for a heavy one. */
const arms: Record<string, string> = {
  "─": "0101",
  "│": "1010",
  "┌": "0110",
  "┐": "0011",
  "└": "1100",
  "┘": "1001",
  "├": "1110",
  "┤": "1011",
  "┬": "0111",
  "┴": "1101",
  "┼": "1111",
  "╴": "0001",
  "╵": "1000",
  "╶": "0100",
  "╷": "0010",
  "━": "0202",
  "┃": "2020",
  "┏": "0220",
  "┓": "0022",
  "┗": "2200",
  "┛": "2002",
  "┣": "2220",
  "┫": "2022",
  "┳": "0222",
  "┻": "2202",
  "╋": "2222",
};

/** Rounded corners: the two arms that the bow joins. */
const bows: Record<string, readonly [vertical: "up" | "down", horizontal: "left" | "right"]> = {
  "╭": ["down", "right"],
  "╮": ["down", "left"],
  "╯": ["up", "left"],
  "╰": ["up", "right"],
};

const shades: Record<string, number> = { "░": 0.25, "▒": 0.5, "▓": 0.75, "█": 1 };

/** A part of a picture in one colour: lines of a weight, or a filled block that may let the paper through. */
export type Shape = { path: string; weight: number } | { path: string; opacity: number };

/**
 * A line or block character as a shape that fills its place, so that frames and bars close up whatever font a reader has.
 * @returns undefined for every other character: it is text
 */
export function drawn(character: string, place: Place): Shape | undefined {
  const { x, y, width, height } = place;
  const middle = { x: x + width / 2, y: y + height / 2 };
  const bow = bows[character];
  if (bow !== undefined) {
    const [vertical, horizontal] = bow;
    const bendY = middle.y + (vertical === "down" ? width / 2 : -width / 2);
    const endY = vertical === "down" ? y + height : y;
    const endX = horizontal === "right" ? x + width : x;
    return {
      path: `M${point(middle.x, endY)}V${digits(bendY)}Q${point(middle.x, middle.y)} ${point(endX, middle.y)}`,
      weight: 1,
    };
  }
  const reach = arms[character];
  if (reach !== undefined) {
    const [up = 0, right = 0, down = 0, left = 0] = Array.from(reach, Number);
    const fromX = left > 0 ? x : middle.x;
    const fromY = up > 0 ? y : middle.y;
    const across = `M${point(fromX, middle.y)}H${digits(right > 0 ? x + width : middle.x)}`;
    const upright = `M${point(middle.x, fromY)}V${digits(down > 0 ? y + height : middle.y)}`;
    return {
      path: `${left + right > 0 ? across : ""}${up + down > 0 ? upright : ""}`,
      weight: Math.max(up, right, down, left),
    };
  }
  const block = (left: number, top: number, wide: number, high: number, opacity = 1): Shape => ({
    path: `M${point(left, top)}h${digits(wide)}v${digits(high)}h${digits(-wide)}z`,
    opacity,
  });
  const shade = shades[character];
  if (shade !== undefined) return block(x, y, width, height, shade);
  if (character === "▀") return block(x, y, width, height / 2);
  if (character === "▐") return block(middle.x, y, width / 2, height);
  const code = character.codePointAt(0) ?? 0;
  // U+2581 to U+2587: eighths from below; U+2589 to U+258F: eighths from the left, seven to one.
  if (code >= 0x2581 && code <= 0x2587) {
    const high = (height * (code - 0x2580)) / 8;
    return block(x, y + height - high, width, high);
  }
  return code >= 0x2589 && code <= 0x258f ? block(x, y, (width * (0x2590 - code)) / 8, height) : undefined;
}

function point(x: number, y: number): string {
  return `${digits(x)} ${digits(y)}`;
}

/** A number with two decimals at most. */
export function digits(value: number): string {
  return String(Math.round(value * 100) / 100);
}
