import { afterEach, beforeEach, expect, test } from "bun:test";
import { agent, call } from "../samples.ts";
import { CounterStage, FakeEbs } from "./counter-stage.ts";

const place = { agent: "1001", extension: "42001" };
const here = "127.0.0.1";
let stage: CounterStage;
let ebs: FakeEbs;

beforeEach(async () => {
  stage = new CounterStage({ data: [{ variable: "callVariable1", keys: ["CustomerNum"] }] });
  ebs = new FakeEbs();
  await stage.counter.answer({ name: "Register", ...place, host: here, port: ebs.port }, here);
});

afterEach(async () => {
  ebs.close();
  await stage.close();
});

const login = () =>
  stage.counter.answer({ name: "Login", ...place, password: "s3cret-pw", queue: undefined }, here);

test("a callout and its answer, tied to what it asks of the session", async () => {
  await login();
  const { traced, causes } = stage.port;
  const [, , asked, answered] = traced;
  expect(asked).toMatchObject({
    channel: "http",
    direction: "in",
    peer: here,
    agent: "1001",
    summary: "GET Login",
    text: "GET /?FunctionName=Login&telesetNumber=42001&agentID=1001&agentPassword=•••",
  });
  expect(answered).toMatchObject({ direction: "out", summary: "GET Login → 200", text: "<CCTSDK/>" });
  expect([asked?.cause, answered?.cause]).toEqual([causes[0], causes[0]]);
  expect(JSON.stringify(traced)).not.toContain("s3cret-pw");
});

test("an answer that is an error says which; CheckStatus is not kept", async () => {
  await stage.counter.answer({ name: "Ready", ...place }, here);
  await stage.counter.answer({ name: "CheckStatus", place: undefined }, here);
  const last = stage.port.traced.at(-1);
  expect(last?.summary).toBe("GET Ready → 200 UnexpectedError");
  expect(last?.text).toContain("log in at EBS first");
});

test("an event posted to EBS, with the call's cause, the status, and without the customer's data where these are not recorded", async () => {
  await login();
  const ringing = call();
  stage.port.session("1001", { state: agent(), calls: [ringing] });
  stage.port.traced.length = 0;
  stage.emit("1001", { type: "call.started", call: ringing }, "c-call");
  await stage.until("delivery.sent ScreenPop");
  const [pop, taken] = stage.port.traced;
  expect(pop).toMatchObject({
    direction: "out",
    peer: `${here}:${ebs.port}`,
    agent: "1001",
    cause: "c-call",
    summary: "POST ScreenPop",
  });
  expect(pop?.text).toContain("CUST-778");
  expect(pop?.masked?.()).not.toContain("CUST-778");
  expect(pop?.masked?.()).toContain('name="occtANI" value="03001234567"');
  expect(taken).toMatchObject({ direction: "in", cause: "c-call", summary: "POST ScreenPop → 200" });
});

test("an EBS that does not listen", async () => {
  await login();
  ebs.close();
  const ringing = call();
  stage.port.session("1001", { state: agent(), calls: [ringing] });
  stage.emit("1001", { type: "call.started", call: ringing });
  await stage.until("delivery.delayed ScreenPop");
  expect(stage.port.traced.at(-1)?.summary).toBe("POST ScreenPop → ECONNREFUSED");
});
