import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Connection, ConnectOptions, ReceivedMessage } from "../../src/openwire/contract.ts";
import { connect, plainMap } from "../../src/openwire/index.ts";
import { type Broker, hasActiveMq, startBroker } from "../interop/servers/activemq.ts";
import { startRelay } from "../interop/servers/relay.ts";
import { collector, stateWatch, stompSend } from "./support.ts";

let broker: Broker;
const connections: Connection[] = [];

/** A name nobody else uses. */
let count = 0;
const unique = (kind = "queue") => `${kind}://${crypto.randomUUID()}.${++count}`;

async function open(address = broker.url, options: ConnectOptions = {}): Promise<Connection> {
  const connection = await connect(address, options);
  connections.push(connection);
  return connection;
}

describe.skipIf(!hasActiveMq)("ActiveMQ", () => {
  beforeAll(async () => {
    broker = await startBroker({ policies: '<policyEntry queue="SMALL.>" memoryLimit="64kb"/>', heap: 128 });
  });

  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await broker.end();
  });

  test("every body and property comes back as it was", async () => {
    const connection = await open();
    const session = await connection.session();
    const queue = unique();
    const consumer = await session.consume(queue);
    const properties = {
      yes: true,
      int: -7,
      long: 2n ** 62n,
      big: Number.MAX_SAFE_INTEGER,
      double: 0.1,
      text: "naïve 🚀 \0 日本",
      byte: { kind: "byte", value: -128 },
      short: { kind: "short", value: 300 },
      float: { kind: "float", value: 0.5 },
    } as const;
    await session.send(queue, "a text 🚀", {
      properties,
      type: "Login#1001",
      correlationId: "c-1",
      replyTo: "topic://answers",
      priority: 7,
      persistent: true,
      groupId: "g",
      groupSequence: 3,
    });
    const text = await consumer.receive();
    expect(text).toMatchObject({
      text: "a text 🚀",
      type: "Login#1001",
      correlationId: "c-1",
      replyTo: { type: "ActiveMQTopic", physicalName: "answers" },
      priority: 7,
      persistent: true,
      groupId: "g",
      redelivered: false,
    });
    expect(plainMap(text?.properties ?? new Map())).toEqual({
      ...properties,
      byte: -128,
      short: 300,
      float: 0.5,
    });
    expect(text?.brokerOutTime).toBeGreaterThanOrEqual(text?.brokerInTime ?? Infinity);
    await session.send(queue, new Uint8Array([0, 255, 128]));
    expect((await consumer.receive())?.bytes).toEqual(Buffer.from([0, 255, 128]));
    await session.send(queue, { map: { a: 1, b: "x", c: null } });
    expect(plainMap((await consumer.receive())?.map ?? new Map())).toEqual({ a: 1, b: "x", c: null });
    await session.send(queue, { stream: [1, "two", true] });
    expect((await consumer.receive())?.stream).toEqual([
      { kind: "int", value: 1 },
      { kind: "string", value: "two" },
      { kind: "boolean", value: true },
    ]);
    await session.send(queue, { text: null });
    expect(await consumer.receive()).toMatchObject({ kind: "ActiveMQTextMessage", text: null });
    await session.send(queue, "");
    expect((await consumer.receive())?.text).toBe("");
    await session.send(queue, null);
    expect((await consumer.receive())?.kind).toBe("ActiveMQMessage");
  });

  test("tight and cached encoding and compression, if asked for", async () => {
    const options =
      "wireFormat.tightEncodingEnabled=true&wireFormat.cacheEnabled=true&jms.useCompression=true";
    const connection = await open(`${broker.url}?${options}`);
    const plain = await open();
    const queue = unique();
    const consumer = await (await plain.session()).consume(queue);
    const session = await connection.session();
    const own = unique();
    const back = await session.consume(own);
    for (let index = 0; index < 300; index++) {
      await session.send(queue, "x".repeat(index * 10), { properties: { index } });
      await session.send(`${own}`, new Uint8Array(index));
    }
    for (let index = 0; index < 300; index++) {
      expect((await consumer.receive())?.text).toHaveLength(index * 10);
      expect((await back.receive())?.bytes).toHaveLength(index);
    }
  });

  test("a STOMP program's emoji arrive", async () => {
    const session = await (await open()).session();
    const queue = unique();
    const consumer = await session.consume(queue);
    await stompSend(broker.stompPort, queue.replace("queue://", "/queue/"), "hej 👩‍🚀");
    expect((await consumer.receive())?.text).toBe("hej 👩‍🚀");
  });

  test("messages not acknowledged come again, counted, when their consumer goes", async () => {
    const first = await open();
    const queue = unique();
    const session = await first.session({ acknowledge: "client" });
    const consumer = await session.consume(queue);
    for (const text of ["1", "2", "3"]) await session.send(queue, text, { confirmed: true });
    await (await consumer.receive())?.acknowledge();
    expect((await consumer.receive())?.text).toBe("2");
    await first.close();
    const again = await (await (await open()).session()).consume(queue);
    expect(await again.receive()).toMatchObject({ text: "2", redelivered: true });
    expect(await again.receive()).toMatchObject({ text: "3", redelivered: false });
  });

  test("individual acknowledgement takes one and leaves its neighbours", async () => {
    const connection = await open();
    const queue = unique();
    const session = await connection.session({ acknowledge: "individual" });
    const consumer = await session.consume(queue);
    for (const text of ["1", "2", "3"]) await session.send(queue, text, { confirmed: true });
    const messages = [await consumer.receive(), await consumer.receive(), await consumer.receive()];
    await messages[1]?.acknowledge();
    await connection.close();
    const again = await (await (await open()).session()).consume(queue);
    expect([(await again.receive())?.text, (await again.receive())?.text]).toEqual(["1", "3"]);
    expect(await again.receive(1)).toBeUndefined();
  });

  test("acknowledgements in ranges are flushed before they stall anything", async () => {
    const session = await (await open()).session();
    const sender = await (await open()).session();
    const queue = unique();
    const consumer = await session.consume(queue, { prefetch: 10, acknowledgeRange: 7 });
    const got = collector();
    consumer.listen(got.take);
    for (let index = 0; index < 200; index++) await sender.send(queue, String(index));
    await got.reach(200);
    expect(got.messages.map(({ text }) => text)).toEqual(
      Array.from({ length: 200 }, (_, index) => String(index)),
    );
  });

  test("a listener that throws gets the message again, in order, and at last it goes to the dead letters", async () => {
    const policy = "jms.redeliveryPolicy.maximumRedeliveries=2&jms.redeliveryPolicy.initialRedeliveryDelay=1";
    const connection = await open(`${broker.url}?${policy}`);
    const session = await connection.session();
    const queue = unique();
    const consumer = await session.consume(queue);
    const dead = await session.consume("queue://ActiveMQ.DLQ");
    const seen: string[] = [];
    const done = Promise.withResolvers<void>();
    consumer.listen(({ text, deliveryCount }) => {
      seen.push(`${text}/${deliveryCount}`);
      if (text === "bad") throw new Error("cannot");
      done.resolve();
    });
    await session.send(queue, "bad", { persistent: true });
    await session.send(queue, "good", { persistent: true });
    await done.promise;
    expect(seen).toEqual(["bad/1", "bad/2", "bad/3", "good/1"]);
    expect((await dead.receive())?.text).toBe("bad");
  });

  test("a transaction is seen when it is committed, and its receipts come again after a rollback", async () => {
    const connection = await open(`${broker.url}?jms.redeliveryPolicy.initialRedeliveryDelay=1`);
    const session = await connection.session({ transacted: true });
    const other = await connection.session();
    const [from, to] = [unique(), unique()];
    const consumer = await session.consume(from);
    const result = await other.consume(to);
    await other.send(from, "order", { confirmed: true });
    expect((await consumer.receive())?.text).toBe("order");
    await session.send(to, "never");
    await session.rollback();
    expect(await consumer.receive()).toMatchObject({ text: "order", redelivered: true });
    await session.send(to, "done");
    expect(await result.receive(1)).toBeUndefined();
    await session.commit();
    expect((await result.receive())?.text).toBe("done");
  });

  test("selectors, priorities, browsers, wildcards and composites", async () => {
    const session = await (await open()).session();
    const queue = unique();
    const picky = await session.consume(queue, { selector: "size > 10 AND JMSType LIKE '%#1001'" });
    await session.send(queue, "small", { type: "A#1001", properties: { size: 1 }, confirmed: true });
    await session.send(queue, "large", { type: "B#1001", properties: { size: 11 }, confirmed: true });
    expect((await picky.receive())?.text).toBe("large");
    const looked: (string | null)[] = [];
    for await (const message of await session.consume(queue, { browse: true })) looked.push(message.text);
    expect(looked).toEqual(["small"]);

    const shared = unique();
    const low = await session.consume(shared, { priority: 1 });
    const high = await session.consume(`${shared}?consumer.priority=120`);
    await session.send(shared, "x", { confirmed: true });
    expect((await high.receive())?.text).toBe("x");
    await high.close();
    await session.send(shared, "y", { confirmed: true });
    expect((await low.receive())?.text).toBe("y");

    const root = crypto.randomUUID();
    const all = await session.consume(`topic://${root}.>`);
    await session.send(`topic://${root}.a,topic://${root}.b`, "both", { confirmed: true });
    await session.send(`topic://${root}.c.d`, "deep", { confirmed: true });
    expect((await all.receive())?.text).toBe("both");
    let last = await all.receive();
    if (last?.text === "both") last = await all.receive();
    expect(last).toMatchObject({ text: "deep", destination: { physicalName: `${root}.c.d` } });
  });

  test("an exclusive consumer gets everything, and another takes over when it goes", async () => {
    const session = await (await open()).session();
    const queue = unique();
    const first = await session.consume(queue, { exclusive: true });
    const second = await session.consume(queue, { exclusive: true });
    for (const text of ["1", "2"]) await session.send(queue, text, { confirmed: true });
    expect([(await first.receive())?.text, (await first.receive())?.text]).toEqual(["1", "2"]);
    await first.close();
    await session.send(queue, "3", { confirmed: true });
    expect((await second.receive())?.text).toBe("3");
  });

  test("the messages of a group go to one consumer, in order", async () => {
    const session = await (await open()).session();
    const queue = unique();
    const seen = new Map<string | null, Set<string>>();
    const order: Record<string, number[]> = { a: [], b: [] };
    const all = collector();
    for (const name of ["one", "two"]) {
      const consumer = await session.consume(queue);
      consumer.listen((message) => {
        seen.set(message.groupId, (seen.get(message.groupId) ?? new Set()).add(name));
        order[message.groupId ?? ""]?.push(Number(message.text));
        all.take(message);
      });
    }
    for (let index = 0; index < 40; index++)
      await session.send(queue, String(index), { groupId: index % 2 === 0 ? "a" : "b" });
    await all.reach(40);
    expect([...seen.values()].map(({ size }) => size)).toEqual([1, 1]);
    expect(order.a).toEqual(Array.from({ length: 20 }, (_, index) => index * 2));
    expect(order.b).toEqual(Array.from({ length: 20 }, (_, index) => index * 2 + 1));
  });

  test("what is declared with await using is gone at the end of its block", async () => {
    const watching = await open();
    const queue = unique();
    const gone = Promise.withResolvers<void>();
    await watching.watchConsumers(queue, ({ kind }) => {
      if (kind === "consumer-removed") gone.resolve();
    });
    {
      await using connection = await connect(broker.url);
      await using session = await connection.session();
      await using consumer = await session.consume(queue);
      await session.send(queue, "x");
      for await (const message of consumer) {
        expect(message.text).toBe("x");
        break;
      }
    }
    await gone.promise;
    expect(await (await (await watching.session()).consume(queue)).receive(1)).toBeUndefined();
  });

  test("pull: nothing comes before it is asked for", async () => {
    const session = await (await open()).session();
    const queue = unique();
    const puller = await session.consume(queue, { prefetch: 0 });
    expect(await puller.receive(20)).toBeUndefined();
    await session.send(queue, "1", { confirmed: true });
    expect((await puller.receive(5000))?.text).toBe("1");
  });

  test("an expired message is not handed out", async () => {
    const session = await (await open()).session();
    const queue = unique();
    await session.send(queue, "old", { timeToLive: 1, confirmed: true });
    await session.send(queue, "new", { confirmed: true });
    const consumer = await session.consume(queue);
    expect((await consumer.receive())?.text).toBe("new");
  });

  test("a durable subscription keeps what came while its client was away", async () => {
    const topic = unique("topic");
    const subscribe = async () => {
      const connection = await connect(broker.url, { clientId: `client-${topic}` });
      return { connection, consumer: await (await connection.session()).consume(topic, { durable: "news" }) };
    };
    await (await subscribe()).connection.close();
    await (await (await open()).session()).send(topic, "kept", { persistent: true });
    const { connection, consumer } = await subscribe();
    expect((await consumer.receive())?.text).toBe("kept");
    await consumer.close();
    await connection.unsubscribe("news");
    await connection.close();
  });

  test("noLocal, and temporary topics", async () => {
    const connection = await open();
    const session = await connection.session();
    const topic = unique("topic");
    const deaf = await session.consume(topic, { noLocal: true });
    const hearing = await session.consume(topic);
    await session.send(topic, "x");
    expect((await hearing.receive())?.text).toBe("x");
    expect(await deaf.receive(1)).toBeUndefined();
    const temporary = await connection.createTemporaryTopic();
    const consumer = await session.consume(temporary);
    await (await (await open()).session()).send(temporary, "for you");
    expect((await consumer.receive())?.text).toBe("for you");
    await consumer.close();
    await connection.deleteTemporary(temporary);
  });

  test("a producer window keeps a fast sender from stopping the connection", async () => {
    const slow = await open();
    const queue = `queue://SMALL.${crypto.randomUUID()}`;
    const sending = await open(`${broker.url}?jms.producerWindowSize=20000`);
    const producer = await (await sending.session()).producer(queue);
    const body = "x".repeat(4000);
    let sent = 0;
    const all = (async () => {
      for (let index = 0; index < 60; index++) {
        await producer.send(body);
        sent += 1;
      }
    })();
    // The same connection still answers, although the queue is full.
    expect((await sending.createTemporaryQueue()).physicalName).toContain(sending.id);
    expect(sent).toBeLessThan(60);
    const consumer = await (await slow.session()).consume(queue);
    for (let index = 0; index < 60; index++) expect((await consumer.receive())?.text).toHaveLength(4000);
    await all;
  });

  test("consumers are told to come and go", async () => {
    const connection = await open();
    const queue = unique();
    const seen = collector();
    const told: string[] = [];
    await connection.watchConsumers(queue, (advisory) => {
      told.push(advisory.kind === "other" ? "other" : `${advisory.kind} ${advisory.count}`);
      seen.take({} as ReceivedMessage);
    });
    const other = await open();
    await (await other.session()).consume(queue, { priority: 100 });
    await seen.reach(1);
    await other.close();
    await seen.reach(2);
    expect(told).toEqual(["consumer-added 1", "consumer-removed 0"]);
  });

  test("a peer that trickles its bytes, and one that goes mute behind an open connection", async () => {
    const relay = await startRelay(broker.port);
    relay.trickle();
    const states = stateWatch();
    const door = `tcp://127.0.0.1:${relay.port}?wireFormat.maxInactivityDuration=300&wireFormat.maxInactivityDurationInitalDelay=50`;
    const connection = await open(`failover:(${door})?initialReconnectDelay=10`, { onState: states.onState });
    const session = await connection.session();
    const queue = unique();
    const consumer = await session.consume(queue);
    await session.send(queue, "in pieces 🚀");
    expect((await consumer.receive())?.text).toBe("in pieces 🚀");
    // Behind the acknowledgement: the broker has that too.
    await session.send(unique(), "x", { confirmed: true });
    relay.freeze();
    expect(await states.until("interrupted", 1)).toMatchObject({ error: { code: "connection-lost" } });
    relay.thaw();
    await states.until("connected", 2);
    await session.send(queue, "again");
    expect((await consumer.receive())?.text).toBe("again");
    await connection.close();
    await relay.close();
  });
});
