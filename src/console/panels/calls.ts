import type { Call } from "../../model/call.ts";
import { lookOf } from "../../words/states.ts";
import { arrow } from "../../words/event-text.ts";
import { timerSince } from "../../words/time.ts";
import { cutTo, fit, fitRow, type Row, type Span } from "../overlays/cells.ts";
import { ownAgent, ownCall } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";
import { words } from "../words.ts";
import { dataHeight, dataRows, headingOf } from "./call-data.ts";
import { fill, sides, titleRow } from "./layout.ts";

/** Columns of what names a call: what follows it counts too. */
const headingWidth = 24;

/** Columns from which a call's id is shown. */
const roomForId = 60;

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
    lines.push(callRow(call, state.layouts, call.id === chosen?.id && calls.length > 1, now, columns));
  if (chosen !== undefined) {
    const left = rows - lines.length;
    if (left > 0) lines.push(...callData(chosen, state.layouts, now, columns, left));
  }
  return fill(lines, rows);
}

/** How many lines all of it would take. */
export function callsHeight(state: ConsoleState, columns: number): number {
  const calls = ownAgent(state)?.calls ?? [];
  const chosen = ownCall(state);
  if (chosen === undefined) return 2;
  return 1 + calls.length + 1 + dataHeight(chosen, state.layouts, columns);
}

function callRow(
  call: Call,
  layouts: ConsoleState["layouts"],
  chosen: boolean,
  now: number,
  columns: number,
): Row {
  const { symbol, style } = lookOf(call.state);
  const look: Omit<Span, "text"> =
    style === "dim" ? { dim: true } : style === "bold" ? { bold: true } : { color: style };
  const party = call.party === "" ? words.unknownNumber : call.party;
  const isConsult = call.parent !== undefined;
  const isColleague = isConsult || call.direction === "internal";
  const other = call.customer !== undefined && call.customer !== call.party ? call.customer : "";
  const queue = call.queue?.name ?? call.queue?.number;
  const heading = headingOf(call, layouts);
  // Whom it is about is not who is at the other end.
  const about = heading === "" ? other : heading;
  const named: Row = isColleague
    ? [
        { text: party, bold: true },
        ...(isConsult ? [{ text: `  ${words.consult}`, color: "yellow" as const }] : []),
        ...(about === "" ? [] : [{ text: `  ${words.about(cutTo(about, headingWidth))}` }]),
      ]
    : [
        { text: other === "" ? party : `${party} (${other})`, bold: true },
        ...(heading === "" ? [] : [{ text: `  ${cutTo(heading, headingWidth)}`, bold: true }]),
      ];
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
      ...named,
      ...(wrapUp === "" ? [] : [{ text: `  ${wrapUp}`, color: "blue" as const }]),
      ...(queue === undefined ? [] : [{ text: `  ${queue}`, dim: true }]),
    ],
    // The customer comes first where there is no room for both.
    columns < roomForId ? [] : [{ text: call.id, dim: true }],
    columns,
  );
}

function callData(
  call: Call,
  layouts: ConsoleState["layouts"],
  now: number,
  columns: number,
  rows: number,
): Row[] {
  const lines: Row[] = [];
  const others = call.participants.map(({ mediaAddress, state, stateChangeTime }) => {
    const { symbol } = lookOf(state);
    return `${mediaAddress} ${symbol} ${state.toLowerCase()} ${timerSince(stateChangeTime, now)}`.trim();
  });
  lines.push(fitRow([{ text: `    ${others.join("   ")}`, dim: true }], columns));
  return [...lines, ...dataRows(call, layouts, columns, rows - lines.length)];
}
