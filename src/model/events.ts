import type { Agent, AgentState } from "./agent.ts";
import type { Call } from "./call.ts";
import type { Refusal, Verb } from "./commands.ts";
import type { DeliveryBrief } from "./delivery.ts";
import type { ErrorData } from "./errors.ts";

/** What happened, without identity: sessions and adapters produce these, the connector stamps them. Whole objects, never deltas. */
export type CtiEventBody =
  | { type: "session.connecting"; node: string; attempt: number }
  | { type: "session.connected"; node: string; transport: string }
  /** `retryAt`: ISO time of the next attempt, absent when none will be made. */
  | { type: "session.disconnected"; node: string; error: ErrorData; retryAt?: string }
  | { type: "session.conflict"; node: string }
  | { type: "session.shared"; resources: string[] }
  | { type: "session.failed-over"; from: string; to: string }
  | { type: "session.unattended"; then: UnattendedAction; after: number }
  | { type: "session.signed-out"; by: "command" | "finesse"; reasonCodeId?: string }
  /** Nobody watched the agent: calls that began and ended in between are unknown. ISO times. */
  | { type: "session.gap"; from: string; to: string }
  | { type: "service.in-service"; node: string }
  | { type: "service.out-of-service"; node: string; why: string | undefined }
  | { type: "agent.changed"; state: Agent; previous: AgentState | undefined }
  | { type: "call.started"; call: Call }
  | { type: "call.changed"; call: Call }
  | { type: "call.released"; call: Call }
  /** `estimated`: the end was not seen, the call was gone at a re-read. */
  | { type: "call.ended"; call: Call; estimated?: boolean }
  | { type: "command.failed"; verb: Verb | undefined; refusal: Refusal }
  | { type: "message.received"; text: string; from: string | undefined }
  /** `elapsed`: milliseconds from what it tells of until the CRM had it. */
  | { type: "delivery.sent"; delivery: DeliveryBrief; elapsed: number; note?: string }
  /** Told when the first try has failed. */
  | { type: "delivery.delayed"; delivery: DeliveryBrief; why: string; retryAt: string }
  /** Given up: too old, or of no use any more. */
  | { type: "delivery.expired"; delivery: DeliveryBrief; why: string }
  /** The CRM refused it. */
  | { type: "delivery.failed"; delivery: DeliveryBrief; why: string }
  | { type: "adapter.up"; adapter: string }
  | { type: "adapter.down"; adapter: string; error: ErrorData };

export type UnattendedAction = "not-ready" | "logout" | "keep";

/** The stamp of the connector: `id` is `<boot>-<seq>`, both zero-padded, so ids sort as text, across restarts too. */
export interface EventStamp {
  id: string;
  /** ISO 8601 UTC, milliseconds. */
  at: string;
  agent?: string;
  /** The command or CRM request that led to it. */
  cause?: string;
}

export type CtiEvent = EventStamp & CtiEventBody;
export type CtiEventType = CtiEventBody["type"];

/** Every event name, for completion and for checking what a user typed after `wait` or `--type`. */
export const eventTypes = [
  "session.connecting",
  "session.connected",
  "session.disconnected",
  "session.conflict",
  "session.shared",
  "session.failed-over",
  "session.unattended",
  "session.signed-out",
  "session.gap",
  "service.in-service",
  "service.out-of-service",
  "agent.changed",
  "call.started",
  "call.changed",
  "call.released",
  "call.ended",
  "command.failed",
  "message.received",
  "delivery.sent",
  "delivery.delayed",
  "delivery.expired",
  "delivery.failed",
  "adapter.up",
  "adapter.down",
] as const satisfies readonly CtiEventType[];
