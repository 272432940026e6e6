import type { CtiEvent } from "../../model/events.ts";
import type { Draft, Ladder, LadderColumn, LadderSource, LadderStep, TraceEntry } from "./contract.ts";
import { eventStep } from "./event-step.ts";
import { ladderWords } from "./ladder-words.ts";
import { messageOf } from "./messages.ts";
import { Parties } from "./parties.ts";
import { type CallEvent, isCallEvent, isState, select, type Selection } from "./select.ts";

/** Steps of a ladder; more are left out of its middle. */
const mostSteps = 2000;
/** Milliseconds in which an event follows the message that it was read from. */
const readTime = 1500;

const columns: readonly LadderColumn[] = [
  { id: "crm", kind: "crm", title: ladderWords.crm },
  { id: "connector", kind: "connector", title: ladderWords.connector },
  { id: "finesse", kind: "finesse", title: ladderWords.finesse },
];

/** A message of the trace and the events that came of it, or an event without a message. */
interface Happening {
  at: number;
  record: TraceEntry | undefined;
  events: CtiEvent[];
}

/** The ladder of an interaction. Pure; what does not belong to it is left out. */
export function buildLadder(source: LadderSource): Ladder {
  const selection = select(source);
  const first = selection.events.find(
    (event): event is CallEvent => isCallEvent(event) && event.call.interaction === source.interaction,
  );
  const parties = new Parties(source.extension ?? extensionOf(selection.events, first?.agent));
  const drafts = happenings(selection).flatMap((happening) => draftsOf(happening, parties));
  const all = [...columns, ...parties.columns];
  const ids = new Set(all.map(({ id }) => id));
  const column = (id: string): string => (ids.has(id) ? id : "party:");
  const kept = withoutMiddle(drafts);
  const causes: string[] = [];
  const steps = kept.map((draft, at): LadderStep => {
    const { causeId, ...step } = draft;
    if (causeId !== undefined && !causes.includes(causeId)) causes.push(causeId);
    const before = kept[at - 1];
    return {
      ...step,
      from: column(step.from),
      to: column(step.to),
      gap: before === undefined ? undefined : Math.max(0, Date.parse(step.at) - Date.parse(before.at)),
      cause: causeId === undefined ? undefined : causes.indexOf(causeId),
    };
  });
  return {
    interaction: source.interaction,
    agent: first?.agent ?? "",
    party: first?.call.customer ?? first?.call.party ?? "",
    columns: all,
    steps,
    causes,
    leftOut: drafts.length - kept.length,
    more: source.more ?? false,
  };
}

/** The letter of a cause: A, B … Z, AA. */
export function causeLetter(place: number): string {
  const rest = Math.floor(place / 26);
  return (rest === 0 ? "" : causeLetter(rest - 1)) + String.fromCharCode(65 + (place % 26));
}

/** In the order of time; at the same millisecond messages before what is known only as an event. */
function happenings({ events, records }: Selection): Happening[] {
  const messages = records
    .map((record): Happening => ({ at: Date.parse(record.at), record, events: [] }))
    .sort((one, other) => one.at - other.at);
  const alone: Happening[] = [];
  for (const event of events) {
    const at = Date.parse(event.at);
    const message = newest(messages, at, ({ record }) => record !== undefined && isOf(event, record));
    if (message !== undefined) message.events.push(event);
    else alone.push({ at, record: undefined, events: [event] });
  }
  return [...messages, ...alone].sort((one, other) => one.at - other.at);
}

/**
 * The last one that fits and is not later than `until`, nor much earlier; of several in that millisecond the first that nothing came of yet:
 * messages and their events come in the same order.
 */
function newest(
  messages: readonly Happening[],
  until: number,
  fits: (message: Happening) => boolean,
): Happening | undefined {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.at ?? 0) <= until) low = middle + 1;
    else high = middle;
  }
  let last: Happening | undefined;
  let unread: Happening | undefined;
  for (let place = low - 1; place >= 0; place--) {
    const message = messages[place];
    if (message === undefined || until - message.at > readTime) break;
    if (last !== undefined && message.at !== last.at) break;
    if (!fits(message)) continue;
    last ??= message;
    if (message.events.length === 0) unread = message;
  }
  return unread ?? last;
}

/** The event was read from this message. */
function isOf(event: CtiEvent, record: TraceEntry): boolean {
  const { channel, direction, text, requestId } = record;
  if ("delivery" in event) return channel === "http" && direction === "in" && requestId === event.delivery.id;
  if (channel !== "xmpp" || direction !== "in" || record.agent !== event.agent) return false;
  if (isCallEvent(event)) return !isState(record) && text.includes(event.call.id);
  if (event.type === "agent.changed") return isState(record);
  return event.type === "command.failed" && /api_?errors?/i.test(text);
}

function draftsOf({ at, record, events }: Happening, parties: Parties): Draft[] {
  const causeId = record?.cause ?? events.find(({ cause }) => cause !== undefined)?.cause;
  const common = {
    at: new Date(at).toISOString(),
    causeId,
    events: events.map(({ id }) => id),
    records: record === undefined ? [] : [record.id],
  };
  const phones = events
    .filter(isCallEvent)
    .flatMap((event) => (event.type === "call.ended" ? [] : parties.see(event.call)))
    .map(({ number, outward, label, failed }): Draft => {
      const phone = `party:${number}`;
      const way = outward ? { from: phone, to: "finesse" } : { from: "finesse", to: phone };
      return { ...common, ...way, kind: "phone", label, failed };
    });
  const told = events.map(eventStep);
  if (record === undefined) return [...phones, ...told.map((step): Draft => ({ ...common, ...step }))];
  const message = messageOf(record);
  const failed = message.failed || told.some((step) => step.failed);
  const label = labelWith(message, told);
  return [...phones, { ...common, ...message, label, failed }];
}

/** A notification is called by what it told; an answer by itself, then by what it meant. */
function labelWith(message: ReturnType<typeof messageOf>, told: readonly { label: string }[]): string {
  const words = [...new Set(told.map(({ label }) => label))].join("; ");
  if (message.kind === "notification")
    return words === "" ? `${message.label}: ${ladderWords.nothingNew}` : words;
  return words === "" ? message.label : `${message.label} ${words}`;
}

function withoutMiddle(drafts: Draft[]): Draft[] {
  if (drafts.length <= mostSteps) return drafts;
  return [...drafts.slice(0, mostSteps / 2), ...drafts.slice(-mostSteps / 2)];
}

/** The agent's own, as Finesse tells it, or by what kind of device is always in the agent's calls. */
function extensionOf(events: readonly CtiEvent[], agent: string | undefined): string | undefined {
  for (const event of events)
    if (event.type === "agent.changed" && event.agent === agent && event.state.extension !== undefined)
      return event.state.extension;
  const calls = events.filter(isCallEvent).map(({ call }) => call);
  const known = calls.filter(({ participants }) => participants.length > 0);
  const [first, ...rest] = known.map(
    ({ participants }) =>
      new Set(
        participants
          .filter(({ mediaAddressType }) => mediaAddressType === "AGENT_DEVICE")
          .map(({ mediaAddress }) => mediaAddress),
      ),
  );
  return [...(first ?? [])].find((number) => rest.every((devices) => devices.has(number)));
}
