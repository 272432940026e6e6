import { describe, expect, test } from "bun:test";
import { follow, type Leg, orphaned } from "../../../src/crm/open-cti/logs.ts";
import type { CallLog } from "../../../src/crm/open-cti/contract.ts";
import type { Call } from "../../../src/model/call.ts";
import { call, dialled } from "../samples.ts";

type Type = "call.started" | "call.changed" | "call.released" | "call.ended";
type Step = [second: number, Type, Call, { estimated?: boolean }?];
const extension = "42001";
const atAnswer = { logAt: "answer", logMissed: false } as const;
const atEnd = { logAt: "end", logMissed: false } as const;
const at = (second: number): string => new Date(Date.UTC(2026, 0, 5, 9, 0, second)).toISOString();

/** What is written of a story. `since`: seconds at which the leg reached its state, where that is not the time of the event. */
function written(story: Step[], settings: typeof atAnswer | typeof atEnd = atEnd, begun?: Leg) {
  let leg = begun;
  const writes: CallLog[] = [];
  for (const [second, type, given, extra] of story) {
    const stateSince = given.stateSince === call().stateSince ? at(second) : given.stateSince;
    const event = { type, call: { ...given, stateSince }, at: at(second), agent: "1001", ...extra };
    const step = follow(leg, event, extension, settings);
    leg = step.leg;
    if (step.write && leg !== undefined) writes.push(leg.log);
  }
  return { writes, leg };
}

const rings = call({ state: "ALERTING", customer: "0300", party: "0300" });
const talks: Call = { ...rings, state: "ACTIVE" };
const wrapUp: Call = { ...rings, state: "WRAP_UP" };
const gone: Call = { ...rings, state: "DROPPED" };

describe("whose call it is", () => {
  test("a customer's call stays one when he leaves a conference and colleagues talk on", () => {
    const { writes } = written([
      [0, "call.started", rings],
      [5, "call.changed", talks],
      [30, "call.changed", { ...talks, type: "CONFERENCE", direction: "internal", party: "2002" }],
      [40, "call.released", { ...gone, type: "CONFERENCE", direction: "internal", party: "2002" }],
    ]);
    expect(writes).toMatchObject([{ callType: "Inbound", number: "0300", seconds: 35 }]);
  });

  test("and when the contact goes on in the dialog of the consult, which the agent dialled", () => {
    const { writes } = written([
      [0, "call.started", rings],
      [5, "call.changed", talks],
      [30, "call.changed", { ...talks, type: "CONFERENCE", direction: "out", dialedNumber: "2002" }],
      [40, "call.released", { ...gone, type: "CONFERENCE", direction: "out", dialedNumber: "2002" }],
    ]);
    expect(writes).toMatchObject([{ callType: "Inbound", number: "0300", dialed: "8001" }]);
  });

  test("a colleague who was dialled is one as soon as he is seen", () => {
    const { writes } = written([
      [0, "call.started", dialled({ dialedNumber: "42002" })],
      [3, "call.changed", dialled({ dialedNumber: "42002", state: "ACTIVE", direction: "internal" })],
      [9, "call.released", dialled({ dialedNumber: "42002", state: "DROPPED", direction: "out" })],
    ]);
    expect(writes).toMatchObject([{ callType: "Internal", number: "42002" }]);
  });

  test("a caller who is seen after his call has the number, and keeps it among other outsiders", () => {
    const blind: Call = { ...rings, type: "TRANSFER", customer: undefined, from: "42002", party: "42002" };
    const { writes } = written([
      [0, "call.started", blind],
      [1, "call.changed", { ...blind, customer: "0300", party: "0300" }],
      [5, "call.changed", { ...talks, type: "CONFERENCE" }],
      [30, "call.changed", { ...talks, type: "CONFERENCE", customer: "0999", party: "0999" }],
      [40, "call.released", { ...gone, type: "CONFERENCE", customer: "0999", party: "0999" }],
    ]);
    expect(writes).toMatchObject([{ callType: "Inbound", number: "0300" }]);
  });

  test("a consult through a queue looks like a colleague's call, and becomes the customer's with the hand-over", () => {
    const asked: Call = {
      ...rings,
      type: "PREROUTE_ACD_IN",
      direction: "internal",
      customer: undefined,
      party: "42002",
      from: "42002",
      dialedNumber: "8100",
    };
    const { writes } = written([
      [0, "call.started", asked],
      [3, "call.changed", { ...asked, state: "ACTIVE" }],
      [9, "call.changed", { ...talks, type: "TRANSFER", dialedNumber: "8001" }],
      [19, "call.released", wrapUp],
    ]);
    expect(writes).toMatchObject([{ callType: "Inbound", number: "0300", dialed: "8001" }]);
  });
});

describe("a consult that is seen as one only later", () => {
  test("is forgotten: dialled for another call, or offered", () => {
    const dials = dialled({ customer: "0400", party: "0400", dialedNumber: "0400" });
    const { writes, leg } = written([
      [0, "call.started", dials],
      [2, "call.changed", { ...dials, state: "ACTIVE" }],
      [3, "call.changed", { ...dials, state: "ACTIVE", type: "CONSULT", parent: "I-1" }],
      [9, "call.released", { ...dials, state: "DROPPED", type: "CONSULT", parent: "I-1" }],
      [9, "call.ended", { ...dials, state: "DROPPED", type: "CONSULT", parent: "I-1" }],
    ]);
    expect({ writes, leg }).toEqual({ writes: [], leg: undefined });
    const offered: Call = { ...rings, direction: "internal", type: "OTHER_IN", customer: undefined };
    expect(
      written([
        [0, "call.started", offered],
        [1, "call.changed", { ...offered, type: "CONSULT_OFFERED" }],
        [2, "call.changed", { ...offered, type: "CONSULT_OFFERED", state: "ACTIVE" }],
      ]).leg,
    ).toBeUndefined();
  });

  test("but never the customer's own call, whatever its dialog is called after a conference", () => {
    const { writes } = written([
      [0, "call.started", rings],
      [5, "call.changed", talks],
      [30, "call.changed", { ...talks, type: "CONSULT", direction: "out" }],
      [40, "call.released", { ...gone, type: "CONSULT", direction: "out" }],
    ]);
    expect(writes).toHaveLength(1);
  });
});

describe("how long it was", () => {
  test("of a call first seen on hold: since it began, not since it was held", () => {
    const { writes } = written([
      [600, "call.started", { ...talks, state: "HELD", startedAt: at(0), stateSince: at(500) }],
      [650, "call.released", wrapUp],
    ]);
    expect(writes).toMatchObject([{ seconds: 650 }]);
  });

  test("of a call that was closed since its agent was away, and that goes on: until its real end", () => {
    const { leg } = written([
      [0, "call.started", rings],
      [5, "call.changed", talks],
    ]);
    if (leg === undefined) throw new Error("forgotten");
    const closed = orphaned(leg, at(900), atEnd);
    expect(closed).toMatchObject({ write: true, leg: { log: { estimated: true, endedAt: at(900) } } });
    const { writes, leg: after } = written(
      [
        [1000, "call.changed", { ...talks, state: "HELD" }],
        [1005, "call.released", wrapUp],
        [1010, "call.ended", gone],
      ],
      atEnd,
      closed.leg,
    );
    expect(writes.at(-1)).toMatchObject({ endedAt: at(1005), seconds: 1000, estimated: false });
    expect(after?.goneAt).toBe(at(1010));
    // Its end alone is seen.
    const late = written([[1005, "call.released", wrapUp]], atEnd, closed.leg);
    expect(late.writes).toMatchObject([{ endedAt: at(1005), estimated: false }]);
  });
});

test("written at the answer and found to be a consult, the record is finished", () => {
  const dials = dialled({ customer: "0400", party: "0400", dialedNumber: "0400" });
  const consult: Call = { ...dials, type: "CONSULT", parent: "I-1" };
  const { writes } = written(
    [
      [0, "call.started", dials],
      [2, "call.changed", { ...dials, state: "ACTIVE" }],
      [3, "call.changed", { ...consult, state: "ACTIVE" }],
      [9, "call.released", { ...consult, state: "DROPPED" }],
    ],
    atAnswer,
  );
  expect(writes.at(-1)).toMatchObject({ endedAt: at(9) });
});
