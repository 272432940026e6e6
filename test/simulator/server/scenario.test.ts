import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CtiError } from "../../../src/model/errors.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import type { Operation } from "../../../src/simulator/server/operations.ts";
import { ScenarioPlayer } from "../../../src/simulator/server/scenario.ts";
import { parseScenario } from "../../../src/simulator/server/scenario-text.ts";
import { FakeEngine } from "./fake-engine.ts";

const actionOf = (line: string) => parseScenario(line)[0]?.action;

describe("the scenario language", () => {
  test.each([
    ["call 1001 from 5551234", "call", { agent: "1001", from: "5551234" }],
    ["call queue Sales.EN from 555 to 811802", "call", { queue: "Sales.EN", from: "555", to: "811802" }],
    [
      'call 1001 from 555 with a=1 "b=two words" direct',
      "call",
      { agent: "1001", from: "555", variables: { a: "1", b: "two words" }, direct: true },
    ],
    ["abandon", "abandon", {}],
    ["hangup 16777217", "hangup", { dialogId: "16777217" }],
    ["phone 1001 dial 2002", "phone", { agent: "1001", action: "dial", number: "2002" }],
    ["fail slow delay 3s", "fail", { fault: "slow", delay: 3000 }],
    ["fail lose agent 1001 count 2", "fail", { fault: "lose", agent: "1001", count: 2 }],
    ["heal # all well", "heal", {}],
    ["force-logout 1001 50002", "force-logout", { agent: "1001", code: 50002 }],
    ["knobs eventDelay=500 duplicateEvents=true", "knobs", { eventDelay: 500, duplicateEvents: true }],
  ])("%s", (line, name, input) => {
    expect(actionOf(line)).toEqual({ kind: "operation", name, input });
  });

  test("waits for a time or for a state", () => {
    expect(actionOf("wait 1.5s")).toEqual({ kind: "pause", duration: 1500 });
    expect(actionOf("wait 1001 TALKING within 2m")).toEqual({
      kind: "until",
      agent: "1001",
      state: "TALKING",
      within: 120_000,
    });
  });

  test("skips comments and empty lines, and keeps line numbers", () => {
    const steps = parseScenario("# morning\n\nat 5s abandon\r\n  heal  ");
    expect(steps.map(({ line, at, text }) => [line, at, text])).toEqual([
      [3, 5000, "at 5s abandon"],
      [4, undefined, "heal"],
    ]);
  });

  test.each([
    ["dance", 'line 1 of the scenario: there is no action "dance"'],
    ["heal\ncall 1001", 'line 2 of the scenario: "from" and the caller\'s number are missing'],
    ["wait 5", 'line 1 of the scenario: "5" is not a time such as 500ms, 5s or 2m'],
    ["heal now", 'line 1 of the scenario: "now" does not belong here'],
    ['call "1001 from 5', "line 1 of the scenario: a quote is not closed"],
  ])("%p is refused with its line", (text, message) => {
    expect(() => parseScenario(text)).toThrow(new CtiError({ code: "input-invalid", message }));
  });

  test("never fails in another way", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseScenario(text);
        } catch (error) {
          expect(error).toBeInstanceOf(CtiError);
        }
      }),
    );
  });
});

describe("playing", () => {
  function stage() {
    const clock = new ManualClock();
    const engine = new FakeEngine();
    const done: string[] = [];
    const listeners = new Set<() => void>();
    const operation = (name: string, fails = false): Operation => ({
      summary: "",
      example: {},
      run() {
        if (fails) throw new CtiError({ code: "no-such-call", message: "no call rings" });
        done.push(name);
        return { name };
      },
    });
    const player = new ScenarioPlayer({
      clock,
      operations: {
        heal: operation("heal"),
        hangup: operation("hangup"),
        abandon: operation("abandon", true),
      },
      state: () => engine.state(),
      onChange(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    });
    const play = (text: string, signal = new AbortController().signal) =>
      player.play(parseScenario(text), signal);
    const become = (state: string) => {
      engine.agentState = state;
      for (const listener of [...listeners]) listener();
    };
    /** Lets promises settle without time passing. */
    const settle = async () => {
      for (let round = 0; round < 20; round++) await Promise.resolve();
    };
    return { clock, done, play, become, settle, listeners };
  }

  test("keeps times and order, by the simulator's clock", async () => {
    const { clock, done, play, settle } = stage();
    const playing = play("heal\nat 5s hangup\nwait 1s\nheal");
    await settle();
    expect(done).toEqual(["heal"]);
    clock.advance(5000);
    await settle();
    expect(done).toEqual(["heal", "hangup"]);
    clock.advance(1000);
    expect((await playing).map(({ line, at }) => [line, at])).toEqual([
      [1, 0],
      [2, 5000],
      [3, 5000],
      [4, 6000],
    ]);
  });

  test("waits until an agent has a state", async () => {
    const { play, become, settle, done, listeners } = stage();
    const playing = play("wait 1001 TALKING\nheal");
    become("READY");
    await settle();
    expect(done).toEqual([]);
    become("TALKING");
    await playing;
    expect([done, listeners.size]).toEqual([["heal"], 0]);
  });

  test("gives up waiting, and says what is there instead", async () => {
    const { play, clock, settle } = stage();
    const playing = play("wait 1001 TALKING within 2s");
    await settle();
    clock.advance(2000);
    await expect(playing).rejects.toMatchObject({ code: "timeout", why: "it is NOT_READY" });
  });

  test("stops at the first failure and names its line", async () => {
    const { play, done } = stage();
    await expect(play("heal\nabandon\nhangup")).rejects.toMatchObject({
      code: "no-such-call",
      message: "line 2 (abandon): no call rings",
    });
    expect(done).toEqual(["heal"]);
  });

  test("ends when nobody listens any more", async () => {
    const { play, done, settle, clock } = stage();
    const leave = new AbortController();
    const playing = play("wait 5s\nheal", leave.signal);
    await settle();
    leave.abort();
    await playing;
    expect([done, clock.pending]).toEqual([[], 0]);
  });
});
