import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Broker, hasActiveMq, startBroker } from "../../interop/servers/activemq.ts";
import { Client, Line, until } from "./office.ts";

let broker: Broker;
let number = 0;
/** Each test has a queue of its own at the one broker. */
const newQueue = (): string => `GC.${(number += 1)}`;

beforeAll(async () => {
  if (hasActiveMq) broker = await startBroker();
});
afterAll(() => broker?.end());

describe.skipIf(!hasActiveMq)("the line to the broker", () => {
  test("requests come in order with all that a request is", async () => {
    const queue = newQueue();
    await using line = await new Line(broker.url, { queue }).up();
    await using client = await Client.connect(broker.url, undefined, queue);
    await client.send("Hello#pc-1");
    await client.send("Login#1001", "secret,2001");
    await client.session.send(`queue://${queue}`, new TextEncoder().encode("2002"), {
      type: "MakeCall#1001",
    });
    await client.session.send(`queue://${queue}`, "no type");
    await until(() => line.messages.length === 4);
    expect(line.messages).toMatchObject([
      { type: "Hello#pc-1", body: null, redelivered: false },
      { type: "Login#1001", body: "secret,2001" },
      { type: "MakeCall#1001", body: "2002" },
      { type: null, body: "no type" },
    ]);
    for (const { id, waited, receivedAt } of line.messages) {
      expect(id).toStartWith("ID:");
      expect(waited).toBeWithin(0, 5000);
      expect(Math.abs(receivedAt - Date.now())).toBeLessThan(5000);
    }
    expect(line.bus.state).toMatchObject({ state: "up", address: broker.url, broker: "it" });
    expect(line.states.map(({ state }) => state)).toEqual(["up"]);
  });

  test("what waited in the broker is told", async () => {
    const queue = newQueue();
    await using client = await Client.connect(broker.url, undefined, queue);
    await client.send("MakeReady#1001");
    const sent = Date.now();
    await until(() => Date.now() - sent > 60);
    await using line = new Line(broker.url, { queue });
    await until(() => line.messages.length === 1);
    expect(line.messages[0]?.waited).toBeWithin(50, 5000);
  });

  test("a request whose handling fails is not handed out again, and holds up nothing", async () => {
    const queue = newQueue();
    const seen: (string | null)[] = [];
    await using line = await new Line(
      broker.url,
      { queue },
      {
        onMessage: ({ type }) => {
          seen.push(type);
          if (type === "Bad#1") throw new Error("no");
        },
      },
    ).up();
    await using client = await Client.connect(broker.url, undefined, queue);
    await client.send("Bad#1");
    await client.send("Good#1");
    await until(() => seen.length === 2);
    expect(seen).toEqual(["Bad#1", "Good#1"]);
    expect(line.troubles).toMatchObject([{ code: "internal", why: "no" }]);
  });

  test("events go to a client's topic in order; nothing is ever waited for", async () => {
    await using line = await new Line(broker.url, { queue: newQueue() }).up();
    await using client = await Client.connect(broker.url, "pc-order");
    const lines = Array.from({ length: 2000 }, (_, index) => `1001#State#${index}`);
    for (let at = 0; at < lines.length; at += 500) {
      for (const text of lines.slice(at, at + 500)) line.bus.publish("pc-order", text);
      await until(() => client.events.length === at + 500);
    }
    expect(client.events).toEqual(lines);
    expect(line.bus.figures).toMatchObject({ published: 2000, dropped: 0, refused: 0 });
  });

  test("without a broker events are dropped and counted; a topic name that is more than one is nothing", async () => {
    await using line = new Line("tcp://127.0.0.1:9");
    line.bus.publish("pc", "lost");
    expect(line.bus.figures.dropped).toBe(1);
    line.bus.publish("a,queue://b", "composite");
    expect(line.bus.figures).toMatchObject({ dropped: 1, published: 0 });
    await until(() => line.bus.state.state === "connecting" && line.bus.state.error !== undefined);
    expect(line.bus.state).toMatchObject({ state: "connecting", error: { code: "broker-unreachable" } });
  });

  test("active takes everything, standby takes over in order when it dies", async () => {
    const queue = newQueue();
    await using standby = await new Line(broker.url, { queue, role: "standby" }).up();
    const active = await new Line(broker.url, { queue, role: "active" }).up();
    await using client = await Client.connect(broker.url, undefined, queue);
    for (let index = 0; index < 50; index += 1) await client.send(`GetState#${index}`);
    await until(() => active.messages.length === 50);
    expect(standby.messages).toEqual([]);
    await active.bus.close();
    for (let index = 0; index < 50; index += 1) await client.send(`GetState#${index}`);
    await until(() => standby.messages.length === 50);
    expect(standby.types).toEqual(Array.from({ length: 50 }, (_, index) => `GetState#${index}`));
  });
});
