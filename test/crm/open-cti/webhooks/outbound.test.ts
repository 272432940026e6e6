import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cloudEvent } from "../../../../src/crm/open-cti/webhooks/cloud-event.ts";
import { lanes } from "../../../../src/crm/open-cti/webhooks/lane-key.ts";
import { call } from "../../samples.ts";
import { Stage } from "../../outbox/stage.ts";
import { everyEvent, stamped } from "./event-samples.ts";
import { type Heard, Receiver, type Reply } from "./receiver.ts";
import { judgeEventStrictly } from "./schema-judge.ts";
import { live, newer, owed, secret, type Targets, verified, type WebhookLife } from "./stage.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function office(
  reply?: (heard: Heard) => Reply | Promise<Reply>,
  options: Omit<Targets, "urls"> = {},
): Promise<{
  stage: Stage;
  receiver: Receiver;
  url: string;
  life: WebhookLife;
  again: (before: WebhookLife) => WebhookLife;
}> {
  const stage = new Stage();
  const receiver = await Receiver.open(reply);
  const url = `http://127.0.0.1:${receiver.port}/hooks/very-secret?key=hunter2`;
  const begin = (before?: WebhookLife): WebhookLife => {
    const life = live(stage, { urls: { crm: url }, ...options }, before);
    ends.push(() => life.webhooks.close());
    return life;
  };
  ends.push(
    () => stage.remove(),
    () => receiver.close(),
  );
  return { stage, receiver, url, life: begin(), again: begin };
}

const about = (agent: string, attempt: number) =>
  stamped({ type: "session.connecting", node: "a", attempt }, agent);
const attemptsOf = (heard: readonly Heard[], agent: string) =>
  heard
    .map(({ body }) => JSON.parse(body) as { data: { agent: string; attempt: number } })
    .filter(({ data }) => data.agent === agent)
    .map(({ data }) => data.attempt);

describe("what a receiver gets", () => {
  test("every type of event, signed as the public library checks it, as the schema says", async () => {
    const { receiver, life } = await office();
    const events = everyEvent();
    for (const event of events) life.happen(event);
    await life.until(() => owed(life) === 0);
    expect(receiver.heard).toHaveLength(events.length);
    const byId = new Map(receiver.heard.map((heard) => [verified(heard).id, heard]));
    for (const event of events) {
      const heard = byId.get(event.id);
      if (heard === undefined) throw new Error(`${event.type} did not come`);
      const told = verified(heard);
      expect([judgeEventStrictly(told), judgeEventStrictly.errors]).toEqual([true, null]);
      expect(told).toEqual(JSON.parse(JSON.stringify(cloudEvent(event, "urn:cti:test", false))));
      expect(heard.method).toBe("POST");
      expect(heard.path).toBe("/hooks/very-secret?key=hunter2");
      expect(heard.headers["content-type"]).toBe("application/cloudevents+json; charset=utf-8");
      expect(Buffer.byteLength(heard.body)).toBe(Number(heard.headers["content-length"]));
    }
    expect(new Set(receiver.heard.map(({ headers }) => headers["webhook-id"])).size).toBe(events.length);
    expect(life.webhooks.states()).toEqual([
      {
        name: "crm",
        host: `127.0.0.1:${receiver.port}`,
        sent: events.length,
        failed: 0,
        offSince: undefined,
        problem: undefined,
      },
    ]);
  });

  test("while secrets are changed both verify; a strange one does not", async () => {
    const { receiver, life } = await office(undefined, { secrets: { crm: `${newer} ${secret}` } });
    life.happen(about("1001", 1));
    await life.until(() => owed(life) === 0);
    const [heard] = receiver.heard;
    if (heard === undefined) throw new Error("nothing came");
    expect(verified(heard, newer)).toEqual(verified(heard, secret));
    expect(() => verified(heard, `whsec_${Buffer.alloc(32).toString("base64")}`)).toThrow();
    expect(() => verified({ ...heard, body: heard.body.replace('"attempt":1', '"attempt":2') })).toThrow();
    expect(() => verified({ ...heard, headers: { ...heard.headers, "webhook-id": "d-1-9" } })).toThrow();
  });

  test("values of call variables where they are asked for: in the message, masked in the trace, and on no disk", async () => {
    const target = { name: "crm", url: "", events: ["call"], variables: true };
    let down = true;
    const { stage, receiver, url, life } = await office(() => ({ status: down ? 503 : 204 }));
    const open = (before: WebhookLife) => {
      const next = live(stage, { urls: { crm: url }, targets: [{ ...target, url }] }, before);
      ends.push(() => next.webhooks.close());
      return next;
    };
    const one = open(life);
    one.happen(stamped({ type: "call.started", call: call() }));
    await one.until(() => receiver.heard.length > 0);
    expect(JSON.parse(receiver.heard[0]?.body ?? "")).toMatchObject({
      data: { call: { variables: { callVariable1: "CUST-778" } } },
    });
    expect(one.traced[0]?.text).toContain("CUST-778");
    expect(one.traced[0]?.masked).toContain("•••");
    expect(one.traced[0]?.masked).not.toContain("CUST-778");
    for (const file of ["journal.sqlite", "journal.sqlite-wal"]) {
      const bytes = readFileSync(join(stage.directory, file));
      expect(bytes.includes("CUST-778")).toBe(false);
    }
    // A restart knows the call, and its values no more.
    down = false;
    const two = open(one);
    await two.until(() => owed(two) === 0);
    const last = receiver.heard.at(-1);
    expect(last?.headers["webhook-id"]).toBe(receiver.heard[0]?.headers["webhook-id"] ?? "");
    expect(last?.body).toContain("I-1");
    expect(last?.body).not.toContain("variables");
  });

  test("a target that does not ask for it is told of none of it", async () => {
    const { life, receiver } = await office(undefined, {
      targets: [{ name: "crm", url: "http://127.0.0.1:1/", events: ["call.ended"], variables: false }],
    });
    for (const event of everyEvent()) if (event.type !== "call.ended") life.happen(event);
    expect(owed(life)).toBe(0);
    expect(receiver.heard).toEqual([]);
  });
});

describe("order, and at least once", () => {
  test("each agent's events in order, different agents' beside each other, never more than the lanes", async () => {
    const gate = Promise.withResolvers<void>();
    const { receiver, life } = await office(async () => {
      await gate.promise;
      return { status: 200 };
    });
    const agents = Array.from({ length: 20 }, (_, index) => String(1001 + index));
    for (let attempt = 1; attempt <= 10; attempt++)
      for (const agent of agents) life.happen(about(agent, attempt));
    await receiver.until(() => receiver.open > 4);
    gate.resolve();
    await life.until(() => owed(life) === 0);
    expect(receiver.heard).toHaveLength(200);
    for (const agent of agents)
      expect(attemptsOf(receiver.heard, agent)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(receiver.mostOpen).toBeWithin(5, lanes + 1);
    expect(receiver.connections).toBeLessThanOrEqual(lanes);
  });

  test("a receiver that goes down and comes back has missed nothing, in order, under the same ids", async () => {
    const { receiver, life } = await office();
    const { port } = receiver;
    life.happen(about("1001", 1));
    await life.until(() => owed(life) === 0);
    await receiver.close();
    for (let attempt = 2; attempt <= 6; attempt++) life.happen(about("1001", attempt));
    await life.until(() => life.webhooks.states()[0]?.problem !== undefined);
    expect(life.webhooks.states()[0]?.problem).toMatch(
      /^the receiver of crm at 127\.0\.0\.1:\d+ cannot be reached/,
    );
    expect(owed(life)).toBe(5);
    await receiver.listen(port);
    await life.until(() => owed(life) === 0);
    expect(attemptsOf(receiver.heard, "1001")).toEqual([1, 2, 3, 4, 5, 6]);
    for (const heard of receiver.heard) verified(heard);
    expect(life.webhooks.states()[0]?.problem).toBeUndefined();
  });

  test("one that takes it and whose answer is lost hears it again under the same id, signed anew", async () => {
    let lost = 3;
    const { receiver, life } = await office(() => {
      lost -= 1;
      if (lost >= 0) receiver.cut();
      return { status: 200 };
    });
    life.happen(about("1001", 1));
    life.happen(about("1001", 2));
    await life.until(() => owed(life) === 0);
    const ids = receiver.heard.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(2);
    expect(ids.length).toBeGreaterThan(2);
    expect([...new Set(attemptsOf(receiver.heard, "1001"))]).toEqual([1, 2]);
    for (const heard of receiver.heard) verified(heard);
  });

  test("a worker that is killed anywhere: everything arrives, in order", async () => {
    let answered = 0;
    const { receiver, life, again } = await office(() => ({ status: answered++ % 3 === 1 ? 500 : 200 }));
    let now = life;
    let attempt = 0;
    for (let lives = 0; lives < 5; lives++) {
      for (let count = 0; count < 4; count++) {
        attempt += 1;
        for (const agent of ["1001", "1002"]) now.happen(about(agent, attempt));
      }
      const enough = receiver.heard.length + 3;
      await now.until(() => receiver.heard.length >= enough);
      // Killed: what it had under way is gone with it.
      now = again(now);
    }
    const last = now;
    await last.until(() => owed(last) === 0);
    for (const agent of ["1001", "1002"]) {
      const seen = attemptsOf(receiver.heard, agent);
      expect([...new Set(seen)]).toEqual(Array.from({ length: attempt }, (_, index) => index + 1));
    }
    const byId = new Map<string, string>();
    for (const { headers, body } of receiver.heard) {
      const id = headers["webhook-id"] ?? "";
      expect(byId.get(id) ?? body).toBe(body);
      byId.set(id, body);
    }
    expect(byId.size).toBe(attempt * 2);
  });

  test("two targets do not wait for each other", async () => {
    const { stage, receiver, url } = await office();
    const hung = await Receiver.open(() => undefined);
    ends.push(() => hung.close());
    const both = live(stage, { urls: { hung: `http://127.0.0.1:${hung.port}/`, crm: url } });
    ends.push(() => both.webhooks.close());
    for (let attempt = 1; attempt <= 3; attempt++) both.happen(about("1001", attempt));
    await receiver.until(() => receiver.heard.length === 3);
    expect(hung.heard).toHaveLength(1);
  });
});
