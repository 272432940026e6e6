import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Peers } from "../../../src/crm/generic-connector/peers.ts";
import { ClientPresence } from "../../../src/crm/generic-connector/presence.ts";
import { partitionOf } from "../../../src/crm/generic-connector/selectors.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { type Broker, hasActiveMq, startBroker } from "../../interop/servers/activemq.ts";
import { startRelay } from "../../interop/servers/relay.ts";
import { Client, Line, until } from "./office.ts";

let broker: Broker;
let number = 0;
const newQueue = (): string => `Pair.${(number += 1)}`;

beforeAll(async () => {
  if (hasActiveMq) broker = await startBroker();
});
afterAll(() => broker?.end());

/** A connector's line with its peers, as the adapter joins them. */
function member(queue: string, name: string, home: string, url = broker.url) {
  const line = new Line(url, { queue, name, role: "shared", home: [home] });
  const heard: string[] = [];
  const peers = new Peers({
    settings: { queue, name, role: "shared", home: [home] },
    clock: systemClock,
    bus: line.bus,
    boot: `boot-${name}-${queue}`,
    events: {
      onLost: (peer) => heard.push(`lost ${peer.name} ${[...peer.held.keys()].join(",")}`),
      onTaken: (agent, by) => heard.push(`taken ${agent} ${by}`),
      onBeat: (destination) => heard.push(`beat ${destination}`),
      onPreferred: (peer) => heard.push(`preferred ${peer}`),
    },
  });
  peers.start();
  return {
    line,
    peers,
    heard,
    hold(agents: Record<string, string[]>): void {
      line.bus.setHeld(Object.keys(agents));
      peers.update({ held: new Map(Object.entries(agents)) });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      peers.stop();
      await line.bus.close();
    },
  };
}

describe.skipIf(!hasActiveMq)("two connectors at one queue", () => {
  test("back-to-back Connect and Login of 200 agents never split, in order, each at home", async () => {
    const queue = newQueue();
    await using a = member(queue, "a", "1/2");
    await using b = member(queue, "b", "2/2");
    await Promise.all([a.line.up(), b.line.up()]);
    await using client = await Client.connect(broker.url, undefined, queue);
    const agents = Array.from({ length: 200 }, (_, index) => String(1000 + index));
    const commands = ["Connect", "Login", "MakeReady", "GetState", "MakeNotReady"];
    await Promise.all(
      agents.flatMap((agent) => commands.map((command) => client.send(`${command}#${agent}`))),
    );
    await until(() => a.line.messages.length + b.line.messages.length === 1000);
    for (const agent of agents) {
      const [home, other] = partitionOf(agent, 2) === 1 ? [a, b] : [b, a];
      const of = (line: Line): (string | null)[] => line.types.filter((type) => type?.endsWith(`#${agent}`));
      expect(of(home.line)).toEqual(commands.map((command) => `${command}#${agent}`));
      expect(of(other.line)).toEqual([]);
    }
  });

  test("the death of one: the other hears it at once, and takes its requests in order", async () => {
    const queue = newQueue();
    const relay = await startRelay(broker.port);
    await using a = member(queue, "a", "1/2");
    await using b = member(queue, "b", "2/2", `tcp://127.0.0.1:${relay.port}`);
    await Promise.all([a.line.up(), b.line.up()]);
    await until(() => a.peers.list().length === 1 && b.peers.list().length === 1);
    b.hold({ "1001": ["pc-1"], "1003": ["pc-3"] });
    await until(() => a.peers.list()[0]?.agents === 2);
    const killed = Date.now();
    // Broken, and no way back for now.
    relay.freeze();
    relay.cut();
    await until(() => a.heard.length > 0);
    expect(a.heard).toEqual(["lost b 1001,1003"]);
    expect(Date.now() - killed).toBeLessThan(3000);

    await using client = await Client.connect(broker.url, undefined, queue);
    const commands = Array.from({ length: 40 }, (_, index) => `Command${index}#1001`);
    await Promise.all(commands.map((type) => client.send(type)));
    await until(() => a.line.messages.length === 40);
    expect(a.line.types).toEqual(commands);

    // Held away from home now: the other's return does not take him away.
    a.hold({ "1001": ["pc-1"] });
    relay.thaw();
    await until(() => b.line.bus.state.state === "up");
    await until(() => b.peers.list()[0]?.agents === 1);
    await client.send("GetState#1001");
    await client.send("GetState#1003");
    await until(() => a.line.messages.length + b.line.messages.length === 42);
    expect(a.line.types.at(-1)).toBe("GetState#1001");
    expect(b.line.types).toEqual(["GetState#1003"]);
    // Let go, he goes home.
    a.hold({});
    await until(() => b.peers.list()[0]?.agents === 0);
    await client.send("MakeReady#1001");
    await until(() => b.line.messages.length === 2);
    expect(b.line.types.at(-1)).toBe("MakeReady#1001");
    await relay.close();
  });

  test("a death in the middle of 200 agents' traffic: nothing is lost, the order per agent holds", async () => {
    const queue = newQueue();
    const relay = await startRelay(broker.port);
    await using a = member(queue, "a", "1/2");
    await using b = member(queue, "b", "2/2", `tcp://127.0.0.1:${relay.port}`);
    await Promise.all([a.line.up(), b.line.up()]);
    await using client = await Client.connect(broker.url, undefined, queue);
    const agents = Array.from({ length: 200 }, (_, index) => String(1000 + index));
    const rounds = 20;
    for (let round = 0; round < rounds; round += 1) {
      const sent = agents.map((agent) => client.send(`R${round}#${agent}`));
      if (round === rounds / 2) {
        relay.freeze();
        relay.cut();
      }
      await Promise.all(sent);
    }
    const expected = Array.from({ length: rounds }, (_, round) => round);
    const of = (line: Line, agent: string): { round: number; redelivered: boolean }[] =>
      line.messages
        .filter(({ type }) => type?.endsWith(`#${agent}`))
        .map(({ type, redelivered }) => ({ round: Number(/\d+/.exec(type ?? "")?.[0]), redelivered }));
    await until(() =>
      agents.every((agent) => [b, a].some(({ line }) => of(line, agent).at(-1)?.round === rounds - 1)),
    );
    for (const agent of agents) {
      const [first, then] = [of(b.line, agent), of(a.line, agent)];
      // What the dead one had and could not acknowledge comes again, and says so.
      const had = new Set(first.map(({ round }) => round));
      const again = then.filter(({ round }) => had.has(round));
      expect(again.every(({ redelivered }) => redelivered)).toBe(true);
      expect(then.map(({ round }) => round)).toEqual(then.map(({ round }) => round).sort((x, y) => x - y));
      expect([...first, ...then.filter(({ round }) => !had.has(round))].map(({ round }) => round)).toEqual(
        expected,
      );
    }
    await relay.close();
  });

  test("their consumers at the broker are those of their roles", async () => {
    const queue = newQueue();
    await using watcher = await Client.connect(broker.url);
    const seen: { priority: number; selector: string | null }[] = [];
    await watcher.connection.watchConsumers(`queue://${queue}`, (advisory) => {
      if (advisory.kind === "consumer-added") seen.push(advisory);
    });
    await using a = await new Line(broker.url, { queue, role: "shared", home: ["2/2"] }).up();
    await until(() => seen.length === 2);
    expect(seen[0]).toMatchObject({ priority: 120, selector: expect.stringContaining("LIKE '%1'") });
    expect(seen[1]).toMatchObject({ priority: 99, selector: null });
    a.bus.setHeld(["1001", "1002"]);
    await until(() => seen.length === 3);
    expect(seen[2]).toMatchObject({
      priority: 127,
      selector: "(JMSType LIKE '%#1002') AND JMSType NOT LIKE '%#%#%'",
    });
    await using active = await new Line(broker.url, { queue, role: "active" }).up();
    await using standby = await new Line(broker.url, { queue, role: "standby" }).up();
    await until(() => seen.length === 5);
    expect(seen.slice(3)).toMatchObject([
      { priority: 127, selector: null },
      { priority: 100, selector: null },
    ]);
    expect([active, standby].map(({ messages }) => messages)).toEqual([[], []]);
  });

  test("the agents held away change all the time: nothing is lost, doubled or out of order", async () => {
    const queue = newQueue();
    await using a = member(queue, "a", "1/2");
    await using b = member(queue, "b", "2/2");
    await Promise.all([a.line.up(), b.line.up()]);
    await using client = await Client.connect(broker.url, undefined, queue);
    const ours = ["1001", "1003", "1005"];
    const others = Array.from({ length: 60 }, (_, index) => `2${String(index).padStart(2, "0")}1`);
    a.line.bus.setHeld(ours);
    // A request answers when its consumer is there: the others' come and go around it.
    await client.send("First#1001");
    await until(() => a.line.messages.length + b.line.messages.length === 1);
    const rounds = 60;
    for (let round = 0; round < rounds; round += 1) {
      a.line.bus.setHeld([...ours, ...others.slice(0, (round * 7) % others.length)]);
      await Promise.all(ours.map((agent) => client.send(`R${round}#${agent}`)));
    }
    await until(() => a.line.messages.length + b.line.messages.length === 1 + rounds * ours.length);
    for (const agent of ours) {
      const mine = a.line.types.filter((type) => type?.startsWith("R") && type.endsWith(`#${agent}`));
      expect(mine).toEqual(Array.from({ length: rounds }, (_, round) => `R${round}#${agent}`));
    }
    expect(a.line.bus.figures.redelivered).toBe(0);
  });

  test("a beat that came to one is heard at the other; leaving is told", async () => {
    const queue = newQueue();
    await using a = member(queue, "a", "1/2");
    const b = member(queue, "b", "2/2");
    await Promise.all([a.line.up(), b.line.up()]);
    b.hold({ "1001": ["pc-1"] });
    await until(() => a.peers.holderOf("1001") === "b");
    a.peers.beat("pc-1");
    await until(() => b.heard.includes("beat pc-1"));
    await b[Symbol.asyncDispose]();
    await until(() => a.heard.length > 0);
    expect(a.heard).toEqual(["lost b 1001"]);
  });
});

describe.skipIf(!hasActiveMq)("presence", () => {
  test("a client that goes is noticed by its topic", async () => {
    await using line = await new Line(broker.url, { queue: newQueue() }).up();
    const presence = new ClientPresence({ clock: systemClock, heartbeat: 15_000, grace: 300, bus: line.bus });
    const client = await Client.connect(broker.url, "pc-gone");
    presence.watch("pc-gone");
    const started = Date.now();
    await until(() => Date.now() - started > 600);
    expect(line.bus.advisoriesWork).toBe(true);
    expect(presence.isPresent("pc-gone")).toBe(true);
    // It makes its consumer anew, as the C# client does.
    const second = await client.listen("pc-gone");
    await second[Symbol.asyncDispose]();
    const closed = Date.now();
    await until(() => Date.now() - closed > 600);
    expect(presence.isPresent("pc-gone")).toBe(true);
    await client[Symbol.asyncDispose]();
    await until(() => !presence.isPresent("pc-gone"));
  });
});
