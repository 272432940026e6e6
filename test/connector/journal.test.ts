import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { CommandMemory } from "../../src/connector/command-memory.ts";
import { openConnectorStore } from "../../src/connector/database.ts";
import { parseTypes } from "../../src/connector/event-filter.ts";
import { nextBoot } from "../../src/connector/event-id.ts";
import { EventLog } from "../../src/connector/event-log.ts";
import { Interactions } from "../../src/connector/interactions.ts";
import { Journal } from "../../src/connector/journal.ts";
import { Trace } from "../../src/connector/trace.ts";
import type { Outcome } from "../../src/model/commands.ts";
import type { DeliveryBrief } from "../../src/model/delivery.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import { Redactor } from "../../src/platform/redact.ts";
import type { Store } from "../../src/platform/sqlite.ts";
import { callWith, temporaryHome } from "./support.ts";

let home: ReturnType<typeof temporaryHome>;
let store: Store;
const clock = new ManualClock();

beforeEach(() => {
  home = temporaryHome();
  store = openConnectorStore(home.directory, (message) => {
    throw new Error(message);
  });
});

afterEach(() => {
  store.close();
  home.remove();
});

function log(options: { ring?: number; recordVariables?: boolean; bytes?: number } = {}): EventLog {
  const { ring, recordVariables = false, bytes } = options;
  const journal = new Journal({ store, recordVariables, ...(bytes !== undefined && { bytes }) });
  const boot = nextBoot(store, clock.now());
  return new EventLog({ journal, boot, clock, ...(ring !== undefined && { ring }) });
}

const connecting = { type: "session.connecting", node: "a:8445", attempt: 1 } as const;

describe("event log", () => {
  test("ids sort as text, across restarts within one second and with a clock that went back", () => {
    const ids: string[] = [];
    for (const jump of [0, 0, -5000]) {
      clock.advance(0);
      const events = new EventLog({
        journal: new Journal({ store, recordVariables: false }),
        boot: nextBoot(store, clock.now() + jump),
        clock,
      });
      for (let count = 0; count < 3; count++) ids.push(events.append(connecting, "1001", undefined).id);
    }
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  test("a restarted log continues for a reader where the old one ended, with values masked", () => {
    const before = log();
    const first = before.append(connecting, "1001", undefined);
    before.append({ type: "call.started", call: callWith({ user: "Jane Doe", empty: "" }) }, "1001", "c-1");
    expect(JSON.stringify(before.after(first.id))).toContain("Jane Doe");

    const restarted = log();
    restarted.append(connecting, "1001", undefined);
    const missed = restarted.after(first.id);
    expect(missed[0]).toMatchObject({
      type: "call.started",
      cause: "c-1",
      call: { variables: { user: "•••", empty: "" } },
    });
    expect(restarted.after(missed.at(-1)?.id ?? "")).toHaveLength(1);
  });

  test("an event is in the journal before a listener hears of it", () => {
    const events = log();
    const journal = new Journal({ store, recordVariables: false });
    let recorded: number | undefined;
    events.listen(() => (recorded = journal.page({}, undefined, 10).events.length));
    events.append(connecting, "1001", undefined);
    expect(recorded).toBe(1);
  });

  test("record-variables keeps the values", () => {
    log({ recordVariables: true }).append(
      { type: "call.started", call: callWith({ user: "Jane" }) },
      "1",
      undefined,
    );
    expect(JSON.stringify(log().after(""))).toContain("Jane");
  });

  test("pages, wherever they are cut and however small the memory, are together the whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("1001", "1002"), { maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 10 }),
        (agents, limit, ring) => {
          store.attempt((database) => database.run("DELETE FROM events"));
          const events = log({ ring });
          const appended = agents.map((agent) => events.append(connecting, agent, undefined));
          const expected = appended.filter((event) => event.agent === "1001").map((event) => event.id);
          const paged: string[] = [];
          let before: string | undefined;
          for (;;) {
            const page = events.page({ agent: "1001" }, before, limit);
            expect(page.events.length).toBeLessThanOrEqual(limit);
            paged.unshift(...page.events.map((event) => event.id));
            if (!page.more) break;
            before = page.events[0]?.id;
          }
          expect(paged).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("filters by type, family and cause", () => {
    const events = log({ ring: 1 });
    events.append(connecting, "1001", "c-1");
    events.append({ type: "call.started", call: callWith({}) }, "1001", "c-2");
    events.append({ type: "call.ended", call: callWith({}) }, "1001", "c-2");
    const types = (text: string) =>
      events.page({ types: parseTypes(text) ?? [] }, undefined, 10).events.map((e) => e.type);
    expect(types("call")).toEqual(["call.started", "call.ended"]);
    expect(types("call.*")).toEqual(["call.started", "call.ended"]);
    expect(types("call.ended,session")).toEqual(["session.connecting", "call.ended"]);
    expect(types("cal_")).toEqual([]);
    expect(events.page({ cause: "c-2" }, undefined, 10).events).toHaveLength(2);
  });

  test("stays under its size by forgetting the oldest", () => {
    const events = log({ bytes: 20_000, ring: 1 });
    for (let count = 0; count < 1000; count++) events.append(connecting, "1001", undefined);
    const { events: left } = events.page({}, undefined, 1000);
    expect(JSON.stringify(left).length).toBeLessThan(25_000);
    expect(left.length).toBeGreaterThan(50);
    expect(left.at(-1)?.id).toBe(events.position);
  });
});

describe("events of an interaction", () => {
  const delivery: DeliveryBrief = {
    id: "d-1",
    adapter: "ebs",
    kind: "ScreenPop",
    policy: "pop",
    text: "ScreenPop 5551234",
    interaction: "01HZZZ",
    attempts: 1,
  };

  test("its calls and what was owed for them, in memory and on disk; a journal of an older version knows them too", () => {
    const journal = new Journal({ store, recordVariables: false });
    const events = new EventLog({ journal, boot: "0000001", clock, ring: 2 });
    events.append({ type: "call.started", call: callWith({}, "1") }, "1001", undefined);
    events.append(
      { type: "call.started", call: { ...callWith({}, "2"), interaction: "01HZZY" } },
      "1001",
      undefined,
    );
    events.append({ type: "delivery.sent", delivery, elapsed: 3 }, "1001", undefined);
    const types = (log: EventLog) =>
      log.page({ interaction: "01HZZZ" }, undefined, 10).events.map(({ type }) => type);
    expect(types(events)).toEqual(["call.started", "delivery.sent"]);
    store.attempt((database) => {
      database.run("DROP INDEX events_interaction");
      database.run("ALTER TABLE events DROP COLUMN interaction");
      database.run("PRAGMA user_version = 2");
    });
    store.close();
    store = openConnectorStore(home.directory, () => {});
    const later = new Journal({ store, recordVariables: false });
    expect(types(new EventLog({ journal: later, boot: "0000002", clock }))).toEqual([
      "call.started",
      "delivery.sent",
    ]);
  });
});

describe("trace", () => {
  const record = {
    channel: "xmpp",
    direction: "in",
    peer: "a:8445",
    agent: "1001",
    cause: undefined,
    requestId: undefined,
    summary: "message",
  } as const;

  test("holds neither passwords nor call-variable values, and pages", () => {
    const redactor = new Redactor();
    redactor.add("Zebra7unique");
    const trace = new Trace({ store, redactor, clock, recordVariables: false });
    trace.record({
      ...record,
      text: "&lt;CallVariable&gt;&lt;name&gt;user&lt;/name&gt;&lt;value&gt;Jane Doe&lt;/value&gt;&lt;/CallVariable&gt; Zebra7unique",
    });
    for (let count = 0; count < 5; count++) trace.record({ ...record, text: String(count) });
    const last = trace.page({ limit: 2 });
    expect(last.records.map((each) => each.text)).toEqual(["3", "4"]);
    expect(last.more).toBe(true);
    const all = trace.page({ limit: 10, before: last.records[0]?.id ?? "" });
    expect(all.more).toBe(false);
    expect(JSON.stringify(all)).toContain("user");
    expect(JSON.stringify(all)).not.toMatch(/Jane|Zebra/);
  });

  test("records up to a time", () => {
    const trace = new Trace({ store, redactor: new Redactor(), clock, recordVariables: false });
    for (const text of ["a", "b", "c"]) {
      trace.record({ ...record, text });
      clock.advance(1000);
    }
    const until = new Date(clock.now() - 2000).toISOString();
    expect(trace.page({ limit: 10, until }).records.map(({ text }) => text)).toEqual(["a", "b"]);
    expect(trace.page({ limit: 10, until: "2000-01-01T00:00:00Z" }).records).toEqual([]);
  });

  test("a CRM's message is kept without call variables unless the site records them", () => {
    const redactor = new Redactor();
    redactor.add("Zebra7unique");
    const kept = [false, true].map((recordVariables) => {
      const trace = new Trace({ store, redactor, clock, recordVariables });
      trace.recordCrm({
        channel: "openwire",
        direction: "out",
        peer: "pc1",
        agent: "1001",
        cause: "c-1",
        summary: "NewInboundCall#1001",
        text: "user=Jane Zebra7unique",
        masked: () => "user=••• Zebra7unique",
      });
      return trace.page({ limit: 1, cause: "c-1" }).records[0]?.text;
    });
    expect(kept).toEqual(["user=••• •••", "user=Jane •••"]);
  });
});

describe("interactions", () => {
  function keeping() {
    const kept = new Interactions({ store, clock, recordVariables: false });
    const journal = new Journal({ store, riders: [kept], recordVariables: false });
    const events = new EventLog({ journal, boot: "0000001", clock });
    const tell = () =>
      events.append({ type: "session.connecting", node: "a", attempt: 1 }, "1001", undefined);
    return { kept, tell };
  }

  test("what no event told of yet is not on disk: a worker killed there tells it again", () => {
    const { kept, tell } = keeping();
    kept.keep("1001", callWith({}, "1"), "open");
    expect(new Interactions({ store, clock, recordVariables: false }).open("1001")).toEqual([]);
    tell();
    expect(new Interactions({ store, clock, recordVariables: false }).find("1001", "1")).toBe("01HZZZ");
    kept.keep("1001", callWith({}, "1"), "ended");
    expect(new Interactions({ store, clock, recordVariables: false }).find("1001", "1")).toBe("01HZZZ");
  });

  test("an open one survives a restart, an ended one does not", () => {
    const { kept, tell } = keeping();
    kept.keep("1001", callWith({ user: "Jane" }, "1"), "open");
    kept.keep("1001", { ...callWith({}, "2"), interaction: "01HZZY" }, "released");
    const third = { ...callWith({}, "3"), interaction: "01HZZX" };
    kept.keep("1001", third, "open");
    kept.keep("1001", third, "ended");
    tell();
    const again = new Interactions({ store, clock, recordVariables: false });
    expect(again.find("1001", "1")).toBe("01HZZZ");
    expect(again.find("1001", "3")).toBeUndefined();
    expect(again.open("1001").map(({ call, released }) => [call.id, released])).toEqual([
      ["1", false],
      ["2", true],
    ]);
    expect(JSON.stringify(again.open("1001"))).not.toContain("Jane");
  });

  test("one that went on in another dialog comes back once, in the new one", () => {
    const { kept, tell } = keeping();
    kept.keep("1001", callWith({}, "1"), "open");
    kept.keep("1001", callWith({}, "2"), "open");
    tell();
    const again = new Interactions({ store, clock, recordVariables: false });
    expect(again.open("1001").map(({ call }) => call.id)).toEqual(["2"]);
    expect(again.find("1001", "1")).toBeUndefined();
  });
});

describe("command memory", () => {
  const outcome = (message: string): Outcome => ({
    verb: "dial",
    outcome: "confirmed",
    agent: "1001",
    cause: "c-1",
    message,
    elapsed: 1,
  });

  function dial(memory: CommandMemory, work: () => Promise<Outcome>, asked = "dial 5551234") {
    return memory.run({
      agent: "1001",
      key: "k",
      asked,
      cause: "c-1",
      work,
      interrupted: () => outcome("interrupted"),
    });
  }

  test("a repeated key answers the first outcome and does nothing, also during the first and after a restart", async () => {
    let times = 0;
    const work = () => Promise.resolve(outcome(`dialled ${++times}`));
    const memory = new CommandMemory(store, clock);
    const [first, second] = await Promise.all([dial(memory, work), dial(memory, work)]);
    expect(second).toBe(first);
    expect((await dial(new CommandMemory(store, clock), work)).message).toBe("dialled 1");
    expect(times).toBe(1);
  });

  test("one that a killed worker had begun is never done again", async () => {
    void dial(new CommandMemory(store, clock), () => new Promise(() => {}));
    const again = await dial(new CommandMemory(store, clock), () =>
      Promise.reject(new Error("dialled twice")),
    );
    expect(again.message).toBe("interrupted");
  });

  test("one that failed before anything was sent may be tried again", async () => {
    const memory = new CommandMemory(store, clock);
    await dial(memory, () => Promise.reject(new Error("no link"))).catch(() => undefined);
    expect((await dial(memory, () => Promise.resolve(outcome("done")))).message).toBe("done");
  });

  test("a key used for something else is an error, and keys are forgotten in time", async () => {
    const memory = new CommandMemory(store, clock);
    await dial(memory, () => Promise.resolve(outcome("done")));
    const other = dial(memory, () => Promise.resolve(outcome("other")), "dial 5559999");
    expect(await other.catch((thrown: unknown) => thrown)).toMatchObject({ code: "usage" });
    clock.advance(11 * 60_000);
    expect((await dial(memory, () => Promise.resolve(outcome("other")), "dial 5559999")).message).toBe(
      "other",
    );
  });

  test("digits and numbers are not kept as they were asked", async () => {
    await dial(new CommandMemory(store, clock), () => Promise.resolve(outcome("done")), "dtmf 4711-PIN");
    store.close();
    const bytes = await Bun.file(join(home.directory, "journal.sqlite")).text();
    expect(bytes).not.toContain("4711-PIN");
    store = openConnectorStore(home.directory, () => {});
  });
});
