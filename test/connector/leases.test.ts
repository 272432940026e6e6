import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AttendanceWatch, lookEvery } from "../../src/connector/attendance.ts";
import {
  initialLeases,
  type LeaseEvent,
  type LeaseState,
  retryActAfter,
  stricterPolicy,
  transitionLeases,
  type UnattendedPolicy,
  unattendedStatus,
} from "../../src/connector/leases.ts";
import type { UnattendedAction } from "../../src/model/events.ts";
import { ManualClock } from "../../src/platform/clock.ts";

const notReady: UnattendedPolicy = { then: "not-ready", after: 60 };

function run(policy: UnattendedPolicy, events: LeaseEvent[]): { state: LeaseState; acts: number[] } {
  let state = initialLeases(policy, 0);
  const acts: number[] = [];
  for (const event of events) {
    const step = transitionLeases(state, event);
    state = step.state;
    if (step.effect === "act") acts.push(event.now);
  }
  return { state, acts };
}

const page = { id: "page-1", kind: "page", label: "softphone page", ttl: 30 } as const;
const shell = { id: "shell-1", kind: "shell", label: "shell 4711", pid: 4711 } as const;

describe("leases", () => {
  test("an agent without any lease is acted upon once, when the time is over", () => {
    const { acts } = run(
      notReady,
      [59_999, 60_000, 60_001, 900_000].map((now) => ({ type: "tick", now })),
    );
    expect(acts).toEqual([60_000]);
  });

  test("a lease with a time ends when it is not renewed, and the time of grace begins then", () => {
    const { state, acts } = run(notReady, [
      { type: "put", lease: page, now: 0 },
      { type: "put", lease: page, now: 20_000 },
      { type: "tick", now: 40_000 },
      { type: "tick", now: 50_000 },
      { type: "tick", now: 109_999 },
      { type: "tick", now: 110_000 },
    ]);
    expect(acts).toEqual([110_000]);
    expect(unattendedStatus(state).emptySince).toBe(new Date(50_000).toISOString());
  });

  test("one of two leases keeps the agent attended, and coming back stops the countdown", () => {
    const { state, acts } = run(notReady, [
      { type: "put", lease: shell, now: 0 },
      { type: "put", lease: page, now: 0 },
      { type: "end", id: page.id, now: 1000 },
      { type: "tick", now: 300_000 },
      { type: "end", id: shell.id, now: 300_000 },
      { type: "put", lease: shell, now: 350_000 },
      { type: "tick", now: 400_000 },
    ]);
    expect(acts).toEqual([]);
    expect(unattendedStatus(state).emptySince).toBeUndefined();
  });

  test("an action that failed is tried again; one that worked is not", () => {
    const failed: LeaseEvent[] = [
      { type: "tick", now: 60_000 },
      { type: "acted", ok: false, now: 61_000 },
      { type: "tick", now: 61_000 + retryActAfter - 1 },
      { type: "tick", now: 61_000 + retryActAfter },
      { type: "acted", ok: true, now: 95_000 },
      { type: "tick", now: 900_000 },
    ];
    expect(run(notReady, failed).acts).toEqual([60_000, 61_000 + retryActAfter]);
  });

  test("keep never acts, and says since when nobody is there", () => {
    const { state, acts } = run({ then: "keep", after: 60 }, [{ type: "tick", now: 9e9 }]);
    expect(acts).toEqual([]);
    expect(unattendedStatus(state)).toMatchObject({ then: "keep", emptySince: new Date(0).toISOString() });
    expect(unattendedStatus(state).actsAt).toBeUndefined();
  });

  test("a second sign-in makes the policy stricter, never looser", () => {
    const keep: UnattendedPolicy = { then: "keep", after: 60 };
    expect(stricterPolicy(notReady, keep)).toBe(notReady);
    expect(stricterPolicy(keep, notReady)).toBe(notReady);
  });

  const anyEvent = fc.oneof(
    fc.record({
      type: fc.constant("put" as const),
      id: fc.constantFrom("a", "b", "c"),
      ttl: fc.integer({ min: 1, max: 90 }),
    }),
    fc.record({ type: fc.constant("end" as const), id: fc.constantFrom("a", "b", "c") }),
    fc.record({ type: fc.constant("tick" as const) }),
    fc.record({ type: fc.constant("acted" as const), ok: fc.boolean() }),
  );

  test("never acts while a lease is held or before the time is over, whatever happens", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 40_000 }), anyEvent), { maxLength: 60 }),
        fc.constantFrom<UnattendedAction>("keep", "not-ready", "logout"),
        (steps, then) => {
          let state = initialLeases({ then, after: 30 }, 0);
          let now = 0;
          let emptySince: number | undefined = 0;
          for (const [elapsed, step] of steps) {
            now += elapsed;
            const event: LeaseEvent =
              step.type === "put"
                ? { type: "put", lease: { id: step.id, kind: "page", label: "", ttl: step.ttl }, now }
                : { ...step, now };
            const result = transitionLeases(state, event);
            state = result.state;
            if (result.effect === "act") {
              expect(then).not.toBe("keep");
              expect(state.leases.size).toBe(0);
              expect(now - (emptySince ?? now)).toBeGreaterThanOrEqual(30_000);
            }
            expect(state.attendance.phase === "attended").toBe(state.leases.size > 0);
            if (state.leases.size > 0) emptySince = undefined;
            else emptySince ??= now;
          }
        },
      ),
    );
  });
});

describe("watch", () => {
  function watch(identity: Map<number, string>) {
    const clock = new ManualClock();
    const acts: UnattendedPolicy[] = [];
    const watching = new AttendanceWatch({
      clock,
      processes: (pid) => identity.get(pid),
      policy: notReady,
      act: (policy) => {
        acts.push(policy);
        return Promise.resolve(true);
      },
      onChange: () => {},
    });
    return { clock, acts, watching };
  }

  test("the end of the shell ends its lease", () => {
    const identity = new Map([[4711, "started 1"]]);
    const { clock, acts, watching } = watch(identity);
    watching.put(shell);
    clock.advance(600_000);
    expect(acts).toEqual([]);
    identity.delete(4711);
    clock.advance(lookEvery + 60_000);
    expect(acts).toHaveLength(1);
    watching.close();
    expect(clock.pending).toBe(0);
  });

  test("another process under the same number is not the shell", () => {
    const identity = new Map([[4711, "started 1"]]);
    const { clock, acts, watching } = watch(identity);
    watching.put(shell);
    identity.set(4711, "started 2");
    clock.advance(lookEvery + 60_000);
    expect(acts).toHaveLength(1);
  });

  test("acts at the very time, not at the next look", () => {
    const { clock, acts } = watch(new Map());
    clock.advance(59_999);
    expect(acts).toEqual([]);
    clock.advance(1);
    expect(acts).toHaveLength(1);
  });
});
