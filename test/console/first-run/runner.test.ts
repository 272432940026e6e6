import { expect, test } from "bun:test";
import type { FirstRunPort, ProbeReport, Seat } from "../../../src/console/first-run/contract.ts";
import { FirstRun } from "../../../src/console/first-run/runner.ts";

function portWith(more: Partial<FirstRunPort>): FirstRunPort {
  const unexpected = (): never => {
    throw new Error("not asked for");
  };
  return {
    path: "/config.toml",
    profile: "default",
    probe: unexpected,
    keep: unexpected,
    simulator: unexpected,
    ...more,
  };
}

// Only what the runner looks at.
const seat = (end?: () => Promise<void>): Seat => ({ profile: "default", ...(end && { end }) }) as Seat;

test("a simulator that is still coming up when somebody leaves is ended", async () => {
  const coming = Promise.withResolvers<Seat>();
  let ended = 0;
  const run = new FirstRun(portWith({ simulator: () => coming.promise }));
  run.press("1");
  run.press("q");
  expect(await run.seat).toBeUndefined();
  coming.resolve(seat(() => Promise.resolve(void ended++)));
  await run.settled();
  expect(ended).toBe(1);
});

test("what came of a try that was given up changes nothing", async () => {
  const tries: { signal: AbortSignal; resolve: (report: ProbeReport) => void }[] = [];
  const run = new FirstRun(
    portWith({
      probe: (_address, _pin, _heard, signal) => new Promise((resolve) => tries.push({ signal, resolve })),
    }),
  );
  for (const key of ["2", "a", "enter", "esc"]) run.press(key);
  expect(tries[0]?.signal.aborted).toBe(true);
  run.press("enter");
  tries[0]?.resolve({
    address: "old",
    pin: undefined,
    steps: [],
    error: undefined,
    certificate: undefined,
    inService: true,
  });
  await Promise.resolve();
  expect(run.state().at).toBe("trying");
  tries[1]?.resolve({
    address: "new",
    pin: undefined,
    steps: [],
    error: undefined,
    certificate: undefined,
    inService: true,
  });
  await Promise.resolve();
  await Promise.resolve();
  expect(run.state()).toMatchObject({ at: "tried", report: { address: "new" } });
});

test("a seat is handed over once", async () => {
  const mine = seat();
  const run = new FirstRun(portWith({ simulator: () => Promise.resolve(mine) }));
  run.press("enter");
  expect(await run.seat).toBe(mine);
  run.leave();
  expect(run.state()).toEqual({ at: "over" });
});
