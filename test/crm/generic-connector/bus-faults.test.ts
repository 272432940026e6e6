import { afterEach, describe, expect, test } from "bun:test";
import { Peers } from "../../../src/crm/generic-connector/peers.ts";
import { ClientPresence } from "../../../src/crm/generic-connector/presence.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { type Broker, type BrokerOptions, hasActiveMq, startBroker } from "../../interop/servers/activemq.ts";
import { startRelay } from "../../interop/servers/relay.ts";
import { Client, Line, until } from "./office.ts";

let brokers: Broker[] = [];
async function started(options: BrokerOptions = {}): Promise<Broker> {
  const broker = await startBroker(options);
  brokers.push(broker);
  return broker;
}
afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.end()));
  brokers = [];
});

describe.skipIf(!hasActiveMq)("faults", () => {
  test("the broker is killed and started again mid-traffic: all goes on, nobody was lost by it", async () => {
    const broker = await started();
    const members = ["a", "b"].map((name, index) => {
      const line = new Line(broker.url, { name, role: "shared", home: [`${index + 1}/2`] });
      const heard: string[] = [];
      const peers = new Peers({
        settings: { queue: "Connector1", name, role: "shared", home: [] },
        clock: systemClock,
        bus: line.bus,
        boot: name,
        events: {
          onLost: () => heard.push("lost"),
          onTaken: () => heard.push("taken"),
          onBeat: () => heard.push("beat"),
          onPreferred: () => heard.push("preferred"),
        },
      });
      peers.start();
      return { line, peers, heard };
    });
    const [a, b] = members;
    if (a === undefined || b === undefined) throw new Error("two were made");
    await Promise.all([a.line.up(), b.line.up()]);
    a.line.bus.setHeld(["1001"]);
    a.peers.update({ held: new Map([["1001", ["pc-1"]]]) });
    b.peers.update({ held: new Map([["1003", ["pc-3"]]]) });
    const presence = new ClientPresence({
      clock: systemClock,
      heartbeat: 15_000,
      grace: 1000,
      bus: a.line.bus,
    });
    presence.watch("pc-1");
    const first = await Client.connect(broker.url, "pc-1");
    await first.send("Before#1001");
    await until(() => a.line.messages.length === 1);
    const traffic = setInterval(() => a.line.bus.publish("pc-1", "event"), 5);
    await until(() => first.events.length > 10);

    await broker.kill();
    await until(() => a.line.bus.state.state === "interrupted" && b.line.bus.state.state === "interrupted");
    expect(a.line.bus.state).toMatchObject({ error: { code: "broker-unreachable" } });
    expect(presence.isPresent("pc-1")).toBe(true);
    await first[Symbol.asyncDispose]();
    await broker.start();
    await until(() => a.line.bus.state.state === "up" && b.line.bus.state.state === "up");

    await using again = await Client.connect(broker.url, "pc-1");
    await again.send("After#1001");
    await again.send("After#1003");
    await until(() => a.line.types.includes("After#1001") && b.line.types.includes("After#1003"));
    await until(() => again.events.length > 10);
    clearInterval(traffic);
    expect(a.line.bus.figures.dropped).toBeGreaterThan(0);
    await until(() => a.peers.list().length === 1 && b.peers.list().length === 1);
    const since = Date.now();
    await until(() => Date.now() - since > 1500);
    expect(presence.isPresent("pc-1")).toBe(true);
    expect([...a.heard, ...b.heard]).toEqual([]);
    for (const { line, peers } of members) {
      peers.stop();
      await line.bus.close();
    }
  });

  test("the second of a failover pair takes over; what was wanted is wanted there", async () => {
    const [one, two] = await Promise.all([started({ name: "one" }), started({ name: "two" })]);
    await using line = await new Line(`failover:(${one.url},${two.url})?randomize=false`, {
      role: "shared",
      home: ["1/2"],
    }).up();
    line.bus.setHeld(["1001"]);
    const texts: (string | null)[] = [];
    line.bus.subscribe("peers", (text) => void texts.push(text));
    await one.kill();
    await until(() => line.bus.state.state === "up" && line.bus.state.address === two.url);
    await using client = await Client.connect(two.url);
    for (const key of ["1001", "1002", "pc"]) await client.send(`Hello#${key}`);
    await client.session.send("topic://peers", "hello");
    await until(() => line.messages.length === 3 && texts.length === 1);
    expect(line.states.map(({ state }) => state)).toContain("interrupted");
    await until(() => {
      const { state } = line.bus;
      return state.state === "up" && state.broker === "two";
    });
  });

  test("priorityBackup: back at the first broker when it is there again, and everybody is told that it is another one", async () => {
    const [one, two] = await Promise.all([started({ name: "one" }), started({ name: "two" })]);
    await using line = await new Line(
      `failover:(${one.url},${two.url})?randomize=false&priorityBackup=true`,
    ).up();
    const links: string[] = [];
    line.bus.watchLink((connection) => void links.push(connection === undefined ? "down" : "up"));
    await one.kill();
    await until(() => line.bus.state.state === "up" && line.bus.state.address === two.url);
    await one.start();
    await until(() => line.bus.state.state === "up" && line.bus.state.address === one.url);
    expect(links).toEqual(["up", "down", "up", "down", "up"]);
    await using client = await Client.connect(one.url, "pc");
    await client.send("Hello#pc");
    line.bus.publish("pc", "hello");
    await until(() => line.messages.length === 1 && client.events.length === 1);
  });

  test("wrong credentials are told as that, at once", async () => {
    const broker = await started({ users: { gc: "right" } });
    await using wrong = new Line(broker.url, { username: "gc" }, { password: "hunter2" });
    await until(() => wrong.states.length > 0);
    const { state } = wrong.bus;
    expect(state).toMatchObject({ state: "connecting", error: { code: "credentials-refused" } });
    if (state.state !== "connecting") throw new Error("not reached");
    expect((state.retryAt ?? 0) - Date.now()).toBeGreaterThan(20_000);
    expect(JSON.stringify(wrong.states)).not.toContain("hunter2");
    await using right = await new Line(broker.url, { username: "gc" }, { password: "right" }).up();
    expect(right.states).toHaveLength(1);
    const before = Date.now();
    await wrong.bus.close();
    expect(Date.now() - before).toBeLessThan(2000);
  });

  test("TLS, with the broker's authority and without", async () => {
    const broker = await started({ tls: "server" });
    const tls = { ca: [broker.ca], cert: undefined, key: undefined, insecure: false };
    await using line = await new Line(broker.sslUrl, { tls }).up();
    expect(line.bus.state).toMatchObject({ state: "up", address: broker.sslUrl });
    await using stranger = new Line(broker.sslUrl);
    await until(() => stranger.states.length > 0);
    expect(stranger.bus.state).toMatchObject({ state: "connecting", error: { code: "broker-unreachable" } });
  });

  test("no broker yet: it is waited for", async () => {
    const broker = await started();
    await broker.stop();
    await using line = new Line(broker.url);
    await until(() => line.bus.state.state === "connecting" && line.bus.state.error !== undefined);
    await broker.start();
    await line.up();
  });

  test("a network that takes nothing more: nobody waits, what is too much is dropped, the end comes in time", async () => {
    const broker = await started();
    const relay = await startRelay(broker.port);
    const line = await new Line(`tcp://127.0.0.1:${relay.port}`).up();
    relay.freeze();
    const text = "x".repeat(10_000);
    const began = Date.now();
    for (let index = 0; index < 5000; index += 1) line.bus.publish(`pc-${index % 3}`, text);
    expect(Date.now() - began).toBeLessThan(1000);
    expect(line.bus.figures.dropped).toBeGreaterThan(0);
    const closing = Date.now();
    await line.bus.close();
    expect(Date.now() - closing).toBeLessThan(2500);
    expect(line.bus.state.state).toBe("closed");
    await relay.close();
  });

  test("a topic whose client takes nothing holds up nobody else", async () => {
    const broker = await started({
      policies: '<policyEntry topic="slow" memoryLimit="200kb" producerFlowControl="true"/>',
    });
    await using line = await new Line(broker.url).up();
    await using slow = await Client.connect(broker.url);
    // Its window is one message, and it never takes that.
    await slow.session.consume("topic://slow", { prefetch: 1 });
    await using other = await Client.connect(broker.url, "other");
    const text = "x".repeat(10_000);
    for (let index = 0; index < 200; index += 1) line.bus.publish("slow", text);
    for (let index = 0; index < 50; index += 1) line.bus.publish("other", `${index}`);
    await other.send("Hello#other");
    await until(() => other.events.length === 50 && line.messages.length === 1);
    expect(other.events).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`));
  });
});
