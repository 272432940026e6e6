import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type {
  Body,
  Connection,
  Properties,
  ReceivedMessage,
  SendOptions,
} from "../../../src/openwire/contract.ts";
import { connect } from "../../../src/openwire/index.ts";
import { toPrimitiveMap } from "../../../src/openwire/wire/primitives.ts";
import { type Broker, hasActiveMq, startBroker } from "../servers/activemq.ts";
import { compileJava, hasJava, type JavaProgram, startJava } from "../servers/java.ts";

/** Of each type the ends of its range. */
const properties: Properties = {
  yes: true,
  byte: { kind: "byte", value: -128 },
  short: { kind: "short", value: 32_767 },
  int: -2_147_483_648,
  long: { kind: "long", value: -(2n ** 63n) },
  float: { kind: "float", value: 1.5 },
  double: 5e-324,
  text: "grüße ß 日本",
  empty: "",
};

const values: Properties = {
  ...properties,
  nothing: null,
  char: { kind: "char", value: "€" },
  bytes: Buffer.from([0, 127, 128, 255]),
};

const bodies: [string, Body][] = [
  ["ActiveMQTextMessage", "a text 🚀 with \0 and 日本"],
  ["ActiveMQTextMessage", ""],
  ["ActiveMQTextMessage", { text: null }],
  ["ActiveMQTextMessage", "long ".repeat(20_000)],
  ["ActiveMQBytesMessage", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ["ActiveMQBytesMessage", new Uint8Array()],
  ["ActiveMQMapMessage", { map: values }],
  ["ActiveMQMapMessage", { map: {} }],
  ["ActiveMQStreamMessage", { stream: Object.values(values) }],
  ["ActiveMQMessage", null],
];

describe.skipIf(!hasActiveMq || !hasJava)("there and back again by the stock Java client", () => {
  let broker: Broker;
  let java: JavaProgram;
  const connections: Connection[] = [];

  beforeAll(async () => {
    const [started, classes] = await Promise.all([startBroker(), compileJava(join(import.meta.dir, "java"))]);
    broker = started;
    java = startJava(classes, "Echo", [broker.url]);
    await new Promise<void>((resolve) => java.onLine((line) => line === "READY" && resolve()));
  }, 30_000);

  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await java.end();
    await broker.end();
  });

  async function echo(options: string, body: Body, send: SendOptions): Promise<ReceivedMessage | undefined> {
    const connection = await connect(`${broker.url}${options}`);
    connections.push(connection);
    const session = await connection.session();
    const back = await session.consume("queue://OUT");
    await session.send("queue://IN", body, send);
    const message = await back.receive();
    await back.close();
    return message;
  }

  describe.each([
    ["as we are", ""],
    ["tight and without the cache", "?wireFormat.tightEncodingEnabled=true&wireFormat.cacheEnabled=false"],
    [
      "in version 5, loose, compressed",
      "?wireFormat.version=5&wireFormat.cacheEnabled=false&jms.useCompression=true",
    ],
  ])("%s", (_how, options) => {
    test.each(bodies)("a %s", async (kind, body) => {
      const message = await echo(options, body, {
        properties,
        type: "Kind#1",
        correlationId: "c-1",
        replyTo: "topic://answers",
        priority: 7,
        persistent: true,
        timeToLive: 600_000,
      });
      expect(message).toMatchObject({
        kind,
        type: "Kind#1",
        correlationId: "c-1",
        replyTo: { type: "ActiveMQTopic", physicalName: "answers" },
        priority: 7,
        persistent: true,
      });
      expect(message?.expiration).toBeGreaterThan(Date.now() + 300_000);
      expect(message?.properties).toEqual(toPrimitiveMap(properties));
      if (typeof body === "string") expect(message?.text).toBe(body);
      else if (body instanceof Uint8Array)
        expect(Buffer.from(message?.bytes ?? [])).toEqual(Buffer.from(body));
      else if (body !== null && "map" in body) expect(message?.map).toEqual(toPrimitiveMap(body.map));
      else if (body !== null && "stream" in body)
        expect(message?.stream).toEqual([...toPrimitiveMap(values).values()]);
      else if (body !== null) expect(message?.text).toBeNull();
    });
  });

  test("an object message is handed over as bytes, and nothing is made of it", async () => {
    const message = await echo("", "x", { type: "object" });
    expect(message?.kind).toBe("ActiveMQObjectMessage");
    expect(Buffer.from(message?.bytes ?? []).toString("hex")).toStartWith("aced");
  });
});
