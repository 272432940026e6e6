import type { CtiEvent, CtiEventBody, CtiEventType } from "../../../../src/model/events.ts";
import { agent, call, dialled } from "../../samples.ts";

const delivery = {
  id: "d-1-1",
  adapter: "ebs",
  kind: "ScreenPop",
  policy: "pop",
  text: "03001234567",
  agent: "1001",
  interaction: "I-1",
  attempts: 1,
} as const;
const error = {
  code: "finesse-unreachable",
  message: "cannot reach Finesse",
  why: "ECONNREFUSED",
  hint: "check the VPN",
  details: { port: 8445 },
} as const;
const node = "fina.example.com";

/** One or more of each type, with and without what may be absent. */
export const eventBodies: { [Type in CtiEventType]: Extract<CtiEventBody, { type: Type }>[] } = {
  "session.connecting": [{ type: "session.connecting", node, attempt: 3 }],
  "session.connected": [{ type: "session.connected", node, transport: "websocket" }],
  "session.disconnected": [
    { type: "session.disconnected", node, error: { ...error } },
    {
      type: "session.disconnected",
      node,
      error: { code: "timeout", message: "late" },
      retryAt: "2026-01-05T09:00:01.000Z",
    },
  ],
  "session.conflict": [{ type: "session.conflict", node }],
  "session.shared": [{ type: "session.shared", resources: ["desktop", "cti"] }],
  "session.failed-over": [{ type: "session.failed-over", from: node, to: "finb.example.com" }],
  "session.unattended": [{ type: "session.unattended", then: "not-ready", after: 60 }],
  "session.signed-out": [
    { type: "session.signed-out", by: "command" },
    { type: "session.signed-out", by: "finesse", reasonCodeId: "50002" },
  ],
  "session.gap": [{ type: "session.gap", from: "2026-01-05T09:00:00.000Z", to: "2026-01-05T09:01:00.000Z" }],
  "service.in-service": [{ type: "service.in-service", node }],
  "service.out-of-service": [
    { type: "service.out-of-service", node, why: undefined },
    { type: "service.out-of-service", node, why: "PARTIAL_SERVICE" },
  ],
  "agent.changed": [
    { type: "agent.changed", state: agent(), previous: undefined },
    {
      type: "agent.changed",
      state: agent({
        pendingState: "NOT_READY",
        reason: {
          id: "5",
          category: "NOT_READY",
          code: "1",
          label: "Lunch",
          forAll: true,
          systemCode: false,
        },
        team: undefined,
        extension: undefined,
        loginName: undefined,
        stateChangeTime: undefined,
        mobileAgent: { mode: "CALL_BY_CALL", dialNumber: "0170" },
        unknown: { mediaType: "1" },
      }),
      previous: "READY",
    },
  ],
  "call.started": [
    { type: "call.started", call: call() },
    { type: "call.started", call: dialled({ parent: "I-1", queue: { number: "7", name: undefined } }) },
  ],
  "call.changed": [
    { type: "call.changed", call: call({ state: "ACTIVE", actions: ["HOLD", "DROP"], secondaryId: "9" }) },
  ],
  "call.released": [{ type: "call.released", call: call({ state: "WRAP_UP", wrapUpReasons: ["Sales"] }) }],
  "call.ended": [
    { type: "call.ended", call: call({ state: "DROPPED", callKey: "9020-1" }) },
    { type: "call.ended", call: call({ startedAt: undefined, cause: "BUSY" }), estimated: true },
  ],
  "command.failed": [
    {
      type: "command.failed",
      verb: undefined,
      refusal: { type: "Generic", code: undefined, words: undefined, hint: undefined, late: true },
    },
    {
      type: "command.failed",
      verb: "dial",
      refusal: { type: "Invalid", code: "10131", words: "CF_NO", hint: "check the number", late: false },
    },
  ],
  "message.received": [
    { type: "message.received", text: "Müller braucht Hilfe \u{1f642}\n\u2028", from: undefined },
    { type: "message.received", text: "", from: "supervisor" },
  ],
  "delivery.sent": [
    { type: "delivery.sent", delivery, elapsed: 12 },
    { type: "delivery.sent", delivery, elapsed: 12, note: "opened" },
  ],
  "delivery.delayed": [
    { type: "delivery.delayed", delivery, why: "no answer", retryAt: "2026-01-05T09:00:01.000Z" },
  ],
  "delivery.expired": [{ type: "delivery.expired", delivery, why: "too late" }],
  "delivery.failed": [{ type: "delivery.failed", delivery, why: "HTTP 400" }],
  "adapter.up": [{ type: "adapter.up", adapter: "ebs" }],
  "adapter.down": [{ type: "adapter.down", adapter: "ebs", error: { ...error } }],
};

let count = 0;

/** With a stamp of its own. */
export function stamped(body: CtiEventBody, about: string | undefined = "1001"): CtiEvent {
  count += 1;
  return {
    id: `00000001-${String(count).padStart(8, "0")}`,
    at: "2026-01-05T09:00:00.000Z",
    ...(about !== undefined && { agent: about }),
    ...(count % 2 === 0 && { cause: `cause-${count}` }),
    ...body,
  };
}

/** Every one of `eventBodies`. */
export function everyEvent(): CtiEvent[] {
  return Object.values(eventBodies).flatMap((bodies) => bodies.map((body) => stamped(body)));
}
