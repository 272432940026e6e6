import { expect, test } from "bun:test";
import { Deadline } from "../../../src/crm/ebs/deadline.ts";
import { ManualClock } from "../../../src/platform/clock.ts";

test("each has its own time, with one timer for all", () => {
  const clock = new ManualClock();
  const deadline = new Deadline(clock, 1000);
  const late: string[] = [];
  const cancelFirst = deadline.add(() => late.push("first"));
  clock.advance(400);
  deadline.add(() => late.push("second"));
  clock.advance(400);
  deadline.add(() => late.push("third"));
  expect(clock.pending).toBe(1);
  cancelFirst();
  clock.advance(599);
  expect(late).toEqual([]);
  clock.advance(1);
  expect(late).toEqual(["second"]);
  clock.advance(400);
  expect(late).toEqual(["second", "third"]);
  expect(clock.pending).toBe(0);
});

test("a clock set back by hours keeps nobody waiting for hours", () => {
  let now = 10_000_000;
  const tasks: (() => void)[] = [];
  const deadline = new Deadline({ now: () => now, after: (_, task) => (tasks.push(task), () => {}) }, 1000);
  const late: string[] = [];
  deadline.add(() => late.push("one"));
  now -= 7_200_000;
  tasks.shift()?.();
  expect(late).toEqual(["one"]);
});

test("none is late once it was stopped", () => {
  const clock = new ManualClock();
  const deadline = new Deadline(clock, 1000);
  const late: string[] = [];
  deadline.add(() => late.push("one"));
  deadline.stop();
  clock.advance(2000);
  expect(late).toEqual([]);
  expect(clock.pending).toBe(0);
});
