import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Callout } from "../../../src/crm/ebs/contract.ts";
import { maskText } from "../../../src/platform/redact.ts";
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

const ask = (callout: Callout) => stage.counter.answer(callout, here);
const register = () => ask({ name: "Register", ...place, host: here, port: ebs.port });
const login = () => ask({ name: "Login", ...place, password: stage.port.password, queue: undefined });
/** Microtasks, and the answers of the outbox's tries. */
const turns = async () => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

const rings = call({ interaction: "I-1", state: "ALERTING", customer: "0300", party: "0300" });
const talks = { ...rings, state: "ACTIVE" };
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

describe("a worker that dies", () => {
  test("knows its places and what was told, and tells the rest", async () => {
    await register();
    await login();
    story();
    await stage.until("delivery.sent CallEstablished");
    stage.restart();
    stage.emit("7001", { type: "call.changed", call: { ...talks, variables: { callVariable1: "new" } } });
    ends();
    await ebs.until(3);
    expect(ebs.events.map((event) => event.split(" ")[0])).toEqual([
      "ScreenPop",
      "CallEstablished",
      "CallReleased",
    ]);
    expect([...stage.deliveries.kept("ebs").keys()]).toEqual(["registration:42001|7001"]);
  });

  test("of a call answered and ended while nobody watched tells the talk whole, although its pop never went", async () => {
    await login();
    stage.port.session("7001", { calls: [rings] });
    stage.emit("7001", { type: "call.started", call: rings });
    stage.restart();
    stage.emit("7001", { type: "call.released", call: { ...rings, state: "WRAP_UP" } });
    await register();
    expect(await ebs.until(2)).toEqual(["CallEstablished occtSourceID=I-1", "CallReleased occtSourceID=I-1"]);
  });

  test("of a call that rang while EBS was away, and that nobody answered, tells nothing", async () => {
    await login();
    stage.emit("7001", { type: "call.started", call: rings });
    ends();
    await register();
    await turns();
    expect(stage.desk.counts()).toEqual({ owed: 0, missed: 1 });
    expect(ebs.events).toEqual([]);
  });

  test("sends no pop from a call that was not read again", async () => {
    await login();
    stage.port.session("7001", { calls: [{ ...rings, variables: { callVariable1: maskText } }] });
    stage.emit("7001", { type: "call.started", call: rings });
    await register();
    await turns();
    expect(ebs.events).toEqual([]);
    stage.port.session("7001", { calls: [rings] });
    stage.port.wake("42001|7001");
    expect(await ebs.until(1)).toEqual([expect.stringContaining("ScreenPop")]);
  });

  test("closes in the end what nobody came back for", async () => {
    await register();
    await login();
    story();
    await stage.until("delivery.sent CallEstablished");
    stage.restart();
    stage.port.sessions.delete("7001");
    stage.calls.sweep();
    stage.port.clock.advance(9 * 60_000);
    stage.calls.sweep();
    await turns();
    expect(ebs.events).toHaveLength(2);
    stage.port.clock.advance(60_000);
    stage.calls.sweep();
    expect(await ebs.until(3)).toContain("CallReleased occtSourceID=I-1");
    expect(stage.calls.open).toBe(0);
  });
});
