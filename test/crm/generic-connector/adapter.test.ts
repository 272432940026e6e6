import { afterEach, describe, expect, test } from "bun:test";
import {
  createGenericConnector,
  GenericConnectorAdapter,
} from "../../../src/crm/generic-connector/adapter.ts";
import { readGcSettings } from "../../../src/crm/generic-connector/settings.ts";
import { OpenWireError } from "../../../src/openwire/errors.ts";
import type { Table } from "../../../src/platform/config-file.ts";
import { FakePort } from "./desk-stage.ts";

const settingsOf = (table: Table) => readGcSettings(table, { label: "test", folder: "/" });
const running: { stop(): Promise<void>; clock: FakePort["clock"] }[] = [];
afterEach(async () => {
  for (const { stop, clock } of running.splice(0)) {
    const stopped = stop();
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    clock.advance(10_000);
    await stopped;
  }
});

/** An adapter whose broker answers as told. */
async function started(table: Table, error: OpenWireError, brokerPassword = "broker-pw-1") {
  const port = new FakePort();
  const adapter = new GenericConnectorAdapter({
    settings: await settingsOf(table),
    secrets: { brokerPassword, passwordKey: "0123456789abcdeffedcba98765432101122334455667788" },
    connect: () => Promise.reject(error),
  });
  await adapter.start(port);
  running.push({ stop: () => adapter.stop(), clock: port.clock });
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  return { port, adapter };
}

const unreachable = new OpenWireError({
  code: "unreachable",
  message: "nobody listens at broker.test:61616",
});

test("a broker that cannot be reached is a state of health, told in the log once, without secrets", async () => {
  const broker = "failover:(tcp://broker.test:61616,ssl://b.test:61617)?randomize=false";
  const { adapter, port } = await started(
    { broker, username: "gc", name: "east", role: "standby" },
    unreachable,
  );
  const health = adapter.health();
  expect(health).toMatchObject({
    adapter: "generic-connector",
    state: "down",
    figures: { requests: 0, events: 0, stale: 0, repeated: 0, clients: 0, agents: 0 },
    clients: [],
    peers: [],
  });
  expect(health.summary).toContain("broker.test:61616, b.test:61617");
  expect(health.summary).toContain("standby as east");
  expect(health.error).toBeDefined();
  const all = JSON.stringify(health) + port.logged.join("\n");
  for (const secret of ["broker-pw-1", "0123456789abcdef"]) expect(all).not.toContain(secret);
  expect(port.secrets).toContain("broker-pw-1");
  expect(port.logged.filter((line) => line.includes("waiting for the broker"))).toHaveLength(1);
});

describe("plain TCP to another machine is loud", () => {
  test("in the log and in health", async () => {
    const { adapter, port } = await started({ broker: "tcp://broker.test:61616" }, unreachable);
    expect(port.logged.join("\n")).toContain("warn  generic-connector: passwords travel over plain TCP");
    expect(adapter.health().summary).toContain("UNENCRYPTED");
  });

  test("under Triple-DES too", async () => {
    const table = { broker: "tcp://broker.test:61616", "secure-password": true };
    const { port } = await started(table, unreachable);
    expect(port.logged.join("\n")).toContain("under Triple-DES only");
  });

  test.each(["tcp://127.0.0.1:61616", "ssl://broker.test:61617"])("%s is not", async (broker) => {
    const { adapter, port } = await started({ broker }, unreachable);
    expect(port.logged.join("\n")).not.toContain("plain TCP");
    expect(adapter.health().summary).not.toContain("UNENCRYPTED");
  });
});

test("made from what goes through a pipe", async () => {
  const settings: unknown = JSON.parse(JSON.stringify(await settingsOf({ broker: "tcp://127.0.0.1:1" })));
  const adapter = createGenericConnector(settings, {});
  expect(adapter.health()).toMatchObject({
    state: "starting",
    summary: expect.stringContaining("queue Connector1"),
  });
  await adapter.stop();
});
