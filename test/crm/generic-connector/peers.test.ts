import { describe, expect, test } from "bun:test";
import type { GcSettings } from "../../../src/crm/generic-connector/contract.ts";
import { Peers, type PeersBus } from "../../../src/crm/generic-connector/peers.ts";
import type { Advisory } from "../../../src/openwire/contract.ts";
import { ManualClock } from "../../../src/platform/clock.ts";

/** A broker in memory: one topic, and the consumers of one queue. */
class Hub {
  readonly clock = new ManualClock();
  readonly texts: string[] = [];
  readonly #listeners = new Map<string, (text: string | null) => void>();
  readonly #watchers = new Map<string, (advisory: Advisory) => void>();

  bus(connection: string): PeersBus {
    return {
      publish: (_topic, text) => {
        this.texts.push(text);
        for (const listener of this.#listeners.values()) listener(text);
      },
      subscribe: (_topic, onText) => {
        this.#listeners.set(connection, onText);
        return () => void this.#listeners.delete(connection);
      },
      watchConsumers: (_queue, onAdvisory) => {
        this.#watchers.set(connection, onAdvisory);
        return () => void this.#watchers.delete(connection);
      },
      watchLink: (onLink) => {
        onLink(connection);
        return () => {};
      },
    };
  }

  say(text: string): void {
    for (const listener of this.#listeners.values()) listener(text);
  }

  consumer(kind: "consumer-added" | "consumer-removed", connectionId: string): void {
    for (const watcher of this.#watchers.values())
      watcher({
        kind,
        destination: "Q",
        consumerId: `${connectionId}:1:1`,
        connectionId,
        priority: 100,
        selector: null,
        clientId: null,
        count: undefined,
      });
  }

  peer(name: string, role: GcSettings["role"] = "shared") {
    const heard: string[] = [];
    const peers = new Peers({
      settings: { queue: "Q", name, role, home: [] },
      clock: this.clock,
      bus: this.bus(`conn-${name}`),
      boot: `boot-${name}`,
      events: {
        onLost: ({ name: who, held }) =>
          heard.push(
            `lost ${who}: ${[...held].map(([agent, where]) => `${agent}@${where.join("+")}`).join(" ")}`,
          ),
        onTaken: (agent, by) => heard.push(`taken ${agent} by ${by}`),
        onBeat: (destination) => heard.push(`beat ${destination}`),
        onPreferred: (who) => heard.push(`preferred ${who}`),
      },
    });
    peers.start();
    return { peers, heard };
  }
}

function two() {
  const hub = new Hub();
  const a = hub.peer("a");
  const b = hub.peer("b");
  hub.clock.advance(200);
  return { hub, a, b };
}

describe("two connectors", () => {
  test("know each other soon, and each other's agents", () => {
    const { hub, a, b } = two();
    expect(a.peers.list()).toEqual([{ name: "b", role: "shared", agents: 0 }]);
    b.peers.update({ held: new Map([["1001", ["pc-1"]]]) });
    b.peers.update({
      held: new Map([
        ["1001", ["pc-1"]],
        ["1002", ["pc-2"]],
      ]),
    });
    const before = hub.texts.length;
    hub.clock.advance(100);
    expect(hub.texts.length).toBe(before + 1);
    expect(a.peers.list()).toEqual([{ name: "b", role: "shared", agents: 2 }]);
    expect(a.peers.holderOf("1002")).toBe("b");
  });

  test("one that dies is lost at once, with what it held", () => {
    const { hub, a, b } = two();
    hub.consumer("consumer-added", "conn-b");
    b.peers.update({ held: new Map([["1001", ["pc-1", "srv"]]]) });
    hub.clock.advance(100);
    hub.consumer("consumer-removed", "conn-b");
    expect(a.heard).toEqual(["lost b: 1001@pc-1+srv"]);
    expect(a.peers.list()).toEqual([]);
  });

  test("one that leaves says so", () => {
    const { hub, a, b } = two();
    b.peers.update({ held: new Map([["1001", ["pc-1"]]]) });
    hub.clock.advance(100);
    b.peers.stop();
    expect(a.heard).toEqual(["lost b: 1001@pc-1"]);
    b.peers.stop();
    hub.clock.advance(60_000);
    expect(a.heard).toHaveLength(1);
  });

  test("an agent moves: who had him is told", () => {
    const { hub, a, b } = two();
    a.peers.update({ held: new Map([["1001", ["pc-1"]]]) });
    hub.clock.advance(200);
    b.peers.update({ held: new Map([["1001", ["pc-1"]]]) });
    hub.clock.advance(10_000);
    expect(a.heard).toEqual(["taken 1001 by b"]);
    expect(b.heard).toEqual([]);
    // And back again, though nobody let go in between.
    a.peers.took("1001");
    hub.clock.advance(200);
    expect(b.heard).toEqual(["taken 1001 by a"]);
  });

  test("beats for a peer's client are handed on, together", () => {
    const { hub, a, b } = two();
    b.peers.update({ held: new Map([["1001", ["pc-1"]]]) });
    hub.clock.advance(100);
    const before = hub.texts.length;
    a.peers.beat("pc-1");
    a.peers.beat("pc-1");
    a.peers.beat("nobody");
    hub.clock.advance(300);
    expect(hub.texts.length).toBe(before + 1);
    expect(b.heard).toEqual(["beat pc-1"]);
  });

  test("standing by: the active one's return is told", () => {
    const hub = new Hub();
    const standby = hub.peer("s", "standby");
    hub.peer("a", "active");
    hub.clock.advance(6000);
    expect(standby.heard).toEqual(["preferred a"]);
  });

  test("what else is said on the topic is ignored", () => {
    const { hub, a } = two();
    for (const text of ["", "hello", "{}", '{"gcPeer":1}', "x".repeat(2_000_000)]) hub.say(text);
    expect(a.heard).toEqual([]);
    expect(a.peers.list()).toHaveLength(1);
  });
});
