import type { CtiEvent } from "../../model/events.ts";
import { printable } from "../../platform/terminal.ts";
import { eventSummary } from "../../words/event-summary.ts";
import { timeOfDay } from "../../words/time.ts";
import { fit, graphemes, type Row, widthOf } from "../overlays/cells.ts";
import { logWords } from "./log-words.ts";

/** A name with its value, or only a name: what follows deeper belongs to it. */
export interface Field {
  level: number;
  name: string;
  value: string | undefined;
}

const widestName = 20;
const { keys } = logWords;

/** Everything that is known of an event; what is not set is left out. */
export function eventFields(event: CtiEvent): Field[] {
  const { id, at, agent, cause, type, ...rest } = event;
  const says = eventSummary(event)
    .map(({ text }) => text)
    .join("")
    .trim();
  const top: [name: string, value: string | undefined][] = [
    [keys.at, `${timeOfDay(at)}  ${at}`],
    [keys.agent, agent],
    [keys.type, type],
    [keys.says, says === "" ? undefined : says],
    [keys.cause, cause],
    [keys.id, id],
  ];
  return [
    ...top.flatMap(([name, value]) => (value === undefined ? [] : [{ level: 0, name, value }])),
    ...fieldsOf(rest, 0),
  ];
}

function fieldsOf(value: object, level: number): Field[] {
  return Object.entries(value).flatMap(([name, each]) => fieldOf(name, each, level));
}

function fieldOf(name: string, value: unknown, level: number): Field[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object") return [{ level, name, value: String(value) }];
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    if (items.length === 0) return [];
    if (items.every((item) => typeof item !== "object"))
      return [{ level, name, value: items.map(String).join(", ") }];
    return items.flatMap((item, index) => fieldOf(`${name} ${index + 1}`, item, level));
  }
  const inner = fieldsOf(value, level + 1);
  return inner.length === 0 ? [] : [{ level, name, value: undefined }, ...inner];
}

/** Names and values in rows of exactly `columns`; long values go on below themselves. */
export function fieldRows(fields: readonly Field[], columns: number): Row[] {
  const widths = new Map<number, number>();
  for (const { level, name, value } of fields)
    if (value !== undefined)
      widths.set(level, Math.max(widths.get(level) ?? 0, Math.min(widthOf(name), widestName)));
  return fields.flatMap(({ level, name, value }): Row[] => {
    const indent = " ".repeat(Math.min(1 + level * 2, Math.floor(columns / 3)));
    if (value === undefined) return [[{ text: fit(indent + name, columns), bold: true }]];
    const nameWidth = Math.min(widths.get(level) ?? 0, Math.max(1, Math.floor(columns / 3)));
    const left = indent.length + nameWidth + 2;
    return pieces(value, columns - left).map((piece, index) => [
      { text: index === 0 ? `${indent}${fit(name, nameWidth)}  ` : " ".repeat(left), dim: true },
      { text: fit(piece, Math.max(0, columns - left)) },
    ]);
  });
}

/** A text in pieces of at most `columns`, nothing left out. */
function pieces(text: string, columns: number): string[] {
  const found: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    let piece = "";
    for (const part of graphemes(printable(line))) {
      if (piece !== "" && widthOf(piece + part) > columns) {
        found.push(piece);
        piece = "";
      }
      piece += part;
    }
    found.push(piece);
  }
  return found;
}
