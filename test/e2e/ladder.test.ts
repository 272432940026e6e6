import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gatherLadder } from "../../src/console/ladder/gather.ts";
import { buildLadder, causeLetter } from "../../src/console/ladder/ladder.ts";
import { ladderText } from "../../src/console/ladder/ladder-text.ts";
import { connectControl } from "../../src/control/client.ts";
import { version } from "../../src/platform/version.ts";
import { type SimulatedEbs, startEbs } from "../../src/simulator/ebs/start.ts";
import { CrmClient } from "../interop/generic-connector/crm-client.ts";
import { type Broker, hasActiveMq, startBroker } from "../interop/servers/activemq.ts";
import { hasJava } from "../interop/servers/java.ts";
import { Serving } from "./serving.ts";
import { Stage } from "./stage.ts";

/** The ladder of the newest interaction, when `told` is in it. */
async function ladderOf(serving: Serving, told: string) {
  const { events } = await serving.page({ type: "call.started" });
  const interaction =
    events.flatMap((event) => ("call" in event ? [event.call.interaction] : [])).at(-1) ?? "";
  const control = connectControl({ environment: serving.env, profile: "default", version });
  for (;;) {
    const source = await gatherLadder(control, { interaction, extension: "2001" });
    const ladder = buildLadder(source);
    if (ladder.steps.some(({ label }) => label.includes(told))) return { source, ladder };
    await Bun.sleep(20);
  }
}

describe("with EBS", () => {
  let stage: Stage;
  let serving: Serving;
  let ebs: SimulatedEbs;

  beforeAll(async () => {
    stage = await new Stage().open();
    const settings = { listen: "127.0.0.1:0", data: { callVariable1: "CustomerNum" } };
    serving = await new Serving(stage, "ladder", settings, "ebs").start();
    const [adapter] = (await serving.until(({ adapters }) => adapters[0]?.state === "up")).adapters;
    const url = /http:\/\/[^ ,]+/.exec(adapter?.summary ?? "")?.[0] ?? "";
    ebs = await startEbs({
      seats: [{ agent: "1001", extension: "2001" }],
      url,
      checkEvery: 0,
      password: stage.password,
    });
    await ebs.beginDay();
  }, 60_000);

  afterAll(async () => {
    await ebs.close();
    await serving.end();
    await stage.close();
  }, 30_000);

  test("a call that EBS dials: its callout, the REST call, notifications, phones and what EBS was told, under one cause", async () => {
    expect(await ebs.callout("1001", "MakeCall", { number: "+15551234" })).toEqual({ outcome: "ok" });
    await ebs.waitFor(() =>
      ebs.history().some(({ ani, state }) => ani === "+15551234" && state === "active"),
    );
    await stage.sim("hangup", {});
    const { ladder, source } = await ladderOf(serving, "CallReleased taken");
    const lines = ladder.steps.map(({ from, to, label }) => `${from} > ${to}: ${label}`);
    const text = ladderText(ladder, 100);
    const cause = ladder.steps.find(({ label }) => label === "MakeCall")?.cause;
    expect(causeLetter(cause ?? -1)).toBe("A");
    const tied = ladder.steps.filter((step) => step.cause === cause).map(({ label }) => label);
    expect(tied[0]).toBe("MakeCall");
    expect(tied).toContain("200");
    expect(tied.some((label) => label.startsWith("POST User/Dialogs MAKE_CALL"))).toBe(true);
    expect(tied.some((label) => label.startsWith("call "))).toBe(true);
    for (const part of [
      "connector > crm: ScreenPop",
      "connector > crm: CallEstablished",
      "connector > crm: CallReleased",
      "party:2001 > finesse: dials +15551234",
      "party:+15551234 > finesse: leaves",
    ])
      expect(lines, text).toContain(part);
    expect(JSON.stringify(source)).not.toContain(stage.password);
  }, 60_000);

  test("a call that comes in: the pop is there, the customer's data are not", async () => {
    await ebs.callout("1001", "Ready");
    await serving.until(({ agents }) => agents[0]?.state.state === "READY");
    await stage.sim("call", { agent: "1001", from: "03001111111", variables: { callVariable1: "CUST-778" } });
    await ebs.waitFor(() =>
      ebs.history().some(({ ani, state }) => ani === "03001111111" && state === "popped"),
    );
    await serving.ok("answer -a 1001");
    await ebs.waitFor(() =>
      ebs.history().some(({ ani, state }) => ani === "03001111111" && state === "active"),
    );
    await stage.sim("hangup", {});
    const { ladder, source } = await ladderOf(serving, "CallReleased taken");
    const lines = ladder.steps.map(({ from, to, label }) => `${from} > ${to}: ${label}`);
    expect(lines, ladderText(ladder, 100)).toContain("finesse > party:2001: rings");
    expect(lines.indexOf("connector > crm: ScreenPop")).toBeLessThan(
      lines.indexOf("connector > crm: CallEstablished"),
    );
    // Asked in a shell: no CRM, but a cause all the same.
    const asked = ladder.steps.find(({ label }) => label === "PUT Dialog ANSWER");
    expect(asked?.cause).toBeDefined();
    expect(JSON.stringify(source.records)).toContain('value=\\"•••\\"');
    expect(JSON.stringify(source.records)).not.toContain("CUST-778");
  }, 60_000);
});

describe.skipIf(!hasActiveMq || !hasJava)("with the Generic Connector", () => {
  let stage: Stage;
  let broker: Broker;
  let serving: Serving;
  let client: CrmClient;

  beforeAll(async () => {
    [stage, broker] = await Promise.all([new Stage().open(), startBroker()]);
    serving = await new Serving(stage, "ladder", { broker: `failover:(${broker.url})` }).start();
    client = await CrmClient.start({
      url: `failover:(${broker.url})?randomize=false`,
      destination: "10.1.2.3",
    });
  }, 60_000);

  afterAll(async () => {
    await client.end();
    await serving.end();
    await stage.close();
    await broker.end();
  }, 30_000);

  test("each request is tied to what it led to, up to the events that the client heard", async () => {
    const ask = async (type: string, body: string | undefined, start: string): Promise<string[]> => {
      const from = client.lines.length;
      client.send(type, body);
      return client.event(start, from);
    };
    client.send("Connect#1001", "10.1.2.3,secret");
    await ask("Login#1001", "secret,2001", "1001#State#NOT_READY");
    await ask("MakeReady#1001", undefined, "1001#State#READY");
    const from = client.lines.length;
    await stage.sim("call", { agent: "1001", from: "03001234567", variables: { callVariable1: "CUST-778" } });
    const dialog = (await client.event("1001#NewInboundCall", from))[4]?.split(":")[1] ?? "";
    await ask("AnswerCall#1001", dialog, "1001#InboundCall#ACTIVE");
    await ask("HoldCall#1001", dialog, "1001#InboundCall#HELD");
    await ask("RetrieveCall#1001", dialog, "1001#InboundCall#ACTIVE");
    await ask("ReleaseCall#1001", dialog, "1001#InboundCall#DROPPED");
    const { ladder, source } = await ladderOf(serving, "InboundCall DROPPED");
    const hold = ladder.steps.find(({ label }) => label === "HoldCall")?.cause;
    const tied = ladder.steps.filter(({ cause }) => cause === hold).map(({ label }) => label);
    expect(tied).toEqual(["HoldCall", "PUT Dialog HOLD", "202", "holds", "call HELD", "InboundCall HELD"]);
    expect(ladder.causes).toHaveLength(4);
    expect(JSON.stringify(source.records)).toContain("callVariable1=•••");
    expect(JSON.stringify(source.records)).not.toContain("CUST-778");
    const control = connectControl({ environment: serving.env, profile: "default", version });
    const all = JSON.stringify(await control.trace({ limit: 1000 }));
    expect(all).toContain("10.1.2.3,•••");
    expect(all).not.toMatch(/\bsecret\b/);
  }, 60_000);
});
