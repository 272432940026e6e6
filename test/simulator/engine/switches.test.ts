import { describe, expect, test } from "bun:test";
import { House } from "./house.ts";

const signedIn = (options: ConstructorParameters<typeof House>[0] = {}): House => {
  const house = new House(options);
  house.signIn("1001", "READY");
  house.told("1001");
  return house;
};

describe("an extension in place of the agent's id", () => {
  const dial = (house: House) =>
    house.request(
      "POST",
      "/User/2001/Dialogs",
      "<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>2001</fromAddress><toAddress>555</toAddress></Dialog>",
    );

  test("is somebody else to a strict server", () => {
    const { status, body } = dial(signedIn());
    expect(status).toBe(401);
    expect(body).toContain("Invalid Authorization User Specified");
  });

  test("is understood by a lenient one, where it is the agent's own", () => {
    const house = signedIn({ knobs: { acceptExtensions: true } });
    expect(dial(house).status).toBe(202);
    house.settle();
    expect(house.stateOf("1001").state).toBe("TALKING");
    expect(dial(new House({ knobs: { acceptExtensions: true } })).status).toBe(401);
  });
});

describe("a clock that is wrong", () => {
  test("is seen in every time the server states, and in no other", () => {
    const house = signedIn({ knobs: { clockOffset: -90_000 } });
    const wrong = new Date(house.clock.now() - 90_000).toISOString();
    expect(house.request("GET", "/SystemInfo").body).toContain(`<currentTimestamp>${wrong}<`);
    const stated = /<stateChangeTime>([^<]+)</.exec(house.request("GET", "/User/1001").body)?.[1];
    const known = house.stateOf("1001").stateChangeTime;
    expect(Date.parse(stated ?? "")).toBe(Date.parse(known ?? "") - 90_000);
    house.engine.control.call({ agent: "1001", from: "555" });
    house.settle();
    const started = /<startTime>([^<]+)</.exec(house.published.at(-1)?.xml ?? "")?.[1];
    expect(Date.parse(started ?? "")).toBeLessThan(house.clock.now() - 89_000);
  });
});

describe("a late refusal", () => {
  test("can be later still", () => {
    const house = signedIn();
    house.engine.control.failNextRequest({}, { agent: "1001", delay: 5_000 });
    expect(house.user("1001", "<state>NOT_READY</state>", "r1").status).toBe(202);
    house.settle(5_000);
    expect(house.told("1001")).toEqual([]);
    house.settle(100);
    expect(house.told("1001")).toEqual(["error 22 Invalid State"]);
    expect(house.stateOf("1001").state).toBe("READY");
  });
});

describe("accounts", () => {
  test("a password changed during a call refuses the next request; the call goes on", () => {
    const house = signedIn();
    const { dialogId = "" } = house.engine.control.call({ agent: "1001", from: "555" });
    house.settle();
    house.act("1001", dialogId, "ANSWER");
    house.engine.control.setPassword("1001", "other");
    expect(house.act("1001", dialogId, "HOLD").status).toBe(401);
    expect(house.stateOf("1001").state).toBe("TALKING");
    expect(house.engine.authenticate("1001", "other")).toBe("ok");
  });

  test("a user removed is signed out, told so for the last time, and unknown from then on", () => {
    const house = signedIn();
    house.engine.presenceChanged("1001", ["cti"], true);
    house.engine.presenceChanged("1001", [], true);
    house.engine.control.deleteUser("1001");
    house.settle();
    const own = house.published.filter((one) => one.automatic.includes("1001"));
    expect(own.map(({ removed }) => removed)).toEqual([undefined, "1001"]);
    expect(own.at(-1)?.xml).toContain("<event>DELETE</event>");
    expect(house.request("GET", "/User/1001").status).toBe(401);
    // Nothing is left that would act on somebody who no longer exists.
    expect(house.clock.pending).toBe(0);
  });
});

test("an unanswered call ends as DROPPED, where the documents' order is asked for", () => {
  const house = signedIn({ knobs: { documentedOrder: true } });
  house.engine.control.call({ agent: "1001", from: "555" });
  house.settle();
  house.told("1001");
  house.engine.control.abandon();
  house.settle();
  expect(house.told("1001")).toEqual(["DELETE DROPPED 555=DROPPED 2001=DROPPED", "user READY"]);
});

describe("queue statistics", () => {
  const told = (house: House) =>
    house.published
      .splice(0)
      .filter(({ node }) => node === "/finesse/api/Queue/5022")
      .map(({ xml }) => xml);

  test("are told to nobody before somebody subscribes, then when they changed, at most every ten seconds", () => {
    const house = signedIn();
    house.settle(20_000);
    expect(told(house)).toEqual([]);
    house.engine.subscribed?.("/finesse/api/Queue/5022");
    house.settle(30_000);
    expect(told(house)).toEqual([]);
    house.user("1001", "<state>NOT_READY</state>");
    house.settle(100);
    house.user("1001", "<state>READY</state>");
    house.engine.control.call({ agent: "1001", from: "555" });
    house.settle(10_100);
    const [update, ...more] = told(house);
    expect(more).toEqual([]);
    expect(update).toMatch(
      /<Queue>[^]*<agentsReady>0<[^]*<event>PUT<[^]*<source>\/finesse\/api\/Queue\/5022</,
    );
    house.engine.stop();
  });
});
