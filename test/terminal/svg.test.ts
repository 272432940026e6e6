import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { drawn } from "../../scripts/lib/box-drawing.ts";
import { colours, contrast, dark, light } from "../../scripts/lib/palette.ts";
import { screenToSvg } from "../../scripts/lib/screen-to-svg.ts";
import { type Screen, plain } from "../../scripts/lib/screen.ts";
import { Emulator } from "./emulator.ts";

/** What a terminal shows after these bytes. */
async function painted(text: string, columns = 30, rows = 6): Promise<Screen> {
  const emulator = new Emulator({
    columns,
    rows,
    background: "dark",
    answer: () => undefined,
    drawn: () => undefined,
  });
  emulator.write(new TextEncoder().encode(text.replaceAll("\n", "\r\n")));
  await emulator.settled();
  return emulator.screen();
}

function textsOf(svg: string): { text: string; x: number; width: number }[] {
  return [...svg.matchAll(/<text x="([\d.]+)" y="\d+" textLength="([\d.]+)"[^>]*>([^<]*)<\/text>/g)].map(
    ([, x, width, text]) => ({ text: text ?? "", x: Number(x), width: Number(width) }),
  );
}

const seat = `╭────────────────────────────╮
│ \u001B[1;32m● READY\u001B[0m \u001B[2msince\u001B[0m \u001B[7m00:12\u001B[0m       │
│ \u001B[31m日本 <5551234> & 📞\u001B[0m        │
│ \u001B[4munder line\u001B[0m \u001B[9mstruck\u001B[0m \u001B[3mitalic\u001B[0m   │
│ ▁▃▅▇█ ░▒▓ ┃━ \u001B[38;5;208mcube\u001B[0m \u001B[38;2;1;2;3mown\u001B[0m      │
╰────────────────────────────╯\u001B[?25l`;

test.each(["dark", "light"] as const)("a screen is drawn as it always was: %s", async (theme) => {
  const path = join(import.meta.dir, "screens", `seat-${theme}.svg`);
  const svg = screenToSvg(await painted(seat), { theme, title: "cti console" });
  if (process.env.CTI_UPDATE_SCREENS === "1") writeFileSync(path, svg);
  expect(existsSync(path)).toBe(true);
  expect(svg).toBe(readFileSync(path, "utf8"));
});

test("every stretch of text begins in its column and is as wide as its columns, wide characters too", async () => {
  const texts = textsOf(screenToSvg(await painted("one two   three\n日x📞 e\u0301\u001B[?25l")));
  expect(texts).toEqual([
    { text: "one two", x: 0, width: 58.8 },
    { text: "three", x: 84, width: 42 },
    { text: "日", x: 0, width: 16.8 },
    { text: "x", x: 16.8, width: 8.4 },
    { text: "📞", x: 25.2, width: 16.8 },
    { text: "e\u0301", x: 50.4, width: 8.4 },
  ]);
});

test("the cursor is drawn where it stands, unless it is hidden", async () => {
  const block = '<rect x="16.8" y="0" width="8.4" height="19"';
  expect(screenToSvg(await painted("ab"))).toContain(block);
  expect(screenToSvg(await painted("ab\u001B[?25l"))).not.toContain(block);
});

test("whatever a program writes, the picture is well-formed", async () => {
  const glyph = fc.constantFrom(
    ...[
      "\u001B[1m",
      "\u001B[7m",
      "\u001B[4m",
      "\u001B[38;5;99m",
      "\u001B[",
      "\u0000",
      "\u009F",
      "\u0007",
      "\uFFFF",
    ],
    ...["<", ">", "&", '"', "'", "]]>", " ", "a", "日", "📞", "e\u0301", "\u200B", "─", "╭", "█", "▒", "\n"],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(glyph, { maxLength: 60 }), async (glyphs) => {
      const text = glyphs.join("");
      const parser = new SaxesParser();
      const problems: string[] = [];
      parser.on("error", (error) => problems.push(error.message));
      parser.write(screenToSvg(await painted(text, 12, 4), { title: text })).close();
      expect(problems).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test("lines and blocks reach their place's edges, so frames close", () => {
  const place = { x: 10, y: 20, width: 8, height: 18 };
  expect(drawn("─", place)).toEqual({ path: "M10 29H18", weight: 1 });
  expect(drawn("┃", place)).toEqual({ path: "M14 20V38", weight: 2 });
  expect(drawn("┌", place)).toEqual({ path: "M14 29H18M14 29V38", weight: 1 });
  expect(drawn("╰", place)).toEqual({ path: "M14 20V25Q14 29 18 29", weight: 1 });
  expect(drawn("█", place)).toEqual({ path: "M10 20h8v18h-8z", opacity: 1 });
  expect(drawn("▂", place)).toEqual({ path: "M10 33.5h8v4.5h-8z", opacity: 1 });
  expect(drawn("▌", place)).toEqual({ path: "M10 20h4v18h-4z", opacity: 1 });
  expect(drawn("x", place)).toBeUndefined();
});

test.each([
  ["dark", dark, [0]],
  ["light", light, [7, 15]],
] as const)("the %s palette can be read", (_, palette, exceptions) => {
  const faint = palette.sixteen.flatMap((colour, index) =>
    contrast(colour, palette.background) < 4.5 ? [index] : [],
  );
  expect(faint).toEqual([...exceptions]);
  const dimmed = colours({ ...plain, dim: true }, palette);
  expect(contrast(dimmed.ink, dimmed.paper)).toBeGreaterThan(3);
});

test("colours are the terminal's own, xterm's fixed ones, or given outright; inverse swaps them", () => {
  const ink = (foreground: typeof plain.foreground): string => colours({ ...plain, foreground }, dark).ink;
  expect([ink(1), ink(16), ink(208), ink(231), ink(232), ink(255), ink("#010203"), ink("default")]).toEqual([
    dark.sixteen[1] ?? "",
    "#000000",
    "#ff8700",
    "#ffffff",
    "#080808",
    "#eeeeee",
    "#010203",
    dark.foreground,
  ]);
  expect(colours({ ...plain, foreground: 1, inverse: true }, dark)).toEqual({
    ink: dark.background,
    paper: dark.sixteen[1] ?? "",
  });
});
