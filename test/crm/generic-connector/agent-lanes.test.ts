import { expect, test } from "bun:test";
import fc from "fast-check";
import { AgentLanes } from "../../../src/crm/generic-connector/agent-lanes.ts";
import { SeenRequests } from "../../../src/crm/generic-connector/seen-requests.ts";
import { ManualClock } from "../../../src/platform/clock.ts";

const turns = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

test("an agent's jobs start in order; nothing passes a barrier; the last of all waits for everything", async () => {
  const job = fc.record({
    agent: fc.constantFrom("a", "b"),
    barrier: fc.boolean(),
    afterAll: fc.boolean(),
    /** Which of the running ones ends after it was added; none for a number beyond. */
    ends: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(job, { maxLength: 30 }), async (jobs) => {
      const lanes = new AgentLanes(1000);
      const started = new Map<string, number[]>();
      const running: { agent: string; index: number; barrier: boolean; end: () => void }[] = [];
      const end = async (at: number) => {
        running.splice(at, 1)[0]?.end();
        await turns();
      };
      for (const [index, { agent, barrier, afterAll, ends }] of jobs.entries()) {
        lanes.add(agent, {
          barrier,
          afterAll,
          run: () => {
            const mine = running.filter((other) => other.agent === agent);
            expect(mine.some((other) => other.barrier)).toBe(false);
            if (afterAll) expect(mine).toEqual([]);
            started.set(agent, [...(started.get(agent) ?? []), index]);
            const { promise, resolve } = Promise.withResolvers<void>();
            running.push({ agent, index, barrier, end: resolve });
            return promise;
          },
        });
        await end(ends);
      }
      while (running.length > 0) await end(0);
      for (const agent of ["a", "b"]) {
        const all = jobs.flatMap((each, index) => (each.agent === agent ? [index] : []));
        expect(started.get(agent) ?? []).toEqual(all);
      }
    }),
    { numRuns: 50 },
  );
});

test("a full lane takes no more, and takes again when there is room", async () => {
  const lanes = new AgentLanes(2);
  const { promise, resolve } = Promise.withResolvers<void>();
  const job = { barrier: true, afterAll: false, run: () => promise };
  expect([lanes.add("a", job), lanes.add("a", job), lanes.add("a", job), lanes.add("b", job)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  resolve();
  await turns();
  expect(lanes.add("a", job)).toBe(true);
});

test("requests are remembered for a while, and not without bound", () => {
  const clock = new ManualClock();
  const seen = new SeenRequests(clock);
  expect([seen.note("1"), seen.note("1"), seen.note("2")]).toEqual([false, true, false]);
  clock.advance(11 * 60_000);
  expect(seen.note("1")).toBe(false);
  for (let id = 0; id < 20_000; id++) seen.note(`x${id}`);
  expect(seen.note("1")).toBe(false);
  expect(seen.note("x19999")).toBe(true);
});
