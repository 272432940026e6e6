import type { CtiEvent } from "../../model/events.ts";
import type { Call } from "../../model/call.ts";
import type { LadderSource, TraceEntry } from "./contract.ts";

/** Milliseconds around the calls in which a state of the agent's belongs to them. */
const beside = 2000;
/** Milliseconds between a message about the agent's state and the event that it is. */
const told = 20;
/** Milliseconds around the calls in which a message that names them means these: dialog ids come again after days. */
const around = 10 * 60_000;

export type CallEvent = Extract<CtiEvent, { call: Call }>;

/** What of a source belongs to the interaction. */
export interface Selection {
  events: CtiEvent[];
  records: TraceEntry[];
}

/** The interaction, the one it was made for, and those made for it or for that one. */
export function family(interaction: string, events: readonly CtiEvent[]): Set<string> {
  const members = new Set([interaction]);
  const calls = events.filter(isCallEvent).map(({ call }) => call);
  for (let size = 0; size !== members.size;) {
    size = members.size;
    for (const { interaction: own, parent } of calls) {
      if (parent === undefined) continue;
      if (members.has(own)) members.add(parent);
      else if (members.has(parent)) members.add(own);
    }
  }
  return members;
}

export function isCallEvent(event: CtiEvent): event is CallEvent {
  return "call" in event;
}

/** By cause, by dialog, by delivery, and of the agent's state what happened meanwhile. */
export function select({ interaction, events, records }: LadderSource): Selection {
  const members = family(interaction, events);
  const calls = events.filter(isCallEvent).filter(({ call }) => members.has(call.interaction));
  const agents = new Set(calls.map(({ agent }) => agent));
  const during = spanOf(calls, events, agents);
  const names = namesOf(calls, members);
  const isNamed = (record: TraceEntry): boolean =>
    within(record.at, during, around) &&
    (record.agent === undefined || agents.has(record.agent)) &&
    names.test(isList(record) ? record.summary : `${record.summary}\n${record.text}`);

  const chosen = events.filter((event) => {
    if (isCallEvent(event)) return members.has(event.call.interaction);
    if ("delivery" in event) return members.has(event.delivery.interaction ?? "");
    if (!agents.has(event.agent)) return false;
    if (event.type === "agent.changed") return within(event.at, during);
    if (event.type === "command.failed") return within(event.at, during.calls, beside);
    return isLink(event) && within(event.at, during.calls);
  });
  const named = new Set(records.filter(isNamed));
  const tying = chosen.filter((event) => event.type !== "agent.changed" || within(event.at, during.calls));
  const causes = new Set([...tying, ...named].flatMap(({ cause }) => (cause === undefined ? [] : [cause])));
  const deliveries = new Set(chosen.flatMap((event) => ("delivery" in event ? [event.delivery.id] : [])));
  for (const { requestId, channel } of named)
    if (channel === "http" && requestId !== undefined) deliveries.add(requestId);
  return {
    events: chosen,
    records: records.filter((record) => {
      if (record.channel === "xmpp" && !record.summary.startsWith("message")) return false;
      if (named.has(record) || causes.has(record.cause ?? "") || deliveries.has(record.requestId ?? ""))
        return true;
      return isState(record) && agents.has(record.agent) && within(record.at, during, told);
    }),
  };
}

interface Span {
  start: number;
  end: number;
}

/**
 * From the state that announced the calls to the one that their end led to; `calls`: from the first event of them to the last. Calls that have
 * not ended go on until the agent has another one.
 */
function spanOf(
  calls: readonly CallEvent[],
  events: readonly CtiEvent[],
  agents: ReadonlySet<string | undefined>,
): Span & { calls: Span } {
  const times = calls.map(({ at }) => Date.parse(at));
  const start = Math.min(...times);
  const until = Math.max(...times);
  const own = new Set(calls.map(({ call }) => call.interaction));
  const next = events.find(
    (event) =>
      isCallEvent(event) &&
      agents.has(event.agent) &&
      !own.has(event.call.interaction) &&
      Date.parse(event.at) > until,
  );
  const end = isOver(calls) ? until : next === undefined ? Infinity : Date.parse(next.at);
  const states = events.flatMap((event) =>
    event.type === "agent.changed" && agents.has(event.agent)
      ? [{ at: Date.parse(event.at), isCalls: /^(?:RESERVED|TALKING)/.test(event.state.state) }]
      : [],
  );
  const first = states.findLast(({ at }) => at < start);
  const last = states.find(({ at }) => at > end);
  return {
    start: first !== undefined && first.isCalls && start - first.at <= beside ? first.at : start,
    end: last !== undefined && last.at - end <= beside ? last.at : end,
    calls: { start, end },
  };
}

/** Every call has ended. */
export function isOver(calls: readonly CallEvent[]): boolean {
  const open = new Set<string>();
  for (const { type, call } of calls)
    if (type === "call.ended") open.delete(call.interaction);
    else open.add(call.interaction);
  return open.size === 0;
}

function within(at: string, { start, end }: Span, margin = 0): boolean {
  const time = Date.parse(at);
  return time >= start - margin && time <= end + margin;
}

function isLink({ type }: CtiEvent): boolean {
  return type.startsWith("session.") || type.startsWith("service.");
}

/** Texts that name dialogs of other calls too. */
function isList({ channel, summary }: TraceEntry): boolean {
  return channel === "rest" && summary.startsWith("GET ");
}

/** Tells of the agent, not of a call. */
export function isState({ channel, direction, summary }: TraceEntry): boolean {
  if (channel === "xmpp") return /\/User\/[^/]+$/.test(summary);
  return channel === "openwire" && direction === "out" && summary.startsWith("State#");
}

/** Dialog ids, also those of before a transfer, and the interactions' own, as whole words. */
function namesOf(calls: readonly CallEvent[], members: ReadonlySet<string>): RegExp {
  const names = new Set(members);
  for (const { call } of calls) {
    names.add(call.id);
    if (call.secondaryId !== undefined && call.secondaryId !== "") names.add(call.secondaryId);
  }
  const words = [...names].map((name) => name.replace(/[^\w-]/g, "\\$&"));
  return new RegExp(`(?<![\\w-])(?:${words.join("|")})(?![\\w-])`);
}
