import type { CtiEvent } from "../../model/events.ts";
import type { Style } from "../../platform/terminal.ts";
import { eventSummary } from "../../words/event-summary.ts";
import { timeOfDay, timerSince } from "../../words/time.ts";
import type { Row, Span } from "../overlays/cells.ts";
import { fitEventRow, fitText } from "./fit-row.ts";

export type Times = "absolute" | "relative";

export interface RowLayout {
  columns: number;
  times: Times;
  /** Columns for agent ids; 0 leaves them out. */
  agentWidth: number;
}

/** The longest agent id that is not cut. */
const widestAgent = 10;
const timeWidth = 12;
const shortTimeWidth = 8;
/** From here on types stand whole and times with milliseconds. */
const wide = 120;
const narrow = 60;

/** On a narrow screen the family goes where the rest is telling enough. */
const shortTypes: Readonly<Record<string, string>> = {
  "agent.changed": "agent",
  "message.received": "message",
  "team.member-changed": "team",
  "queue.changed": "queue",
  "delivery.delayed": "deliv.delayed",
  "delivery.expired": "deliv.expired",
  "delivery.failed": "deliv.failed",
};
const shortTypeWidth = 14;
const typeWidth = 22;

/** Families by colour; the words say the same. */
const familyColours: Readonly<Record<string, Span["color"]>> = {
  call: "cyan",
  agent: "green",
  session: "blue",
  service: "blue",
  delivery: "magenta",
  adapter: "magenta",
};
const alarming = new Set([
  "session.disconnected",
  "session.conflict",
  "service.out-of-service",
  "command.failed",
  "delivery.failed",
  "delivery.expired",
  "adapter.down",
]);

/** One event in exactly `columns`: when, whose, what, and what a person wants to know of it. `now`: milliseconds, for relative times. */
export function eventRow(event: CtiEvent, { columns, times, agentWidth }: RowLayout, now: number): Row {
  const agents = Math.min(agentWidth, widestAgent);
  return fitEventRow(
    [
      { text: `${timeText(event.at, times, columns, now)} `, dim: true },
      ...(agents === 0 || columns < narrow ? [] : [{ text: `${fitText(event.agent ?? "-", agents)} ` }]),
      { text: `${typeText(event.type, columns)} `, ...typeLook(event.type) },
      ...eventSummary(event).map(({ text, style }): Span => ({ text, ...lookOfStyle(style) })),
    ],
    columns,
  );
}

/** `09:00:01.250`, or how long ago: `-0:12`. */
function timeText(at: string, times: Times, columns: number, now: number): string {
  const width = columns < narrow ? shortTimeWidth : timeWidth;
  if (times === "absolute") return fitText(timeOfDay(at).slice(0, width), width);
  return `-${timerSince(at, now)}`.padStart(Math.min(width, 9));
}

function typeText(type: string, columns: number): string {
  if (columns >= wide) return fitText(type, typeWidth);
  const short = shortTypes[type] ?? type.replace(/^(?:session|service)\./, "");
  return fitText(short, shortTypeWidth);
}

function typeLook(type: string): Omit<Span, "text"> {
  if (alarming.has(type)) return { color: "red" };
  const color = familyColours[type.slice(0, type.indexOf("."))];
  return color === undefined ? {} : { color };
}

/** A style of the command line's in the console's terms. */
function lookOfStyle(style: Style | undefined): Omit<Span, "text"> {
  if (style === undefined) return {};
  return style === "dim" || style === "bold" ? { [style]: true } : { color: style };
}
