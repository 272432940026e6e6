import { describe, expect, test } from "bun:test";
import { lastingAddress } from "../../../src/crm/generic-connector/broker-address.ts";
import { Outlet } from "../../../src/crm/generic-connector/outlet.ts";
import { parseAddress } from "../../../src/openwire/address.ts";
import type { Producer } from "../../../src/openwire/contract.ts";

/** Topics that take lines when the test says so. */
class Topics {
  readonly lines: string[] = [];
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  /** Destinations that take nothing, with what waits for them. */
  readonly stuck = new Map<string, (() => void)[]>();
  readonly refusing = new Set<string>();

  readonly open = (destination: string): Promise<Producer> => {
    this.opened.push(destination);
    const send = async (body: unknown): Promise<void> => {
      if (this.refusing.has(destination)) throw new Error("not allowed");
      const waiting = this.stuck.get(destination);
      if (waiting !== undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      this.lines.push(`${destination} ${String(body)}`);
    };
    const close = async (): Promise<void> => void this.closed.push(destination);
    return Promise.resolve({ send, close, [Symbol.asyncDispose]: close });
  };
}

describe("what goes out", () => {
  test("in order for each; a stuck topic holds up itself only", async () => {
    const topics = new Topics();
    topics.stuck.set("a", []);
    const outlet = new Outlet({ perDestination: 3 });
    outlet.connected(topics.open);
    for (let line = 0; line < 6; line += 1) outlet.publish("a", `${line}`);
    for (let line = 0; line < 3; line += 1) outlet.publish("b", `${line}`);
    await Bun.sleep(0);
    expect(topics.lines).toEqual(["b 0", "b 1", "b 2"]);
    // One is under way, three wait.
    expect(outlet.figures).toEqual({ published: 3, dropped: 2, refused: 0 });
    const waiting = topics.stuck.get("a");
    topics.stuck.delete("a");
    waiting?.forEach((go) => go());
    await outlet.whenIdle();
    expect(topics.lines.slice(3)).toEqual(["a 0", "a 1", "a 2", "a 3"]);
    expect(topics.opened).toEqual(["a", "b"]);
  });

  test("a refusal costs its line, the next one is tried anew", async () => {
    const topics = new Topics();
    const outlet = new Outlet();
    outlet.connected(topics.open);
    topics.refusing.add("a");
    outlet.publish("a", "1");
    await outlet.whenIdle();
    topics.refusing.clear();
    outlet.publish("a", "2");
    await outlet.whenIdle();
    expect(topics.lines).toEqual(["a 2"]);
    expect(outlet.figures).toEqual({ published: 1, dropped: 0, refused: 1 });
  });

  test("with the connection goes what waited", async () => {
    const topics = new Topics();
    topics.stuck.set("a", []);
    const outlet = new Outlet();
    outlet.connected(topics.open);
    for (let line = 0; line < 5; line += 1) outlet.publish("a", `${line}`);
    await Bun.sleep(0);
    outlet.interrupted("for-a-moment");
    outlet.publish("a", "lost");
    expect(outlet.figures.dropped).toBe(5);
    outlet.connected(topics.open);
    outlet.publish("a", "new");
    const waiting = topics.stuck.get("a");
    topics.stuck.delete("a");
    waiting?.forEach((go) => go());
    await outlet.whenIdle();
    expect(topics.lines).toEqual(["a 0", "a new"]);
  });

  test("producers are bounded: who has been idle longest makes room, who is at work stays", async () => {
    const topics = new Topics();
    topics.stuck.set("a", []);
    const outlet = new Outlet({ producers: 2 });
    outlet.connected(topics.open);
    outlet.publish("a", "1");
    outlet.publish("b", "1");
    await Bun.sleep(0);
    outlet.publish("c", "1");
    await Bun.sleep(0);
    expect(topics.closed).toEqual(["b"]);
    topics.stuck.set("c", []);
    outlet.publish("c", "2");
    await Bun.sleep(0);
    outlet.publish("d", "1");
    expect(outlet.figures.dropped).toBe(1);
  });
});

describe("the address", () => {
  test.each([
    ["tcp://mq:61616", ["mq"]],
    ["ssl://mq:61617?jms.useCompression=true&connectionTimeout=5000", ["mq"]],
    ["failover:(tcp://a:1,ssl://b:2?soTimeout=1)?randomize=false", ["a", "b"]],
    ["failover:tcp://a:1,tcp://b:2", ["a", "b"]],
    ["failover://(tcp://a:1)", ["a"]],
  ])("%s lasts", (written, hosts) => {
    const address = parseAddress(lastingAddress(written));
    expect(address.brokers.map(({ host }) => host)).toEqual(hosts);
    expect(address.failover).toMatchObject({ maxReconnectDelay: 5000, startupMaxReconnectAttempts: -1 });
    for (const { door } of address.brokers) expect(door.wire.maxInactivityDuration).toBe(10_000);
    expect(address.jms.useCompression).toBe(written.includes("Compression") ? true : undefined);
  });

  test("what it says itself is kept", () => {
    const written =
      "failover:(tcp://a:1?wireFormat.maxInactivityDuration=30000)?maxReconnectDelay=100&priorityBackup=true";
    expect(parseAddress(lastingAddress(written))).toMatchObject({
      failover: { maxReconnectDelay: 100, priorityBackup: true },
      brokers: [{ door: { wire: { maxInactivityDuration: 30_000 } } }],
    });
  });
});
