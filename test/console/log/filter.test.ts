import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isNarrower, noFilter, parseFilter } from "../../../src/console/log/filter.ts";
import type { CtiEventBody } from "../../../src/model/events.ts";
import { bodies, eventAt, FakeJournal, sampleCall } from "./events.ts";

const events = bodies.map((body, index) =>
  eventAt(index + 1, body, { agent: index % 2 === 0 ? "1001" : "1002", cause: `c-${index % 3}` }),
);
const found = (text: string): string[] => events.filter(parseFilter(text).matches).map(({ type }) => type);

const typed: [what: string, types: string[]][] = [
  ["type:call", ["call.started", "call.changed", "call.released", "call.ended"]],
  ["call", ["call.started", "call.changed", "call.released", "call.ended"]],
  ["call.*", ["call.started", "call.changed", "call.released", "call.ended"]],
  ["CALL.Ended", ["call.ended"]],
  ["type:call.e", ["call.ended"]],
  ["adapter.up,call.ended", ["call.ended", "adapter.up"]],
  ["adapter.up type:call.ended", ["call.ended", "adapter.up"]],
  ["adapter:ebs !delivery", ["adapter.up", "adapter.down"]],
  ["call:168 agent:1002", ["call.changed", "call.ended"]],
  ["interaction:01jn8z !call", ["delivery.sent", "delivery.delayed", "delivery.expired", "delivery.failed"]],
  ["lunch", ["agent.changed"]],
  ["löwe !agent:1001", ["agent.changed"]],
  ['"team meeting"', ["message.received"]],
  ['"call 16804"', ["call.started", "call.changed", "call.released", "call.ended"]],
  ['"signed in elsewhere', ["session.conflict"]],
  ["cause:c-0 session", ["session.connecting", "session.conflict", "session.unattended"]],
  ["12:30", []],
];

describe("what is typed after /", () => {
  for (const [text, types] of typed) {
    test(text, () => {
      expect(found(text)).toEqual(types);
    });
  }

  test("what is not finished yet is left out", () => {
    for (const text of ["", "  ", "!", "agent:", "type:", '"', '!""', "agent:,"]) {
      const { server, local, matches } = parseFilter(text);
      expect([server, local, events.every(matches)]).toEqual([{}, false, true]);
    }
  });

  test("agents and causes keep their letters, as the connector compares them", () => {
    const { server, local } = parseFilter("Agent:JSmith cause:AbC Type:Call");
    expect(server).toEqual({ agent: "JSmith", cause: "AbC", type: "call" });
    expect(local).toBe(false);
    const either = parseFilter("agent:1001 agent:1002,1003");
    expect(either.server).toEqual({});
    expect(events.every(either.matches)).toBe(true);
  });

  test("a call is found by the dialog that was merged into it", () => {
    const body: CtiEventBody = { type: "call.changed", call: sampleCall({ secondaryId: "99" }) };
    expect(parseFilter("call:99").matches(eventAt(1, body))).toBe(true);
  });
});

const word = fc.oneof(
  fc.string({ maxLength: 12, unit: "grapheme" }),
  fc
    .tuple(
      fc.constantFrom("", "!"),
      fc.constantFrom("agent:", "type:", "call:", "cause:", "text:", "", "adapter:", "interaction:"),
      fc.constantFrom(
        "1001",
        "1",
        "call",
        "call.",
        "168",
        "c-1",
        "eb",
        "a,b",
        '"x y"',
        "e",
        "01JN8Z3W4Q7M2X9K5T0B",
        "01jn8",
      ),
    )
    .map((parts) => parts.join("")),
);
const line = fc.array(word, { maxLength: 5 }).map((words) => words.join(" "));

test("anything may be typed, and the connector's half never loses an event that fits", async () => {
  const journal = new FakeJournal();
  journal.events.push(...events);
  await fc.assert(
    fc.asyncProperty(line, async (text) => {
      const filter = parseFilter(text);
      const fits = events.filter(filter.matches);
      const { events: sent } = await journal.eventPage({ ...filter.server, limit: 1000 });
      expect(sent.filter(filter.matches)).toEqual(fits);
      if (!filter.local) expect(sent).toEqual(fits);
    }),
  );
});

test("a narrower filter finds nothing that the wider one does not", () => {
  fc.assert(
    fc.property(line, line, (a, b) => {
      for (const [next, before] of [
        [parseFilter(a), parseFilter(b)],
        [parseFilter(`${b} ${a}`), parseFilter(b)],
        [parseFilter(`${b}1`), parseFilter(b)],
      ] as const) {
        if (!isNarrower(next, before)) continue;
        expect(events.filter(next.matches).every(before.matches)).toBe(true);
      }
    }),
  );
  expect(isNarrower(parseFilter("5551"), parseFilter("555"))).toBe(true);
  expect(isNarrower(parseFilter("call 555"), noFilter)).toBe(true);
  expect(isNarrower(noFilter, parseFilter("5"))).toBe(false);
  expect(isNarrower(parseFilter("!555"), parseFilter("!5"))).toBe(false);
});
