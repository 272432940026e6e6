import { expect, test } from "bun:test";
import { ebsSeries } from "./ebs-series.ts";

// The long form: scripts/soak ebs.
test("the worker is killed in the middle of calls, EBS comes and goes: EBS's history is whole, nothing twice, nothing late", async () => {
  const report = await ebsSeries({ calls: 30, kills: 5, agents: 4, flapping: true, seed: 1 });
  expect(report.wrong).toEqual([]);
  expect(report).toMatchObject({ calls: 30, kills: 5 });
  expect(report.observed).toBeGreaterThan(15);
}, 90_000);

test("six agents at once, sixty calls within a minute: each popped, established and released once, under an id of its own", async () => {
  const started = performance.now();
  const report = await ebsSeries({
    calls: 60,
    kills: 0,
    agents: 6,
    flapping: false,
    popFirst: true,
    seed: 2,
  });
  expect(report.wrong).toEqual([]);
  expect(report).toMatchObject({ calls: 60, observed: 60, recorded: 60, popped: 60 });
  expect(report.heard).toEqual({ pops: 60, established: report.answered, released: 60 });
  expect(performance.now() - started).toBeLessThan(60_000);
}, 90_000);
