import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "../../../src/openwire/index.ts";
import { decodeConversation } from "../../../src/openwire/wire/decode-stream.ts";
import { CrmClient } from "../generic-connector/crm-client.ts";
import { type Broker, hasActiveMq, startBroker } from "../servers/activemq.ts";
import { hasJava } from "../servers/java.ts";
import { startRelay } from "../servers/relay.ts";

interface Said extends Record<string, unknown> {
  type: string;
}

async function read(bytes: Buffer, peer: Buffer): Promise<Said[]> {
  const said: Said[] = [];
  for await (const command of decodeConversation(bytes, peer)) said.push(command as Said);
  return said;
}

describe.skipIf(!hasActiveMq || !hasJava)("a recorded conversation", () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker();
  }, 20_000);
  afterAll(() => broker.end());

  test("of the stock Java client, tight and cached as it comes, is read to the last byte in both directions", async () => {
    const relay = await startRelay(broker.port);
    const ours = await connect(broker.url);
    const session = await ours.session();
    const requests = await session.consume("queue://Connector1");
    const client = await CrmClient.start({ url: `tcp://127.0.0.1:${relay.port}`, destination: "seat-r" });
    for (let index = 0; index < 20; index++) {
      client.send(`MakeCall#100${index}`, `+49 30 ${index}`);
      const request = await requests.receive();
      expect([request?.type, request?.text]).toEqual([`MakeCall#100${index}`, `+49 30 ${index}`]);
      await session.send("topic://seat-r", `100${index}#State#READY#-1####Jürgen 🚀#100${index}#200${index}`);
      expect((await client.event(`100${index}#State`)).at(7)).toBe("Jürgen 🚀");
    }
    await client.end();
    await ours.close();
    await relay.close();
    const { toServer, toClient } = relay.recorded();
    const [java, answers] = [await read(toServer, toClient), await read(toClient, toServer)];
    const types = java.map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(["WireFormatInfo", "ConnectionInfo"]);
    for (const type of ["ConsumerInfo", "ProducerInfo", "SessionInfo", "MessageAck"])
      expect(types).toContain(type);
    const texts = java.filter(({ type }) => type === "ActiveMQTextMessage");
    expect(texts).toHaveLength(20);
    expect(texts[3]).toMatchObject({ jmsType: "MakeCall#1003", text: "+49 30 3" });
    const dispatched = answers.filter(({ type }) => type === "MessageDispatch");
    expect(JSON.stringify(dispatched.at(-1))).toContain("Jürgen 🚀");
    expect(answers[0]?.type).toBe("WireFormatInfo");
  }, 30_000);
});
