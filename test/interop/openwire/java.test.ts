import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Connection, Primitive } from "../../../src/openwire/contract.ts";
import { connect } from "../../../src/openwire/index.ts";
import { collector, stompSend } from "../../openwire/support.ts";
import { type Broker, hasActiveMq, startBroker } from "../servers/activemq.ts";
import { hasJava } from "../servers/java.ts";
import { Peer } from "./peer.ts";
import {
  bodies,
  everyCharacter,
  inJavasWords,
  int,
  kinds,
  numberOf,
  plain,
  scalars,
  string,
  understoodByJava,
} from "./samples.ts";

let broker: Broker;
let peer: Peer;
let ours: Connection;

/** A name nobody else uses. */
let count = 0;
const unique = (kind = "queue") => `${kind}://java-${++count}-${crypto.randomUUID()}`;

const encodings = {
  "as the clients are by themselves": "",
  "tight, cached and compressed":
    "?wireFormat.tightEncodingEnabled=true&wireFormat.cacheEnabled=true&jms.useCompression=true",
  "loose, without the cache": "?wireFormat.tightEncodingEnabled=false&wireFormat.cacheEnabled=false",
};

describe.skipIf(!hasActiveMq || !hasJava)("our client and the stock Java client", () => {
  beforeAll(async () => {
    broker = await startBroker();
    [peer, ours] = await Promise.all([Peer.start(broker.url), connect(broker.url)]);
  }, 30_000);

  afterAll(async () => {
    await ours?.close();
    await peer?.end();
    await broker?.end();
  });

  for (const [how, options] of Object.entries(encodings))
    describe(how, () => {
      test("Java finds every body, property and header that we send", async () => {
        await peer.connect(`${broker.url}${options}`);
        await using connection = await connect(`${broker.url}${options}`);
        const session = await connection.session();
        const queue = unique();
        await peer.consume("all", queue);
        for (const { kind, java, our } of bodies(understoodByJava)) {
          const before = Date.now();
          await session.send(queue, our, {
            properties: scalars(understoodByJava),
            type: everyCharacter,
            correlationId: everyCharacter,
            replyTo: "topic://answers.日本",
            persistent: true,
            priority: 9,
            timeToLive: 600_000,
            groupId: "Gruppe 🚀",
            groupSequence: 7,
          });
          const found = await peer.received("all");
          expect(found).toMatchObject({ kind, properties: scalars(understoodByJava), body: java });
          expect(Object.keys(found.body)).toHaveLength(Object.keys(java).length);
          expect(found.headers).toMatchObject({
            JMSType: string(everyCharacter),
            JMSCorrelationID: string(everyCharacter),
            JMSReplyTo: string("topic://answers.日本"),
            JMSDestination: string(queue),
            JMSDeliveryMode: int(2),
            JMSPriority: int(9),
            JMSRedelivered: { kind: "boolean", value: false },
            JMSXGroupID: string("Gruppe 🚀"),
            JMSXGroupSeq: int(7),
            JMSXDeliveryCount: int(1),
          });
          const sent = Number(numberOf(found.headers["JMSTimestamp"]));
          expect(sent).toBeGreaterThanOrEqual(before);
          expect(Number(numberOf(found.headers["JMSExpiration"]))).toBe(sent + 600_000);
        }
        await session.send(queue, "bare");
        expect((await peer.received("all")).headers).toMatchObject({
          JMSType: { kind: "null" },
          JMSCorrelationID: { kind: "null" },
          JMSReplyTo: { kind: "null" },
          JMSDeliveryMode: int(1),
          JMSPriority: int(4),
          JMSExpiration: { kind: "long", value: 0 },
          JMSXGroupID: { kind: "null" },
        });
      }, 20_000);

      test("we find every body, property and header that Java sends", async () => {
        await peer.connect(`${broker.url}${options}`);
        await using connection = await connect(`${broker.url}${options}`);
        const session = await connection.session();
        const queue = unique();
        const consumer = await session.consume(queue);
        for (const { kind, java } of bodies(everyCharacter)) {
          const before = Date.now();
          await peer.send(queue, {
            kind,
            body: java,
            properties: {
              ...scalars(everyCharacter),
              JMSXGroupID: string("Gruppe 🚀"),
              JMSXGroupSeq: int(7),
            },
            headers: {
              JMSType: string(everyCharacter),
              JMSCorrelationID: string(everyCharacter),
              JMSReplyTo: string("topic://answers.日本"),
              JMSDeliveryMode: int(2),
              JMSPriority: int(9),
              timeToLive: { kind: "long", value: 600_000 },
            },
          });
          const found = await consumer.receive(10_000);
          if (found === undefined) throw new Error(`no ${kind} came`);
          expect(found.kind).toBe(kinds[kind]);
          expect(inJavasWords(found)).toEqual(java);
          expect(plain(found.properties)).toEqual(scalars(everyCharacter));
          expect(found).toMatchObject({
            type: everyCharacter,
            correlationId: everyCharacter,
            replyTo: { type: "ActiveMQTopic", physicalName: "answers.日本" },
            destination: { type: "ActiveMQQueue", physicalName: queue.slice("queue://".length) },
            persistent: true,
            priority: 9,
            redelivered: false,
            groupId: "Gruppe 🚀",
            groupSequence: 7,
          });
          expect(found.timestamp).toBeGreaterThanOrEqual(before);
          expect(found.expiration).toBe(found.timestamp + 600_000);
        }
        await peer.send(queue, { kind: "object", body: { "": int(42) } });
        const object = await consumer.receive(10_000);
        expect(object?.kind).toBe("ActiveMQObjectMessage");
        // The magic of Java's serialisation; what is in it stays closed.
        expect(object?.bytes?.subarray(0, 2)).toEqual(Buffer.from([0xac, 0xed]));
        await peer.send(queue, { kind: "object" });
        expect(await consumer.receive(10_000)).toMatchObject({ kind: "ActiveMQObjectMessage", bytes: null });
      }, 20_000);
    });

  test("a request is answered, whichever side asks", async () => {
    await peer.connect(broker.url);
    const [java, our] = [unique(), unique()];
    await peer.respond(java);
    const answer = await ours.request(java, everyCharacter, { timeout: 10_000 });
    expect(answer.text).toBe(`answer to ${everyCharacter}`);

    const session = await ours.session();
    const consumer = await session.consume(our);
    consumer.listen(async ({ replyTo, correlationId, text }) => {
      if (replyTo !== null && correlationId !== null)
        await session.send(replyTo, `heard ${text}`, { correlationId });
    });
    expect(await peer.request(our, everyCharacter)).toMatchObject({
      body: { "": string(`heard ${everyCharacter}`) },
      headers: { JMSCorrelationID: string("asked by Java") },
    });
    await session.close();
  });

  test("a message has the same id on both sides", async () => {
    await peer.connect(broker.url);
    const topic = unique("topic");
    await peer.consume("ids", topic);
    const session = await ours.session();
    const consumer = await session.consume(topic);
    for (const send of [() => session.send(topic, "x"), () => peer.send(topic, { kind: "text" })]) {
      await send();
      const [java, our] = await Promise.all([peer.received("ids"), consumer.receive(10_000)]);
      expect(java.headers["JMSMessageID"]).toEqual(string(our?.id ?? ""));
    }
    await session.close();
  });

  test("a durable subscription of either side keeps what the other sends", async () => {
    const topic = unique("topic");
    const subscribed = `${broker.url}?jms.clientID=java-${crypto.randomUUID()}`;
    await peer.connect(subscribed);
    await peer.consume("durable", topic, { durable: "news" });
    await peer.close("durable");
    const clientId = `ours-${crypto.randomUUID()}`;
    const subscribe = async () => {
      const connection = await connect(broker.url, { clientId });
      return { connection, consumer: await (await connection.session()).consume(topic, { durable: "news" }) };
    };
    await (await subscribe()).connection.close();

    const session = await ours.session();
    await session.send(topic, "from us", { persistent: true });
    await peer.send(topic, {
      kind: "text",
      body: { "": string("from Java") },
      headers: { JMSDeliveryMode: int(2) },
    });
    await peer.consume("durable", topic, { durable: "news" });
    const { connection, consumer } = await subscribe();
    for (const text of ["from us", "from Java"]) {
      expect((await peer.received("durable")).body).toEqual({ "": string(text) });
      expect((await consumer.receive(10_000))?.text).toBe(text);
    }
    await consumer.close();
    await connection.unsubscribe("news");
    await connection.close();
    await session.close();
  });

  test("a message group stays with one consumer, whichever side sends and receives", async () => {
    await peer.connect(broker.url);
    const [java, our] = [unique(), unique()];
    const session = await ours.session();
    await peer.consume("one", java);
    await peer.consume("other", java);
    for (let at = 0; at < 20; at++)
      await session.send(java, "x", { groupId: at % 2 === 0 ? "even" : "odd", groupSequence: at + 1 });
    const owners = new Set<string>();
    for (let at = 0; at < 20; at++) {
      const { consumer, headers } = await peer.received("one", "other");
      owners.add(`${consumer} ${JSON.stringify(headers["JMSXGroupID"])}`);
    }
    expect(owners.size).toBe(2);

    const [left, right] = [collector(), collector()];
    const all = collector();
    for (const side of [left, right])
      (await session.consume(our)).listen((message) => {
        side.take(message);
        all.take(message);
      });
    for (let at = 0; at < 20; at++)
      await peer.send(our, {
        kind: "text",
        properties: { JMSXGroupID: string(at % 2 === 0 ? "even" : "odd") },
      });
    await all.reach(20);
    for (const { messages } of [left, right])
      expect(new Set(messages.map(({ groupId }) => groupId)).size).toBe(1);
    await session.close();
  });

  test("a selector tells the types of properties apart, whichever side selects", async () => {
    await peer.connect(broker.url);
    const selector =
      "i = 7 AND l > 5000000000 AND d BETWEEN 0.05 AND 0.15 AND yes = TRUE AND name LIKE '日%' AND JMSType = 'MakeReady#1001' AND missing IS NULL";
    const fitting = {
      i: int(7),
      l: { kind: "long", value: 2n ** 62n },
      d: { kind: "double", value: 0.1 },
      yes: { kind: "boolean", value: true },
      name: string("日本"),
    } satisfies Record<string, Primitive>;
    // A text is neither a number nor a truth value.
    const others = [
      { ...fitting, i: string("7") },
      { ...fitting, yes: string("true") },
      { ...fitting, name: int(7) },
      { ...fitting, missing: string("here") },
    ];
    const topic = unique("topic");
    await peer.consume("selecting", topic, { selector });
    const session = await ours.session();
    const consumer = await session.consume(topic, { selector });
    const type = "MakeReady#1001";
    for (const properties of [...others, fitting]) {
      await session.send(topic, "ours", { type, properties });
      await peer.send(topic, { kind: "text", headers: { JMSType: string(type) }, properties });
    }
    for (const _ of ["ours", "Java's"]) {
      const [java, our] = await Promise.all([peer.received("selecting"), consumer.receive(10_000)]);
      expect(java.properties).toEqual(fitting);
      expect(plain(our?.properties ?? new Map())).toEqual(fitting);
    }
    await session.close();
  });

  test("what a STOMP program says in emoji reaches us", async () => {
    const queue = unique();
    const session = await ours.session();
    const consumer = await session.consume(queue);
    await stompSend(broker.stompPort, queue.replace("queue://", "/queue/"), "hej 👩‍🚀");
    expect(await consumer.receive(10_000)).toMatchObject({ kind: "ActiveMQTextMessage", text: "hej 👩‍🚀" });
    await session.close();
  });
});
