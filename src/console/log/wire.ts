import type { ControlClient } from "../../control/client.ts";
import type { TracePage } from "../../control/contract.ts";
import { type ErrorData, toCtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import { printable } from "../../platform/terminal.ts";
import { timeOfDay } from "../../words/time.ts";
import { prettyLines } from "./pretty.ts";

export type WireEntry = TracePage["records"][number];

/** What went over the wire for an event. `by`: how the messages were found. */
export type Wire =
  | { state: "loading" }
  | { state: "failed"; error: ErrorData }
  | { state: "there"; by: "cause" | "time"; records: readonly WireEntry[]; more: boolean };

const most = 100;
/** Milliseconds before and after an event without a cause in which its messages are looked for. */
const before = 3000;
const after = 500;

/**
 * Reads what led to an event and what came of it: the records of its cause, else its agent's around its time. Already without secrets:
 * the trace leaves them out as it is written. Never rejects.
 */
export async function readWire(client: Pick<ControlClient, "trace">, event: CtiEvent): Promise<Wire> {
  try {
    if (event.cause !== undefined) {
      const { records, more } = await client.trace({ cause: event.cause, limit: most });
      if (records.length > 0) return { state: "there", by: "cause", records, more };
    }
    const at = Date.parse(event.at);
    if (Number.isNaN(at)) return { state: "there", by: "time", records: [], more: false };
    const { records, more } = await client.trace({
      ...(event.agent !== undefined && { agent: event.agent }),
      until: new Date(at + after).toISOString(),
      limit: most,
    });
    const near = records.filter((record) => Date.parse(record.at) >= at - before);
    return { state: "there", by: "time", records: near, more: more && near.length === records.length };
  } catch (thrown) {
    return { state: "failed", error: toCtiError(thrown).toJSON() };
  }
}

/** One line of the wire view. `head`: it begins a message. */
export interface WireLine {
  text: string;
  head?: "in" | "out";
}

/** Messages line by line, readable: a head with time, direction and summary, then its text. Safe to be shown. */
export function wireLines(records: readonly WireEntry[]): WireLine[] {
  return records.flatMap(({ at, direction, channel, peer, summary, text }, index) => [
    ...(index === 0 ? [] : [{ text: "" }]),
    {
      text: printable(`${direction === "out" ? "→" : "←"} ${timeOfDay(at)}  ${channel}  ${summary}  ${peer}`),
      head: direction,
    },
    ...prettyLines(text).map((line) => ({ text: `  ${printable(line)}` })),
  ]);
}

/** The same as it was recorded, for the clipboard. */
export function wireText(records: readonly WireEntry[]): string {
  return records
    .map(({ at, direction, channel, peer, summary, text }) =>
      [`${at} ${channel} ${direction} ${peer} ${summary}`, text].filter((part) => part !== "").join("\n"),
    )
    .join("\n\n");
}
