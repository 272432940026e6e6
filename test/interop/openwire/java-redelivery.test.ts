import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Connection, Primitive } from "../../../src/openwire/contract.ts";
import { connect } from "../../../src/openwire/index.ts";
import { type Broker, hasActiveMq, startBroker } from "../servers/activemq.ts";
import { hasJava } from "../servers/java.ts";
import { Peer } from "./peer.ts";
import { int, string } from "./samples.ts";

let broker: Broker;
let peer: Peer;
let ours: Connection;

/** A name nobody else uses. */
let count = 0;
const unique = () => `queue://again-${++count}-${crypto.randomUUID()}`;
const boolean = (value: boolean): Primitive => ({ kind: "boolean", value });

describe.skipIf(!hasActiveMq || !hasJava)("what we leave to the stock Java client", () => {
  beforeAll(async () => {
    broker = await startBroker();
    [peer, ours] = await Promise.all([
      Peer.start(broker.url),
      connect(`${broker.url}?jms.redeliveryPolicy.maximumRedeliveries=0`),
    ]);
  }, 30_000);

  afterAll(async () => {
    await ours?.close();
    await peer?.end();
    await broker?.end();
  });

  test("what we saw and did not acknowledge comes to Java as redelivered, what we did not see as new", async () => {
    const queue = unique();
    const session = await ours.session({ acknowledge: "client" });
    const consumer = await session.consume(queue);
    for (const text of ["done", "seen", "unseen"])
      await session.send(queue, text, { persistent: true, confirmed: true });
    await (await consumer.receive(10_000))?.acknowledge();
    expect((await consumer.receive(10_000))?.text).toBe("seen");
    await session.close();
    await peer.consume("rest", queue);
    expect(await peer.received("rest")).toMatchObject({
      body: { "": string("seen") },
      headers: { JMSRedelivered: boolean(true), JMSXDeliveryCount: int(2) },
    });
    expect(await peer.received("rest")).toMatchObject({
      body: { "": string("unseen") },
      headers: { JMSRedelivered: boolean(false), JMSXDeliveryCount: int(1) },
    });
    await peer.close("rest");
  });

  test("what our listener refuses for good lies in the dead letters, with the reason", async () => {
    const queue = unique();
    const session = await ours.session();
    const consumer = await session.consume(queue);
    consumer.listen(() => {
      throw new Error("no");
    });
    await session.send(queue, "poison", { persistent: true, properties: { agent: 1001 } });
    await peer.consume("dead", "queue://ActiveMQ.DLQ");
    const dead = await peer.received("dead");
    expect(dead).toMatchObject({ body: { "": string("poison") }, properties: { agent: int(1001) } });
    expect(JSON.stringify(dead.properties["dlqDeliveryFailureCause"])).toContain(
      "handed out more often than allowed",
    );
    await peer.close("dead");
    await session.close();
  });

  test("of a transaction Java sees nothing until it is committed, and nothing of what is rolled back", async () => {
    const to = unique();
    const session = await ours.session({ transacted: true });
    await peer.consume("committed", to);
    await session.send(to, "rolled back");
    await session.rollback();
    await session.send(to, "first", { persistent: true });
    await session.send(to, "second", { properties: { at: 2n } });
    await session.commit();
    expect((await peer.received("committed")).body).toEqual({ "": string("first") });
    expect(await peer.received("committed")).toMatchObject({
      body: { "": string("second") },
      properties: { at: { kind: "long", value: 2 } },
    });
    await session.close();
  });
});
