import { describe, expect, test } from "bun:test";
import { amend, follow, type Leg } from "../../../src/crm/open-cti/logs.ts";
import type { CallLog } from "../../../src/crm/open-cti/contract.ts";
import type { Call } from "../../../src/model/call.ts";
import { call, dialled } from "../samples.ts";

type Type = "call.started" | "call.changed" | "call.released" | "call.ended";
const extension = "42001";
const at = (second: number): string => new Date(Date.UTC(2026, 0, 5, 9, 0, second)).toISOString();

/** What is written of a story; one entry each time. */
function written(
  story: [second: number, Type, Call, { estimated?: boolean }?][],
  settings: { logAt: "answer" | "end"; logMissed: boolean } = { logAt: "end", logMissed: false },
): { writes: CallLog[]; leg: Leg | undefined } {
  let leg: Leg | undefined;
  const writes: CallLog[] = [];
  for (const [second, type, given, extra] of story) {
    const step = follow(
      leg,
      { type, call: { ...given, stateSince: at(second) }, at: at(second), agent: "1001", ...extra },
      extension,
      settings,
    );
    leg = step.leg;
    if (step.write && leg !== undefined) writes.push(leg.log);
  }
  return { writes, leg };
}

const rings = call({
  state: "ALERTING",
  interaction: "I-1",
  customer: "0300",
  party: "0300",
  startedAt: at(0),
});
const talks = { ...rings, state: "ACTIVE" };
const wrapUp = { ...rings, state: "WRAP_UP" };
const gone = { ...rings, state: "DROPPED" };

describe("the log of a call", () => {
  test("is made once, at the end, with the time of the talk; a later wrap-up reason changes it", () => {
    const { writes } = written([
      [0, "call.started", rings],
      [5, "call.changed", talks],
      [20, "call.changed", { ...rings, state: "HELD" }],
      [65, "call.released", wrapUp],
      [70, "call.changed", { ...wrapUp, wrapUpReasons: ["Sales"] }],
      [71, "call.changed", { ...wrapUp, wrapUpReasons: ["Sales"] }],
      [80, "call.ended", { ...gone, wrapUpReasons: ["Sales"] }],
    ]);
    expect(writes.map(({ seconds, disposition }) => [seconds, disposition])).toEqual([
      [60, undefined],
      [60, "Sales"],
    ]);
    expect(writes[0]).toMatchObject({
      callObject: "I-1:1001",
      callType: "Inbound",
      number: "0300",
      startedAt: at(0),
      answeredAt: at(5),
      endedAt: at(65),
      estimated: false,
    });
  });

  test("is made at the answer where the site wants that, and finished at the end", () => {
    const { writes } = written(
      [
        [0, "call.started", rings],
        [5, "call.changed", talks],
        [9, "call.changed", { ...rings, state: "HELD" }],
        [65, "call.released", wrapUp],
      ],
      { logAt: "answer", logMissed: false },
    );
    expect(writes.map(({ endedAt, seconds }) => [endedAt, seconds])).toEqual([
      [undefined, undefined],
      [at(65), 60],
    ]);
  });

  test("of a call that nobody answers is made only where the site wants that", () => {
    const story: Parameters<typeof written>[0] = [
      [0, "call.started", rings],
      [10, "call.released", gone],
      [10, "call.ended", gone],
    ];
    expect(written(story)).toEqual({ writes: [], leg: undefined });
    expect(written(story, { logAt: "end", logMissed: true }).writes).toMatchObject([
      { seconds: 0, answeredAt: undefined, endedAt: at(10) },
    ]);
  });

  test("of a dialled call has the number dialled", () => {
    const out = dialled({ party: "0300", dialedNumber: "90300", customer: "0300" });
    const { writes } = written([
      [0, "call.started", out],
      [5, "call.changed", { ...out, state: "ACTIVE" }],
      [9, "call.released", { ...out, state: "DROPPED" }],
    ]);
    expect(writes).toMatchObject([{ callType: "Outbound", number: "90300", seconds: 4 }]);
  });

  test("is none of a consult, until the customer is handed over: then it is the customer's", () => {
    const asked: Call = {
      ...rings,
      direction: "internal",
      type: "CONSULT",
      customer: undefined,
      from: "2002",
      party: "2002",
    };
    expect(
      written([
        [0, "call.started", asked],
        [9, "call.released", { ...asked, state: "DROPPED" }],
        [9, "call.ended", { ...asked, state: "DROPPED" }],
      ]).writes,
    ).toEqual([]);
    const { writes } = written([
      [0, "call.started", asked],
      [2, "call.changed", { ...asked, state: "ACTIVE" }],
      [9, "call.changed", { ...talks, type: "TRANSFER" }],
      [30, "call.released", wrapUp],
    ]);
    expect(writes).toMatchObject([{ callType: "Inbound", number: "0300" }]);
  });

  test("whose end was not seen says so", () => {
    const { writes } = written([
      [0, "call.started", rings],
      [5, "call.changed", talks],
      [60, "call.released", gone],
      [60, "call.ended", gone, { estimated: true }],
    ]);
    expect(writes.at(-1)).toMatchObject({ estimated: true, seconds: 55 });
  });

  test("takes notes and the chosen record, also after the call, and is not written again for the same", () => {
    const { leg } = written([
      [0, "call.started", rings],
      [5, "call.changed", talks],
      [9, "call.released", wrapUp],
      [9, "call.ended", gone],
    ]);
    if (leg === undefined) throw new Error("forgotten");
    const noted = amend(leg, { notes: "calls back", who: "003A" });
    expect(noted).toMatchObject({ write: true, leg: { log: { notes: "calls back", who: "003A" } } });
    expect(amend(noted.leg, { notes: "calls back" }).write).toBe(false);
  });
});
