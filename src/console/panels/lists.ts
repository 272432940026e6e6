import { agentName } from "../../model/agent.ts";
import type { ErrorData } from "../../model/errors.ts";
import { agentsTalking } from "../../model/queue.ts";
import { lookOf } from "../../words/states.ts";
import { timerSince } from "../../words/time.ts";
import { fit, fitRow, type Row, type Span, widthOf } from "../overlays/cells.ts";
import type { ConsoleState, Loaded } from "../store/state.ts";
import { words } from "../words.ts";
import { fill, titleRow } from "./layout.ts";

/** Whole-screen lists: a supervisor's team, queues, the CRM side. Each exactly `rows` lines. */

export function teamPanel({ team }: ConsoleState, now: number, columns: number, rows: number): Row[] {
  const name = team?.value?.name ?? "";
  const lines: Row[] = [titleRow([{ text: `Team ${name}`.trim(), bold: true }], columns, true)];
  const trouble = troubleOf(team);
  if (trouble !== undefined) return fill([...lines, trouble], rows);
  const members = (team?.value?.members ?? []).toSorted((a, b) => order(a.state) - order(b.state));
  lines.push(
    ...table(
      ["agent", "state", "for", "reason", "ext"],
      members.map((member): Span[] => {
        const look = lookOf(member.state);
        return [
          { text: `${agentName(member)}`, bold: true },
          { text: `${look.symbol} ${member.state}`, ...styleOf(look.style) },
          { text: timerSince(member.stateChangeTime, now) },
          { text: member.reason?.label ?? "" },
          { text: member.extension ?? "" },
        ];
      }),
      columns,
    ),
  );
  return fill(lines, rows);
}

export function queuesPanel({ queues }: ConsoleState, now: number, columns: number, rows: number): Row[] {
  const lines: Row[] = [titleRow([{ text: "Queues", bold: true }], columns, true)];
  const trouble = troubleOf(queues);
  if (trouble !== undefined) return fill([...lines, trouble], rows);
  const figure = (value: number | undefined): string => (value === undefined ? "-" : String(value));
  lines.push(
    ...table(
      ["queue", "waiting", "longest", "ready", "talking", "not ready"],
      (queues?.value ?? []).map(({ id, name, statistics }): Span[] => {
        const waiting = statistics?.callsInQueue ?? 0;
        const look: Omit<Span, "text"> = waiting > 0 ? { color: "yellow", bold: true } : {};
        return [
          { text: name === "" ? id : name, bold: true },
          { text: figure(statistics?.callsInQueue), ...look },
          { text: timerSince(statistics?.longestSince, now) || "-", ...look },
          { text: figure(statistics?.agentsReady) },
          { text: figure(statistics === undefined ? undefined : agentsTalking(statistics)) },
          { text: figure(statistics?.agentsNotReady) },
        ];
      }),
      columns,
    ),
  );
  return fill(lines, rows);
}

export function crmPanel({ connector }: ConsoleState, now: number, columns: number, rows: number): Row[] {
  const lines: Row[] = [titleRow([{ text: "CRM", bold: true }], columns, true)];
  const adapters = connector?.adapters ?? [];
  if (adapters.length === 0) lines.push([{ text: `  ${words.noAdapters}`, dim: true }]);
  for (const { adapter, state, since, summary, error, figures, clients } of adapters) {
    const color = state === "up" ? "green" : state === "starting" ? "yellow" : "red";
    const symbol = state === "up" ? "●" : state === "starting" ? "◌" : "✗";
    lines.push([
      { text: `  ${adapter}  `, bold: true },
      { text: `${symbol} ${state}  `, color },
      { text: `${timerSince(since, now)}  ` },
      { text: summary },
    ]);
    if (error !== undefined) lines.push([{ text: `      ${error.message}`, color: "red" }]);
    const shown = Object.entries(figures).map(([name, value]) => `${value} ${name}`);
    if (shown.length > 0) lines.push([{ text: `      ${shown.join(" · ")}`, dim: true }]);
    for (const client of clients)
      lines.push([
        { text: `      ${client.name}  ` },
        { text: client.agents.join(", "), dim: true },
        { text: `  ${words.seen(timerSince(client.lastSeen, now))}`, dim: true },
      ]);
  }
  const { owed = 0, missed = 0, oldest } = connector?.deliveries ?? {};
  lines.push(
    [],
    [
      { text: "  deliveries  ", bold: true },
      owed + missed === 0
        ? { text: words.allTold, color: "green" }
        : {
            text: words.deliveries(owed, timerSince(oldest, now), missed),
            color: missed > 0 ? "red" : "yellow",
          },
    ],
  );
  return fill(
    lines.map((line) => fitRow(line, columns)),
    rows,
  );
}

function troubleOf(loaded: Loaded<unknown> | undefined): Row | undefined {
  const error: ErrorData | undefined = loaded?.error;
  if (error !== undefined)
    return [
      { text: `  ${error.message}`, color: "yellow" },
      { text: error.hint === undefined ? "" : `  ${error.hint}`, dim: true },
    ];
  return loaded?.value === undefined ? [{ text: `  ${words.reading}`, dim: true }] : undefined;
}

/** Columns as wide as what stands in them; the last ones give way first. */
function table(titles: readonly string[], rows: readonly Span[][], columns: number): Row[] {
  const widths = titles.map((title, at) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at]?.text ?? ""))),
  );
  const line = (cells: readonly Span[]): Row =>
    fitRow(
      [
        { text: "  " },
        ...cells.map((cell, at) => ({ ...cell, text: `${fit(cell.text, widths[at] ?? 0)}  ` })),
      ],
      columns,
    );
  return [line(titles.map((text) => ({ text, dim: true }))), ...rows.map(line)];
}

/** Those on a call first, those who are out last. */
function order(state: string): number {
  const known = ["TALKING", "HOLD", "RESERVED", "WORK", "WORK_READY", "READY", "NOT_READY"];
  const at = known.indexOf(state);
  return at < 0 ? known.length : at;
}

function styleOf(style: ReturnType<typeof lookOf>["style"]): Omit<Span, "text"> {
  return style === "dim" ? { dim: true } : style === "bold" ? { bold: true } : { color: style };
}
