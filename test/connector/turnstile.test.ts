import { expect, test } from "bun:test";
import { Turnstile } from "../../src/connector/turnstile.ts";

test("so many at once, the rest in their order, and one that fails lets the next one in", async () => {
  const turnstile = new Turnstile(2);
  const doors = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const entered: number[] = [];
  const all = doors.map(({ promise }, index) =>
    turnstile.pass(() => {
      entered.push(index);
      return promise;
    }),
  );
  const results = Promise.allSettled(all);
  await Promise.resolve();
  expect(entered).toEqual([0, 1]);
  doors[1]?.reject(new Error("no"));
  await all[1]?.catch(() => {});
  await Promise.resolve();
  expect(entered).toEqual([0, 1, 2]);
  for (const { resolve } of doors) resolve();
  expect((await results).map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
    "fulfilled",
  ]);
  expect(entered).toEqual([0, 1, 2, 3, 4]);
});
