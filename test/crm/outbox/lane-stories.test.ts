import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  emptyLane,
  isDone,
  isDue,
  type LaneEffect,
  type LaneEvent,
  nextLook,
  type Owed,
  transitionLane,
} from "../../../src/crm/outbox/lane.ts";
import type { DeliveryPolicy } from "../../../src/model/delivery.ts";
import { owed, t0 } from "./owed.ts";

interface Step {
  wait: number;
  act:
    | { do: "add"; policy: DeliveryPolicy; interaction: string; lifetime: number }
    | { do: "look" | "start" | "wake" | "sent" | "retry" | "rejected" | "stale" }
    | { do: "over"; interaction: string }
    | { do: "discard"; which: number }
    | { do: "halt"; halted: boolean };
}

const interaction = fc.constantFrom("one", "two");
const step: fc.Arbitrary<Step> = fc.record({
  wait: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2000 }), fc.constantFrom(15_000, 60_000)),
  act: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("add" as const),
        policy: fc.constantFrom<DeliveryPolicy>("pop", "record"),
        interaction,
        lifetime: fc.constantFrom(0, 1000, 15_000, 86_400_000),
      }),
    },
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constantFrom("look", "start", "start", "wake", "sent", "retry", "rejected", "stale"),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("over" as const), interaction }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("discard" as const), which: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("halt" as const), halted: fc.boolean() }) },
  ),
});

/** What the rules of design §5.4 say of one lane, in the plainest words. */
class Judge {
  lane = emptyLane;
  now = t0;
  #count = 0;
  readonly #order: string[] = [];
  readonly #items = new Map<string, Owed>();
  readonly #ended = new Map<string, string>();
  readonly #over = new Set<string>();
  readonly #lastResult = new Map<string, string>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  take({ wait, act }: Step): void {
    this.now += wait;
    switch (act.do) {
      case "add": {
        const { policy, interaction: call, lifetime } = act;
        this.#count += 1;
        const id = `${this.#count}`;
        const item = owed(id, { policy, interaction: call, expiresAt: this.now + lifetime });
        this.#order.push(id);
        this.#items.set(id, item);
        return this.apply({ type: "add", item });
      }
      case "look":
      case "start":
      case "wake":
        return this.apply({ type: act.do });
      case "sent":
      case "retry":
      case "rejected":
        return this.result(act.do);
      case "stale":
        return this.apply({ type: "result", id: "of long ago", result: { result: "sent" } });
      case "over":
        for (const { id, policy, interaction: call } of this.lane.items)
          if (policy === "pop" && call === act.interaction) this.#over.add(id);
        return this.apply({ type: "expire-pops", interaction: act.interaction });
      case "discard": {
        const id = this.lane.items[act.which]?.id;
        if (id === undefined) return;
        this.#end(id, "discard");
        return this.apply({ type: "discard", id });
      }
      case "halt":
        return this.apply({ type: "halt", halted: act.halted });
    }
  }

  result(result: "sent" | "retry" | "rejected"): void {
    const { sending } = this.lane;
    if (sending === undefined) return;
    this.#lastResult.set(sending, result);
    this.apply({ type: "result", id: sending, result: { result, why: "so" } });
  }

  apply(event: LaneEvent): void {
    const busy = event.type === "result" && event.id === this.lane.sending ? undefined : this.lane.sending;
    const { lane, effects } = transitionLane(this.lane, event, this.now, this.#random);
    this.lane = lane;
    for (const effect of effects) this.#judge(effect, busy, event);
    const waiting = this.#order.filter((id) => !this.#ended.has(id));
    expect(lane.items.map(({ id }) => id)).toEqual(waiting);
    const next = nextLook(lane, this.now);
    // Else it would be looked at for ever.
    if (next !== undefined) expect(next).toBeGreaterThan(this.now);
    const isStuck = waiting.length > 0 && lane.sending === undefined && !isDue(lane, this.now);
    if (isStuck) expect(next).toBeDefined();
  }

  #judge({ type, item }: LaneEffect, busy: string | undefined, event: LaneEvent): void {
    const { id } = item;
    expect(this.#items.has(id) && !this.#ended.has(id)).toBe(true);
    switch (type) {
      case "send":
        expect(event.type).toBe("start");
        expect(busy).toBeUndefined();
        expect(id).toBe(this.#order.find((each) => !this.#ended.has(each)) ?? "none");
        expect(item.expiresAt).toBeGreaterThan(this.now);
        expect(this.#over.has(id)).toBe(false);
        if (item.attempts > 1) expect(this.#lastResult.get(id)).toBe("retry");
        this.#lastResult.delete(id);
        return;
      case "abort":
        expect(busy).toBe(id);
        return;
      case "delayed":
      case "failed-again":
        return expect(type === "delayed").toBe(item.attempts === 1);
      case "expired":
        expect(this.#over.has(id) || item.expiresAt <= this.now).toBe(true);
        return this.#end(id, type);
      case "sent":
      case "rejected":
        expect(this.#lastResult.get(id)).toBe(type);
        return this.#end(id, type);
    }
  }

  #end(id: string, how: string): void {
    expect(this.#ended.get(id)).toBeUndefined();
    this.#ended.set(id, how);
  }
}

describe("any story of a lane", () => {
  test("keeps the order, sends one at a time, repeats no pop that may have arrived, and ends each exactly once", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60, size: "max" }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (steps, chance) => {
          const judge = new Judge(() => chance.next().value ?? 0);
          for (const each of steps) judge.take(each);
          // With a CRM that takes everything nothing stays.
          judge.apply({ type: "halt", halted: false });
          for (let tries = 0; tries < 200 && !isDone(judge.lane); tries++) {
            judge.result("sent");
            judge.apply({ type: "start" });
            if (judge.lane.sending === undefined) judge.now = nextLook(judge.lane, judge.now) ?? judge.now;
          }
          expect(isDone(judge.lane)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});
