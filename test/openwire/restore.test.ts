import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "../../src/openwire/index.ts";
import type { Command } from "../../src/openwire/wire/commands.ts";
import { create } from "../../src/openwire/wire/create.ts";
import { hasActiveMq, startBroker } from "../interop/servers/activemq.ts";
import { fakeBroker, stateWatch } from "./support.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe("while the connection is being restored", () => {
  test("who closes a consumer or opens a session is not forgotten", async () => {
    const asked = Promise.withResolvers<number>();
    let connections = 0;
    const broker = await fakeBroker({
      answer: (command: Command) => {
        if (command.type === "ConnectionInfo") connections += 1;
        if (connections < 2 || command.type !== "ConsumerInfo") return undefined;
        // This answer lets itself be waited for.
        asked.resolve(command.commandId);
        return [];
      },
    });
    const states = stateWatch();
    const connection = await connect(`failover:(${broker.url})?initialReconnectDelay=10`, {
      onState: states.onState,
    });
    ends.push(
      () => connection.close(),
      () => broker.close(),
    );
    const consumer = await (await connection.session()).consume("queue://ORDERS");
    broker.cut();
    const commandId = await asked.promise;
    const before = broker.received.length;
    await consumer.close();
    const session = await connection.session();
    const producer = await session.producer("queue://NEWS");
    broker.send(create("Response", { correlationId: commandId }));
    await states.until("connected", 2);
    await producer.send("x", { confirmed: true });
    const said = broker.received.slice(before).map(({ type }) => type);
    expect(said.filter((type) => type !== "RemoveInfo")).toEqual([
      "SessionInfo",
      "ProducerInfo",
      "ActiveMQTextMessage",
    ]);
    expect(said.filter((type) => type === "RemoveInfo")).toHaveLength(1);
  });

  test.skipIf(!hasActiveMq)(
    "who waits for a pulled message goes on waiting, at the next broker",
    async () => {
      const broker = await startBroker();
      const states = stateWatch();
      const connection = await connect(`failover:(${broker.url})?initialReconnectDelay=10`, {
        onState: states.onState,
      });
      ends.push(
        () => connection.close(),
        () => broker.end(),
      );
      const session = await connection.session();
      const puller = await session.consume("queue://PULLED", { prefetch: 0 });
      const waiting = puller.receive();
      await broker.kill();
      await states.until("interrupted", 1);
      await broker.start();
      await states.until("connected", 2);
      await session.send("queue://PULLED", "after");
      expect((await waiting)?.text).toBe("after");
      // Asked for while there is no broker.
      await broker.kill();
      await states.until("interrupted", states.seen.length);
      const later = puller.receive(50);
      await broker.start();
      expect(await later).toBeUndefined();
    },
  );
});
