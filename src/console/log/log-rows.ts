import type { CtiEvent } from "../../model/events.ts";
import { timeOfDay } from "../../words/time.ts";
import { cutTo, fitRow, type Row, type Span, widthOf } from "../overlays/cells.ts";
import { joined, sides, titleRow } from "../panels/layout.ts";
import { logWords } from "./log-words.ts";
import { eventRow, type RowLayout, type Times } from "./row.ts";
import type { LogSnapshot } from "./snapshot.ts";

export interface LogLook {
  columns: number;
  /** With the title. */
  rows: number;
  focused: boolean;
  times: Times;
  /** Milliseconds since the epoch. */
  now: number;
}

/** How many events to ask the window for. */
export function logBody(rows: number): number {
  return Math.max(0, rows - 1);
}

/** The log in exactly `rows` lines: the title and what is in the snapshot of `logBody(rows)`. */
export function logRows(snapshot: LogSnapshot, look: LogLook): Row[] {
  const { columns, rows, focused } = look;
  if (rows <= 0) return [];
  const lines: Row[] = [titleRow(title(snapshot, columns), columns, focused)];
  const { filter } = snapshot;
  if (snapshot.beginning) {
    const words = filter.terms.length > 0 ? logWords.beginningOfHits : logWords.beginning;
    if (snapshot.rows.length > 0) lines.push(fitRow([{ text: `  ── ${words} ──`, dim: true }], columns));
  }
  const layout: RowLayout = {
    columns: columns - 2,
    times: look.times,
    agentWidth: filter.server.agent === undefined ? snapshot.agentWidth : 0,
  };
  for (const [index, event] of snapshot.rows.entries())
    lines.push(marked(cachedRow(event, layout, look.now), index === snapshot.chosen, focused));
  if (snapshot.rows.length === 0 && snapshot.loading === undefined && snapshot.error === undefined) {
    const text = filter.terms.length > 0 ? logWords.noHits(filter.text) : logWords.none;
    lines.push(fitRow([{ text: `  ${text}`, dim: true }], columns));
  }
  return Array.from({ length: rows }, (_, index) => lines[index] ?? blank(columns));
}

function title(snapshot: LogSnapshot, columns: number): Row {
  const { filter, hits, fresh, error, searched, loading } = snapshot;
  const parts: Row[] = [
    [{ text: logWords.title, bold: true }],
    snapshot.following
      ? [{ text: logWords.following, color: "green" }]
      : [{ text: logWords.paused, color: "yellow" }],
  ];
  if (fresh > 0) parts.push([{ text: logWords.fresh(fresh), color: "yellow", bold: true }]);
  if (filter.text !== "")
    parts.push([
      {
        text: cutTo(`${logWords.filterBegins}${filter.text}`, Math.max(8, Math.floor(columns / 3))),
        color: "cyan",
      },
    ]);
  if (hits !== undefined) parts.push([{ text: logWords.hits(hits, snapshot.moreHits) }]);
  if (error !== undefined) parts.push([{ text: logWords.failed(error.message), color: "red" }]);
  else if (searched !== undefined && searched.events > 0) {
    const at = searched.at === undefined ? undefined : timeOfDay(searched.at).slice(0, 8);
    parts.push([{ text: logWords.searched(searched.events, at), dim: true }]);
  } else if (loading === "oldest" || (loading !== undefined && snapshot.rows.length === 0))
    parts.push([{ text: logWords.loading[loading], dim: true }]);
  return joined(parts, { text: " · ", dim: true });
}

/** The marker stands beside the colour: it says the same where there is none. */
function marked(row: Row, chosen: boolean, focused: boolean): Row {
  if (!chosen) return [{ text: "  " }, ...row];
  if (!focused) return [{ text: "› ", dim: true }, ...row];
  return [
    { text: "▸ ", color: "cyan", bold: true },
    ...row.map((span) => ({ ...span, bold: true, dim: false })),
  ];
}

/** What an event looks like does not change while its place and the times of day do not. */
const cache = new WeakMap<CtiEvent, { key: string; row: Row }>();

function cachedRow(event: CtiEvent, layout: RowLayout, now: number): Row {
  const second = layout.times === "relative" ? Math.floor(now / 1000) : 0;
  const key = `${layout.columns} ${layout.agentWidth} ${second}`;
  const known = cache.get(event);
  if (known?.key === key) return known.row;
  const row = eventRow(event, layout, now);
  cache.set(event, { key, row });
  return row;
}

function blank(columns: number): Row {
  return [{ text: " ".repeat(columns) }];
}

/** The line in which a filter is typed, instead of the title's. */
export function filterRow(field: Row, snapshot: LogSnapshot, columns: number): Row {
  const hits: Span[] =
    snapshot.hits === undefined ? [] : [{ text: logWords.hits(snapshot.hits, snapshot.moreHits) }];
  const left: Row = [{ text: ` ${logWords.filterBegins}`, color: "cyan", bold: true }, ...field];
  const used = left.reduce((sum, { text }) => sum + widthOf(text), 0);
  const hint = columns - used - 16 > logWords.filterHint.length ? `  ${logWords.filterHint}` : "";
  return sides([...left, { text: hint, dim: true }], hits, columns);
}
