import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Callout } from "../../../src/crm/ebs/contract.ts";
import { CtiError } from "../../../src/model/errors.ts";
import { call } from "../samples.ts";
import { CounterStage, FakeEbs } from "./counter-stage.ts";

const here = "127.0.0.1";
const place = { agent: "7001", extension: "42001" };
let stage: CounterStage;
let ebs: FakeEbs;

beforeEach(() => {
  stage = new CounterStage();
  ebs = new FakeEbs();
});
afterEach(async () => {
  ebs.close();
  await stage.close();
});

const ask = (callout: Callout, from = here) => stage.counter.answer(callout, from);
const register = (port = ebs.port, from = here, host = from) =>
  ask({ name: "Register", ...place, host, port }, from);
const login = (password = stage.port.password, from = here) =>
  ask({ name: "Login", ...place, password, queue: undefined }, from);
/** Microtasks, and the answers of the outbox's tries. */
const turns = async () => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

const rings = call({ interaction: "I-1", state: "ALERTING", customer: "0300", party: "0300" });
const gone = { ...rings, state: "DROPPED" };
const story = (of = rings) => {
  stage.port.session("7001", { calls: [of] });
  stage.emit("7001", { type: "call.started", call: of });
  stage.emit("7001", { type: "call.changed", call: { ...of, state: "ACTIVE" } });
};
const ends = () => {
  stage.port.session("7001", { calls: [] });
  stage.emit("7001", { type: "call.released", call: gone });
  stage.emit("7001", { type: "call.ended", call: gone });
};

describe("a day at EBS", () => {
  test("Register, Login, Ready, a call, Logout, Unregister", async () => {
    expect(await register()).toBeUndefined();
    expect(await login()).toBeUndefined();
    expect(await ask({ name: "Ready", ...place })).toBeUndefined();
    story();
    await ebs.until(2);
    ends();
    await ebs.until(3);
    expect(ebs.events).toEqual([
      "ScreenPop occtSourceID=I-1 occtANI=0300 occtDNIS=42001",
      "CallEstablished occtSourceID=I-1",
      "CallReleased occtSourceID=I-1",
    ]);
    expect(await ask({ name: "NotReady", ...place })).toBeUndefined();
    expect(await ask({ name: "MakeCall", ...place, number: "+4930" })).toBeUndefined();
    expect(await ask({ name: "Logout", ...place })).toBeUndefined();
    expect(await ask({ name: "Unregister", ...place })).toBeUndefined();
    expect(stage.port.asked).toEqual([
      "login 7001",
      "ready 7001",
      "not-ready 7001",
      'dial 7001 "+4930"',
      "logout 7001",
    ]);
    expect(stage.registrations.all()).toEqual([]);
  });

  test("a number is dialled once for each callout: no two have one key", async () => {
    await register();
    await login();
    for (let count = 0; count < 3; count++) await ask({ name: "MakeCall", ...place, number: "1" });
    expect(new Set(stage.port.keys).size).toBe(4);
  });

  test("Login before Register: events wait until it is known where they go", async () => {
    await login();
    story();
    await turns();
    expect(ebs.events).toEqual([]);
    await register();
    expect(await ebs.until(2)).toEqual([
      expect.stringContaining("ScreenPop"),
      expect.stringContaining("CallEstablished"),
    ]);
  });

  test("a second Register moves the port in the middle of a call", async () => {
    await register();
    await login();
    story();
    await ebs.until(2);
    const moved = new FakeEbs();
    await register(moved.port);
    ends();
    expect(await moved.until(1)).toEqual(["CallReleased occtSourceID=I-1"]);
    moved.close();
  });

  test("Unregister in the middle of a call: its end is told before the answer", async () => {
    await register();
    await login();
    story();
    await ebs.until(2);
    expect(await ask({ name: "Unregister", ...place })).toBeUndefined();
    expect(ebs.events.at(-1)).toBe("CallReleased occtSourceID=I-1");
    ends();
    await turns();
    expect(ebs.events).toHaveLength(3);
  });

  test("somebody is there for the agent as long as EBS calls out", async () => {
    await register();
    expect(stage.port.leases.size).toBe(0);
    await login();
    expect([...stage.port.leases]).toEqual(["7001 ebs:42001|7001"]);
    stage.port.leases.clear();
    await ask({ name: "CheckStatus", place: undefined });
    expect([...stage.port.leases]).toEqual(["7001 ebs:42001|7001"]);
    await ask({ name: "Unregister", ...place });
    expect(stage.port.leases.size).toBe(0);
  });
});

describe("who may what", () => {
  test("nobody acts for an agent, nor hears of him, before his password was proved", async () => {
    await register();
    stage.port.session("7001");
    expect(await ask({ name: "Ready", ...place })).toMatchObject({ key: "UnexpectedError" });
    story();
    await turns();
    expect(stage.port.asked).toEqual([]);
    expect(stage.deliveries.kept("ebs").size).toBe(1);
  });

  test("another address may not act for him, and its Register changes nothing until it logs in", async () => {
    await register();
    await login();
    const other = "10.9.9.9";
    const thief = new FakeEbs();
    expect(await register(thief.port, other)).toBeUndefined();
    expect(await ask({ name: "NotReady", ...place }, other)).toMatchObject({ key: "UnexpectedError" });
    expect(await ask({ name: "Unregister", ...place }, other)).toMatchObject({ key: "UnexpectedError" });
    story();
    await ebs.until(2);
    expect(thief.events).toEqual([]);
    expect(await login("wrong", other)).toMatchObject({ key: "LoginFailed" });
    expect(stage.registrations.get("42001|7001")?.proved).toBe(here);
    expect(await login(stage.port.password, other)).toBeUndefined();
    expect(stage.registrations.get("42001|7001")).toMatchObject({ proved: other, target: { host: other } });
    thief.close();
  });

  test.each(["10.1.2.3", "192.0.2.7", "169.254.169.254"])(
    "events are not sent to %s because somebody says so",
    async (host) => {
      expect(await register(80, here, host)).toMatchObject({
        key: "UnexpectedError",
        details: expect.stringContaining("event-hosts"),
      });
      expect(stage.registrations.all()).toEqual([]);
    },
  );

  test("to a network that the site allows they are", async () => {
    await stage.close();
    stage = new CounterStage({ eventHosts: ["192.0.2.0/24"] });
    expect(await register(80, here, "192.0.2.7")).toBeUndefined();
  });

  test("the password is a secret before anything is done with it, and nothing remembered holds it", async () => {
    await register();
    await login();
    expect(stage.port.secrets).toEqual([stage.port.password]);
    expect(JSON.stringify([...stage.deliveries.kept("ebs")])).not.toContain(stage.port.password);
  });
});

describe("what goes wrong", () => {
  test("a refused password: LoginFailed, with the reason", async () => {
    expect(await login("wrong")).toEqual({
      key: "LoginFailed",
      details: expect.stringContaining("refused the password"),
    });
  });

  test("a Login that takes too long is answered, and its failure is told by an event", async () => {
    await register();
    await login();
    const late = Promise.withResolvers<never>();
    stage.port.onSignIn = () => late.promise;
    const answer = login();
    await turns();
    stage.port.clock.advance(8000);
    expect(await answer).toBeUndefined();
    late.reject(new CtiError({ code: "finesse-unreachable", message: "Finesse is away" }));
    const [event] = await ebs.until(1);
    expect(event).toContain("Error occtErrorMsg=Login failed: Finesse is away");
  });

  test("so is a Ready that Finesse refuses later", async () => {
    await register();
    await login();
    const late = Promise.withResolvers<{ outcome: "refused"; message: string }>();
    stage.port.onExecute = () => late.promise;
    const answer = ask({ name: "Ready", ...place });
    await turns();
    stage.port.clock.advance(900);
    expect(await answer).toBeUndefined();
    late.resolve({ outcome: "refused", message: "not now" });
    expect(await ebs.until(1)).toEqual(["Error occtErrorMsg=Ready failed: not now"]);
  });

  test("CheckStatus tells a link that is down, and that it is back", async () => {
    await register();
    await login();
    expect(await ask({ name: "CheckStatus", place: undefined })).toBeUndefined();
    stage.port.session("7001", { link: { state: "disconnected", since: "", node: "fin" } });
    expect(await ask({ name: "CheckStatus", place: undefined })).toMatchObject({
      key: "UnexpectedError",
      details: expect.stringContaining("disconnected"),
    });
    stage.port.session("7001", { link: { state: "connected", since: "", node: "fin" } });
    expect(await ask({ name: "CheckStatus", place: undefined })).toBeUndefined();
    stage.port.sessions.delete("7001");
    expect(await ask({ name: "CheckStatus", place: undefined })).toMatchObject({
      details: expect.stringContaining("log in again"),
    });
    // Another seat's trouble is not ours.
    expect(await ask({ name: "CheckStatus", place: undefined }, "10.1.1.1")).toBeUndefined();
  });

  test("EBS away: the pop is given up after its time, the records come in order when it is back", async () => {
    await register();
    await login();
    ebs.status = 503;
    story();
    await stage.until("delivery.delayed ScreenPop");
    stage.port.clock.advance(20_000);
    await stage.until("delivery.expired ScreenPop");
    ends();
    ebs.status = 200;
    await register();
    expect(await ebs.until(2)).toEqual(["CallEstablished occtSourceID=I-1", "CallReleased occtSourceID=I-1"]);
    expect(stage.desk.list({ state: "missed" }, 10).deliveries).toMatchObject([{ kind: "ScreenPop" }]);
  });
});
