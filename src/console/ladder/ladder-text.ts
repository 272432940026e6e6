import { cutTo } from "../overlays/cells.ts";
import type { Ladder } from "./contract.ts";
import { causeLetter } from "./ladder.ts";
import { ladderWords } from "./ladder-words.ts";
import { layOut, lineText } from "./layout.ts";

/** Narrower than this nothing can be told apart. */
export const narrowest = 60;

/** What stands over a ladder. */
export function ladderTitle({ party, agent, interaction, steps }: Ladder): string {
  const when = steps[0] === undefined ? [] : [steps[0].at];
  return [ladderWords.title(party, agent), ...when, interaction].join(" · ");
}

/** What a reader must know besides, one sentence each. */
export function ladderNotes({ steps, leftOut, more }: Ladder): string[] {
  return [
    ...(steps.length === 0 ? [ladderWords.empty] : []),
    ...(leftOut > 0 ? [ladderWords.leftOut(leftOut)] : []),
    ...(more ? [ladderWords.more] : []),
  ];
}

/**
 * A ladder as plain text for a file or a mail, no line wider than `width` (at least 60, meant for 80 and more). Causes are told by letters;
 * times are local, the first one is in the title in UTC.
 */
export function ladderText(ladder: Ladder, width: number): string {
  const columns = Math.max(narrowest, width);
  const layout = layOut(ladder, columns);
  const legend = ladder.causes.map((id, at) => ladderWords.cause(causeLetter(at), id)).join("  ");
  const lines = [
    ladderTitle(ladder),
    "",
    ...layout.head,
    ...ladder.steps.map((step) => lineText(layout.line(step))),
    "",
    ...wrapWords(legend, columns),
    ...ladderNotes(ladder),
  ];
  return `${lines
    .map((line) => cutTo(line, columns).trimEnd())
    .join("\n")
    .trimEnd()}\n`;
}

function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const item of text === "" ? [] : text.split("  ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + item.length <= width)
      lines[lines.length - 1] = `${last}  ${item}`;
    else lines.push(item);
  }
  return lines;
}
