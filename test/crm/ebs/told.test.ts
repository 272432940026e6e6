import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type CallMessage, type Phase, tell } from "../../../src/crm/ebs/told.ts";
import type { Call } from "../../../src/model/call.ts";
import { call, dialled } from "../samples.ts";

const extension = "2001";
const now = Date.parse("2026-01-05T09:00:05.000Z");
type Type = "call.started" | "call.changed" | "call.released" | "call.ended";

/** What EBS is told of a story. */
function told(story: [Type, Call, { news?: boolean }?][]): CallMessage[] {
  let phase: Phase | undefined;
  return story.flatMap(([type, at, { news = false } = {}]) => {
    const next = tell(phase, { type, call: at }, { extension, now, news });
    phase = next.phase;
    return next.messages;
  });
}

const begins = "2026-01-05T09:00:00.000Z";
const rings = call({ state: "ALERTING", customer: "0300", startedAt: begins });
const talks = { ...rings, state: "ACTIVE" };
const held = { ...rings, state: "HELD" };
const wrapUp = { ...rings, state: "WRAP_UP" };
const gone = { ...rings, state: "DROPPED" };
const consult = (given: Partial<Call> = {}): Call => ({
  ...rings,
  direction: "internal",
  customer: undefined,
  party: "2002",
  from: "2002",
  type: "CONSULT",
  ...given,
});

describe("what EBS is told of a call", () => {
  test("that comes in, is answered, held, ended and wrapped up: pop, established, released at the end of the talk", () => {
    expect(
      told([
        ["call.started", rings],
        ["call.changed", talks],
        ["call.changed", held],
        ["call.changed", talks],
        ["call.released", wrapUp],
        ["call.changed", { ...wrapUp, wrapUpReasons: ["Sales"] }],
        ["call.ended", gone],
      ]),
    ).toEqual(["ScreenPop", "CallEstablished", "CallReleased"]);
  });

  test("that nobody answers: pop and released", () => {
    expect(
      told([
        ["call.started", rings],
        ["call.released", gone],
        ["call.ended", gone],
      ]),
    ).toEqual(["ScreenPop", "CallReleased"]);
  });

  test("that the agent dials: established when the other end answers, not while it rings there", () => {
    const out = dialled({ state: "INITIATED", startedAt: begins });
    expect(
      told([
        ["call.started", { ...out, state: "INITIATING", party: "" }],
        ["call.changed", out],
        ["call.changed", { ...out, dialogState: "ALERTING" }],
        ["call.changed", { ...out, state: "ACTIVE" }],
        ["call.released", gone],
        ["call.ended", gone],
      ]),
    ).toEqual(["ScreenPop", "CallEstablished", "CallReleased"]);
  });

  test("that the agent makes to ask somebody: nothing", () => {
    const asking = dialled({ type: "CONSULT", state: "ACTIVE", direction: "internal", from: extension });
    expect(
      told([
        ["call.started", asking],
        ["call.ended", gone],
      ]),
    ).toEqual([]);
    expect(told([["call.started", dialled({ parent: "OTHER", state: "INITIATED" })]])).toEqual([]);
  });

  test.each(["CONSULT", "CONSULT_OFFERED"])(
    "that asks the agent (%s): nothing, until the customer is handed over; then the customer's pop",
    (type) => {
      expect(
        told([
          ["call.started", consult({ type })],
          ["call.changed", consult({ type, state: "ACTIVE" })],
          ["call.changed", { ...talks, type: "TRANSFER" }],
          ["call.released", gone],
          ["call.ended", gone],
        ]),
      ).toEqual(["ScreenPop", "CallEstablished", "CallReleased"]);
      expect(
        told([
          ["call.started", consult({ type })],
          ["call.released", gone],
        ]),
      ).toEqual([]);
    },
  );

  test("of a colleague who calls directly, and then hands his customer over", () => {
    const colleague = consult({ type: "AGENT_INSIDE" });
    expect(
      told([
        ["call.started", colleague],
        ["call.changed", { ...colleague, state: "ACTIVE" }],
        ["call.changed", { ...talks, type: "TRANSFER" }],
        ["call.released", gone],
      ]),
    ).toEqual(["ScreenPop", "CallEstablished", "ScreenPop", "CallReleased"]);
  });

  test("whose data change: another pop while it rings, none when it is answered", () => {
    expect(
      told([
        ["call.started", rings],
        ["call.changed", rings, { news: true }],
        ["call.changed", talks, { news: true }],
        ["call.changed", held, { news: true }],
      ]),
    ).toEqual(["ScreenPop", "ScreenPop", "ScreenPop", "CallEstablished"]);
  });

  test("seen for the first time when it had long been answered: no late pop", () => {
    const old = { ...talks, startedAt: "2026-01-05T08:58:00.000Z" };
    expect(told([["call.started", old]])).toEqual(["CallEstablished"]);
    expect(told([["call.started", talks]])).toEqual(["ScreenPop", "CallEstablished"]);
  });

  test("seen for the first time at its end: history, if there was a talk", () => {
    expect(
      told([
        ["call.started", wrapUp],
        ["call.released", wrapUp],
        ["call.ended", gone],
      ]),
    ).toEqual(["CallEstablished", "CallReleased"]);
    expect(
      told([
        ["call.started", gone],
        ["call.released", gone],
        ["call.ended", gone],
      ]),
    ).toEqual([]);
  });

  test("answered and ended while nobody watched: wrap-up shows that there was a talk", () => {
    expect(
      told([
        ["call.started", rings],
        ["call.released", wrapUp],
      ]),
    ).toEqual(["ScreenPop", "CallEstablished", "CallReleased"]);
  });

  test("a supervisor who listens is no contact", () => {
    expect(told([["call.started", { ...talks, type: "SUPERVISOR_MONITOR" }]])).toEqual([]);
  });

  test("whatever comes: established and released at most once and in order, nothing after the end", () => {
    const states = ["INITIATING", "INITIATED", "ALERTING", "ACTIVE", "HELD", "FAILED", "WRAP_UP", "DROPPED"];
    const step = fc.record({
      type: fc.constantFrom<Type>("call.started", "call.changed", "call.released", "call.ended"),
      state: fc.constantFrom(...states),
      callType: fc.constantFrom("ACD_IN", "CONSULT", "TRANSFER", "AGENT_INSIDE"),
      direction: fc.constantFrom("in" as const, "out" as const, "internal" as const),
      customer: fc.constantFrom(undefined, "0300"),
      news: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const end = steps.findIndex(({ type }) => type === "call.ended");
        const story = end === -1 ? steps : steps.slice(0, end + 1);
        const messages = told(
          story.map(({ type, state, callType, direction, customer, news }) => [
            type,
            { ...rings, state, type: callType, direction, customer },
            { news },
          ]),
        ).join(" ");
        expect(messages).toMatch(/^(ScreenPop ?)*( ?CallEstablished( ?ScreenPop)?)?( ?CallReleased)?$/);
      }),
    );
  });
});
