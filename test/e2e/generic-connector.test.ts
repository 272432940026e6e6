import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CrmClient } from "../interop/generic-connector/crm-client.ts";
import { type Broker, hasActiveMq, startBroker } from "../interop/servers/activemq.ts";
import { hasJava } from "../interop/servers/java.ts";
import { Serving } from "./serving.ts";
import { Stage } from "./stage.ts";

const clients: CrmClient[] = [];

async function crm(broker: Broker, destination: string): Promise<CrmClient> {
  const client = await CrmClient.start({ url: `failover:(${broker.url})?randomize=false`, destination });
  clients.push(client);
  return client;
}

/** Of `[3] label:<dialog>` or `[4] label:<dialog>`. */
const dialogOf = (field: string | undefined) => field?.split(":")[1] ?? "";

describe.skipIf(!hasActiveMq || !hasJava)("a CRM on the stock Java client", () => {
  let stage: Stage;
  let broker: Broker;

  beforeAll(async () => {
    [stage, broker] = await Promise.all([new Stage().open(), startBroker()]);
  }, 30_000);

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await stage.close();
    await broker.end();
  }, 30_000);

  test("works a day: signs in, takes calls, holds, consults, transfers, signs out, all by events in their order", async () => {
    const serving = await new Serving(stage, "one", { broker: `failover:(${broker.url})` }).start();
    const client = await crm(broker, "10.1.2.3");
    let from = 0;
    /** Asks, and waits for the event that follows. */
    const ask = async (type: string, body: string | undefined, start: string): Promise<string[]> => {
      from = client.lines.length;
      client.send(type, body);
      return client.event(start, from);
    };
    expect(await ask("Hello#10.1.2.3", undefined, "System#")).toEqual(["System", "IN_SERVICE"]);
    client.send("Connect#1001", "10.1.2.3,secret");
    const info = await ask("Login#1001", "secret,2001", "1001#AgentInfo");
    expect(info).toHaveLength(10);
    expect(info[6]).toMatch(/:\d+$/);
    const state = await client.event("1001#State#NOT_READY", from);
    expect(state.slice(7)).toEqual([info[9] ?? "", "1001", "2001"]);
    await ask("reasoncodenotready#1001", undefined, "1001#ReasonCodes#NotReady#");
    await ask("MakeReady#1001", undefined, "1001#State#READY");
    // The colleague, at the same connector.
    await serving.ok("login -a 1002 -e 2002");

    from = client.lines.length;
    await stage.ok("sim call 1001 --from 03001234567 --var callVariable1=CUST-778");
    const ringing = await client.event("1001#NewInboundCall", from);
    expect(ringing[2]).toBe("03001234567");
    expect(ringing[3]).toContain("callVariable1=CUST-778");
    const dialog = dialogOf(ringing[4]);
    const active = await ask("AnswerCall#1001", dialog, "1001#InboundCall#ACTIVE");
    expect(active.slice(3, 5)).toEqual([`dialogId:${dialog}`, "03001234567"]);
    expect(active[6]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(active[9]).toContain("2001,ACTIVE");
    await client.event("1001#State#TALKING", from);
    await ask("HoldCall#1001", dialog, "1001#InboundCall#HELD");
    await ask("RetrieveCall#1001", dialog, "1001#InboundCall#ACTIVE");
    const consult = await ask("ConsultCall#1001", `2002,${dialog}`, "1001#ConsultCall#");
    expect(dialogOf(consult[3])).not.toBe(dialog);
    await serving.ok("wait call.started -a 1002 --since start");
    await serving.ok("answer -a 1002");
    await client.event("1001#ConsultCall#ACTIVE", from);
    await ask("TransferCall#1001", `2002,${dialog}`, "1001#InboundCall#DROPPED");
    await serving.ok("drop -a 1002");

    await ask("MakeReady#1001", undefined, "1001#State#READY");
    from = client.lines.length;
    await stage.ok("sim call 1001 --from 03007654321");
    const second = dialogOf((await client.event("1001#NewInboundCall", from))[4]);
    await ask("AnswerCall#1001", second, "1001#InboundCall#ACTIVE");
    await ask("Transfer_sst#1001", `2003,${second}`, "1001#InboundCall#DROPPED");

    await ask("MakeReady#1001", undefined, "1001#State#READY");
    from = client.lines.length;
    await stage.ok("sim call 1001 --from 03007654322");
    const third = dialogOf((await client.event("1001#NewInboundCall", from))[4]);
    await ask("AnswerCall#1001", third, "1001#InboundCall#ACTIVE");
    await ask("ReleaseCall#1001", third, "1001#InboundCall#DROPPED");
    await ask("MakeNotReady#1001", undefined, "1001#State#NOT_READY");
    await ask("Logout#1001", undefined, "1001#State#LOGOUT");

    // One connector, one story: a call's events in their order, and no error in all of it.
    const story = client.events
      .filter((event) => event.includes(`dialogId:${dialog}`))
      .map((event) => event.split("#").slice(1, 3))
      .map(([name, what]) => (name === "InboundCall" ? what : name))
      // A second one only refreshes what is known of the call.
      .filter((step, index) => step !== "NewInboundCall" || index === 0);
    const steps = story.filter((step, index) => step !== story[index - 1]);
    expect(steps).toEqual(["NewInboundCall", "ALERTING", "ACTIVE", "HELD", "ACTIVE", "HELD", "DROPPED"]);
    expect(client.events.filter((event) => event.includes("#Error#"))).toEqual([]);
    await serving.end();
    expect(serving.log).not.toContain("secret");
  }, 60_000);

  test("wrong passwords, requests of nobody, and names that are none get an error or nothing, and hurt nobody", async () => {
    const serving = await new Serving(stage, "two", {
      broker: `failover:(${broker.url})`,
      queue: "Q.two",
    }).start();
    const client = await CrmClient.start({ url: broker.url, queue: "Q.two", destination: "seat-2" });
    clients.push(client);
    client.send("Connect#1005", "seat-2,wrong-password");
    expect((await client.event("1005#Error#connect")).join("#")).not.toContain("wrong-password");
    client.send("Connect#1005", "seat-2,x,Q.two");
    client.send("Connect#1005", "ActiveMQ.DLQ,secret");
    client.send("Connect#1005", "Q.two,secret");
    client.send("Dance#1005");
    client.send("Connect#1005", "seat-2,secret");
    const from = client.lines.length;
    client.send("Login#1005", "secret,2005");
    await client.event("1005#State#NOT_READY", from);
    client.send("Dance#1005");
    expect(await client.event("1005#Error#unknown")).toContain("dance");
    client.send("HoldCall#1005", "4711");
    await client.event("1005#Error#holdcall");
    const status = await serving.cti("adapters");
    expect(status.out).toContain("seat-2");
    expect(status.code).toBe(0);
    expect(serving.log + status.out).not.toMatch(/wrong-password/);
    client.send("Logout#1005");
    await client.event("1005#State#LOGOUT");
    await serving.end();
  }, 60_000);
});

describe.skipIf(!hasActiveMq || !hasJava)("a broker that dies", () => {
  test("keeps nobody from working: agents go on by the command line, and the CRM comes back by itself, call and all", async () => {
    const [stage, broker] = await Promise.all([new Stage().open(), startBroker()]);
    const address = `failover:(${broker.url})?maxReconnectDelay=500`;
    const serving = await new Serving(stage, "three", { broker: address }).start();
    const client = await CrmClient.start({ url: address, destination: "seat-3" });
    clients.push(client);
    try {
      client.command("agent 1003 secret 2003");
      client.send("Connect#1003", "seat-3,secret");
      client.send("Login#1003", "secret,2003");
      await client.event("1003#State#NOT_READY");
      client.send("MakeReady#1003");
      await client.event("1003#State#READY");
      client.command("auto 1000");
      await stage.ok("sim call 1003 --from 0555");
      const dialog = dialogOf((await client.event("1003#NewInboundCall"))[4]);
      await broker.kill();
      await serving.until(({ adapters }) => adapters[0]?.state === "down");
      const told = await serving.cti("adapters");
      expect(told.code).toBe(5);
      expect(told.out).toContain("✗ down");
      // The caller does not wait for a broker.
      expect((await serving.cti("answer -a 1003")).code).toBe(0);
      const from = client.lines.length;
      await broker.start();
      await client.line((line) => line.startsWith("RECOVERED"), from);
      expect((await client.event("1003#InboundCall#ACTIVE", from))[3]).toBe(`dialogId:${dialog}`);
      client.send("ReleaseCall#1003", dialog);
      await client.event("1003#InboundCall#DROPPED", from);
      const events = await serving.cti("events --type adapter --json");
      expect(
        events.out
          .trim()
          .split("\n")
          .map((line) => (JSON.parse(line) as { type: string }).type),
      ).toEqual(["adapter.up", "adapter.down", "adapter.up"]);
    } finally {
      await serving.end();
      await stage.close();
      await broker.end();
    }
  }, 60_000);
});

describe.skipIf(!hasActiveMq || !hasJava)("two connectors", () => {
  let stage: Stage;
  let broker: Broker;

  beforeAll(async () => {
    [stage, broker] = await Promise.all([new Stage().open(), startBroker()]);
  }, 30_000);

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await stage.close();
    await broker.end();
  }, 30_000);

  test.each([
    ["active and standby", { role: "active" }, { role: "standby" }],
    ["shared", { role: "shared", home: "1/2" }, { role: "shared", home: "2/2" }],
  ] as [string, { role: string }, { role: string }][])(
    "%s: one is killed during a call, guardian too, and within 15 s the client has its agent and the call back",
    async (kind, first, second) => {
      const queue = `Q.${kind.replaceAll(" ", "-")}`;
      const address = `failover:(${broker.url})`;
      const [a, b] = await Promise.all([
        new Serving(stage, `${first.role}-a`, { ...first, broker: address, queue, name: "gc-a" }).start(),
        new Serving(stage, `${second.role}-b`, { ...second, broker: address, queue, name: "gc-b" }).start(),
      ]);
      // Agents on either side of the partition.
      const seats = kind === "shared" ? ["1006", "1007"] : ["1008"];
      const crms = await Promise.all(
        seats.map(async (agent) => {
          const client = await CrmClient.start({ url: address, queue, destination: `seat-${agent}` });
          clients.push(client);
          client.command(`agent ${agent} secret 2${agent.slice(1)}`);
          client.send(`Connect#${agent}`, `seat-${agent},secret`);
          client.send(`Login#${agent}`, `secret,2${agent.slice(1)}`);
          await client.event(`${agent}#State#NOT_READY`);
          client.send(`MakeReady#${agent}`);
          await client.event(`${agent}#State#READY`);
          await stage.ok(`sim call ${agent} --from 0555${agent}`);
          const dialog = dialogOf((await client.event(`${agent}#NewInboundCall`))[4]);
          client.send(`AnswerCall#${agent}`, dialog);
          await client.event(`${agent}#InboundCall#ACTIVE`);
          client.command("auto 1000");
          return { agent, client, dialog };
        }),
      );
      const holders = await Promise.all([a, b].map((serving) => serving.until(() => true)));
      const held = holders.map(({ agents }) => agents.map(({ agent }) => agent).sort());
      expect(held.flat().sort()).toEqual(seats);
      if (kind === "shared") expect(held.map((agents) => agents.length)).toEqual([1, 1]);
      const [victim, survivor] = held[0]?.includes(seats[0] ?? "") === true ? [a, b] : [b, a];
      const orphans = crms.filter(({ agent }) => held[victim === a ? 0 : 1]?.includes(agent));
      const marks = new Map(orphans.map(({ agent, client }) => [agent, client.lines.length]));
      const killed = performance.now();
      await victim.kill();
      for (const { agent, client, dialog } of orphans) {
        const from = marks.get(agent) ?? 0;
        await client.line((line) => line.startsWith("RECOVERED"), from);
        const call = await client.event(`${agent}#InboundCall#ACTIVE`, from);
        expect(call[3]).toBe(`dialogId:${dialog}`);
        expect(performance.now() - killed).toBeLessThan(15_000);
        // And it is the agent's to work.
        const mark = client.lines.length;
        client.send(`HoldCall#${agent}`, dialog);
        await client.event(`${agent}#InboundCall#HELD`, mark);
        client.send(`ReleaseCall#${agent}`, dialog);
        await client.event(`${agent}#InboundCall#DROPPED`, mark);
        expect(client.events.filter((event) => event.includes("#State#LOGOUT"))).toEqual([]);
      }
      const { agents } = await survivor.until(() => true);
      expect(agents.map(({ agent }) => agent).sort()).toEqual(seats);
      await survivor.end();
    },
    90_000,
  );
});
