import { linesOf } from "../../../scripts/lib/screen.ts";
import type { ScreenStage } from "../../terminal/screen-stage.ts";

/** Keys as screens write them → as a terminal's stage knows them. */
const named: Record<string, string> = {
  Enter: "enter",
  enter: "enter",
  Esc: "esc",
  esc: "esc",
  Tab: "tab",
  tab: "tab",
  Space: "space",
  space: "space",
  "↑↓": "down",
  F1: "f1",
};

interface Shown {
  key: string;
  /** Grey: shown, and cannot be done now. */
  off: boolean;
}

/**
 * Presses the key that the screen shows for a label at that moment ("h hold" in the footer, "Enter calls" in an overlay), once it is shown
 * and not grey. A test that has no other way to press keys proves that a person could have known them.
 * @throws {Error} with the screen, when no key for it is shown
 */
export async function pressShown(stage: ScreenStage, label: string): Promise<void> {
  await stage
    .until(() => shownKey(stage, label)?.off === false)
    .catch((error: Error) => {
      throw new Error(`no key is shown for ${JSON.stringify(label)}: ${error.message}`);
    });
  stage.press(shownKey(stage, label)?.key ?? "");
}

/** The key that is shown for a label, the one nearest to the bottom of an open overlay or of the screen. */
export function shownKey(stage: ScreenStage, label: string): Shown | undefined {
  const screen = stage.picture();
  const lines = linesOf(screen);
  // While an overlay is open the keys below it are its own.
  const overlay = lines.findLastIndex((line) => line.includes("╰─"));
  const from = overlay < 0 ? lines.length - 1 : overlay - 1;
  const pattern = new RegExp(`(?:^|[\\s│·])(\\S+) {1,2}${escaped(label)}(?=\\s|$|[,.])`, "u");
  for (let row = from; row >= 0; row--) {
    const written = pattern.exec(lines[row] ?? "")?.[1];
    const key = written === undefined ? undefined : keyOf(written);
    if (written === undefined || key === undefined) continue;
    // What is grey in the footer cannot be done; hints inside overlays are grey throughout.
    const isFooter = row === lines.length - 1;
    return { key, off: isFooter && footerIsDim(stage, row, `${written} `, label) };
  }
  return undefined;
}

function keyOf(written: string): string | undefined {
  if (named[written] !== undefined) return named[written];
  return [...written].length === 1 || /^ctrl\+.$/.test(written) ? written : undefined;
}

function footerIsDim(stage: ScreenStage, row: number, key: string, label: string): boolean {
  const cells = stage.picture().cells[row] ?? [];
  const text = cells.map((cell) => cell.text).join("");
  const at = text.indexOf(`${key}${label}`);
  return at >= 0 && cells[at]?.style.dim === true;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
