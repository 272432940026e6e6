import { describe, expect, test } from "bun:test";
import {
  backoff,
  emptyLane,
  isDone,
  type Lane,
  type LaneEffect,
  type LaneEvent,
  nextLook,
  type Owed,
  transitionLane,
} from "../../../src/crm/outbox/lane.ts";
import { owed, t0 } from "./owed.ts";

/** No jitter. */
const even = () => 0.5;

const pop = (id: string, changes: Partial<Owed> = {}) =>
  owed(id, { policy: "pop", interaction: "call", expiresAt: t0 + 15_000, ...changes });

/** A lane after events, each with the milliseconds that pass before it, and all that came of them. */
function story(...events: (LaneEvent | number)[]): { lane: Lane; effects: string[]; now: number } {
  let lane = emptyLane;
  let now = t0;
  const effects: string[] = [];
  for (const event of events) {
    if (typeof event === "number") {
      now += event;
      continue;
    }
    const next = transitionLane(lane, event, now, even);
    lane = next.lane;
    effects.push(...next.effects.map((effect) => `${effect.type} ${effect.item.id}${whyOf(effect)}`));
  }
  return { lane, effects, now };
}

const whyOf = (effect: LaneEffect) => ("why" in effect ? `: ${effect.why}` : "");
const add = (item: Owed): LaneEvent => ({ type: "add", item });
const start: LaneEvent = { type: "start" };
const look: LaneEvent = { type: "look" };
const sent = (id: string): LaneEvent => ({ type: "result", id, result: { result: "sent" } });
const retry = (id: string): LaneEvent => ({ type: "result", id, result: { result: "retry", why: "busy" } });
const rejected = (id: string): LaneEvent => ({
  type: "result",
  id,
  result: { result: "rejected", why: "no" },
});
const callOver: LaneEvent = { type: "expire-pops", interaction: "call" };

describe("a lane", () => {
  const a = owed("a");
  const b = owed("b");
  const rows: [string, (LaneEvent | number)[], string[]][] = [
    ["sends nothing without room", [add(a), look], []],
    ["sends one at a time", [add(a), add(b), start, start], ["send a"]],
    [
      "sends the next after the one before is taken",
      [add(a), add(b), start, sent("a"), start],
      ["send a", "sent a", "send b"],
    ],
    [
      "sends the next after the one before is rejected",
      [add(a), add(b), start, rejected("a"), start],
      ["send a", "rejected a: no", "send b"],
    ],
    [
      "waits after a failure, and keeps the order",
      [add(a), add(b), start, retry("a"), 249, start, 1, start],
      ["send a", "delayed a", "send a"],
    ],
    [
      "waits longer after each",
      [add(a), start, retry("a"), 250, start, retry("a"), 999, start, 1, start],
      ["send a", "delayed a", "send a", "failed-again a", "send a"],
    ],
    [
      "tries at once when the CRM is there",
      [add(a), start, retry("a"), { type: "wake" }, start],
      ["send a", "delayed a", "send a"],
    ],
    [
      "tries at once what fails after the CRM has said that it is there, and then waits again",
      [add(a), start, { type: "wake" }, retry("a"), start, retry("a"), start],
      ["send a", "delayed a", "send a", "failed-again a"],
    ],
    [
      "sends nothing while halted",
      [{ type: "halt", halted: true }, add(a), start, { type: "wake" }, start],
      [],
    ],
    [
      "goes on after a halt",
      [{ type: "halt", halted: true }, add(a), { type: "halt", halted: false }, start],
      ["send a"],
    ],
    ["gives up what is too old", [add(a), 60_000, look], ["expired a: it came too late"]],
    ["never sends what is too old", [add(a), 60_000, start], ["expired a: it came too late"]],
    [
      "says why the last try failed when it gives up",
      [add(a), start, retry("a"), 60_000, look],
      ["send a", "delayed a", "expired a: busy"],
    ],
    [
      "does not promise another try of what is too old by then",
      [add(a), start, 60_000, retry("a")],
      ["send a", "expired a: busy"],
    ],
    [
      "takes what was sent in time though it is old by now",
      [add(a), start, 60_000, look, sent("a")],
      ["send a", "sent a"],
    ],
    [
      "gives up a pop with its call, and no other, and no record",
      [
        add(owed("r", { interaction: "call" })),
        add(pop("p")),
        add(pop("q", { interaction: "other" })),
        callOver,
        start,
      ],
      ["expired p: its call is over", "send r"],
    ],
    [
      "says why a pop did not go out while its call lasted",
      [add(pop("p")), start, retry("p"), callOver],
      ["send p", "delayed p", "expired p: its call is over (busy)"],
    ],
    [
      "ends a pop that is being sent with its call, and does not try again",
      [add(pop("p")), start, callOver, retry("p"), start, 5000, start],
      ["send p", "abort p", "expired p: its call is over (busy)"],
    ],
    [
      "a pop that arrived as its call ended was sent",
      [add(pop("p")), start, callOver, sent("p")],
      ["send p", "abort p", "sent p"],
    ],
    [
      "the end of one call is nothing to the next pop",
      [add(pop("p")), start, callOver, retry("p"), add(pop("q")), 1000, start, retry("q"), 5000, start],
      ["send p", "abort p", "expired p: its call is over (busy)", "send q", "delayed q", "send q"],
    ],
    ["forgets what is discarded", [add(a), add(b), { type: "discard", id: "a" }, start], ["send b"]],
    [
      "discards what is being sent: nobody hears of it, and the next waits for its end",
      [add(a), add(b), start, { type: "discard", id: "a" }, start, sent("a"), start],
      ["send a", "send b"],
    ],
    [
      "what was discarded while it was sent is not tried again",
      [add(a), start, { type: "discard", id: "a" }, retry("a"), 1000, start],
      ["send a"],
    ],
    ["a result of something else changes nothing", [add(a), start, sent("b"), start], ["send a"]],
  ];
  test.each(rows)("%s", (_name, events, effects) => {
    expect(story(...events).effects).toEqual(effects);
  });

  test("news wait no longer than a second after a failed try, whatever the back-off says", () => {
    const failures = backoff.slice(0, -1).flatMap((pause) => [start, retry("a"), pause]);
    const { lane, now } = story(add(owed("a", { expiresAt: t0 + 10 ** 9 })), ...failures, start, retry("a"));
    expect(lane.notBefore).toBe(now + 30_000);
    const next = transitionLane(lane, add(b), now + 500, even).lane;
    expect(next.notBefore).toBe(now + 1000);
  });

  test("a clock that is set back delays nothing by more than one pause", () => {
    const { lane, now } = story(add(a), start, retry("a"));
    const back = transitionLane(lane, look, now - 3_600_000, even).lane;
    expect(back.notBefore).toBeLessThanOrEqual(now - 3_600_000 + 36_000);
  });

  test("one that is empty is forgotten with its last pause", () => {
    const { lane, now } = story(add(a), start, retry("a"), { type: "discard", id: "a" });
    expect(isDone(lane)).toBe(false);
    const when = nextLook(lane, now);
    if (when === undefined) throw new Error("it is never looked at again");
    expect(isDone(transitionLane(lane, look, when, even).lane)).toBe(true);
  });
});
