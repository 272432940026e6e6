import { describe, expect, test } from "bun:test";
import { guideRow, guideText } from "../../../src/console/guide/guide.ts";
import { situations } from "../../../src/console/keys/situations.ts";
import { widthOf } from "../../../src/console/overlays/cells.ts";
import type { ConsoleState } from "../../../src/console/store/state.ts";
import { agentWith, callWith, stateWith, statusWith } from "../overlays/stage.tsx";

function inState(
  state: string,
  calls = [] as ReturnType<typeof callWith>[],
  more: Partial<ConsoleState> = {},
) {
  const base = stateWith(more, calls);
  const connector = base.connector;
  if (connector === undefined) throw new Error("there is a connector");
  return {
    ...base,
    connector: { ...connector, agents: [statusWith(calls, { state: agentWith({ state }) })] },
  };
}

const say = (state: ConsoleState, ...tried: string[]): string => guideText(state, new Set(tried));

describe("the guide", () => {
  test.each([
    ["NOT_READY", /^r makes you ready/],
    ["READY", /^A call comes/],
    ["WORK_READY", /^r makes you ready for the next call/],
  ])("%s", (state, expected) => {
    expect(say(inState(state))).toMatch(expected);
  });

  test("a ringing call before all else in the view", () => {
    const ringing = callWith({ state: "ALERTING", actions: ["ANSWER"] });
    expect(say(inState("RESERVED", [ringing]))).toContain("a answers");
  });

  test("on a call it goes on from what was tried", () => {
    const talking = inState("TALKING", [callWith()]);
    expect(say(talking)).toContain("h puts");
    expect(say(talking, "hold")).toContain("c asks a colleague");
    expect(say(talking, "hold", "consult")).toContain("3 draws this call");
    expect(say(talking, "hold", "consult", "show ladder")).toContain("x hangs up");
    const held = callWith({ state: "HELD", actions: ["RETRIEVE", "DROP"] });
    expect(say(inState("HOLD", [held]))).toContain("h takes the call back");
  });

  test("a consult is handed over when the colleague is there", () => {
    const held = callWith({ state: "HELD", actions: ["TRANSFER", "CONFERENCE"], id: "1" });
    const second = callWith({
      id: "2",
      interaction: "i2",
      parent: "i1",
      state: "INITIATED",
      actions: ["DROP"],
    });
    expect(say(inState("TALKING", [held, second]))).toContain("is being called");
    expect(say(inState("TALKING", [held, { ...second, state: "ACTIVE" }]))).toMatch(/^t hands .*, f brings/);
  });

  test("it names the keys as they are configured", () => {
    const state = inState("NOT_READY");
    expect(say({ ...state, options: { ...state.options, keys: { ready: ["z"] } } })).toMatch(/^z makes/);
  });

  test("in every situation there is one line of exactly the width", () => {
    for (const state of situations())
      for (const columns of [40, 80, 200]) {
        expect(guideText(state, new Set())).not.toBe("");
        expect(
          widthOf(
            guideRow(state, new Set(), columns)
              .map(({ text }) => text)
              .join(""),
          ),
        ).toBe(columns);
      }
  });
});
