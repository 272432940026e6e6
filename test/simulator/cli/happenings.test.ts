import { expect, test } from "bun:test";
import type { SimState } from "../../../src/simulator/engine/control.ts";
import { happenings } from "../../../src/simulator/cli/happenings.ts";
import { FakeEngine } from "../server/fake-engine.ts";

const texts = (before: SimState, after: SimState) => happenings(before, after).map(({ text }) => text);

function stateWith(agent: Partial<SimState["agents"][number]>, calls: SimState["calls"] = []): SimState {
  const state = new FakeEngine().state();
  return { ...state, agents: state.agents.map((each) => ({ ...each, ...agent })), calls };
}

const call = (party: string): SimState["calls"][number] => ({
  id: "1",
  state: "ALERTING",
  callType: "PREROUTE_ACD_IN",
  from: "5551234",
  to: "811802",
  queue: "Sales.EN",
  participants: [
    { address: "5551234", agent: undefined, state: "ACTIVE", actions: [] },
    { address: "2001", agent: "1001", state: party, actions: [] },
  ],
  variables: {},
  wrapUpReason: undefined,
  dtmf: "",
});

test("agents come, work and go", () => {
  const out = stateWith({ state: "LOGOUT" });
  const connected = stateWith({ state: "LOGOUT", resources: ["cti"] });
  const working = stateWith({ state: "NOT_READY", resources: ["cti"] });
  expect(texts(out, connected)).toEqual(["1001 Olivia Bennett connected as cti"]);
  expect(texts(connected, working)).toEqual(["1001 Olivia Bennett signed in on 2001: NOT_READY"]);
  expect(texts(working, stateWith({ state: "READY", resources: ["cti"] }))).toEqual([
    "1001 Olivia Bennett NOT_READY → READY",
  ]);
  expect(texts(working, out)).toEqual([
    "1001 Olivia Bennett disconnected cti",
    "1001 Olivia Bennett signed out",
  ]);
});

test("calls come, change and end", () => {
  const [none, ringing, talking] = [
    stateWith({}),
    stateWith({}, [call("ALERTING")]),
    stateWith({}, [call("ACTIVE")]),
  ];
  expect(texts(none, ringing)).toEqual([
    "call 1 5551234 → 811802 by Sales.EN: 5551234 ACTIVE, 1001 ALERTING",
  ]);
  expect(texts(ringing, ringing)).toEqual([]);
  expect(texts(ringing, talking)).toEqual(["call 1 5551234 ACTIVE, 1001 ACTIVE"]);
  expect(texts(talking, none)).toEqual(["call 1 is over"]);
});
