import type { LadderSource, TraceEntry } from "../../../src/console/ladder/contract.ts";
import type { Call } from "../../../src/model/call.ts";
import type { DeliveryBrief } from "../../../src/model/delivery.ts";
import type { CtiEvent, CtiEventBody } from "../../../src/model/events.ts";
import { agent as agentOf, call as callOf, party } from "../../crm/samples.ts";

export { callOf, party };

/** What a connector records, written by hand: time goes on by what `after` says. */
export class Story {
  readonly events: CtiEvent[] = [];
  readonly records: TraceEntry[] = [];
  #now = Date.parse("2026-01-05T09:00:00.000Z");

  constructor(readonly agent = "1001") {}

  after(milliseconds: number): this {
    this.#now += milliseconds;
    return this;
  }

  event(body: CtiEventBody, cause?: string, agent = this.agent): this {
    const id = `0000001-${String(this.events.length + 1).padStart(8, "0")}`;
    this.events.push({ id, at: this.#at, agent, ...(cause !== undefined && { cause }), ...body });
    return this;
  }

  record(given: Pick<TraceEntry, "channel" | "direction" | "summary"> & Partial<TraceEntry>): this {
    this.records.push({
      id: String(this.records.length + 1),
      at: this.#at,
      peer: "fin:8445",
      agent: this.agent,
      cause: undefined,
      requestId: undefined,
      text: "",
      ...given,
    });
    return this;
  }

  /** A change of a call, read from a notification. */
  call(
    type: "call.started" | "call.changed" | "call.released" | "call.ended",
    call: Call,
    cause?: string,
  ): this {
    return this.record({
      channel: "xmpp",
      direction: "in",
      summary: `message /finesse/api/User/${this.agent}/Dialogs`,
      text: `<id>${call.id}</id>`,
      cause,
    }).event({ type, call }, cause);
  }

  state(state: string, cause?: string): this {
    return this.record({
      channel: "xmpp",
      direction: "in",
      summary: `message /finesse/api/User/${this.agent}`,
      cause,
    }).event(
      { type: "agent.changed", state: agentOf({ id: this.agent, state }), previous: undefined },
      cause,
    );
  }

  /** A request to Finesse and its 202. */
  rest(summary: string, action: string, cause: string, status = "202"): this {
    return this.record({
      channel: "rest",
      direction: "out",
      summary,
      text: `<Dialog><requestedAction>${action}</requestedAction></Dialog>`,
      cause,
    })
      .after(9)
      .record({ channel: "rest", direction: "in", summary: `${summary} → ${status}`, cause });
  }

  /** A request of a Generic Connector's client. */
  gc(summary: string, text: string, cause: string): this {
    return this.record({ channel: "openwire", direction: "in", peer: "Connector1", summary, text, cause });
  }

  delivery(
    type: "delivery.sent" | "delivery.expired",
    given: Partial<DeliveryBrief> & { interaction: string },
  ): this {
    const delivery: DeliveryBrief = {
      id: "d-1",
      adapter: "ebs",
      kind: "ScreenPop",
      policy: "pop",
      text: "ScreenPop",
      attempts: 1,
      ...given,
    };
    return this.event(
      type === "delivery.sent"
        ? { type, delivery, elapsed: 12 }
        : { type, delivery, why: "it came too late" },
    );
  }

  source(interaction = "I-1"): LadderSource {
    return { interaction, events: this.events, records: this.records };
  }

  get #at(): string {
    return new Date(this.#now).toISOString();
  }
}

/** A customer's call that rings, is answered by a CRM's request, and ends. */
export function answeredCall(): Story {
  const ringing = callOf({
    participants: [party("03001234567", "ACTIVE"), party("42001", "ALERTING", "AGENT_DEVICE")],
  });
  const talking = callOf({
    state: "ACTIVE",
    participants: [party("03001234567", "ACTIVE"), party("42001", "ACTIVE", "AGENT_DEVICE")],
  });
  const released = callOf({
    state: "DROPPED",
    participants: [party("03001234567", "DROPPED"), party("42001", "DROPPED", "AGENT_DEVICE")],
  });
  return new Story()
    .state("RESERVED")
    .after(2)
    .call("call.started", ringing)
    .after(1)
    .record({
      channel: "openwire",
      direction: "out",
      peer: "pc1",
      summary: "NewInboundCall#1001",
      text: "1001#NewInboundCall#03001234567#callVariable1=•••#dialogId:16802321",
    })
    .after(2500)
    .gc("AnswerCall#1001", "16802321", "c-aaaaaaa")
    .after(1)
    .rest("PUT /finesse/api/Dialog/16802321", "ANSWER", "c-aaaaaaa")
    .after(30)
    .call("call.changed", talking, "c-aaaaaaa")
    .record({
      channel: "openwire",
      direction: "out",
      peer: "pc1",
      summary: "InboundCall#1001",
      text: "1001#InboundCall#ACTIVE#dialogId:16802321",
      cause: "c-aaaaaaa",
    })
    .after(4)
    .state("TALKING")
    .after(62_000)
    .call("call.released", released)
    .event({ type: "call.ended", call: released });
}
