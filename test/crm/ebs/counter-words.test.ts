import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Callout } from "../../../src/crm/ebs/contract.ts";
import { CtiError } from "../../../src/model/errors.ts";
import { call } from "../samples.ts";
import { CounterStage } from "./counter-stage.ts";

const here = "127.0.0.1";
const place = { agent: "7001", extension: "42001" };
let stage: CounterStage;

beforeEach(() => {
  stage = new CounterStage();
});
afterEach(() => stage.close());

const ask = (callout: Callout) => stage.counter.answer(callout, here);
const register = () => ask({ name: "Register", ...place, host: here, port: 1 });
const login = () => ask({ name: "Login", ...place, password: stage.port.password, queue: undefined });

describe("what the person at EBS reads", () => {
  const words = async (callout: Callout) => (await ask(callout))?.details;

  test("at another phone than the session's: not a success, since no call would come there", async () => {
    await register();
    await login();
    const other = { ...place, extension: "42002" };
    expect(await ask({ name: "Login", ...other, password: stage.port.password, queue: undefined })).toEqual({
      key: "LoginFailed",
      details: "agent 7001 is signed in on extension 42001, not 42002: log out there first",
    });
    expect([...stage.port.leases]).toEqual(["7001 ebs:42001|7001"]);
    expect(await words({ name: "Ready", ...other })).toContain("log in at EBS first");
  });

  test("a session that is gone is the same to every callout", async () => {
    await register();
    await login();
    stage.port.sessions.delete("7001");
    stage.port.onExecute = () =>
      Promise.reject(new CtiError({ code: "not-signed-in", message: "the connector knows no 7001" }));
    for (const name of ["Ready", "NotReady"] as const)
      expect(await words({ name, ...place })).toBe("agent 7001 is not signed in any more: log in again");
    expect(await words({ name: "CheckStatus", place: undefined })).toBe(
      "agent 7001 is not signed in any more: log in again",
    );
  });

  test("Logout of somebody who is out is done; of somebody who works without EBS it is not", async () => {
    await register();
    await login();
    await ask({ name: "Logout", ...place });
    expect(await words({ name: "Logout", ...place })).toContain("log in at EBS first");
    stage.port.sessions.delete("7001");
    expect(await ask({ name: "Logout", ...place })).toBeUndefined();
    expect(await words({ name: "Ready", ...place })).toContain("log in at EBS first");
  });

  test("a number that Finesse does not dial beside a call", async () => {
    await register();
    await login();
    stage.port.onExecute = () =>
      Promise.resolve({ outcome: "refused", message: "Call Operation Failure (22)" });
    const dial = () => words({ name: "MakeCall", ...place, number: "5551234" });
    expect(await dial()).toBe("Call Operation Failure (22)");
    stage.port.session("7001", { calls: [call({ party: "0300", state: "ACTIVE" })] });
    expect(await dial()).toBe(
      "there is a call with 0300, and nothing is dialled beside it: Call Operation Failure (22)",
    );
  });

  test("one trouble of several places is told once", async () => {
    await register();
    await login();
    await ask({
      name: "Login",
      agent: "7002",
      extension: "42002",
      password: stage.port.password,
      queue: undefined,
    });
    for (const agent of ["7001", "7002"]) stage.port.session(agent, { service: "out-of-service" });
    expect(await words({ name: "CheckStatus", place: undefined })).toBe("Finesse is out of service");
  });
});

test("places that nobody has logged in at are made up by the thousand: the oldest are forgotten, none that works", async () => {
  await register();
  await login();
  for (let count = 0; count < 600; count++)
    await ask({ name: "Register", agent: `x${count}`, extension: "1", host: here, port: 1 });
  expect(stage.registrations.all()).toHaveLength(501);
  expect(stage.registrations.get(place)?.proved).toBe(here);
  expect(stage.registrations.get({ agent: "x599", extension: "1" })).toBeDefined();
  stage.restart();
  expect(stage.registrations.all()).toHaveLength(501);
});
