import type { TracePage } from "../../control/contract.ts";
import type { CtiEvent } from "../../model/events.ts";

export type TraceEntry = TracePage["records"][number];

/** What a ladder is made of: more than belongs to the interaction does no harm. Both oldest first. */
export interface LadderSource {
  interaction: string;
  events: readonly CtiEvent[];
  records: readonly TraceEntry[];
  /** The agent's own extension, where it is known. */
  extension?: string;
  /** There was more than is here. */
  more?: boolean;
}

/** Who told whom what in one interaction, its consult calls included, in the order of time. */
export interface Ladder {
  interaction: string;
  /** The agent whose interaction it is; empty when nothing is known of it. */
  agent: string;
  /** Who is at the other end. */
  party: string;
  /** CRM, connector and Finesse, in this order, then the parties. */
  columns: readonly LadderColumn[];
  steps: readonly LadderStep[];
  /** Ids of causes, in the order in which they appear. */
  causes: readonly string[];
  /** Steps that are not shown, from the middle: there are too many. */
  leftOut: number;
  /** The source had more than was read. */
  more: boolean;
}

export interface LadderColumn {
  /** `crm`, `connector`, `finesse`, `party:<number>`. */
  id: string;
  kind: "crm" | "connector" | "finesse" | "party";
  title: string;
}

export interface LadderStep {
  /** ISO 8601 UTC. */
  at: string;
  /** Milliseconds since the step before; `undefined` of the first. */
  gap: number | undefined;
  /** Ids of columns. Both the same: something that the connector noticed by itself. */
  from: string;
  to: string;
  /** On one line, safe to be shown. */
  label: string;
  kind: LadderKind;
  /** An error, a refusal, something that did not arrive. */
  failed: boolean;
  /** Place in `causes`. */
  cause: number | undefined;
  /** What it was made of. */
  events: readonly string[];
  records: readonly string[];
}

/**
 * `request` and its `answer`; `notification` of Finesse's; `message` to a CRM; `phone`: what happened at a party's phone, as Finesse told it;
 * `event`: what the journal tells and the trace has no message for.
 */
export type LadderKind = "request" | "answer" | "notification" | "message" | "phone" | "event";

/** A step before its place is known. */
export type Draft = Omit<LadderStep, "gap" | "cause"> & { causeId: string | undefined };
