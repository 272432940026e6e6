import { afterEach, beforeEach, expect, test } from "bun:test";
import { Adapters } from "../../src/connector/adapters.ts";
import { openConnectorStore } from "../../src/connector/database.ts";
import { EventLog } from "../../src/connector/event-log.ts";
import { Journal } from "../../src/connector/journal.ts";
import type { CrmAdapter, CtiPort } from "../../src/crm/adapter.ts";
import { Deliveries } from "../../src/crm/outbox/outbox.ts";
import type { AdapterHealth } from "../../src/model/adapter.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { CtiEvent } from "../../src/model/events.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import type { Store } from "../../src/platform/sqlite.ts";
import { temporaryHome } from "./support.ts";

class FakeAdapter implements CrmAdapter {
  ask?: NonNullable<CrmAdapter["ask"]>;

  state: AdapterHealth["state"] = "starting";
  readonly heard: CtiEvent[] = [];
  stopped = false;
  started = false;
  deaf = false;

  constructor(readonly name: string) {}

  start(): Promise<void> {
    this.started = true;
    return Promise.resolve();
  }

  onEvent(event: CtiEvent): void {
    this.heard.push(event);
    if (this.deaf) throw new Error("deaf");
  }

  health(): AdapterHealth {
    const { name, state } = this;
    return {
      adapter: name,
      state,
      since: "",
      summary: "the broker is away",
      figures: {},
      clients: [],
      peers: [],
    };
  }

  stop(): Promise<void> {
    this.stopped = true;
    return this.deaf ? new Promise(() => {}) : Promise.resolve();
  }
}

let store: Store;
let events: EventLog;
let clock: ManualClock;
let adapters: Adapters;
let deliveries: Deliveries;
let logged: string[];
/** Of the adapter started last: its health has changed. */
let changed: () => void;
const made = new Map<string, FakeAdapter>();
let home: ReturnType<typeof temporaryHome>;

beforeEach(() => {
  home = temporaryHome();
  clock = new ManualClock();
  store = openConnectorStore(home.directory, () => {});
  logged = [];
  made.clear();
  events = new EventLog({
    journal: new Journal({ store, recordVariables: false }),
    boot: "00001",
    clock,
  });
  deliveries = new Deliveries({ store, boot: "00001", clock, random: () => 0.5, tell: () => {} });
  adapters = new Adapters({
    create: ({ name }) => {
      if (name === "broken")
        return Promise.reject(new CtiError({ code: "config-invalid", message: "no broker" }));
      const adapter = new FakeAdapter(name);
      made.set(name, adapter);
      return Promise.resolve({ adapter, lease: "gc" });
    },
    port: ({ healthChanged }) => {
      changed = healthChanged;
      return {} as CtiPort;
    },
    deliveries,
    events,
    clock,
    log: { write: (_level, message) => void logged.push(message) },
  });
});

afterEach(async () => {
  const stopping = adapters.stop();
  // What is being delivered comes first.
  await deliveries.end(0);
  clock.advance(10_000);
  await stopping;
  store.close();
  home.remove();
});

const start = (...names: string[]) =>
  adapters.make(names.map((name) => ({ name, settings: {}, secrets: {} }))).then(() => adapters.start());
const told = () =>
  events.page({ types: ["adapter.up", "adapter.down"] }, undefined, 10).events.map(({ type }) => type);

test("one that cannot start harms nobody: it is down for all to see, the other works", async () => {
  await start("broken", "good");
  expect(adapters.health()).toMatchObject([
    { adapter: "good", state: "starting" },
    { adapter: "broken", state: "stopped", error: { code: "config-invalid", message: "no broker" } },
  ]);
  events.append({ type: "session.connecting", node: "a", attempt: 1 }, "1001", undefined);
  expect(made.get("good")?.heard.at(-1)).toMatchObject({ type: "session.connecting", agent: "1001" });
});

test("one that throws at an event does not keep the others from it", async () => {
  await start("deaf", "good");
  const [deaf, good] = [made.get("deaf"), made.get("good")];
  if (deaf !== undefined) deaf.deaf = true;
  events.append({ type: "session.connecting", node: "a", attempt: 1 }, "1001", undefined);
  expect(good?.heard).toHaveLength(1);
  expect(logged.join("\n")).toContain("deaf");
});

test("coming up and going down are events, told once", async () => {
  await start("good");
  const good = made.get("good");
  if (good === undefined) throw new Error("not made");
  good.state = "up";
  changed();
  changed();
  good.state = "down";
  changed();
  expect(told()).toEqual(["adapter.up", "adapter.down"]);
});

test("a question reaches the one adapter it is for; others say that they answer none, or do not run", async () => {
  await adapters.make(["one", "two", "broken"].map((name) => ({ name, settings: {}, secrets: {} })));
  const one = made.get("one");
  if (one !== undefined) one.ask = (what, given) => Promise.resolve({ what, given });
  expect(await adapters.ask("one", "pair", { agent: "1001" })).toEqual({
    what: "pair",
    given: { agent: "1001" },
  });
  await expect(adapters.ask("two", "pair", {})).rejects.toMatchObject({ code: "usage" });
  await expect(adapters.ask("three", "pair", {})).rejects.toMatchObject({ code: "no-connector" });
  await expect(adapters.ask("broken", "pair", {})).rejects.toMatchObject({
    code: "no-connector",
    why: "no broker",
  });
});
