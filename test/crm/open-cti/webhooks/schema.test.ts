import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cloudEvent, wants } from "../../../../src/crm/open-cti/webhooks/cloud-event.ts";
import { eventSchemas } from "../../../../src/crm/open-cti/webhooks/schema.ts";
import type { CtiEventBody } from "../../../../src/model/events.ts";
import { eventTypes } from "../../../../src/model/events.ts";
import { agent, call, party } from "../../samples.ts";
import { eventBodies, everyEvent, stamped } from "./event-samples.ts";
import { judgeEvent, judgeEventStrictly } from "./schema-judge.ts";

const source = "urn:cti:test";
const asSent = (event: Parameters<typeof cloudEvent>[0], variables = false) =>
  JSON.parse(JSON.stringify(cloudEvent(event, source, variables))) as {
    id: string;
    subject?: string;
    data: { agent?: string; call?: { variables?: unknown; interaction: string } };
  };

describe("events as receivers see them", () => {
  test("every type has a schema, and a sample here", () => {
    expect(eventSchemas.map(({ type }) => type).sort()).toEqual(
      [...eventTypes.map((type) => `cti.${type}`), "cti.call.log", "cti.ping"].sort(),
    );
    expect(Object.keys(eventBodies).sort()).toEqual([...eventTypes].sort());
  });

  for (const event of everyEvent())
    for (const variables of [false, true])
      test(`${event.type} ${event.id}${variables ? " with variables" : ""} is what the schema says, and no more`, () => {
        const sent = asSent(event, variables);
        expect([judgeEvent(sent), judgeEvent.errors]).toEqual([true, null]);
        expect([judgeEventStrictly(sent), judgeEventStrictly.errors]).toEqual([true, null]);
      });

  test("call variables are told of only where the target asks, and then the values too", () => {
    const event = stamped({ type: "call.started", call: call() });
    expect(JSON.stringify(asSent(event, false))).not.toContain("CUST-778");
    expect(JSON.stringify(asSent(event, false))).not.toContain("callVariable1");
    expect(asSent(event, true).data.call?.variables).toEqual(call().variables);
  });

  test("the judge is one: what is missing, of another type or not described is a fault", () => {
    const sent = asSent(stamped({ type: "call.started", call: call() }));
    const without = structuredClone(sent);
    delete without.data.agent;
    expect(judgeEvent(without)).toBe(false);
    expect(judgeEvent({ ...sent, time: "yesterday" })).toBe(false);
    expect(judgeEvent({ ...sent, type: "cti.call.exploded" })).toBe(false);
    expect(judgeEvent({ ...sent, data: { ...sent.data, more: 1 } })).toBe(true);
    expect(judgeEventStrictly({ ...sent, data: { ...sent.data, more: 1 } })).toBe(false);
  });

  test("the subject is a path that any agent's name survives", () => {
    expect(asSent(stamped({ type: "adapter.up", adapter: "ebs" }, "a/b c")).subject).toBe("agents/a%2Fb%20c");
    expect(asSent(stamped({ type: "call.started", call: call() })).subject).toBe(
      "agents/1001/interactions/I-1",
    );
    expect(() => asSent(stamped({ type: "adapter.up", adapter: "ebs" }, "\ud800"))).not.toThrow();
    const { agent: _nobody, ...event } = stamped({ type: "adapter.up", adapter: "ebs" });
    expect(asSent(event).subject).toBeUndefined();
  });

  test("whatever Finesse says of a call or an agent, it is what the schema says", () => {
    const word = fc.string({ unit: "binary", maxLength: 12 });
    const maybe = fc.option(word, { nil: undefined });
    const time = fc.option(fc.constant("2026-01-05T09:00:00.000Z"), { nil: undefined });
    const aCall = fc.record({
      state: word,
      type: maybe,
      cause: maybe,
      party: word,
      customer: maybe,
      from: maybe,
      to: maybe,
      dialedNumber: maybe,
      queue: fc.option(fc.record({ number: maybe, name: maybe }), { nil: undefined }),
      startedAt: time,
      stateSince: time,
      actions: fc.array(word, { maxLength: 3 }),
      participants: fc.array(
        fc.tuple(word, word, word).map((words) => party(...words)),
        { maxLength: 3 },
      ),
      variables: fc.dictionary(word, word, { maxKeys: 3 }),
      wrapUpReasons: fc.array(word, { maxLength: 2 }),
      callKey: maybe,
      parent: maybe,
    });
    const anAgent = fc.record({
      loginName: maybe,
      firstName: maybe,
      lastName: maybe,
      extension: maybe,
      state: word,
      stateChangeTime: time,
      pendingState: maybe,
      team: fc.option(fc.record({ id: word, name: word }), { nil: undefined }),
    });
    fc.assert(
      fc.property(aCall, anAgent, word, fc.boolean(), (someCall, someAgent, name, variables) => {
        const bodies: CtiEventBody[] = [
          { type: "call.changed", call: call(someCall) },
          { type: "call.ended", call: call(someCall), estimated: variables },
          { type: "agent.changed", state: agent(someAgent), previous: someAgent.state },
        ];
        for (const body of bodies) {
          const sent = asSent(stamped(body, name), variables);
          if (!judgeEventStrictly(sent)) throw new Error(JSON.stringify(judgeEventStrictly.errors));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("what a target asked for", () => {
  const started = stamped({ type: "call.started", call: call() });
  test.each([
    [["call"], true],
    [["call.started"], true],
    [["call.ended"], false],
    [["agent"], false],
    [[], false],
  ])("%j", (events, wanted) => {
    expect(wants({ events }, started)).toBe(wanted);
  });

  test("of webhooks themselves nobody is told by webhook: each would lead to another", () => {
    const [body] = eventBodies["delivery.sent"];
    if (body === undefined) throw new Error("no sample");
    expect(wants({ events: ["delivery"] }, stamped(body))).toBe(true);
    const own = { ...body, delivery: { ...body.delivery, kind: "webhook" } };
    expect(wants({ events: ["delivery", "delivery.sent"] }, stamped(own))).toBe(false);
  });
});
