import type { Colour, Style } from "./screen.ts";

export interface Palette {
  background: string;
  foreground: string;
  /** Of the window that is drawn around the screen. */
  frame: string;
  edge: string;
  title: string;
  /** The terminal's sixteen: black red green yellow blue magenta cyan white, then the same bright. */
  sixteen: readonly string[];
}

/** Every one but black reads on the background with a contrast of at least 4.5 to 1. */
export const dark: Palette = {
  background: "#1b1e28",
  foreground: "#d8dee9",
  frame: "#262a36",
  edge: "#3a4050",
  title: "#a3abbd",
  sixteen: [
    ...["#2b303b", "#f07f86", "#8fd18b", "#e8c670", "#6cb0f5", "#c796e8", "#62cfd4", "#cdd3de"],
    ...["#8e97aa", "#ff9aa0", "#a9e5a5", "#f7d98a", "#8cc5ff", "#dcb3f7", "#86e3e6", "#ffffff"],
  ],
};

/** As `dark`, but for the two whites. */
export const light: Palette = {
  background: "#ffffff",
  foreground: "#2b303b",
  frame: "#eef0f4",
  edge: "#ccd2dc",
  title: "#5a6273",
  sixteen: [
    ...["#2b303b", "#c4303b", "#2c7d32", "#8a6100", "#1f66c1", "#8a3fb0", "#0b7580", "#d5d9e0"],
    ...["#646c7e", "#cf3945", "#2f8036", "#8f6500", "#2a70d4", "#984cc0", "#117a85", "#f4f5f8"],
  ],
};

/** The two colours that a style comes to: `#rrggbb` for the characters and for what is behind them. */
export function colours(style: Style, palette: Palette): { ink: string; paper: string } {
  let ink = resolve(style.foreground, palette, palette.foreground);
  let paper = resolve(style.background, palette, palette.background);
  if (style.inverse) [ink, paper] = [paper, ink];
  return { ink: style.dim ? blend(ink, paper, 0.4) : ink, paper };
}

/** Lightness of one colour against another as WCAG counts it: 1 is no difference, 21 black on white. */
export function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

function resolve(colour: Colour, palette: Palette, usual: string): string {
  if (colour === "default") return usual;
  if (typeof colour === "string") return colour;
  const own = palette.sixteen[colour];
  if (own !== undefined) return own;
  // xterm's fixed colours: a cube of six steps a side, then greys.
  if (colour >= 232) return hex(Array.from({ length: 3 }, () => 8 + 10 * (colour - 232)));
  const step = (value: number): number => (value === 0 ? 0 : 55 + 40 * value);
  const place = colour - 16;
  return hex([Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map(step));
}

/** `share` of `other` in `one`. */
function blend(one: string, other: string, share: number): string {
  const to = parts(other);
  return hex(parts(one).map((value, index) => Math.round(value * (1 - share) + (to[index] ?? 0) * share)));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = parts(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parts(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

function hex(values: number[]): string {
  return `#${values.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
