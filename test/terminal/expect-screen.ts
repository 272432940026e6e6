import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Screen, describeStyle, linesOf, runsOf } from "../../scripts/lib/screen.ts";

export interface ScreenExpectation {
  /** What changes from run to run (clocks, timers, ports): each match is stored, and compared, as that many "▒". */
  mask?: RegExp[];
  /** Also colours and other styles, as lines like `3:10 "READY" bold green` below the text. */
  styles?: boolean;
  /** Milliseconds to wait for it; 10,000 unless told otherwise. */
  timeout?: number;
}

/** What can be looked at until it is as expected. */
export interface Watched {
  picture(): Screen;
  until(sight: () => boolean, patience: { timeout?: number }): Promise<void>;
}

/** Set to 1, screens are stored as they are instead of compared. */
const rewriting = "CTI_UPDATE_SCREENS";

/**
 * Waits until the screen is the one in `<folder>/<name>.txt`.
 * @throws {Error} with the lines that differ
 */
export async function expectScreen(
  stage: Watched,
  folder: string,
  name: string,
  expectation: ScreenExpectation,
  rewrite = process.env[rewriting] === "1",
): Promise<void> {
  const path = join(folder, `${name}.txt`);
  const now = (): string => describeScreen(stage.picture(), expectation);
  if (rewrite) {
    await quiet(stage, now);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, now());
    return;
  }
  if (!existsSync(path))
    throw new Error(
      `there is no screen ${path} yet; it would be this one (${rewriting}=1 stores it):\n${now()}`,
    );
  const wanted = readFileSync(path, "utf8");
  try {
    await stage.until(() => now() === wanted, { timeout: expectation.timeout ?? 10_000 });
  } catch {
    const found = now();
    throw new Error(
      `the screen is not ${name}: - stored, + found (${rewriting}=1 stores what is found)\n${difference(wanted, found)}`,
    );
  }
}

/** A screen as a file that people read and compare: its lines in a box, and what is not plain in words below. */
export function describeScreen(
  screen: Screen,
  { mask = [], styles = false }: ScreenExpectation = {},
): string {
  const hide = (text: string): string =>
    mask.reduce(
      (rest, pattern) =>
        rest.replace(
          new RegExp(pattern, pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`),
          (match) => "▒".repeat(Bun.stringWidth(match)),
        ),
      text,
    );
  const size = ` ${screen.columns}×${screen.rows} `;
  const lines = linesOf(screen).map((line) => {
    const hidden = hide(line);
    return `│${hidden}${" ".repeat(Math.max(0, screen.columns - Bun.stringWidth(hidden)))}│`;
  });
  const words = styles
    ? screen.cells.flatMap((_, row) =>
        runsOf(screen, row)
          .filter((run) => describeStyle(run.style) !== "")
          .map(
            (run) =>
              `${run.row + 1}:${run.column + 1} ${JSON.stringify(hide(run.text))} ${describeStyle(run.style)}`,
          ),
      )
    : [];
  return [
    `┌─${size}${"─".repeat(Math.max(0, screen.columns - 1 - size.length))}┐`,
    ...lines,
    `└${"─".repeat(screen.columns)}┘`,
    ...words,
    "",
  ].join("\n");
}

/** Two texts line by line: the lines they share as they are, with those of `wanted` alone after "-", of `found` alone after "+". */
export function difference(wanted: string, found: string): string {
  const left = wanted.split("\n");
  const right = found.split("\n");
  // common[i][j]: how many lines left[i...] and right[j...] share, in order. Screens are small.
  const common = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row !== undefined)
        row[j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push(`  ${left[i]}`);
      i++;
      j++;
    } else if (i < left.length && (j >= right.length || at(i + 1, j) >= at(i, j + 1)))
      lines.push(`- ${left[i++]}`);
    else lines.push(`+ ${right[j++]}`);
  }
  return lines.join("\n").trimEnd();
}

/** Only for storing, where nobody can say what to wait for: half a second in which nothing changes. */
async function quiet(stage: Watched, now: () => string): Promise<void> {
  for (let before = ""; before !== now();) {
    before = now();
    await stage.until(() => now() !== before, { timeout: 500 }).catch(() => undefined);
  }
}
