import { describe, expect, test } from "bun:test";
import {
  signedOut,
  transition,
  type AgentEvent,
  type AgentStatus,
  type CallPhase,
} from "../../../src/simulator/engine/agent-machine.ts";
import type { SimProfile } from "../../../src/simulator/contract.ts";

const notReady: AgentStatus = {
  state: "NOT_READY",
  reason: "-1",
  pending: undefined,
  rest: { state: "NOT_READY", reason: "-1" },
};
const ready: AgentStatus = {
  state: "READY",
  reason: undefined,
  pending: undefined,
  rest: { state: "READY", reason: "-1" },
};
const talking: AgentStatus = { ...ready, state: "TALKING" };
const reserved: AgentStatus = { ...ready, state: "RESERVED" };
const idle: CallPhase = { kind: "idle", acd: false };
const onAcd: CallPhase = { kind: "talking", acd: true };
const onDirect: CallPhase = { kind: "talking", acd: false };
const held: CallPhase = { kind: "held", acd: true };
const wrapUp: CallPhase = { kind: "wrap-up", acd: true };
const ringing: CallPhase = { kind: "reserved", acd: true };

const ask = (state: "READY" | "NOT_READY" | "LOGOUT", reason = "-1"): AgentEvent => ({
  type: "ask",
  state,
  reason,
});

function after(status: AgentStatus, event: AgentEvent, phase: CallPhase, profile: SimProfile = "ucce") {
  const step = transition(status, event, phase, profile);
  if (step.refused !== undefined) return step.refused;
  return [step.status.state, step.status.pending?.state ?? "", step.status.reason];
}

describe("requests of an agent", () => {
  test.each([
    ["sign in", signedOut, { type: "sign-in" }, idle, ["NOT_READY", "", "-1"]],
    ["sign in again keeps the state", talking, { type: "sign-in" }, onAcd, ["TALKING", "", undefined]],
    ["ready", notReady, ask("READY"), idle, ["READY", "", undefined]],
    ["not ready with a reason", ready, ask("NOT_READY", "3"), idle, ["NOT_READY", "", "3"]],
    ["another reason", notReady, ask("NOT_READY", "4"), idle, ["NOT_READY", "", "4"]],
    ["sign out", notReady, ask("LOGOUT"), idle, ["LOGOUT", "", "-1"]],
    [
      "not ready while talking waits",
      talking,
      ask("NOT_READY", "3"),
      onAcd,
      ["TALKING", "NOT_READY", undefined],
    ],
    [
      "ready while holding waits",
      { ...talking, state: "HOLD" },
      ask("READY"),
      held,
      ["HOLD", "READY", undefined],
    ],
    ["sign out while READY", ready, ask("LOGOUT"), idle, "invalid-state"],
    ["sign out while talking", talking, ask("LOGOUT"), onAcd, "invalid-state"],
    ["sign out twice", signedOut, ask("LOGOUT"), idle, "invalid-state"],
    ["ready while signed out", signedOut, ask("READY"), idle, "late-22"],
    ["not ready while a call rings", reserved, ask("NOT_READY"), ringing, "late-22"],
  ] as const)("%s", (_, status, event, phase, expected) => {
    expect<unknown>(after(status, event, phase)).toEqual(expected);
  });

  test("a request in wrap-up asks for its end and decides what comes after", () => {
    const step = transition({ ...ready, state: "WORK_READY" }, ask("NOT_READY", "2"), wrapUp, "ucce");
    expect(step).toMatchObject({ endsWrapUp: true, status: { rest: { state: "NOT_READY", reason: "2" } } });
  });
});

describe("what calls do to an agent", () => {
  const calls: AgentEvent = { type: "calls" };
  const wantsRest = { ...talking, pending: { state: "NOT_READY", reason: "3" } } as const;

  test.each([
    ["a routed call rings", ready, ringing, ["RESERVED", "", undefined]],
    ["it is answered", reserved, onAcd, ["TALKING", "", undefined]],
    ["the caller gave up", reserved, idle, ["READY", "", undefined]],
    ["hold", talking, held, ["HOLD", "", undefined]],
    ["ended without wrap-up", talking, idle, ["READY", "", undefined]],
    ["ended with wrap-up", talking, wrapUp, ["WORK_READY", "", undefined]],
    ["ended with wrap-up, not ready wanted", wantsRest, wrapUp, ["WORK", "", undefined]],
    ["ended without wrap-up, not ready wanted", wantsRest, idle, ["NOT_READY", "", "3"]],
    ["signed out: calls no longer matter", signedOut, onDirect, ["LOGOUT", "", "-1"]],
  ] as const)("%s", (_, status, phase, expected) => {
    expect<unknown>(after(status, calls, phase)).toEqual(expected);
  });

  test("ring no answer puts the agent not ready with the reason", () => {
    expect(after(reserved, { type: "not-answered", reason: "110" }, idle)).toEqual(["NOT_READY", "", "110"]);
  });

  test("a forced NOT_READY waits for the end of the call, a forced LOGOUT does not", () => {
    const force = (state: "NOT_READY" | "LOGOUT"): AgentEvent => ({ type: "force", state, reason: "101" });
    expect(after(talking, force("NOT_READY"), onAcd)).toEqual(["TALKING", "NOT_READY", undefined]);
    expect(after(talking, force("LOGOUT"), onAcd)).toEqual(["LOGOUT", "", "-1"]);
    expect(after(ready, force("NOT_READY"), idle)).toEqual(["NOT_READY", "", "101"]);
  });
});

describe("UCCX (§16)", () => {
  const calls: AgentEvent = { type: "calls" };

  test.each([
    ["no pending READY on a routed call", talking, ask("READY"), onAcd, "late-265"],
    ["no pending READY on another call", notReady, ask("READY"), onDirect, "late-33"],
    ["sign out from READY", ready, ask("LOGOUT"), idle, ["LOGOUT", "", "-1"]],
    ["no sign-out during a non-ACD call", notReady, ask("LOGOUT"), onDirect, "invalid-state"],
    ["no HOLD", talking, calls, held, ["TALKING", "", undefined]],
    ["a non-ACD call stays NOT_READY", notReady, calls, onDirect, ["NOT_READY", "", "-1"]],
    ["no WORK_READY", talking, calls, wrapUp, ["WORK", "", undefined]],
  ] as const)("%s", (_, status, event, phase, expected) => {
    expect<unknown>(after(status, event, phase, "uccx")).toEqual(expected);
  });
});
