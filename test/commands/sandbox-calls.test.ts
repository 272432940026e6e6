import { describe, expect, test } from "bun:test";
import {
  type Happening,
  type Play,
  playAtStart,
  playOn,
  type SandboxState,
} from "../../src/commands/sandbox-calls.ts";

const leg = (address: string, state: string, agent?: string) => ({ address, state, agent });

function stateWith(
  own: { state?: string; phone?: string },
  phone = "idle",
  calls: SandboxState["calls"] = [],
): SandboxState {
  return {
    agents: [
      { id: "1001", state: own.state ?? "NOT_READY", phone: own.phone ?? "idle" },
      { id: "1002", state: "LOGOUT", phone },
    ],
    calls,
  };
}

/** Beats with the same state; what happens in them, and where the play stands then. */
function beats(
  count: number,
  state: SandboxState,
  play: Play = playAtStart,
): { play: Play; happened: Happening[] } {
  const happened: Happening[] = [];
  let now = play;
  for (let beat = 0; beat < count; beat++) {
    const step = playOn(now, state);
    now = step.play;
    happened.push(...step.happenings);
  }
  return { play: now, happened };
}

const ready = stateWith({ state: "READY" });
const rings = stateWith({ state: "RESERVED", phone: "ringing" });

describe("calls at the sandbox", () => {
  test("nobody calls who is not wanted", () => {
    expect(beats(100, stateWith({})).happened).toEqual([]);
  });

  test("a customer calls a few seconds after READY, each time another, with data", () => {
    const first = beats(6, ready);
    expect(first.happened).toMatchObject([
      { name: "call", body: { agent: "1001", variables: { callVariable1: "Ines Okafor" } } },
    ]);
    const second = beats(
      6,
      ready,
      beats(3, stateWith({ state: "TALKING", phone: "in-use" }), first.play).play,
    );
    expect(second.happened).toMatchObject([
      { name: "call", body: { variables: { callVariable1: "Paweł Nowak" } } },
    ]);
  });

  test("who is to give up does so while it still rings, and not when somebody was faster", () => {
    const called = { ...playAtStart, leaving: 0 };
    expect(beats(20, rings, called).happened).toEqual([{ name: "abandon", body: {} }]);
    const rang = beats(4, rings, called).play;
    expect(beats(20, stateWith({ state: "TALKING", phone: "in-use" }), rang).happened).toEqual([]);
  });

  test("others wait as long as it rings", () => {
    expect(beats(40, rings, beats(6, ready).play).happened).toEqual([]);
  });

  test("the colleague answers after a while, and leaves when the customer was handed over", () => {
    expect(beats(5, stateWith({ state: "TALKING" }, "ringing")).happened).toEqual([
      { name: "phone", body: { agent: "1002", action: "answer" } },
    ]);
    const together = [
      {
        id: "1",
        participants: [leg("5551234", "ACTIVE"), leg("2001", "ACTIVE", "1001"), leg("2002", "ACTIVE")],
      },
    ];
    expect(beats(40, stateWith({ state: "TALKING" }, "in-use", together)).happened).toEqual([]);
    const alone = [{ id: "1", participants: [leg("5551234", "ACTIVE"), leg("2002", "ACTIVE")] }];
    expect(beats(16, stateWith({ state: "WORK" }, "in-use", alone)).happened).toEqual([
      { name: "phone", body: { agent: "1002", action: "hang-up" } },
    ]);
  });
});
