import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { House } from "../engine/house.ts";

let house: House;
beforeEach(() => {
  house = new House();
});

/** The figures of one queue as this agent reads them; text as it stands. */
function figures(queue: string, user = "1001"): Record<string, string> {
  const { body } = house.request("GET", `/User/${user}/Queues`, "", { user });
  const xml = body
    .split("<Queue>")
    .slice(1)
    .find((part) => part.includes(`<name>${queue}</name>`));
  const statistics = /<statistics>([^]*)<\/statistics>/.exec(xml ?? "")?.[1] ?? "";
  return Object.fromEntries(
    [...statistics.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name, value]) => [name ?? "", value ?? ""]),
  );
}

const names = (user: string): string[] =>
  [...house.request("GET", `/User/${user}/Queues`, "", { user }).body.matchAll(/<name>([^<]*)<\/name>/g)].map(
    ([, name]) => name ?? "",
  );

const call = (queue: string, from = "5551234") => house.engine.control.call({ queue, from });

describe("an agent's queues", () => {
  test("are those of the team, and of the supervised teams", () => {
    expect(names("1002")).toEqual(["Sales.EN", "Sales.DE", "General"]);
    expect(names("1011")).toEqual(["Service.EN", "General"]);
  });

  test("nobody who has it is signed in: nothing is known", () => {
    expect(figures("Sales.EN")).toEqual({
      agentsBusyOther: "-1",
      agentsLoggedOn: "-1",
      agentsNotReady: "-1",
      agentsReady: "-1",
      agentsTalkingInbound: "-1",
      agentsTalkingInternal: "-1",
      agentsTalkingOutbound: "-1",
      agentsWrapUpNotReady: "-1",
      agentsWrapUpReady: "-1",
      callsInQueue: "-1",
      startTimeOfLongestCallInQueue: "",
    });
    house.signIn("1011");
    expect(figures("Sales.EN").agentsLoggedOn).toBe("-1");
    expect(figures("General").agentsLoggedOn).toBe("1");
  });

  test("callers wait, the longest since when the first came, until an agent is READY", () => {
    house.signIn("1002");
    call("Sales.EN");
    house.settle(65_000);
    call("Sales.EN");
    expect(figures("Sales.EN", "1002")).toMatchObject({
      callsInQueue: "2",
      startTimeOfLongestCallInQueue: "2026-01-05T09:00:00Z",
      agentsNotReady: "1",
    });
    expect(figures("Sales.DE", "1002")).toMatchObject({
      callsInQueue: "0",
      startTimeOfLongestCallInQueue: "",
    });
    house.user("1002", "<state>READY</state>");
    house.settle(1000);
    expect(figures("Sales.EN", "1002")).toMatchObject({
      callsInQueue: "1",
      startTimeOfLongestCallInQueue: "2026-01-05T09:01:05Z",
      agentsBusyOther: "1",
    });
  });

  test("times are told by the server's own clock", () => {
    house = new House({ knobs: { clockOffset: 3_600_000 } });
    house.signIn("1002");
    call("Sales.EN");
    expect(figures("Sales.EN", "1002").startTimeOfLongestCallInQueue).toBe("2026-01-05T10:00:00Z");
  });

  test("who talks to the queue's customer is busy with something else for another queue, in wrap-up too", () => {
    house.signIn("1002", "READY");
    house.settle();
    call("Sales.EN");
    house.settle(1000);
    house.act("1002", house.stateOf("1002").dialogs[0] ?? "", "ANSWER");
    house.settle();
    const seen = (queue: string) =>
      Object.entries(figures(queue, "1002"))
        .filter(([name, value]) => name !== "agentsLoggedOn" && value === "1")
        .map(([name]) => name);
    expect(seen("Sales.EN")).toEqual(["agentsTalkingInbound"]);
    expect(seen("General")).toEqual(["agentsBusyOther"]);
    house.act("1002", house.stateOf("1002").dialogs[0] ?? "", "DROP");
    house.settle();
    expect(seen("Sales.EN")).toEqual(["agentsWrapUpReady"]);
    expect(seen("General")).toEqual(["agentsBusyOther"]);
  });

  test("calls to the outside and to a colleague", () => {
    for (const agent of ["1001", "1002", "1003"]) house.signIn(agent);
    house.dial("1001", "5559876");
    house.dial("1002", "2003");
    house.settle(1000);
    house.act("1003", house.stateOf("1003").dialogs[0] ?? "", "ANSWER");
    house.settle(1000);
    expect(figures("Sales.DE")).toMatchObject({ agentsTalkingOutbound: "1", agentsTalkingInternal: "2" });
  });

  test("Unified CCX has none", () => {
    house = new House({ profile: "uccx" });
    expect(house.request("GET", "/User/1001/Queues").status).toBe(404);
    expect(house.request("GET", "/Queue/5022").status).toBe(404);
  });

  test("whatever happens, each signed-in agent is counted once", () => {
    const agents = ["1001", "1002", "1003"];
    const step = fc.oneof(
      fc.constantFrom(...agents).map((agent) => () => house.signIn(agent)),
      fc.tuple(fc.constantFrom(...agents), fc.constantFrom("READY", "NOT_READY", "LOGOUT")).map(
        ([agent, state]) =>
          () =>
            void house.user(agent, `<state>${state}</state>`),
      ),
      fc.constantFrom("Sales.EN", "Sales.DE", "General").map((queue) => () => void call(queue)),
      fc.tuple(fc.constantFrom(...agents), fc.constantFrom("2001", "2002", "2003", "555", "811802")).map(
        ([agent, number]) =>
          () =>
            void house.dial(agent, number),
      ),
      fc
        .tuple(fc.constantFrom(...agents), fc.constantFrom("ANSWER", "HOLD", "DROP"), fc.nat(2))
        .map(([agent, action, at]) => () => {
          const { dialogs } = house.stateOf(agent);
          house.act(agent, dialogs[at % Math.max(1, dialogs.length)] ?? "", action);
        }),
      fc.constantFrom(100, 2000, 40_000).map((time) => () => house.settle(time)),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        house = new House();
        for (const take of steps) take();
        for (const queue of ["Sales.EN", "Sales.DE", "General"]) {
          const { agentsLoggedOn, callsInQueue, startTimeOfLongestCallInQueue, ...states } = figures(queue);
          const sum = Object.values(states).reduce((total, value) => total + Number(value), 0);
          expect(agentsLoggedOn === "-1" ? sum === -8 : sum === Number(agentsLoggedOn)).toBe(true);
          expect(startTimeOfLongestCallInQueue !== "").toBe(Number(callsInQueue) > 0);
        }
        house.engine.stop();
      }),
      { numRuns: 60 },
    );
  });
});

describe("a team", () => {
  test("shows its supervisor every member, with state, time, reason and extension", () => {
    house.signIn("1002", "READY");
    house.user("1002", "<state>NOT_READY</state><reasonCodeId>1</reasonCodeId>");
    house.settle();
    const { body, status } = house.request("GET", "/Team/1");
    expect(status).toBe(200);
    expect(body.match(/<User>/g)).toHaveLength(10);
    const member = body.split("<User>").find((part) => part.includes("<loginId>1002</loginId>"));
    for (const part of [
      "<extension>2002</extension>",
      "<state>NOT_READY</state>",
      "<label>Lunch</label>",
      "<stateChangeTime>2026-01-05T09:00:00.",
    ])
      expect(member).toContain(part);
    expect(member).not.toContain("mediaState");
  });

  test("on Unified CCX tells who is on a call of his own", () => {
    house = new House({ profile: "uccx" });
    house.signIn("1001");
    house.signIn("1002");
    house.dial("1002", "5551234");
    house.settle(1000);
    const states = house
      .request("GET", "/Team/1")
      .body.split("<User>")
      .slice(2, 4)
      .map((part) => /<mediaState>(\w+)/.exec(part)?.[1]);
    expect(states).toEqual(["BUSY", "IDLE"]);
  });

  test("is not shown to others, and what does not exist to nobody", () => {
    expect(house.request("GET", "/Team/2").status).toBe(401);
    expect(house.request("GET", "/Team/1", "", { user: "1002" }).status).toBe(401);
    expect(house.request("GET", "/Team/77").status).toBe(404);
  });
});
