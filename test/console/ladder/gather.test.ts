import { expect, test } from "bun:test";
import { gatherLadder, type LadderClient } from "../../../src/console/ladder/gather.ts";
import { buildLadder } from "../../../src/console/ladder/ladder.ts";
import type { EventsQuery, TraceQuery } from "../../../src/control/contract.ts";
import { answeredCall, callOf, Story } from "./story.ts";

/** A connector that knows what a story tells, and pages as one does. */
class FakeControl implements LadderClient {
  readonly asked: (EventsQuery | TraceQuery)[] = [];

  constructor(readonly story: Story) {}

  eventPage(query: EventsQuery) {
    this.asked.push(query);
    const found = this.story.events.filter(
      (event) =>
        (query.agent === undefined || event.agent === query.agent) &&
        (query.before === undefined || event.id < query.before) &&
        (query.interaction === undefined ||
          ("call" in event && event.call.interaction === query.interaction) ||
          ("delivery" in event && event.delivery.interaction === query.interaction)),
    );
    const limit = query.limit ?? 100;
    return Promise.resolve({ events: found.slice(-limit), more: found.length > limit });
  }

  trace(query: TraceQuery) {
    this.asked.push(query);
    const found = this.story.records.filter(
      (record) =>
        (query.agent === undefined || record.agent === query.agent) &&
        (query.cause === undefined || record.cause === query.cause) &&
        (query.until === undefined || record.at <= query.until) &&
        (query.before === undefined || Number(record.id) < Number(query.before)),
    );
    const limit = query.limit ?? 100;
    return Promise.resolve({ records: found.slice(-limit), more: found.length > limit });
  }
}

/** A day of an agent: many calls, and the one that is looked for in the middle of it. */
function day(before: number, after: number): Story {
  const story = new Story();
  const others = (count: number, from: number): void => {
    for (let at = 0; at < count; at++) {
      const call = callOf({ id: `2${from + at}`, interaction: `I-${from + at}` });
      story.after(60_000).call("call.started", call).after(1000).call("call.ended", call);
    }
  };
  others(before, 10_000);
  const { events, records } = answeredCall();
  story.after(60_000).state("RESERVED");
  for (const event of events) if ("call" in event) story.after(5).call(event.type, event.call, event.cause);
  // By a client whose name for the agent the connector did not know: found by its cause.
  for (const record of records)
    if (record.channel === "openwire") story.record({ ...record, agent: "another name", at: record.at });
  others(after, 90_000);
  return story;
}

test("reads the call's own time only, however long ago it was", async () => {
  const story = day(30, 3000);
  const control = new FakeControl(story);
  const source = await gatherLadder(control, { interaction: "I-1" });
  expect(source.more).toBe(false);
  const ladder = buildLadder(source);
  const labels = ladder.steps.map(({ label }) => label);
  expect(labels).toContain("call ALERTING");
  expect(labels).toContain("AnswerCall");
  expect(labels).toContain("agent RESERVED");
  expect(labels.filter((label) => label === "call ended")).toHaveLength(1);
  expect(labels.at(-1)).toBe("call ended");
  expect(control.asked.length).toBeLessThan(12);
});

test("the consult call's ladder begins with the customer's call", async () => {
  const story = new Story();
  const consult = callOf({ id: "16802399", interaction: "I-2", parent: "I-1", direction: "out" });
  story
    .call("call.started", callOf({ state: "ACTIVE" }))
    .after(120_000)
    .call("call.started", consult)
    .after(5000)
    .call("call.ended", consult)
    .call("call.ended", callOf());
  const [one, other] = await Promise.all(
    ["I-1", "I-2"].map((interaction) => gatherLadder(new FakeControl(story), { interaction })),
  );
  expect(one?.events).toEqual(other?.events ?? []);
  expect(one?.events).toHaveLength(4);
});

test("a call longer than is read says so; nothing known is no failure; given up when nobody wants it any more", async () => {
  const story = new Story();
  for (let at = 0; at < 9500; at++) story.after(10).call("call.changed", callOf());
  const source = await gatherLadder(new FakeControl(story), { interaction: "I-1" });
  expect(source.more).toBe(true);
  expect(source.events.length).toBeLessThanOrEqual(9500);
  expect(await gatherLadder(new FakeControl(story), { interaction: "I-none" })).toMatchObject({ events: [] });
  const wanted = new AbortController();
  wanted.abort(new Error("not wanted"));
  const reading = gatherLadder(new FakeControl(story), { interaction: "I-1" }, wanted.signal);
  expect(await reading.catch((error: Error) => error.message)).toBe("not wanted");
});
