import type { Problem, Seat } from "./contract.ts";
import type { EventName } from "./event-rules.ts";
import type { Found } from "./lookup.ts";

/** EBS's record of one contact: what came under one occtSourceID, when, how often. */
export interface InteractionRecord extends Seat {
  /** occtSourceID. */
  id: string;
  ani: string | undefined;
  dnis: string | undefined;
  /** Of the latest ScreenPop. */
  data: Record<string, string>;
  /** Who the latest ScreenPop brought up. */
  customer: Found | undefined;
  /** When each came, ISO 8601; records may come more than once. */
  pops: readonly string[];
  established: readonly string[];
  released: readonly string[];
  /** CallEstablished came before, or without, a ScreenPop: allowed, and worth knowing. */
  unannounced: boolean;
}

export type InteractionState = "popped" | "active" | "ended" | "unanswered" | "released";

export interface Interaction extends InteractionRecord {
  state: InteractionState;
  /** Its beginning and its end were heard; a call that was never answered has only its end. */
  complete: boolean;
  /** From the first CallEstablished to the first CallReleased. */
  seconds: number | undefined;
}

/** The events that make an interaction. */
export type CallEvent = Extract<EventName, "ScreenPop" | "CallEstablished" | "CallReleased">;

export interface Step {
  /** Undefined: there is still none. */
  interaction: InteractionRecord | undefined;
  problem?: Problem;
  /** What the user sees of it; nothing for a repetition or a breach. */
  seen?: "popped" | "begins" | "ends" | "unanswered";
}

export interface Incoming {
  name: CallEvent;
  data: Record<string, string>;
  at: string;
  seat: Seat;
}

/**
 * One event at one interaction (reference §4, §6): ScreenPop, CallEstablished, CallReleased in this order; the last two may be repeated, a
 * ScreenPop only with other data and before the call is established, or with another ANI after. An event that breaks the order is counted
 * all the same, unless it would make or change an interaction it has no right to.
 */
export function step(before: InteractionRecord | undefined, event: Incoming): Step {
  if (before !== undefined && before.agent !== event.seat.agent) {
    const text = `${before.id} is agent ${before.agent}'s and came to agent ${event.seat.agent} too`;
    return { interaction: before, problem: { kind: "two-agents", text } };
  }
  switch (event.name) {
    case "ScreenPop":
      return popped(before, event);
    case "CallEstablished":
      return established(before, event);
    case "CallReleased":
      return released(before, event);
  }
}

function popped(before: InteractionRecord | undefined, { data, at, seat }: Incoming): Step {
  const record = before ?? fresh(data, seat);
  const interaction = {
    ...record,
    ani: data.occtANI,
    dnis: data.occtDNIS,
    data,
    pops: [...record.pops, at],
  };
  const refused = (kind: Problem["kind"], text: string): Step => ({
    interaction: { ...record, pops: interaction.pops },
    problem: { kind, text: `ScreenPop of ${record.id} ${text}` },
  });
  if (record.released.length > 0) return refused("pop-after-released", "after its CallReleased");
  if (record.pops.length > 0) {
    if (record.established.length > 0 && record.ani === data.occtANI)
      return refused("pop-after-established", "again after its CallEstablished, with the same occtANI");
    if (Bun.deepEquals(record.data, data)) return refused("repeated-pop", "again, with nothing changed");
  }
  return { interaction, seen: "popped" };
}

function established(before: InteractionRecord | undefined, { data, at, seat }: Incoming): Step {
  const record = before ?? fresh(data, seat);
  const first = record.established.length === 0;
  const interaction = {
    ...record,
    established: [...record.established, at],
    unannounced: record.unannounced || record.pops.length === 0,
  };
  if (first && record.released.length > 0)
    return {
      interaction,
      problem: {
        kind: "established-after-released",
        text: `CallEstablished of ${record.id} after its CallReleased`,
      },
    };
  return first ? { interaction, seen: "begins" } : { interaction };
}

function released(before: InteractionRecord | undefined, { data, at, seat }: Incoming): Step {
  if (before === undefined)
    return {
      interaction: { ...fresh(data, seat), released: [at] },
      problem: {
        kind: "released-unknown",
        text: `CallReleased of ${data.occtSourceID}, of which nothing was heard before`,
      },
    };
  const interaction = { ...before, released: [...before.released, at] };
  if (before.released.length > 0) return { interaction };
  return { interaction, seen: before.established.length > 0 ? "ends" : "unanswered" };
}

function fresh(data: Record<string, string>, { agent, extension }: Seat): InteractionRecord {
  return {
    id: data.occtSourceID ?? "",
    agent,
    extension,
    ani: undefined,
    dnis: undefined,
    data: {},
    customer: undefined,
    pops: [],
    established: [],
    released: [],
    unannounced: false,
  };
}

/** A copy of a record, with what follows from it. */
export function viewOf(record: InteractionRecord): Interaction {
  const [begin, end] = [record.established[0], record.released[0]];
  const state = stateOf(record);
  const { data, customer, pops, established, released } = record;
  return {
    ...record,
    data: { ...data },
    customer: customer && { ...customer, customers: [...customer.customers] },
    pops: [...pops],
    established: [...established],
    released: [...released],
    state,
    complete: state === "ended" || state === "unanswered",
    seconds:
      begin === undefined || end === undefined
        ? undefined
        : Math.max(0, (Date.parse(end) - Date.parse(begin)) / 1000),
  };
}

function stateOf({ pops, established, released }: InteractionRecord): InteractionState {
  if (released.length === 0) return established.length > 0 ? "active" : "popped";
  if (established.length > 0) return "ended";
  return pops.length > 0 ? "unanswered" : "released";
}
