import { expect, test } from "bun:test";
import { ebsSeries } from "./ebs-series.ts";

// The long form: scripts/soak ebs.
test("the worker is killed in the middle of calls, EBS comes and goes: EBS's history is whole, nothing twice, nothing late", async () => {
  const report = await ebsSeries({ calls: 30, kills: 5, agents: 4, flapping: true, seed: 1 });
  expect(report.wrong).toEqual([]);
  expect(report).toMatchObject({ calls: 30, kills: 5 });
  expect(report.observed).toBeGreaterThan(15);
}, 90_000);
