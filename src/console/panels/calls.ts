import type { Call } from "../../model/call.ts";
import { lookOf } from "../../words/states.ts";
import { arrow } from "../../words/event-text.ts";
import { timerSince } from "../../words/time.ts";
import { cutTo, fit, fitRow, type Row, type Span, widthOf } from "../overlays/cells.ts";
import { ownAgent, ownCall } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import { words } from "../words.ts";
import { fill, sides, titleRow } from "./layout.ts";

/** Columns from which two pairs of call data stand beside each other. */
const twoPairs = 64;
const nameWidth = 18;

/** The calls of the agent, the chosen one with its data; exactly `rows` lines. */
export function callsPanel(state: ConsoleState, now: number, columns: number, rows: number): Row[] {
  const calls = ownAgent(state)?.calls ?? [];
  const chosen = ownCall(state);
  const title: Row = [
    { text: "Calls", bold: true },
    { text: calls.length === 0 ? "" : ` ${calls.length}`, dim: true },
  ];
  const lines: Row[] = [titleRow(title, columns, state.focus === "calls")];
  if (calls.length === 0) lines.push([{ text: `  ${words.noCalls}`, dim: true }]);
  for (const call of calls)
    lines.push(callRow(call, call.id === chosen?.id && calls.length > 1, now, columns));
  if (chosen !== undefined) {
    const left = rows - lines.length;
    if (left > 0) lines.push(...callData(chosen, now, columns, left));
  }
  return fill(lines, rows);
}

/** How many lines all of it would take. */
export function callsHeight(state: ConsoleState, columns: number): number {
  const calls = ownAgent(state)?.calls ?? [];
  const chosen = ownCall(state);
  if (chosen === undefined) return 2;
  const pairs = pairsOf(chosen).length;
  return 1 + calls.length + 1 + Math.ceil(pairs / (columns >= twoPairs ? 2 : 1));
}

function callRow(call: Call, chosen: boolean, now: number, columns: number): Row {
  const { symbol, style } = lookOf(call.state);
  const look: Omit<Span, "text"> =
    style === "dim" ? { dim: true } : style === "bold" ? { bold: true } : { color: style };
  const party = call.party === "" ? "unknown number" : call.party;
  const customer = call.customer !== undefined && call.customer !== call.party ? ` (${call.customer})` : "";
  const queue = call.queue?.name ?? call.queue?.number;
  const wrapUp = call.wrapUpReasons.length > 0 ? `wrap-up ${call.wrapUpReasons.join(", ")}` : "";
  return sides(
    [
      { text: chosen ? "▸ " : "  ", color: "cyan", bold: true },
      {
        text: `${symbol} ${fit(call.state, 9)} ${timerSince(call.stateSince ?? call.startedAt, now).padStart(6)}  `,
        ...look,
        bold: true,
      },
      { text: `${arrow(call.direction)} ` },
      { text: `${party}${customer}`, bold: true },
      ...(queue === undefined ? [] : [{ text: `  ${queue}`, dim: true }]),
      ...(call.parent === undefined ? [] : [{ text: "  consult", color: "yellow" as const }]),
      ...(wrapUp === "" ? [] : [{ text: `  ${wrapUp}`, color: "blue" as const }]),
    ],
    [{ text: call.id, dim: true }],
    columns,
  );
}

function callData(call: Call, now: number, columns: number, rows: number): Row[] {
  const lines: Row[] = [];
  const others = call.participants.map(({ mediaAddress, state, stateChangeTime }) => {
    const { symbol } = lookOf(state);
    return `${mediaAddress} ${symbol} ${state.toLowerCase()} ${timerSince(stateChangeTime, now)}`.trim();
  });
  lines.push(fitRow([{ text: `    ${others.join("   ")}`, dim: true }], columns));
  const pairs = pairsOf(call);
  const across = columns >= twoPairs ? 2 : 1;
  const width = Math.floor((columns - 4) / across);
  const perColumn = Math.ceil(pairs.length / across);
  for (let line = 0; line < perColumn && lines.length < rows; line++) {
    const row: Span[] = [{ text: "    " }];
    for (let column = 0; column < across; column++) {
      const pair = pairs[line + column * perColumn];
      if (pair !== undefined) row.push(...pairSpans(pair, width));
    }
    lines.push(row);
  }
  const hidden = perColumn - (lines.length - 1);
  if (hidden > 0 && lines.length > 1)
    lines[lines.length - 1] = [{ text: `    … ${hidden * across} more: v shows all`, dim: true }];
  return lines;
}

function pairSpans([name, value]: [string, string], width: number): Span[] {
  const label = fit(name, Math.min(nameWidth, width - 2));
  const room = Math.max(0, width - widthOf(label) - 2);
  const shown = cutTo(value, room);
  return [
    { text: `${label} `, dim: true },
    { text: shown },
    { text: " ".repeat(Math.max(1, room + 1 - widthOf(shown))) },
  ];
}

/** Call variables that say something, in Finesse's order. */
export function pairsOf(call: Call): [string, string][] {
  return Object.entries(call.variables).filter(([, value]) => value.trim() !== "");
}
