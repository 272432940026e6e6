import { durationInWords } from "../../words/time.ts";
import { footerOf, keysFor, sightOf } from "../keys/match.ts";
import type { KeyAction } from "../keys/contract.ts";
import { fitRow, type Row, type Span, widthOf } from "../overlays/cells.ts";
import type { ConsoleState, Message } from "../store/state.ts";

const looks: Record<Message["level"], { symbol: string; color: Span["color"] }> = {
  info: { symbol: "•", color: "cyan" },
  good: { symbol: "✓", color: "green" },
  warn: { symbol: "!", color: "yellow" },
  error: { symbol: "✗", color: "red" },
};

/** What came of the last thing done, or what is under way. */
export function flashRow(state: ConsoleState, now: number, columns: number): Row {
  const [running] = state.running;
  if (running !== undefined) {
    const since = durationInWords(now - running.since);
    return fitRow(
      [
        { text: ` ◌ ${running.intent.do}… `, color: "cyan" },
        { text: now - running.since > 1500 ? since : "", dim: true },
      ],
      columns,
    );
  }
  const { flash } = state;
  if (flash === undefined) return [];
  const { symbol, color } = looks[flash.level];
  const row: Span[] = [
    { text: ` ${symbol} ${flash.text}`, bold: true, ...(color !== undefined && { color }) },
  ];
  if (flash.hint !== undefined) row.push({ text: `  ${flash.hint}`, dim: true });
  return fitRow(row, columns);
}

/** The keys that matter now, as many as fit; what cannot be done now is dim, with the reason where there is room. */
export function footerRow(state: ConsoleState, table: readonly KeyAction[], columns: number): Row {
  const entries = footerOf(sightOf(state), table);
  const row: Span[] = [];
  let used = 0;
  const help = entries.findIndex(({ action }) => action.id === "help");
  // Help stays whatever else there is.
  const ordered = help < 0 ? entries : [...entries.slice(0, help), ...entries.slice(help + 1)];
  const last = help < 0 ? [] : [entries[help]].filter((entry) => entry !== undefined);
  const room = columns - last.reduce((sum, entry) => sum + widthOf(textOf(entry.action, state)) + 2, 0) - 1;
  for (const { action, why } of [...ordered, ...last]) {
    const isLast = action.id === "help";
    const [key = ""] = keysFor(action, state);
    const width = widthOf(textOf(action, state)) + 2;
    if (used + width > (isLast ? columns : room)) continue;
    used += width;
    row.push(
      { text: ` ${key}`, bold: true, ...(why === undefined ? { color: "cyan" as const } : { dim: true }) },
      { text: ` ${action.label} `, ...(why !== undefined && { dim: true }) },
    );
  }
  return fitRow(row, columns);
}

function textOf(action: KeyAction, state: ConsoleState): string {
  return `${keysFor(action, state)[0] ?? ""} ${action.label} `;
}
