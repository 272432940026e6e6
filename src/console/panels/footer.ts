import { durationInWords } from "../../words/time.ts";
import { keyText } from "../keys/key-name.ts";
import { footerOf, keysFor, sightOf } from "../keys/match.ts";
import type { KeyAction } from "../keys/contract.ts";
import { fitRow, type Row, type Span, widthOf, wrap } from "../overlays/cells.ts";
import { rowWidth } from "./layout.ts";
import type { ConsoleState, Message } from "../store/state.ts";

const looks: Record<Message["level"], { symbol: string; color: Span["color"] }> = {
  info: { symbol: "•", color: "cyan" },
  good: { symbol: "✓", color: "green" },
  warn: { symbol: "!", color: "yellow" },
  error: { symbol: "✗", color: "red" },
};

/** Rows from which a message that is too long for one may take two. */
const roomForTwo = 16;

/** What came of the last thing done, or what is under way: one line, two for trouble that does not fit: what to do stands at its end. */
export function flashRows(state: ConsoleState, now: number, columns: number): Row[] {
  const [running] = state.running;
  if (running !== undefined) {
    const since = durationInWords(now - running.since);
    return [
      fitRow(
        [
          { text: ` ◌ ${running.intent.do}… `, color: "cyan" },
          { text: now - running.since > 1500 ? since : "", dim: true },
        ],
        columns,
      ),
    ];
  }
  const { flash } = state;
  if (flash === undefined) return [[]];
  const { text, hint, level } = flash;
  const { symbol, color } = looks[level];
  const look: Omit<Span, "text"> = { bold: true, ...(color !== undefined && { color }) };
  const whole: Row = [
    { text: ` ${symbol} ${text}`, ...look },
    ...(hint === undefined ? [] : [{ text: `  ${hint}`, dim: true }]),
  ];
  const isTrouble = level === "warn" || level === "error";
  if (!isTrouble || rowWidth(whole) <= columns || state.size.rows < roomForTwo)
    return [fitRow(whole, columns)];
  return inTwo(text, look, hint ?? "", symbol, columns);
}

/** The message and what to do in two lines, broken between words. */
function inTwo(text: string, look: Omit<Span, "text">, hint: string, symbol: string, columns: number): Row[] {
  const message = text.split(/\s+/).join(" ");
  const whole = hint === "" ? message : `${message} → ${hint}`;
  const [first = "", ...others] = wrap(whole, Math.max(1, columns - 3));
  const rest = others.join(" ");
  const parts = (line: string, at: number): Row => [
    { text: line.slice(0, Math.max(0, at)), ...look },
    { text: line.slice(Math.max(0, at)), dim: true },
  ];
  return [
    fitRow([{ text: ` ${symbol} `, ...look }, ...parts(first, message.length)], columns),
    fitRow([{ text: "   " }, ...parts(rest, message.length - first.length - 1)], columns),
  ];
}

/** What fills the footer where there is room left. */
const further = ["palette", "dial", "show-log", "show-ladder", "show-team", "show-queues", "show-crm"];

export interface FooterEntry {
  action: KeyAction;
  /** Why it cannot be done now. */
  why: string | undefined;
  /** Columns: from the first to the one after the last. */
  from: number;
  to: number;
}

/** The keys that matter now, as many as fit. Help stays whatever else there is. */
export function footerEntries(
  state: ConsoleState,
  table: readonly KeyAction[],
  columns: number,
): FooterEntry[] {
  const sight = sightOf(state);
  const now = footerOf(sight, table);
  const help = now.filter(({ action }) => action.id === "help");
  const first = now.filter(({ action }) => action.id !== "help");
  const more = further
    .map((id) => table.find((action) => action.id === id))
    .filter((action) => action !== undefined)
    .filter(
      (action) => !now.some((each) => each.action.id === action.id) && action.id !== `show-${state.view}`,
    )
    .map((action) => ({ action, why: action.disabled?.(sight) }))
    .filter(({ why }) => why === undefined);
  const widthOfEntry = ({ action }: (typeof now)[number]): number => widthOf(textOf(action, state)) + 1;
  const entries: FooterEntry[] = [];
  let room = columns - help.reduce((sum, entry) => sum + widthOfEntry(entry), 0);
  let from = 0;
  for (const entry of [...first, ...more, ...help]) {
    const isHelp = help.includes(entry);
    const width = widthOfEntry(entry);
    if (!isHelp && width > room) continue;
    if (!isHelp) room -= width;
    entries.push({ ...entry, from, to: from + width });
    from += width;
  }
  return entries;
}

/** What cannot be done now is dim. */
export function footerRow(state: ConsoleState, table: readonly KeyAction[], columns: number): Row {
  const row = footerEntries(state, table, columns).flatMap(({ action, why }): Span[] => [
    {
      text: ` ${keyOf(action, state)}`,
      bold: true,
      ...(why === undefined ? { color: "cyan" as const } : { dim: true }),
    },
    { text: ` ${action.label} `, ...(why !== undefined && { dim: true }) },
  ]);
  return fitRow(row, columns);
}

function textOf(action: KeyAction, state: ConsoleState): string {
  return `${keyOf(action, state)} ${action.label} `;
}

function keyOf(action: KeyAction, state: ConsoleState): string {
  return keyText(keysFor(action, state)[0] ?? "");
}
