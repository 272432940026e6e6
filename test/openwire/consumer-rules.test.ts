import { afterEach, describe, expect, test } from "bun:test";
import type { Connection, ConnectOptions } from "../../src/openwire/contract.ts";
import { connect, OpenWireError } from "../../src/openwire/index.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import {
  consumerInfoOf,
  dispatches,
  failure,
  fakeBroker,
  type FakeBroker,
  type FakeBrokerOptions,
  stateWatch,
  turns,
  until,
} from "./support.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function broker(options: FakeBrokerOptions = {}): Promise<FakeBroker> {
  const fake = await fakeBroker(options);
  ends.unshift(() => fake.close());
  return fake;
}

async function open(address: string, options: ConnectOptions = {}): Promise<Connection> {
  const connection = await connect(address, options);
  ends.unshift(() => connection.close());
  return connection;
}

describe("a pull", () => {
  test("that brings an expired message is made again", async () => {
    const fake = await broker();
    const connection = await open(fake.url);
    const consumer = await (await connection.session()).consume("queue://Q", { prefetch: 0 });
    const received = consumer.receive();
    const pulls = (): number => fake.received.filter(({ type }) => type === "MessagePull").length;
    await until(() => pulls() === 1);
    fake.send(...dispatches(consumerInfoOf(fake), 1, 1, { expiration: 1000 }));
    await until(() => pulls() === 2);
    fake.send(...dispatches(consumerInfoOf(fake), 2, 1));
    expect((await received)?.id).toEndWith(":2");
  });

  test("with a time ends by then, even while there is no broker", async () => {
    const clock = new ManualClock();
    const fake = await broker();
    const states = stateWatch();
    const connection = await open(`failover:(${fake.url})?initialReconnectDelay=60000`, {
      clock,
      onState: states.onState,
    });
    const consumer = await (await connection.session()).consume("queue://Q", { prefetch: 0 });
    await fake.close();
    await states.until("interrupted", 1);
    const received = consumer.receive(500);
    await turns(3);
    clock.advance(500);
    expect(await received).toBeUndefined();
  });
});

describe("what cannot work is refused at once", () => {
  test.each([
    ["a durable subscription without a client id", "topic://T", { durable: "d" }],
    ["a window that is no number", "queue://Q?consumer.prefetchSize=many", {}],
    ["a window below nothing", "queue://Q", { prefetch: -1 }],
    ["a priority that no byte holds", "queue://Q", { priority: 128 }],
    ["the temporary queue of another connection", "temp-queue://ID:other-1:1:1", {}],
  ])("%s", async (_what, destination, options) => {
    const fake = await broker();
    const connection = await open(fake.url);
    const session = await connection.session();
    expect((await failure(session.consume(destination, options))).code).toBe("usage");
    expect(fake.received.some(({ type }) => type === "ConsumerInfo")).toBe(false);
  });

  test("a listener for what must be pulled", async () => {
    const fake = await broker();
    const connection = await open(fake.url);
    const consumer = await (await connection.session()).consume("queue://Q", { prefetch: 0 });
    expect(() => consumer.listen(() => {})).toThrow(OpenWireError);
  });
});
