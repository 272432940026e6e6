import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Connection, ConnectOptions } from "../../src/openwire/contract.ts";
import { connect } from "../../src/openwire/index.ts";
import type { Message, MessageAck } from "../../src/openwire/wire/commands.ts";
import { create } from "../../src/openwire/wire/create.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import {
  collector,
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
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", onUnhandled);
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await turns(5);
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
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

const sentTo = (fake: FakeBroker): Message[] =>
  fake.received.filter((each): each is Message => /^ActiveMQ\w*Message$/.test(each.type));

describe("requests", () => {
  test("one whose time runs out while there is no broker is not sent when there is one again", async () => {
    const clock = new ManualClock();
    let connections = 0;
    const held: number[] = [];
    const fake = await broker({
      answer: (command) => {
        if (command.type !== "ConnectionInfo") return undefined;
        connections += 1;
        if (connections === 1) return undefined;
        held.push(command.commandId);
        return [];
      },
    });
    const states = stateWatch();
    const connection = await open(`failover:(${fake.url})`, { clock, onState: states.onState });
    // The way for answers is there.
    const first = failure(connection.request("queue://ASK", "first", { timeout: 10 }));
    await until(() => sentTo(fake).length === 1);
    clock.advance(10);
    expect((await first).code).toBe("timeout");
    fake.cut();
    await until(() => held.length === 1);
    const second = failure(connection.request("queue://ASK", "second", { timeout: 1000 }));
    await turns(3);
    clock.advance(1000);
    expect((await second).code).toBe("timeout");
    fake.send(create("Response", { correlationId: held[0] ?? 0 }));
    await states.until("connected", 2);
    await (await connection.session()).send("queue://OTHER", "last", { confirmed: true });
    expect(sentTo(fake)).toHaveLength(2);
  });

  test("those that wait for a broker end with the connection", async () => {
    const fake = await broker();
    const states = stateWatch();
    const connection = await open(`failover:(${fake.url})?initialReconnectDelay=60000`, {
      onState: states.onState,
    });
    const first = failure(connection.request("queue://ASK", "first"));
    await until(() => sentTo(fake).length === 1);
    await fake.close();
    await states.until("interrupted", 1);
    const second = failure(connection.request("queue://ASK", "second"));
    await turns(3);
    await connection.close();
    expect([(await first).code, (await second).code]).toEqual(["closed", "closed"]);
  });
});

describe("the end", () => {
  test("while a connection is being restored nothing comes after it", async () => {
    let connections = 0;
    const asked = Promise.withResolvers<void>();
    const fake = await broker({
      answer: (command) => {
        if (command.type !== "ConnectionInfo") return undefined;
        connections += 1;
        if (connections === 1) return undefined;
        asked.resolve();
        return [];
      },
    });
    const states = stateWatch();
    const connection = await open(`failover:(${fake.url})`, { onState: states.onState });
    fake.cut();
    await asked.promise;
    await connection.close();
    const id = fake.received.findLast((each) => each.type === "ConnectionInfo");
    if (id !== undefined && "commandId" in id) fake.send(create("Response", { correlationId: id.commandId }));
    await turns(20);
    expect(states.seen.at(-1)?.state).toBe("closed");
    expect(connection.state.state).toBe("closed");
  });

  test("who waits for room in a producer's window is told", async () => {
    const fake = await broker();
    const connection = await open(fake.url);
    const producer = await (await connection.session()).producer("queue://FULL", { windowSize: 1 });
    await producer.send("x");
    const waiting = failure(producer.send("y"));
    await turns(3);
    await connection.close();
    expect((await waiting).code).toBe("closed");
  });

  test.each(["a producer", "its session"])("of %s too", async (what) => {
    const fake = await broker();
    const connection = await open(fake.url);
    const session = await connection.session();
    const producer = await session.producer("queue://FULL", { windowSize: 1 });
    await producer.send("x");
    const waiting = failure(producer.send("y"));
    await turns(3);
    await (what === "a producer" ? producer : session).close();
    expect((await waiting).code).toBe("closed");
  });

  test("leaves no timer: of a redelivery, a blocked request, a send that waits for a broker", async () => {
    const clock = new ManualClock();
    const fake = await broker();
    const states = stateWatch();
    const connection = await open(
      `failover:(${fake.url})?timeout=60000&initialReconnectDelay=50000&jms.redeliveryPolicy.initialRedeliveryDelay=40000`,
      { clock, onState: states.onState },
    );
    const session = await connection.session();
    const consumer = await session.consume("queue://Q");
    const failed = Promise.withResolvers<void>();
    consumer.listen(() => {
      failed.resolve();
      throw new Error("no");
    });
    fake.send(...dispatches(consumerInfoOf(fake), 1, 1));
    await failed.promise;
    await fake.close();
    await states.until("interrupted", 1);
    const work = [
      failure(session.send("queue://Q", "x")),
      failure(session.send("queue://Q", "x", { confirmed: true })),
      failure(connection.request("queue://Q", "x")),
    ];
    await turns(3);
    await connection.close();
    for (const one of work) expect((await one).code).toBe("closed");
    await turns(3);
    // Half a second, for the peer that does not close its side.
    clock.advance(1000);
    expect(clock.pending).toBe(0);
  });
});

describe("transactions", () => {
  /** A broker that takes its time for the end of a transaction. */
  async function slowBroker() {
    const asked: number[] = [];
    const fake = await broker({
      answer: (command) => {
        if (command.type !== "TransactionInfo" || command.transactionType === 0) return undefined;
        asked.push(command.commandId);
        return [];
      },
    });
    return { fake, asked };
  }

  test("what comes while a commit is under way belongs to the next one", async () => {
    const { fake, asked } = await slowBroker();
    const connection = await open(fake.url);
    const session = await connection.session({ transacted: true });
    const consumer = await session.consume("queue://Q");
    const got = collector();
    consumer.listen(got.take);
    const info = consumerInfoOf(fake);
    fake.send(...dispatches(info, 1, 2));
    await got.reach(2);
    const committed = session.commit();
    await until(() => asked.length === 1);
    fake.send(...dispatches(info, 3, 2));
    await got.reach(4);
    fake.send(create("Response", { correlationId: asked[0] ?? 0 }));
    await committed;
    const second = session.commit();
    await until(() => asked.length === 2);
    fake.send(create("Response", { correlationId: asked[1] ?? 0 }));
    await second;
    const acks = fake.received.filter(
      (each): each is MessageAck => each.type === "MessageAck" && each.ackType === 2,
    );
    expect(
      acks.map(({ firstMessageId, lastMessageId, messageCount }) => [
        Number(firstMessageId?.producerSequenceId),
        Number(lastMessageId?.producerSequenceId),
        messageCount,
      ]),
    ).toEqual([
      [1, 2, 2],
      [3, 4, 2],
    ]);
  });

  test("a commit under which the connection breaks is in doubt, and not said again", async () => {
    const { fake, asked } = await slowBroker();
    const states = stateWatch();
    const connection = await open(`failover:(${fake.url})`, { onState: states.onState });
    const session = await connection.session({ transacted: true });
    await session.send("queue://Q", "x");
    const committed = failure(session.commit());
    await until(() => asked.length === 1);
    fake.cut();
    expect((await committed).code).toBe("in-doubt");
    await states.until("connected", 2);
    await (await connection.session()).send("queue://Q", "y", { confirmed: true });
    expect(asked).toHaveLength(1);
  });

  test("a rollback under which the connection breaks is done: the broker has rolled back", async () => {
    const { fake, asked } = await slowBroker();
    const states = stateWatch();
    const connection = await open(`failover:(${fake.url})`, { onState: states.onState });
    const session = await connection.session({ transacted: true });
    await session.send("queue://Q", "x");
    const rolledBack = session.rollback();
    await until(() => asked.length === 1);
    fake.cut();
    await rolledBack;
    await states.until("connected", 2);
    await (await connection.session()).send("queue://Q", "y", { confirmed: true });
    expect(asked).toHaveLength(1);
  });
});
