import { beforeEach, describe, expect, test } from "bun:test";
import { defaultPopulation } from "../../../src/simulator/engine/default-population.ts";
import { House } from "./house.ts";

let house: House;

beforeEach(() => {
  house = new House();
});

/** The dialog the agent is shown. */
const dialogOf = (agent: string): string => house.stateOf(agent).dialogs[0] ?? "none";

describe("sign in", () => {
  test("tells NOT_READY with the extension, no reason yet, and echoes the request", () => {
    expect(house.user("1001", "<state>LOGIN</state><extension>2001</extension>", "r1").status).toBe(202);
    expect(house.published).toEqual([]);
    house.settle();
    const [own] = house.published;
    expect(own?.node).toBe("/finesse/api/User/1001");
    expect(own?.xml).toContain("<requestId>r1</requestId>");
    expect(own?.xml).toContain("<extension>2001</extension>");
    expect(own?.xml).toContain("<reasonCodeId>-1</reasonCodeId>");
    expect(house.told("1001")).toEqual(["user NOT_READY"]);
  });

  test("on an unknown extension is accepted and refused late with 260, and nothing else", () => {
    expect(house.user("1001", "<state>LOGIN</state><extension>2777</extension>", "r1").status).toBe(202);
    house.settle();
    const [error] = house.published;
    expect(error?.xml).toContain("<peripheralErrorCode>10125</peripheralErrorCode>");
    expect(error?.xml).toContain("<event>put</event>");
    expect(error?.xml).toContain("<requestId>r1</requestId>");
    expect(house.told("1001")).toEqual(["error 260 Invalid Device"]);
    expect(house.stateOf("1001").state).toBe("LOGOUT");
  });

  test("on somebody else's phone is Device Busy", () => {
    house.signIn("1001");
    house.told("1001");
    house.user("1002", "<state>LOGIN</state><extension>2001</extension>");
    house.settle();
    expect(house.told("1002")).toEqual(["error 33 Device Busy"]);
  });

  test("while signed in keeps state and extension and is told", () => {
    house.signIn("1001", "READY");
    house.told("1001");
    house.user("1001", "<state>LOGIN</state><extension>2005</extension>");
    house.settle();
    expect(house.told("1001")).toEqual(["user READY"]);
    expect(house.stateOf("1001").extension).toBe("2001");
  });

  test("on a phone with a call shows the call", () => {
    house.engine.control.phone("1001", "dial", { number: "5551234" });
    house.settle(1000);
    house.signIn("1001");
    expect(house.told("1001")).toEqual(["user TALKING", "POST ACTIVE 2001=ACTIVE 5551234=ACTIVE"]);
  });
});

describe("a routed call", () => {
  beforeEach(() => {
    house.signIn("1001", "READY");
    house.told("1001");
  });

  test("reserves, rings, is answered, dropped, wrapped up; READY when the timer ends", () => {
    const { dialogId = "" } = house.engine.control.call({ agent: "1001", from: "5551234" });
    house.settle(1000);
    expect(house.told("1001")).toEqual(["user RESERVED", "POST ALERTING 5551234=INITIATED 2001=ALERTING"]);
    house.act("1001", dialogId, "ANSWER");
    house.settle();
    expect(house.told("1001")).toEqual(["user TALKING", "PUT ACTIVE 5551234=ACTIVE 2001=ACTIVE"]);
    house.act("1001", dialogId, "DROP");
    house.settle();
    expect(house.told("1001")).toEqual([
      "PUT ACTIVE 5551234=ACTIVE 2001=WRAP_UP",
      "user WORK_READY",
      "PUT ACTIVE 5551234=DROPPED 2001=WRAP_UP",
    ]);
    const reason = "<mediaProperties><wrapUpReason>Sales</wrapUpReason></mediaProperties>";
    expect(house.act("1001", dialogId, "UPDATE_CALL_DATA", reason).status).toBe(202);
    house.settle();
    expect(house.published[0]?.xml).toContain("<wrapUpReason>Sales</wrapUpReason>");
    house.told("1001");
    house.settle(30_000);
    expect(house.told("1001")).toEqual(["DELETE DROPPED 5551234=DROPPED 2001=DROPPED", "user READY"]);
    expect(house.engine.state().calls).toEqual([]);
  });

  test("a hand that is quicker than CTI: the dialog is first told ACTIVE, and goes on as others do", () => {
    house.engine.control.call({ agent: "1001", from: "5551234" });
    house.engine.control.phone("1001", "answer");
    house.settle(1000);
    expect(house.told("1001")).toEqual([
      "user RESERVED",
      "user TALKING",
      "POST ACTIVE 5551234=ACTIVE 2001=ACTIVE",
    ]);
    house.engine.control.phone("1001", "hang-up");
    house.settle();
    expect(house.told("1001").at(-1)).toBe("PUT ACTIVE 5551234=DROPPED 2001=WRAP_UP");
  });

  test("NOT_READY asked while talking is pending, then WORK, then NOT_READY with its reason", () => {
    const { dialogId = "" } = house.engine.control.call({ agent: "1001", from: "5551234" });
    house.settle();
    house.act("1001", dialogId, "ANSWER");
    house.user("1001", "<state>NOT_READY</state><reasonCodeId>2</reasonCodeId>");
    house.settle();
    expect(house.told("1001").at(-1)).toBe("user TALKING pending NOT_READY");
    house.engine.control.callerHangup();
    house.settle();
    expect(house.told("1001")).toContain("user WORK");
    house.settle(30_000);
    expect(house.told("1001").at(-1)).toBe("user NOT_READY");
    expect(house.stateOf("1001").reasonCodeId).toBe("2");
  });

  test("READY asked in wrap-up ends it", () => {
    const { dialogId = "" } = house.engine.control.call({ agent: "1001", from: "5551234" });
    house.settle();
    house.act("1001", dialogId, "ANSWER");
    house.act("1001", dialogId, "DROP");
    house.settle();
    house.told("1001");
    house.user("1001", "<state>READY</state>", "r9");
    house.settle();
    expect(house.published.find((one) => one.xml.includes("<requestId>r9<"))?.xml).toContain("<user>");
    expect(house.told("1001")).toEqual(["DELETE DROPPED 5551234=DROPPED 2001=DROPPED", "user READY"]);
  });

  test("abandoned: DELETE while the dialog still says ALERTING, then READY", () => {
    house.engine.control.call({ agent: "1001", from: "5551234" });
    house.settle(800);
    house.told("1001");
    house.engine.control.abandon();
    house.settle();
    expect(house.told("1001")).toEqual(["DELETE ALERTING 5551234=DROPPED 2001=DROPPED", "user READY"]);
  });

  test("not answered: NOT_READY with 32767, and the caller of a queue goes to the next agent", () => {
    house.engine.control.call({ queue: "Sales.EN", from: "5551234" });
    house.signIn("1002", "READY");
    house.told("1001");
    house.settle(20_100);
    expect(house.published.some((one) => one.xml.includes("<code>32767</code>"))).toBe(true);
    expect(house.stateOf("1001").state).toBe("NOT_READY");
    expect(house.stateOf("1002").state).toBe("RESERVED");
  });

  test("waits in the queue while nobody is ready and comes to the first who is", () => {
    house.user("1001", "<state>NOT_READY</state>");
    house.settle();
    expect(house.engine.control.call({ queue: "5022", from: "5551234" })).toMatchObject({ state: "queued" });
    expect(house.engine.state().queues[0]).toMatchObject({ name: "Sales.EN", waiting: 1 });
    house.told("1001");
    house.user("1001", "<state>READY</state>");
    house.settle();
    expect(house.told("1001")).toEqual([
      "user READY",
      "user RESERVED",
      "POST ALERTING 5551234=INITIATED 2001=ALERTING",
    ]);
  });

  test("carries about sixty variables, some empty, some hard to parse", () => {
    house.engine.control.call({ agent: "1001", from: "5551234", variables: { callVariable3: "<b>&amp;" } });
    house.settle();
    const xml = house.published.find((one) => one.xml.includes("ALERTING"))?.xml ?? "";
    expect(xml.match(/<CallVariable>/g)?.length).toBeGreaterThanOrEqual(58);
    expect(xml).toContain("<value>&lt;b&gt;&amp;amp;</value>");
    expect(xml).toContain("<value></value>");
    expect(xml).toContain("<name>user.microapp.ToExtVXML[0]</name>");
    expect(xml.length).toBeGreaterThan(5000);
  });

  test("a request while it rings is refused late with INVALID_ACTION", () => {
    const { dialogId = "" } = house.engine.control.call({ agent: "1001", from: "5551234" });
    house.settle();
    house.told("1001");
    const data = "<mediaProperties><wrapUpReason>x</wrapUpReason></mediaProperties>";
    expect(house.act("1001", dialogId, "UPDATE_CALL_DATA", data).status).toBe(202);
    house.settle();
    expect(house.published[0]?.xml).toContain("INVALID_ACTION UPDATE_CALL_DATA on extension 2001");
    expect(house.told("1001")).toEqual(["error 4047 Generic Error"]);
  });
});

describe("a dialled call", () => {
  beforeEach(() => {
    house.signIn("1001");
    house.told("1001");
  });

  test("to the outside: off hook, dialled, ringing, answered, dropped without wrap-up", () => {
    house.dial("1001", "5551234", "r5");
    house.settle(1000);
    expect(house.published.find((one) => one.xml.includes("<requestId>r5<"))?.xml).toContain("INITIATING");
    expect(house.told("1001")).toEqual([
      "user TALKING",
      "POST INITIATING 2001=INITIATING",
      "PUT INITIATED 2001=INITIATED",
      "PUT ALERTING 2001=INITIATED 5551234=ALERTING",
      "PUT ACTIVE 2001=ACTIVE 5551234=ACTIVE",
    ]);
    house.act("1001", dialogOf("1001"), "DROP");
    house.settle();
    expect(house.told("1001")).toEqual([
      "PUT DROPPED 2001=DROPPED 5551234=DROPPED",
      "DELETE DROPPED 2001=DROPPED 5551234=DROPPED",
      "user NOT_READY",
    ]);
  });

  test.each([
    ["5550000", "PUT FAILED 2001=FAILED/BUSY"],
    ["5550001", "PUT FAILED 2001=FAILED/BAD_DESTINATION"],
    ["not a number", "PUT FAILED 2001=FAILED/BAD_DESTINATION"],
    ["5550002", "PUT ALERTING 2001=INITIATED 5550002=ALERTING"],
  ])("to %s", (number, last) => {
    house.dial("1001", number);
    house.settle(120_000);
    expect(house.told("1001").at(-1)).toBe(last);
    house.act("1001", dialogOf("1001"), "DROP");
    house.settle();
    expect(house.engine.state().calls).toEqual([]);
  });

  test("to a colleague: both legs are told", () => {
    house.signIn("1002");
    house.told("1001");
    house.dial("1001", "2002");
    house.settle(200);
    expect(house.published.filter((one) => one.automatic[0] === "1002").map((one) => one.node)).toEqual([
      "/finesse/api/User/1002/Dialogs",
    ]);
    house.told("1002");
    house.act("1002", dialogOf("1002"), "ANSWER");
    house.settle();
    expect(house.told("1002")).toEqual(["user TALKING", "PUT ACTIVE 2001=ACTIVE 2002=ACTIVE"]);
    house.act("1001", dialogOf("1001"), "DROP");
    house.settle();
    expect(house.told("1002")).toEqual([
      "PUT DROPPED 2001=DROPPED 2002=DROPPED",
      "DELETE DROPPED 2001=DROPPED 2002=DROPPED",
      "user NOT_READY",
    ]);
  });

  test("a second call while the first is held; none while one is on the line", () => {
    house.dial("1001", "5551234");
    house.settle(1000);
    house.told("1001");
    house.dial("1001", "5555555");
    house.settle();
    expect(house.told("1001")).toEqual(["error 22 Call Operation Failure"]);
    const first = dialogOf("1001");
    house.act("1001", first, "HOLD");
    house.dial("1001", "5555555");
    house.settle(1000);
    expect(house.stateOf("1001").dialogs.length).toBe(2);
    house.act("1001", first, "RETRIEVE");
    house.settle();
    const states = house.engine.state().calls.map((call) => call.participants[0]?.state);
    expect(states).toEqual(["ACTIVE", "HELD"]);
  });
});

describe("the phone itself", () => {
  test("off hook and on hook again", () => {
    house.signIn("1001", "READY");
    house.told("1001");
    house.engine.control.phone("1001", "off-hook");
    house.settle();
    expect(house.published[1]?.xml ?? "").not.toContain("<toAddress>2");
    expect(house.told("1001")).toEqual(["user TALKING", "POST INITIATING 2001=INITIATING"]);
    house.engine.control.phone("1001", "hang-up");
    house.settle();
    expect(house.told("1001")).toEqual(["DELETE INITIATING 2001=DROPPED", "user READY"]);
  });

  test("answers, holds, retrieves and hangs up like a request", () => {
    house.signIn("1001");
    house.engine.control.call({ agent: "1001", from: "5551234", kind: "direct" });
    for (const action of ["answer", "hold", "retrieve", "hang-up"] as const) {
      house.engine.control.phone("1001", action);
      house.settle();
    }
    const told = house.told("1001").filter((line) => line.startsWith("user"));
    expect(told).toEqual(["user NOT_READY", "user TALKING", "user HOLD", "user TALKING", "user NOT_READY"]);
    expect(() => house.engine.control.phone("1001", "hang-up")).toThrow("no call");
  });
});

describe("consult and transfer", () => {
  test("the receiver is told the original call in the order of the captures", () => {
    house.signIn("1001", "READY");
    house.signIn("1002");
    const { dialogId = "" } = house.engine.control.call({ agent: "1001", from: "5551234" });
    house.settle();
    house.act("1001", dialogId, "ANSWER");
    house.act("1001", dialogId, "CONSULT_CALL", "<toAddress>2002</toAddress>");
    house.settle(500);
    house.act("1002", dialogOf("1002"), "ANSWER");
    house.settle();
    house.told("1002");
    expect(house.act("1001", dialogId, "TRANSFER").status).toBe(202);
    house.settle();
    const events = [...house.published];
    expect(house.told("1002").slice(0, 2)).toEqual([
      "POST ACTIVE 5551234=ACTIVE 2001=DROPPED/OTHER 2002=ACTIVE",
      "DELETE DROPPED 2001=DROPPED/OTHER 2002=DROPPED/OTHER",
    ]);
    expect(events.some((one) => one.xml.includes("<callType>TRANSFER</callType>"))).toBe(true);
    expect(house.stateOf("1001").state).toBe("WORK_READY");
    expect(house.stateOf("1002").dialogs).toEqual([dialogId]);
  });
});

describe("lost presence", () => {
  test("puts the agent NOT_READY with 255 after a minute, unless a resource comes back", () => {
    house.signIn("1001", "READY");
    house.engine.presenceChanged("1001", ["cti"], true);
    house.engine.presenceChanged("1001", [], true);
    house.settle(59_000);
    house.engine.presenceChanged("1001", ["cti"], true);
    house.settle(300_000);
    expect(house.stateOf("1001").state).toBe("READY");
    house.engine.presenceChanged("1001", [], false);
    house.settle(179_000);
    expect(house.stateOf("1001").state).toBe("READY");
    house.settle(2_000);
    expect(house.stateOf("1001").state).toBe("NOT_READY");
    expect(house.published.some((one) => one.xml.includes("<code>255</code>"))).toBe(true);
  });

  test("signs out even in a call where the desk settings say so", () => {
    house = new House({ population: { ...defaultPopulation(), logoutOnDisconnect: true } });
    house.signIn("1001");
    house.dial("1001", "5551234");
    house.settle(1000);
    house.engine.presenceChanged("1001", ["cti"], true);
    house.engine.presenceChanged("1001", [], true);
    house.settle(61_000);
    expect(house.stateOf("1001")).toMatchObject({
      state: "LOGOUT",
      extension: "",
      phone: "in-use",
      signedOutWith: 255,
    });
  });
});

describe("faults", () => {
  test("an event is lost, doubled, changed", () => {
    house.engine.control.loseNextEvent({ agent: "1001" });
    house.signIn("1001");
    expect(house.told("1001")).toEqual([]);
    house.engine.control.knobs({ duplicateEvents: true });
    house.user("1001", "<state>READY</state>");
    house.settle();
    expect(house.told("1001")).toEqual(["user READY", "user READY"]);
    const remove = house.engine.control.filterPublications((one) => [{ ...one, xml: "gone" }]);
    house.user("1001", "<state>NOT_READY</state>");
    house.settle();
    expect(house.published[0]?.xml).toBe("gone");
    remove();
  });

  test("out of service: 503, silence, then the last known states again", () => {
    house.signIn("1001", "READY");
    house.told("1001");
    house.engine.control.outOfService();
    house.settle();
    expect(house.told("1001")).toEqual(["system OUT_OF_SERVICE"]);
    expect(house.request("GET", "/User/1001").status).toBe(503);
    expect(house.request("GET", "/SystemInfo").body).toContain("<status>OUT_OF_SERVICE</status>");
    house.engine.control.inService();
    house.settle();
    expect(house.told("1001")).toEqual(["system IN_SERVICE", "user READY"]);
  });

  test("a slow switch answers one request after the other", () => {
    house.signIn("1001");
    house.told("1001");
    house.engine.control.knobs({ ctiDelay: 1000 });
    house.user("1001", "<state>READY</state>");
    house.user("1001", "<state>NOT_READY</state>");
    house.settle(1100);
    expect(house.told("1001")).toEqual(["user READY"]);
    house.settle(1000);
    expect(house.told("1001")).toEqual(["user NOT_READY"]);
  });

  test("a request is refused late on demand", () => {
    house.signIn("1001");
    house.told("1001");
    house.engine.control.failNextRequest({ errorData: "34", errorMessage: "CF_RESOURCE_OUT_OF_SERVICE" });
    house.user("1001", "<state>READY</state>");
    house.settle();
    expect(house.told("1001")).toEqual(["error 34 Invalid State"]);
  });
});
