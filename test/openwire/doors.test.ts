import { afterEach, expect, test } from "bun:test";
import type { Connection, ConnectOptions } from "../../src/openwire/contract.ts";
import { connect } from "../../src/openwire/index.ts";
import { create } from "../../src/openwire/wire/create.ts";
import { fakeBroker, type FakeBroker, type FakeBrokerOptions, stateWatch, until } from "./support.ts";

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

test("a connection without a limit for connecting connects", async () => {
  const fake = await broker();
  expect((await open(`${fake.url}?connectionTimeout=0`)).state.state).toBe("connected");
});

test("the name of the broker is that of the one there is", async () => {
  const fake = await broker();
  const states = stateWatch();
  const connection = await open(`failover:(${fake.url})`, { onState: states.onState });
  const name = (): string | undefined =>
    connection.state.state === "connected" ? connection.state.brokerName : "not connected";
  fake.send(create("BrokerInfo", { brokerName: "a" }));
  await until(() => name() === "a");
  fake.cut();
  await states.until("interrupted", 1);
  await states.until("connected", 2);
  expect(name()).toBeUndefined();
  fake.send(create("BrokerInfo", { brokerName: "b" }));
  await (await connection.session()).send("queue://Q", "x", { confirmed: true });
  expect(name()).toBe("b");
});

test("the options of one broker of several are its own", async () => {
  const [first, second] = await Promise.all([broker(), broker()]);
  const states = stateWatch();
  await open(`failover:(${first.url}?wireFormat.version=9,${second.url})?randomize=false`, {
    onState: states.onState,
  });
  expect(await states.until("connected")).toMatchObject({ wireVersion: 9 });
  await first.close();
  expect(await states.until("connected", 2)).toMatchObject({ address: second.url, wireVersion: 12 });
});
