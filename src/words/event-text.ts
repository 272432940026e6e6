import type { CtiEvent } from "../model/events.ts";
import type { Paint } from "../platform/terminal.ts";
import { eventSummary } from "./event-summary.ts";
import { timeOfDay } from "./time.ts";

export { arrow } from "./event-summary.ts";

/** One event on one line: time, agent, name, what a person wants to know of it. */
export function eventText(event: CtiEvent, paint: Paint): string {
  const summary = eventSummary(event).map(({ text, style }) =>
    style === undefined ? text : paint(style, text),
  );
  const columns = [
    paint("dim", timeOfDay(event.at)),
    (event.agent ?? "-").padEnd(5),
    paint("cyan", event.type.padEnd(22)),
    summary.join(""),
  ];
  return columns.join("  ").trimEnd();
}
