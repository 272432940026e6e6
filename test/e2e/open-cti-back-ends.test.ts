import { afterEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { type SimulatedSalesforce, startSalesforce } from "../../src/simulator/salesforce/start.ts";
import { Receiver } from "../crm/open-cti/webhooks/receiver.ts";
import { freePorts } from "../interop/servers/server.ts";
import { Serving } from "./serving.ts";
import { Stage } from "./stage.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Mia Short, one Contact of the simulated org. */
const mia = { number: "5551234", id: "0035g0000000008AAA", name: "Mia Short (Contact)" };

async function office(table: (stage: Stage) => Record<string, unknown>, env: Record<string, string> = {}) {
  const stage = await new Stage().open();
  ends.push(() => stage.close());
  const serving = new Serving(stage, "crm", table(stage), "open-cti");
  ends.push(() => serving.end());
  await serving.start(env);
  return { stage, serving };
}

async function signIn(serving: Serving): Promise<void> {
  for (const agent of ["1001", "1002"]) {
    await serving.ok(`login -a ${agent} -e 2${agent.slice(1)}`);
    await serving.ok(`ready -a ${agent}`);
  }
}

describe("a call from ring to Task without a page", () => {
  let org: SimulatedSalesforce;

  test("by REST alone: the record is opened by its address, each agent's leg has one Task, asking a colleague none", async () => {
    org = await startSalesforce({ makeKey: true });
    ends.push(() => org.close());
    const { stage, serving } = await office((at) => {
      const file = (name: string, text = ""): string => {
        writeFileSync(join(at.folder, name), text, { mode: 0o600 });
        return join(at.folder, name);
      };
      const ca = file("salesforce-ca.pem", org.caPem);
      return {
        open: ["/usr/bin/curl", "-s", "--fail", "--cacert", ca, "-o", "/dev/null"],
        "pop-at": "answer",
        salesforce: {
          login: org.url,
          "client-id": org.clientId,
          flow: "jwt",
          user: "integration@example.com",
          key: file("salesforce-key.pem", org.privateKey),
          ca,
          owners: { 1001: "agent1001@example.com" },
        },
      };
    });
    await signIn(serving);
    org.callBegan(mia.number);
    await stage.sim("call", { agent: "1001", from: mia.number });
    await serving.ok("wait -a 1001 call.started");
    // Looked up while it rings, shown when it is answered.
    await org.waitFor(() => org.calls().some(({ what }) => what.includes("parameterizedSearch")));
    expect(org.pops()).toEqual([]);
    await serving.ok("answer -a 1001");
    await org.waitFor(() => org.pops().length > 0);
    await serving.ok("hold -a 1001");
    await serving.ok("retrieve -a 1001");
    await serving.ok("consult -a 1001 2002");
    await serving.ok("wait -a 1002 call.started");
    await serving.ok("answer -a 1002");
    await serving.ok("transfer -a 1001");
    await serving.ok("wrap-up -a 1001 Sales");
    await serving.ok("drop -a 1002");
    org.callEnded(mia.number);
    await serving.ok("ready -a 1001");
    await serving.ok("ready -a 1002");
    await serving.until(({ deliveries }) => deliveries.owed === 0);
    expect(org.pops()).toMatchObject([
      { by: "address", record: mia.name },
      { by: "address", record: mia.name },
    ]);
    const tasks = org.tasks().map(({ fields }) => fields);
    expect(tasks.map(({ CallObject }) => String(CallObject).split(":")[1]).sort()).toEqual(["1001", "1002"]);
    for (const task of tasks)
      expect(task).toMatchObject({
        CallType: "Inbound",
        Status: "Completed",
        WhoId: mia.id,
        CallDurationInSeconds: expect.any(Number),
      });
    const first = tasks.find(({ CallObject }) => String(CallObject).endsWith(":1001"));
    expect(first?.CallDisposition).toBe("Sales");
    expect(first?.OwnerId).toBe(org.users.find(({ username }) => username === "agent1001@example.com")?.id);
    expect(org.complaints()).toEqual([]);
    expect(serving.log).not.toContain("BEGIN");
  }, 60_000);

  test("by webhooks: every message verified by the public library, driven by signed commands, one record a leg", async () => {
    const secrets = { CTI_WEBHOOK_CRM_SECRET: newSecret(1), CTI_WEBHOOK_INBOUND_SECRET: newSecret(2) };
    const token = "a-token-of-at-least-24-characters";
    const receiver = await Receiver.open();
    ends.push(() => receiver.close());
    const [port = 0] = await freePorts(1);
    const { stage, serving } = await office(
      () => ({
        webhooks: {
          "allow-networks": ["127.0.0.0/8"],
          crm: { url: `http://127.0.0.1:${receiver.port}/cti` },
          inbound: { listen: `127.0.0.1:${port}` },
        },
      }),
      { ...secrets, CTI_WEBHOOK_TOKEN: token },
    );
    const told = () =>
      receiver.heard.map(
        ({ body, headers }) =>
          new Webhook(secrets.CTI_WEBHOOK_CRM_SECRET).verify(body, headers) as {
            type: string;
            id: string;
            data: { agent: string; log?: Record<string, unknown>; call?: Record<string, unknown> };
          },
      );
    const command = async (body: object, id: string = crypto.randomUUID()) => {
      const text = JSON.stringify(body);
      const now = new Date();
      const response = await fetch(`http://127.0.0.1:${port}/v1/commands`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${token}`,
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
          "webhook-signature": new Webhook(secrets.CTI_WEBHOOK_INBOUND_SECRET).sign(id, now, text),
        },
        body: text,
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    await signIn(serving);
    await stage.sim("call", { agent: "1001", from: mia.number });
    await serving.ok("wait -a 1001 call.started");
    const ringing = () =>
      told().find(({ type, data }) => type === "cti.call.started" && data.agent === "1001");
    await receiver.until(() => ringing() !== undefined);
    const interaction = String(ringing()?.data.call?.interaction);
    const matches = [{ id: mia.id, type: "Contact", name: "Mia Short" }];
    expect((await command({ do: "pop-result", agent: "1001", interaction, matches })).status).toBe(200);
    expect((await command({ do: "answer", agent: "1001" })).status).toBe(200);
    await serving.ok("consult -a 1001 2002");
    await serving.ok("wait -a 1002 call.started");
    await serving.ok("answer -a 1002");
    await serving.ok("transfer -a 1001");
    await serving.ok("wrap-up -a 1001 Sales");
    const note = { do: "note", agent: "1001", interaction, text: "calls back" };
    expect((await command(note)).status).toBe(200);
    await serving.ok("drop -a 1002");
    await serving.until(({ deliveries }) => deliveries.owed === 0);
    const logs = new Map(
      told()
        .filter(({ type }) => type === "cti.call.log")
        .map(({ data }) => [String(data.log?.callObject), data.log]),
    );
    expect([...logs.keys()].map((key) => key.split(":")[1]).sort()).toEqual(["1001", "1002"]);
    expect(logs.get(`${interaction}:1001`)).toMatchObject({
      callType: "Inbound",
      number: mia.number,
      seconds: expect.any(Number),
      disposition: "Sales",
      notes: "calls back",
      who: mia.id,
    });
    // The same command again is answered as the first was, and done once.
    const id = crypto.randomUUID();
    const dial = { do: "dial", agent: "1001", number: "5557777" };
    const [once, again] = [await command(dial, id), await command(dial, id)];
    expect(again).toEqual(once);
    for (const secret of [...Object.values(secrets), token]) expect(serving.log).not.toContain(secret);
  }, 60_000);
});

function newSecret(number: number): string {
  return `whsec_${Buffer.alloc(32, number).toString("base64")}`;
}
