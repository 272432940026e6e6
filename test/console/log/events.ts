import type { EventPage, EventsQuery } from "../../../src/control/contract.ts";
import type { Agent } from "../../../src/model/agent.ts";
import type { Call } from "../../../src/model/call.ts";
import type { DeliveryBrief } from "../../../src/model/delivery.ts";
import type { CtiEvent, CtiEventBody } from "../../../src/model/events.ts";

/** When the first event of the samples was. */
export const origin = Date.parse("2026-03-02T09:00:00.000Z");

/** Events for tests: the `sequence`-th of a boot, one second apart. */
export function eventAt(
  sequence: number,
  body: CtiEventBody,
  stamp: { boot?: string; agent?: string; cause?: string } = {},
): CtiEvent {
  const { boot = "0t5xk2a", ...rest } = stamp;
  return {
    id: `${boot}-${String(sequence).padStart(8, "0")}`,
    at: new Date(origin + sequence * 1000).toISOString(),
    ...rest,
    ...body,
  };
}

export function sampleCall(call: Partial<Call> = {}): Call {
  return {
    id: "16804",
    interaction: "01JN8Z3W4Q7M2X9K5T0B",
    parent: undefined,
    direction: "in",
    type: "ACD_IN",
    state: "ALERTING",
    dialogState: "ALERTING",
    cause: undefined,
    party: "5551234",
    customer: "5551234",
    from: "5551234",
    to: "2001",
    dialedNumber: "8000",
    queue: { number: "1", name: "Support" },
    startedAt: "2026-03-02T09:00:00.000Z",
    stateSince: "2026-03-02T09:00:00.000Z",
    actions: ["ANSWER"],
    participants: [
      {
        mediaAddress: "2001",
        mediaAddressType: "AGENT_DEVICE",
        state: "ALERTING",
        stateCause: undefined,
        startTime: "2026-03-02T09:00:00.000Z",
        stateChangeTime: undefined,
        actions: ["ANSWER"],
      },
      {
        mediaAddress: "5551234",
        mediaAddressType: undefined,
        state: "ACTIVE",
        stateCause: undefined,
        startTime: undefined,
        stateChangeTime: undefined,
        actions: [],
      },
    ],
    variables: { callVariable1: "4711", callVariable2: "", "user.note": "gold" },
    wrapUpReasons: [],
    secondaryId: undefined,
    callKey: undefined,
    ...call,
  };
}

export function sampleAgent(agent: Partial<Agent> = {}): Agent {
  return {
    id: "1001",
    loginName: "ada",
    firstName: "Ada",
    lastName: "Löwe",
    roles: ["Agent"],
    extension: "2001",
    state: "NOT_READY",
    stateChangeTime: undefined,
    pendingState: undefined,
    reasonCodeId: "1",
    reason: { id: "1", category: "NOT_READY", code: "10", label: "Lunch", forAll: true, systemCode: false },
    team: { id: "1", name: "Blue" },
    teams: [],
    wrapUpOnIncoming: undefined,
    wrapUpOnOutgoing: undefined,
    wrapUpTimer: undefined,
    mobileAgent: undefined,
    activeDeviceId: undefined,
    unknown: {},
    ...agent,
  };
}

export const sampleDelivery: DeliveryBrief = {
  id: "d-1",
  adapter: "ebs",
  kind: "ScreenPop",
  policy: "pop",
  text: "5551234 for 1001",
  agent: "1001",
  interaction: "01JN8Z3W4Q7M2X9K5T0B",
  attempts: 1,
};

const node = "https://fina.example.com:8445";

/** One of every kind. */
export const bodies: readonly CtiEventBody[] = [
  { type: "session.connecting", node, attempt: 2 },
  { type: "session.connected", node, transport: "websocket" },
  {
    type: "session.disconnected",
    node,
    error: { code: "finesse-unreachable", message: "no answer", why: "ECONNREFUSED" },
  },
  { type: "session.conflict", node },
  { type: "session.shared", resources: ["desktop"] },
  { type: "session.failed-over", from: node, to: "https://finb.example.com:8445" },
  { type: "session.unattended", then: "not-ready", after: 60 },
  { type: "session.signed-out", by: "command" },
  { type: "session.gap", from: "2026-03-02T08:00:00.000Z", to: "2026-03-02T08:10:00.000Z" },
  { type: "service.in-service", node },
  { type: "service.out-of-service", node, why: "CTI server down" },
  { type: "agent.changed", state: sampleAgent({ pendingState: "READY" }), previous: "READY" },
  { type: "call.started", call: sampleCall() },
  { type: "call.changed", call: sampleCall({ state: "ACTIVE" }) },
  { type: "call.released", call: sampleCall({ state: "WRAP_UP", cause: "BUSY" }) },
  { type: "call.ended", call: sampleCall({ state: "DROPPED" }), estimated: true },
  {
    type: "command.failed",
    verb: "hold",
    refusal: { type: "Invalid State", code: "33", words: "not now", hint: undefined, late: false },
  },
  { type: "message.received", text: "Team meeting\nat noon", from: "2009" },
  { type: "delivery.sent", delivery: sampleDelivery, elapsed: 12.4, note: "second try" },
  {
    type: "delivery.delayed",
    delivery: sampleDelivery,
    why: "no client",
    retryAt: "2026-03-02T10:00:00.000Z",
  },
  { type: "delivery.expired", delivery: sampleDelivery, why: "too old" },
  { type: "delivery.failed", delivery: sampleDelivery, why: "no such record" },
  { type: "adapter.up", adapter: "ebs" },
  { type: "adapter.down", adapter: "ebs", error: { code: "broker-unreachable", message: "gone" } },
];

/** A connector's journal as the control API pages it, newest last. */
export class FakeJournal {
  readonly events: CtiEvent[] = [];
  /** Every query that was made. */
  readonly asked: EventsQuery[] = [];
  /** Set: pages fail with it. */
  failure: Error | undefined;
  /** Called before each answer: a test holds it back as long as it likes. */
  gate: () => Promise<void> = () => Promise.resolve();

  async eventPage(query: EventsQuery): Promise<EventPage> {
    this.asked.push(query);
    if (query.before !== undefined && !/^[0-9a-z]{7}-[0-9]{8}$/.test(query.before))
      throw new Error(`${query.before} is not the id of an event`);
    await this.gate();
    if (this.failure !== undefined) throw this.failure;
    const types = query.type?.split(",");
    const limit = query.limit ?? 100;
    const found: CtiEvent[] = [];
    for (let at = this.#indexOf(query.before) - 1; at >= 0 && found.length <= limit; at--) {
      const event = this.events[at];
      if (event === undefined) break;
      if (query.agent !== undefined && event.agent !== query.agent) continue;
      if (query.cause !== undefined && event.cause !== query.cause) continue;
      const about = "call" in event ? event.call : "delivery" in event ? event.delivery : undefined;
      if (query.interaction !== undefined && about?.interaction !== query.interaction) continue;
      if (types !== undefined && !types.some((type) => `${event.type}.`.startsWith(`${type}.`))) continue;
      found.push(event);
    }
    return { events: found.slice(0, limit).reverse(), more: found.length > limit };
  }

  /** The index of the first event that is not before `id`. */
  #indexOf(id: string | undefined): number {
    let low = 0;
    let high = this.events.length;
    while (id !== undefined && low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.id ?? "") < id) low = middle + 1;
      else high = middle;
    }
    return high;
  }
}
