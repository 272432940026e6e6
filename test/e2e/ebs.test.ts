import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startEbs, type SimulatedEbs } from "../../src/simulator/ebs/start.ts";
import { Serving } from "./serving.ts";
import { Stage } from "./stage.ts";

/** `cti sim`, `cti serve` with the EBS adapter, and an EBS that calls it. */
async function office(seats = [{ agent: "1001", extension: "2001" }], table: Record<string, unknown> = {}) {
  const stage = await new Stage().open();
  const serving = await new Serving(
    stage,
    "ebs",
    { listen: "127.0.0.1:0", data: { callVariable1: "CustomerNum" }, ...table },
    "ebs",
  ).start();
  const [adapter] = (await serving.until(({ adapters }) => adapters[0]?.state === "up")).adapters;
  const url = /http:\/\/[^ ,]+/.exec(adapter?.summary ?? "")?.[0] ?? "";
  const ebs = await startEbs({ seats, url, checkEvery: 0, password: stage.password });
  return {
    stage,
    serving,
    ebs,
    url,
    async [Symbol.asyncDispose]() {
      await ebs.close();
      await serving.end();
      await stage.close();
    },
  };
}

const complete = (ebs: SimulatedEbs, count: number) =>
  ebs.waitFor(() => {
    const all = ebs.history();
    return all.length === count && all.every(({ complete }) => complete) && all;
  });
const began = (ebs: SimulatedEbs, ani: string, state: string) =>
  ebs.waitFor(() => ebs.history().some((each) => each.ani === ani && each.state === state));

describe("one agent's day, driven by EBS alone", () => {
  let here: Awaited<ReturnType<typeof office>>;
  beforeAll(async () => {
    here = await office();
  });
  afterAll(async () => {
    await here[Symbol.asyncDispose]();
  });

  test("the seed's error for a Login without extension, byte for byte, with status 200", async () => {
    const curl = Bun.spawn(
      ["curl", "-s", "-w", "\n%{http_code}", `${here.url}/?FunctionName=Login&agentID=7001`],
      { stdout: "pipe" },
    );
    expect(await new Response(curl.stdout).text()).toBe(
      '<CCTSDK><event name="Error"><data name="occtErrorMsg" value="ExtensionNotSpecified"/></event></CCTSDK>\n200',
    );
  });

  test("Register, Login, Ready, three calls, one dialled, Logout, Unregister: history is as the day was", async () => {
    const { ebs, stage, serving } = here;
    await ebs.beginDay();
    for (const number of ["03001111111", "03002222222", "03003333333"]) {
      await serving.until(({ agents }) => agents[0]?.state.state === "READY");
      await stage.sim("call", {
        agent: "1001",
        from: number,
        variables: { callVariable1: `C<&>"${number}` },
      });
      await began(ebs, number, "popped");
      await stage.sim("phone", { agent: "1001", action: "answer" });
      await began(ebs, number, "active");
      await stage.sim("hangup", {});
      await began(ebs, number, "ended");
      // EBS says so when wrap-up is done.
      await ebs.callout("1001", "Ready");
    }
    await serving.until(({ agents }) => agents[0]?.state.state === "READY");
    expect(await ebs.callout("1001", "NotReady")).toEqual({ outcome: "ok" });
    await serving.until(({ agents }) => agents[0]?.state.state === "NOT_READY");
    expect(await ebs.callout("1001", "MakeCall", { number: "+15551234" })).toEqual({ outcome: "ok" });
    await began(ebs, "+15551234", "active");
    await stage.sim("hangup", {});
    const history = await complete(ebs, 4);
    expect(history.map(({ ani, state, unannounced }) => [ani, state, unannounced])).toEqual([
      ["03001111111", "ended", false],
      ["03002222222", "ended", false],
      ["03003333333", "ended", false],
      ["+15551234", "ended", false],
    ]);
    for (const { pops, established, released, data, ani } of history) {
      expect([pops.length, established.length, released.length]).toEqual([1, 1, 1]);
      expect((established[0] ?? "") <= (released[0] ?? "")).toBe(true);
      if (ani?.startsWith("0300") === true) expect(data.CustomerNum).toBe(`C<&>"${ani}`);
    }
    await serving.until(({ agents }) => agents[0]?.calls.length === 0);
    await ebs.callout("1001", "NotReady");
    await serving.until(({ agents }) => agents[0]?.state.state === "NOT_READY");
    expect(await ebs.callout("1001", "Logout")).toEqual({ outcome: "ok" });
    expect(await ebs.callout("1001", "Unregister")).toEqual({ outcome: "ok" });
    expect(ebs.complaints()).toEqual([]);
  }, 60_000);

  test("nowhere is the password", async () => {
    const { serving, stage } = here;
    const shown = await serving.cti("events --since start --limit 1000 --json");
    const state = Bun.spawn(["grep", "-rlaF", stage.password, serving.env.XDG_STATE_HOME ?? ""], {
      stdout: "pipe",
    });
    expect(shown.out + shown.err + serving.log).not.toContain(stage.password);
    expect(await new Response(state.stdout).text()).toBe("");
  });
});

test("two agents: a consult and its transfer, each with his own interaction and the customer's number", async () => {
  await using here = await office([
    { agent: "1001", extension: "2001" },
    { agent: "1002", extension: "2002" },
  ]);
  const { ebs, stage, serving } = here;
  await ebs.beginDay();
  await serving.until(
    ({ agents }) => agents.every(({ state }) => state.state === "READY") && agents.length === 2,
  );
  await stage.sim("call", { agent: "1001", from: "03001234567" });
  await began(ebs, "03001234567", "popped");
  await serving.ok("answer -a 1001");
  await began(ebs, "03001234567", "active");
  await serving.ok("consult 2002 -a 1001");
  await serving.until(({ agents }) =>
    agents.some(({ agent, calls }) => agent === "1002" && calls.length === 1),
  );
  await serving.ok("answer -a 1002");
  await serving.ok("transfer -a 1001");
  await ebs.waitFor(() => ebs.history().length === 2 && ebs.history().some(({ state }) => state === "ended"));
  await ebs.waitFor(() => ebs.history().some(({ agent, state }) => agent === "1002" && state === "active"));
  await stage.sim("hangup", {});
  const history = await complete(ebs, 2);
  expect(history.map(({ agent, ani }) => [agent, ani])).toEqual([
    ["1001", "03001234567"],
    ["1002", "03001234567"],
  ]);
  expect(new Set(history.map(({ id }) => id)).size).toBe(2);
  expect(ebs.complaints()).toEqual([]);
}, 60_000);

test("EBS away for a while: nothing is lost, nothing comes late, and it can be seen and tried again", async () => {
  await using here = await office();
  const { ebs, stage, serving } = here;
  await ebs.beginDay();
  await serving.until(({ agents }) => agents[0]?.state.state === "READY");
  await ebs.fail("down");
  await stage.sim("call", { agent: "1001", from: "03001111111" });
  await serving.until(({ agents }) => agents[0]?.calls.length === 1);
  await serving.ok("answer -a 1001");
  await serving.ok("drop -a 1001");
  const owed = await serving.until(({ deliveries }) => deliveries.owed === 2);
  expect(owed.deliveries.missed).toBe(1);
  expect((await serving.cti("deliveries list")).out).toContain("CallEstablished");
  const missed = await serving.cti("deliveries list --missed");
  expect(missed.out).toMatch(/ScreenPop .*its call is over \(EBS does not listen at .*ECONNREFUSED/);
  await ebs.heal();
  await serving.ok("deliveries retry");
  const [interaction] = await ebs.waitFor(() => ebs.history().length === 1 && ebs.history());
  await ebs.waitFor(() => ebs.history()[0]?.complete);
  expect(interaction).toMatchObject({ unannounced: true, pops: [] });
  await serving.until(({ deliveries }) => deliveries.owed === 0);
}, 60_000);

test("the whole connector dies in a call: places are remembered, CheckStatus says what to do, the end is told", async () => {
  await using here = await office(undefined, { listen: `127.0.0.1:${await freePort()}` });
  const { ebs, stage, serving } = here;
  await ebs.beginDay();
  await serving.until(({ agents }) => agents[0]?.state.state === "READY");
  await stage.sim("call", { agent: "1001", from: "03001111111" });
  await serving.until(({ agents }) => agents[0]?.calls.length === 1);
  await serving.ok("answer -a 1001");
  await began(ebs, "03001111111", "active");
  await serving.kill();
  await serving.start();
  expect(await ebs.callout("1001", "CheckStatus")).toMatchObject({
    outcome: "error",
    details: expect.stringContaining("log in again"),
  });
  await stage.sim("hangup", {});
  expect(await ebs.callout("1001", "Login")).toEqual({ outcome: "ok" });
  expect(await ebs.callout("1001", "CheckStatus")).toEqual({ outcome: "ok" });
  const [interaction] = await complete(ebs, 1);
  expect(interaction).toMatchObject({ ani: "03001111111", state: "ended" });
}, 60_000);

async function freePort(): Promise<number> {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port = 0 } = server;
  await server.stop(true);
  return port;
}
