import { expect, test } from "bun:test";
import { MissedList } from "../../../src/crm/outbox/missed.ts";
import type { Missed, OutboxRows } from "../../../src/crm/outbox/rows.ts";

const start = Date.UTC(2026, 0, 5, 9);
const missed = (id: string, policy: Missed["policy"], after = 0): Missed => ({
  id,
  policy,
  kind: policy === "pop" ? "ScreenPop" : "Task",
  key: id,
  text: id,
  payload: null,
  adapter: "crm",
  createdAt: start,
  expiresAt: start,
  attempts: 1,
  why: undefined,
  missedAt: start + after,
});

function list() {
  const gone: string[] = [];
  const rows = {
    put: (id: string, row: unknown) => void (row === undefined && gone.push(id)),
  } as unknown as OutboxRows;
  return { gone, made: new MissedList(rows) };
}

test("pops that nobody saw, which are of no use any more, push no record out", () => {
  const { made, gone } = list();
  made.add(missed("record", "record"));
  for (let count = 0; count < 20_000; count++) made.add(missed(`pop-${count}`, "pop", count));
  expect(made.all.has("record")).toBe(true);
  expect(made.all.has("pop-19999")).toBe(true);
  expect(made.all.size).toBeLessThanOrEqual(1001);
  expect(gone).toHaveLength(20_001 - made.all.size);
});

test("the newest ten thousand records are kept, for a week", () => {
  const { made } = list();
  for (let count = 0; count < 10_005; count++) made.add(missed(`${count}`, "record", count));
  expect([...made.all.keys()][0]).toBe("5");
  expect(made.all.size).toBe(10_000);
  made.add(missed("late", "record", 8 * 24 * 3_600_000));
  expect([...made.all.keys()]).toEqual(["late"]);
});

test("what is taken out, or was restored, counts too", () => {
  const { made } = list();
  for (let count = 0; count < 1500; count++) made.restore(missed(`${count}`, "pop"), start);
  expect(made.all.size).toBe(1000);
  for (let count = 500; count < 1500; count++) made.take(`${count}`);
  expect(made.all.size).toBe(0);
  for (let count = 0; count < 1500; count++) made.add(missed(`${count}`, "pop"));
  expect(made.all.size).toBe(1000);
});
