import type { ControlClient } from "../../control/client.ts";
import type { EventsQuery, TraceQuery } from "../../control/contract.ts";
import type { CtiEvent } from "../../model/events.ts";
import { idAfter } from "../log/event-place.ts";
import type { LadderSource, TraceEntry } from "./contract.ts";
import { isCallEvent, isOver } from "./select.ts";

export type LadderClient = Pick<ControlClient, "eventPage" | "trace">;

/** Records or events of one page, and pages of one question: a call of many hours is not read in full. */
const pageSize = 1000;
const mostPages = 8;
const mostCauses = 30;
/** Milliseconds around the calls that are read: what was asked before a call began, and what was told after it had ended. */
const before = 15_000;
const after = 15_000;
/** Events of all agents after the last one of the call: states that its end led to are among them. */
const beyond = 5000;

/**
 * Reads what a ladder is made of: the interaction's events, what else its agent's session told meanwhile (consult calls, states), and the
 * messages of that time and of its causes. Rejects as the client does.
 */
export async function gatherLadder(
  client: LadderClient,
  { interaction, extension }: { interaction: string; extension?: string },
  signal?: AbortSignal,
): Promise<LadderSource> {
  const own = await eventsOf(client, { interaction }, () => false, signal);
  const parent = own.events.filter(isCallEvent).find(({ call }) => call.parent !== undefined)?.call.parent;
  const asked =
    parent === undefined ? undefined : await eventsOf(client, { interaction: parent }, () => false, signal);
  const known = [...own.events, ...(asked?.events ?? [])];
  const calls = known.filter(isCallEvent).sort(byId);
  const [first] = calls;
  const last = calls.at(-1);
  const common = { interaction, ...(extension !== undefined && { extension }) };
  if (first?.agent === undefined || last === undefined)
    return { ...common, events: known.sort(byId), records: [], more: own.more };
  const from = Date.parse(first.at) - before;
  // Of a call that goes on, all until now.
  const over = isOver(calls);
  const meanwhile = await eventsOf(
    client,
    { agent: first.agent, ...(over && { before: idAfter(last.id, beyond) ?? last.id }) },
    ({ at }) => Date.parse(at) < from,
    signal,
  );
  const events = unique([...known, ...meanwhile.events]).sort(byId);
  const records = await recordsOf(
    client,
    {
      agent: first.agent,
      ...(over && { until: new Date(Date.parse(last.at) + after).toISOString() }),
    },
    ({ at }) => Date.parse(at) < from,
    signal,
  );
  const causes = new Set(known.flatMap(({ cause }) => (cause === undefined ? [] : [cause])));
  const all = [...records.records];
  for (const cause of [...causes].slice(0, mostCauses))
    all.push(...(await recordsOf(client, { cause }, () => false, signal)).records);
  return {
    ...common,
    events,
    records: unique(all).sort((one, other) => Number(one.id) - Number(other.id)),
    more: own.more || (asked?.more ?? false) || meanwhile.more || records.more || causes.size > mostCauses,
  };
}

/** Pages back until there are no more, or `isEnough` for the oldest one; `more`: not to the end. */
async function eventsOf(
  client: LadderClient,
  query: EventsQuery,
  isEnough: (oldest: CtiEvent) => boolean,
  signal: AbortSignal | undefined,
): Promise<{ events: CtiEvent[]; more: boolean }> {
  const events: CtiEvent[] = [];
  let place = query.before;
  for (let page = 0; page < mostPages; page++) {
    signal?.throwIfAborted();
    const read = await client.eventPage({
      ...query,
      limit: pageSize,
      ...(place !== undefined && { before: place }),
    });
    events.unshift(...read.events);
    const [oldest] = read.events;
    if (!read.more || oldest === undefined || isEnough(oldest)) return { events, more: false };
    place = oldest.id;
  }
  return { events, more: true };
}

async function recordsOf(
  client: LadderClient,
  query: TraceQuery,
  isEnough: (oldest: TraceEntry) => boolean,
  signal: AbortSignal | undefined,
): Promise<{ records: TraceEntry[]; more: boolean }> {
  const records: TraceEntry[] = [];
  let place: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    signal?.throwIfAborted();
    const read = await client.trace({
      ...query,
      limit: pageSize,
      ...(place !== undefined && { before: place }),
    });
    records.unshift(...read.records);
    const [oldest] = read.records;
    if (!read.more || oldest === undefined || isEnough(oldest)) return { records, more: false };
    place = oldest.id;
  }
  return { records, more: true };
}

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

function unique<Item extends { id: string }>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
