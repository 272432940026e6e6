import { expect, test } from "bun:test";
import { openCtiSeries } from "./open-cti-series.ts";

// The long form: scripts/soak open-cti.
test("the worker is killed in the middle of calls, Salesforce comes, goes and loses its answers: one Task each, complete, and no record late", async () => {
  const report = await openCtiSeries({
    calls: 24,
    kills: 5,
    agents: 4,
    flapping: true,
    seed: 7,
    logAt: "answer",
  });
  expect(report.wrong).toEqual([]);
  expect(report).toMatchObject({ calls: 24, kills: 5 });
  expect(report.observed).toBeGreaterThan(12);
}, 90_000);
