import { jsonText, printable } from "../../platform/terminal.ts";
import type { LadderSource, LadderStep } from "./contract.ts";
import { ladderWords } from "./ladder-words.ts";

/** What a step was made of, line by line: messages as they were recorded, then events. Safe to be shown. */
export function rawLines(
  step: LadderStep,
  { events, records }: Pick<LadderSource, "events" | "records">,
): string[] {
  const lines: string[] = [];
  for (const record of records) {
    if (!step.records.includes(record.id)) continue;
    const { channel, direction, peer, summary, cause, at, text } = record;
    lines.push(
      printable(`${at}  ${channel} ${direction} ${peer}${cause === undefined ? "" : `  ${cause}`}`),
      printable(summary),
      "",
      ...brokenAtTags(text).map(printable),
      "",
    );
  }
  if (step.records.length === 0) lines.push(ladderWords.rawNone, "");
  for (const event of events)
    if (step.events.includes(event.id)) lines.push(...jsonText(event, 2).split("\n"), "");
  return lines;
}

/** XML comes in one line; one tag a line can be read. Nothing is lost by it. */
function brokenAtTags(text: string): string[] {
  return text
    .replaceAll(/>(?=<[^/])/g, ">\n")
    .replaceAll(/&gt;(?=&lt;(?!\/))/g, "&gt;\n")
    .split(/\r\n|\r|\n/);
}
