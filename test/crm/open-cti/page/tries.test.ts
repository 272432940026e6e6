import { expect, test } from "bun:test";
import { Allowance, Tries } from "../../../../src/crm/open-cti/page/tries.ts";
import { ManualClock } from "../../../../src/platform/clock.ts";

test("so many failures, and then one waits until the first is old", () => {
  const clock = new ManualClock();
  const tries = new Tries(clock, 3, 300_000);
  for (let at = 0; at < 3; at++) {
    expect(tries.begin("1001")).toHaveProperty("undo");
    clock.advance(10_000);
  }
  expect(tries.begin("1001")).toEqual({ wait: 270 });
  expect(tries.begin("1002")).toHaveProperty("undo");
  clock.advance(269_999);
  expect(tries.begin("1001")).toEqual({ wait: 1 });
  clock.advance(1);
  expect(tries.begin("1001")).toHaveProperty("undo");
  expect(tries.begin("1001")).toHaveProperty("wait");
});

test("tries whose end is not known count, so that many at once are not many", () => {
  const tries = new Tries(new ManualClock(), 3, 300_000);
  const begun = [1, 2, 3].map(() => tries.begin("1001"));
  expect(tries.begin("1001")).toHaveProperty("wait");
  const [first] = begun;
  if (first !== undefined && "undo" in first) first.undo();
  expect(tries.begin("1001")).toHaveProperty("undo");
});

test("an allowance is used up and comes back with time, not with a clock set back", () => {
  const clock = new ManualClock();
  const allowance = new Allowance(clock, 2, 3);
  expect([1, 2, 3, 4].map(() => allowance.take())).toEqual([true, true, true, false]);
  clock.advance(500);
  expect([1, 2].map(() => allowance.take())).toEqual([true, false]);
  clock.sleep(-60_000);
  expect(allowance.take()).toBe(false);
});
