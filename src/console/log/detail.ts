import type { CtiEvent } from "../../model/events.ts";
import { jsonText } from "../../platform/terminal.ts";
import { timeOfDay } from "../../words/time.ts";
import { fitRow, type Row, type Span } from "../overlays/cells.ts";
import { joined, titleRow } from "../panels/layout.ts";
import { eventFields, fieldRows } from "./fields.ts";
import { logWords } from "./log-words.ts";
import { type Wire, type WireLine, wireLines, wireText } from "./wire.ts";

/** One event, opened: what is known of it, or what went over the wire for it. */
export interface Detail {
  event: CtiEvent;
  shows: "fields" | "wire";
  /** First line on the screen. */
  top: number;
  /** Once it was asked for. */
  wire: Wire | undefined;
}

export function openDetail(event: CtiEvent, shows: Detail["shows"]): Detail {
  return { event, shows, top: 0, wire: undefined };
}

/** Scrolled so many lines, never past the last one. `rows`: with the title, as it is drawn. */
export function scrollDetail(detail: Detail, by: number, columns: number, rows: number): Detail {
  const most = Math.max(0, linesOf(detail, columns).length - body(rows));
  const top = Math.max(0, Math.min(detail.top + by, most));
  return top === detail.top ? detail : { ...detail, top };
}

/** What `y` copies: the event as JSON, or the messages as they were recorded. */
export function detailText({ event, shows, wire }: Detail): string {
  if (shows === "fields") return jsonText(event, 2);
  return wire?.state === "there" ? wireText(wire.records) : "";
}

/** The detail in exactly `rows` lines. */
export function detailRows(detail: Detail, columns: number, rows: number, focused: boolean): Row[] {
  if (rows <= 0) return [];
  const lines = linesOf(detail, columns);
  const top = Math.max(0, Math.min(detail.top, lines.length - body(rows)));
  const shown = lines.slice(top, top + body(rows));
  const title = titleRow(titleOf(detail, top, shown.length, lines.length), columns, focused);
  const drawn = [title, ...shown.map((line) => rowOf(line, columns))];
  return Array.from({ length: rows }, (_, index) => drawn[index] ?? [{ text: " ".repeat(columns) }]);
}

function body(rows: number): number {
  return Math.max(0, rows - 1);
}

function titleOf({ event, shows, wire }: Detail, top: number, shown: number, all: number): Row {
  const parts: Row[] = [
    [{ text: shows === "wire" ? logWords.wire : logWords.detail, bold: true }],
    [{ text: event.type, color: "cyan" }],
    [{ text: timeOfDay(event.at) }],
  ];
  if (event.agent !== undefined) parts.push([{ text: event.agent }]);
  if (shows === "wire" && wire?.state === "there" && wire.records.length > 0) {
    const { by, records, more } = wire;
    const count = by === "cause" ? logWords.ofCause(records.length) : logWords.aroundTime(records.length);
    parts.push([{ text: more ? `${count}, ${logWords.atMost}` : count }]);
  }
  if (shown < all) parts.push([{ text: logWords.lines(top + 1, top + shown, all), dim: true }]);
  return joined(parts, { text: " · ", dim: true });
}

type Line = Row | WireLine;

/** Made once for each event, or answer of the trace, and width: keys only choose which of them are drawn. */
const made = new WeakMap<object, { columns: number; lines: readonly Line[] }>();

function linesOf({ event, shows, wire }: Detail, columns: number): readonly Line[] {
  if (shows === "wire" && wire?.state !== "there")
    return [{ text: wire?.state === "failed" ? logWords.failed(wire.error.message) : logWords.wireLoading }];
  const subject = shows === "wire" ? (wire ?? event) : event;
  const known = made.get(subject);
  if (known?.columns === columns) return known.lines;
  const lines =
    shows === "fields" || wire?.state !== "there"
      ? fieldRows(eventFields(event), columns)
      : wire.records.length === 0
        ? [{ text: logWords.wireNone }]
        : wireLines(wire.records);
  made.set(subject, { columns, lines });
  return lines;
}

function rowOf(line: Line, columns: number): Row {
  if (!("text" in line)) return fitRow(line, columns);
  const look: Omit<Span, "text"> =
    line.head === undefined ? {} : { bold: true, color: line.head === "out" ? "yellow" : "cyan" };
  return fitRow([{ text: ` ${line.text}`, ...look }], columns);
}
