import { describe, expect, test } from "bun:test";
import {
  actionRow,
  type CallAction,
  commandFor,
  whyNotCall,
  whyNotDial,
  whyNotReady,
  whyNotSignOut,
} from "../../../../../src/crm/open-cti/page/ui/actions.ts";
import {
  callViews,
  mainCall,
  recentCalls,
  writtenCall,
} from "../../../../../src/crm/open-cti/page/ui/calls.ts";
import { initialState, type UiState } from "../../../../../src/crm/open-cti/page/ui/state.ts";
import type { Call } from "../../../../../src/model/call.ts";
import { call } from "../../../samples.ts";
import { ayesha, contacts, log, others, page, session } from "./stage.ts";

const rings = call({ actions: ["ANSWER"] });
const talks = call({
  state: "ACTIVE",
  actions: ["HOLD", "DROP", "CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF", "UPDATE_CALL_DATA"],
});
const held = call({ state: "HELD", actions: ["RETRIEVE", "DROP", "TRANSFER", "CONFERENCE"] });
const heldAlone = call({ state: "HELD", actions: ["RETRIEVE", "DROP"] });
const consult = call({
  id: "2",
  interaction: "I-2",
  parent: "I-1",
  state: "ACTIVE",
  actions: ["HOLD", "DROP", "SEND_DTMF"],
});
const dials = call({ state: "INITIATED", direction: "out", actions: ["DROP"] });
const wraps = call({ state: "WRAP_UP", actions: ["UPDATE_CALL_DATA"] });

function stateOf(agentState: string, calls: Call[], given: Partial<UiState> = {}): UiState {
  return {
    ...initialState,
    socket: { phase: "open" },
    agent: "1001",
    page: page(session(agentState, calls)),
    ...given,
  };
}

/** What can be pressed now (generic-connector.md §6). */
function enabled(of: Call, state: UiState): CallAction[] {
  return actionRow(of, state).filter((action) => whyNotCall(action, of, state) === undefined);
}

describe("what can be done when", () => {
  for (const [what, state, of, can] of [
    ["ringing: answer", stateOf("RESERVED", [rings]), rings, ["answer"]],
    [
      "talking: all but to join two",
      stateOf("TALKING", [talks]),
      talks,
      ["hold", "consult", "transfer", "tones", "drop"],
    ],
    ["held: back or down", stateOf("HOLD", [heldAlone]), heldAlone, ["retrieve", "drop"]],
    [
      "held for a consultation: join, hand over",
      stateOf("TALKING", [held, consult]),
      held,
      ["retrieve", "complete", "conference", "drop"],
    ],
    [
      "the consultation itself: the same",
      stateOf("TALKING", [held, consult]),
      consult,
      ["hold", "complete", "conference", "tones", "drop"],
    ],
    ["dialling out: hang up", stateOf("TALKING", [dials]), dials, ["drop"]],
    ["wrap-up: nothing more", stateOf("WORK", [wraps]), wraps, []],
    [
      "without a connection: nothing",
      stateOf("TALKING", [talks], { socket: { phase: "lost", retryAt: 0 } }),
      talks,
      [],
    ],
    [
      "while something is under way with it: nothing",
      stateOf("TALKING", [talks], { running: { "1": { place: `call:${talks.id}` } } }),
      talks,
      [],
    ],
  ] as const)
    test(what, () => {
      expect(enabled(of, state)).toEqual([...can]);
      // Whatever cannot be done says why.
      for (const action of actionRow(of, state))
        if (!enabled(of, state).includes(action)) expect(whyNotCall(action, of, state)).toMatch(/\w{3}/);
    });

  test("six places, and four while it rings: nothing moves", () => {
    for (const of of [talks, held, dials, heldAlone])
      expect(actionRow(of, stateOf("TALKING", [of]))).toHaveLength(6);
    expect(actionRow(rings, stateOf("RESERVED", [rings]))).toHaveLength(4);
  });

  test("handing over means the held call, from whichever it is asked", () => {
    for (const of of [held, consult]) {
      expect(commandFor("complete", of, [held, consult])).toEqual({ verb: "transfer", call: held.id });
      expect(commandFor("conference", of, [held, consult])).toEqual({ verb: "conference", call: held.id });
    }
  });

  test("the agent's own state", () => {
    expect(whyNotReady(stateOf("NOT_READY", []))).toBeUndefined();
    expect(whyNotReady(stateOf("READY", []))).toBe("you are ready");
    expect(whyNotReady(stateOf("TALKING", [talks]))).toBeUndefined();
    expect(whyNotSignOut(stateOf("TALKING", [talks]))).toBe("end the call first");
    expect(whyNotSignOut(stateOf("WORK", [wraps]))).toBeUndefined();
    expect(whyNotDial(stateOf("NOT_READY", []))).toBeUndefined();
    expect(whyNotDial(stateOf("TALKING", [talks]))).toMatch(/Consult/);
    expect(whyNotDial(stateOf("RESERVED", [rings]))).toMatch(/rings/);
    expect(
      whyNotDial(stateOf("READY", [], { page: page(session("READY", [], { service: "out-of-service" })) })),
    ).toMatch(/out of service/);
  });
});

describe("calls as they are shown", () => {
  test("ringing first, a consultation after its call, the others as they came", () => {
    const other = call({ id: "3", interaction: "I-3", state: "HELD", actions: [] });
    const state = page(session("TALKING", [consult, other, held, { ...rings, id: "4", interaction: "I-4" }]));
    expect(callViews(state).map(({ call: { id } }) => id)).toEqual(["4", "3", held.id, "2"]);
    expect(mainCall(callViews(state))?.call.id).toBe("4");
  });

  test("a call without its parent here is a call like any other", () => {
    expect(callViews(page(session("TALKING", [consult]))).map(({ call: { id } }) => id)).toEqual(["2"]);
  });

  for (const [what, matches, who, name] of [
    ["nobody found", [], undefined, ""],
    ["one: it is the one", [ayesha], undefined, "Fatima Noor"],
    ["several: nobody, until one is chosen", others, undefined, ""],
    ["the chosen one", others, others[1]?.id, "Fatima Noor-Schneider"],
  ] as const)
    test(what, () => {
      const state = page(session("TALKING", [talks]), [
        { log: log(talks, { who }), matches: [...matches], recordId: undefined },
      ]);
      expect(callViews(state)[0]?.name).toBe(name);
    });

  test("who is in no record is called as in the phone book, however its number is written", () => {
    const colleague = call({
      id: "2",
      interaction: "I-2",
      direction: "internal",
      party: "2002",
      customer: undefined,
      actions: [],
    });
    const out = call({
      id: "3",
      interaction: "I-3",
      direction: "out",
      dialedNumber: "+442079460958",
      actions: [],
    });
    const state = page(session("TALKING", [talks, colleague, out]), [
      { log: log(talks), matches: [ayesha], recordId: undefined },
    ]);
    expect(callViews(state, contacts).map(({ name }) => name)).toEqual([
      "Fatima Noor",
      "Björn Åkesson",
      "Chidi Okonkwo",
    ]);
    expect(callViews(state).map(({ name }) => name)).toEqual(["Fatima Noor", "", ""]);
    expect(recentCalls(state, contacts).map(({ name }) => name)).toEqual([
      "Fatima Noor",
      "",
      "Björn Åkesson",
    ]);
  });

  test("notes and reasons are meant for the customer's call, also while a colleague is asked", () => {
    const logs = [{ log: log(talks), matches: [], recordId: undefined }];
    const idOf = (calls: Call[]): string | undefined =>
      writtenCall(callViews(page(session("TALKING", calls), logs)))?.call.id;
    expect(idOf([talks])).toBe(talks.id);
    expect(idOf([held, consult])).toBe(held.id);
    expect(idOf([talks, { ...rings, id: "9", interaction: "I-9" }])).toBe(talks.id);
    expect(idOf([consult])).toBeUndefined();
  });

  test("calls that are over are listed, the latest first, and those that are not are not", () => {
    const state = page(session("TALKING", [talks]), [
      { log: log(talks, { endedAt: "2026-01-05T09:00:00.000Z" }), matches: [], recordId: undefined },
    ]);
    expect(recentCalls(state).map(({ callObject, missed }) => [callObject, missed])).toEqual([
      ["P-1:1001", false],
      ["P-2:1001", true],
      ["P-3:1001", false],
    ]);
  });
});
