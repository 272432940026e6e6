import { afterEach, describe, expect, test } from "bun:test";
import type { Connection, ConnectOptions } from "../../src/openwire/contract.ts";
import { connect } from "../../src/openwire/index.ts";
import { type Broker, type BrokerOptions, hasActiveMq, startBroker } from "../interop/servers/activemq.ts";
import { collector, stateWatch } from "./support.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function broker(options?: BrokerOptions): Promise<Broker> {
  const started = await startBroker(options);
  ends.push(() => started.end());
  return started;
}

async function open(address: string, options: ConnectOptions = {}): Promise<Connection> {
  const connection = await connect(address, options);
  ends.unshift(() => connection.close());
  return connection;
}

const door = "wireFormat.maxInactivityDuration=600&wireFormat.maxInactivityDurationInitalDelay=100";

describe.skipIf(!hasActiveMq)("failover", () => {
  test("a broker killed mid-traffic and started again: confirmed messages arrive, consumers and requests go on", async () => {
    const first = await broker({ persistent: true });
    const states = stateWatch();
    const connection = await open(`failover:(${first.url})?maxReconnectDelay=100`, {
      onState: states.onState,
    });
    const session = await connection.session();
    const consumer = await session.consume("queue://ORDERS");
    const echo = await session.consume("queue://ECHO");
    echo.listen(({ replyTo, correlationId, text }) => {
      if (replyTo !== null && correlationId !== null) void session.send(replyTo, text, { correlationId });
    });
    expect((await connection.request("queue://ECHO", "before")).text).toBe("before");
    const got = collector();
    consumer.listen(got.take);
    let sent = 0;
    let sending = true;
    const traffic = (async () => {
      while (sending) {
        await session.send("queue://ORDERS", String(sent), { persistent: true });
        sent += 1;
      }
    })();
    await got.reach(50);
    await first.kill();
    await states.until("interrupted", 1);
    // What the broker had and nobody had acknowledged, or what it was being sent: it brings that back when it has read its disk.
    const out = { from: Number(got.messages.at(-1)?.text), to: sent };
    await first.start();
    await states.until("connected", 2);
    const after = got.messages.length;
    await got.reach(after + 50);
    sending = false;
    await traffic;
    while (new Set(got.messages.map(({ text }) => text)).size < sent)
      await got.reach(got.messages.length + 1);
    // Nothing lost, and in order but for what was out when it broke.
    const fresh = got.messages
      .filter(({ redelivered }) => !redelivered)
      .map(({ text }) => Number(text))
      .filter((number) => number < out.from || number > out.to);
    expect(fresh).toEqual([...fresh].sort((a, b) => a - b));
    expect((await connection.request("queue://ECHO", "after")).text).toBe("after");
  }, 30_000);

  test("the second broker of a pair takes over, and the first one is preferred when it is back", async () => {
    const [first, second] = await Promise.all([broker({ name: "a" }), broker({ name: "b" })]);
    const states = stateWatch();
    const connection = await open(
      `failover:(${first.url},${second.url})?randomize=false&priorityBackup=true&maxReconnectDelay=100`,
      { onState: states.onState },
    );
    const session = await connection.session();
    const consumer = await session.consume("topic://NEWS");
    const got = collector();
    consumer.listen(got.take);
    const publish = async (address: string, text: string): Promise<void> => {
      const publisher = await connect(address);
      await (await publisher.session()).send("topic://NEWS", text, { confirmed: true });
      await publisher.close();
    };
    await publish(first.url, "from a");
    await got.reach(1);
    await first.kill();
    expect(await states.until("connected", 1)).toMatchObject({ address: second.url });
    await publish(second.url, "from b");
    await got.reach(2);
    await first.start();
    const seen = states.seen.length;
    expect(await states.until("connected", seen)).toMatchObject({ address: first.url });
    await publish(first.url, "from a again");
    await got.reach(3);
    expect(got.messages.map(({ text }) => text)).toEqual(["from a", "from b", "from a again"]);
  }, 40_000);

  test("a broker that is stopped in its tracks is left for the other within two inactivity times", async () => {
    const [first, second] = await Promise.all([broker({ door, name: "a" }), broker({ door, name: "b" })]);
    const states = stateWatch();
    const connection = await open(`failover:(${first.url},${second.url})?randomize=false`, {
      onState: states.onState,
    });
    const session = await connection.session();
    const unconfirmed = await session.consume("queue://Q");
    first.pause();
    const pending = session.send("queue://Q", "asked of the mute one", { confirmed: true });
    expect(await states.until("connected", 1)).toMatchObject({ address: second.url });
    await pending;
    expect((await unconfirmed.receive())?.text).toBe("asked of the mute one");
    first.resume();
  }, 30_000);

  test("acknowledgements and transactions of before the loss do nothing afterwards, and say so", async () => {
    const first = await broker({ persistent: true });
    const states = stateWatch();
    const connection = await open(`failover:(${first.url})?maxReconnectDelay=100`, {
      onState: states.onState,
    });
    const session = await connection.session({ acknowledge: "client" });
    const consumer = await session.consume("queue://Q");
    await session.send("queue://Q", "once", { persistent: true });
    const before = await consumer.receive();
    const transacted = await connection.session({ transacted: true });
    await transacted.send("queue://T", "half");
    await first.kill();
    await states.until("interrupted", 1);
    await before?.acknowledge();
    await first.start();
    const again = await consumer.receive();
    // A broker that was killed has forgotten how often it handed something out.
    expect(again?.text).toBe("once");
    await again?.acknowledge();
    await expect(transacted.commit()).rejects.toMatchObject({ code: "transaction-rolled-back" });
    await transacted.send("queue://T", "whole");
    await transacted.commit();
    const check = await (await connection.session()).consume("queue://T");
    expect((await check.receive())?.text).toBe("whole");
  }, 30_000);

  test("a slow consumer holds its messages back and nobody else up", async () => {
    const first = await broker({ door });
    const connection = await open(first.url);
    const session = await connection.session();
    const slow = await session.consume("queue://SLOW", { prefetch: 5 });
    const release = Promise.withResolvers<void>();
    const got = collector();
    slow.listen(async (message) => {
      got.take(message);
      if (got.messages.length === 1) await release.promise;
    });
    const quick = await session.consume("queue://QUICK");
    const done = collector();
    quick.listen(done.take);
    for (let index = 0; index < 300; index++) {
      await session.send("queue://SLOW", String(index));
      await session.send("queue://QUICK", String(index));
    }
    await done.reach(300);
    expect(got.messages).toHaveLength(1);
    // Longer than the inactivity limit: the connection must not have been given up meanwhile.
    await Bun.sleep(1300);
    expect(connection.state.state).toBe("connected");
    release.resolve();
    await got.reach(300);
    expect(got.messages.map(({ text }) => Number(text))).toEqual(
      Array.from({ length: 300 }, (_, index) => index),
    );
  }, 30_000);

  test("credentials and certificates: what is wrong is said in plain words, and never the password", async () => {
    const secured = await broker({ users: { agent: "topsecret" }, tls: "client" });
    const { ca, clientCert: cert, clientKey: key } = secured;
    const credentials = { username: "agent", password: "topsecret" };
    const connection = await open(secured.sslUrl, { ...credentials, tls: { ca: [ca], cert, key } });
    await (await connection.session()).send("queue://Q", "x", { confirmed: true });
    const failure = async (address: string, options: ConnectOptions) => {
      const error: unknown = await connect(address, options).catch((thrown: unknown) => thrown);
      expect(JSON.stringify(error) + String(error)).not.toMatch(/topsecret|othersecret/);
      return error;
    };
    expect(await failure(secured.sslUrl, { ...credentials, tls: { ca: [ca] } })).toMatchObject({
      code: "tls",
    });
    expect(await failure(secured.sslUrl, { ...credentials, tls: { cert, key } })).toMatchObject({
      code: "tls",
    });
    expect(await failure(secured.url, { username: "agent", password: "othersecret" })).toMatchObject({
      code: "security",
      why: "User name [agent] or password is invalid.",
    });
    expect(await failure(`ssl://127.0.0.1:${secured.port}`, credentials)).toMatchObject({ code: "tls" });
  }, 30_000);
});
