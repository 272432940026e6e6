import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { openConnectorStore } from "../../src/connector/database.ts";
import { nextBoot } from "../../src/connector/event-id.ts";
import { EventLog, type News } from "../../src/connector/event-log.ts";
import { Journal, type Rider } from "../../src/connector/journal.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import type { Store } from "../../src/platform/sqlite.ts";
import { temporaryHome } from "./support.ts";

let home: ReturnType<typeof temporaryHome>;
let store: Store;
let troubles: string[];
let written: number;
const clock = new ManualClock();

beforeEach(() => {
  home = temporaryHome();
  troubles = [];
  written = 0;
  store = openConnectorStore(home.directory, (message) => troubles.push(message));
  store.attempt((database) => database.run("CREATE TABLE rides (event TEXT)"));
});

afterEach(() => {
  store.close();
  home.remove();
});

const rider: Rider = {
  write: (database) => void database.query("INSERT INTO rides (event) VALUES ('group')").run(),
  written: () => (written += 1),
};

function log(): EventLog {
  const journal = new Journal({ store, riders: [rider], recordVariables: false });
  return new EventLog({ journal, boot: nextBoot(store, clock.now()), clock });
}

const news = (attempt: number): News => ({
  body: { type: "session.connecting", node: "a:8445", attempt },
  agent: "1001",
  cause: undefined,
});
const attempts = (events: readonly object[]) => events.map((event) => Reflect.get(event, "attempt"));
const onDisk = () => {
  const found = store.attempt((database) =>
    database.query<{ json: string }, []>("SELECT json FROM events ORDER BY id").all(),
  );
  return attempts((found ?? []).map(({ json }) => JSON.parse(json) as object));
};
const rides = () =>
  store.attempt((database) => database.query("SELECT * FROM rides").all())?.length ?? Number.NaN;

describe("events of one group", () => {
  test("are all on disk, with what rides along once, before anybody hears of the first", () => {
    const events = log();
    const seen: unknown[] = [];
    events.listen((event) => seen.push([...attempts([event]), onDisk(), rides()]));
    events.appendAll([1, 2, 3].map(news));
    expect(seen).toEqual([1, 2, 3].map((attempt) => [attempt, [1, 2, 3], 1]));
    expect(written).toBe(1);
  });

  test("keep their order with those before and after them, and with what a listener adds", () => {
    const events = log();
    const told: unknown[] = [];
    events.listen((event) => {
      if (event.type === "session.connecting" && event.attempt === 2) events.appendAll([news(9)]);
    });
    events.listen((event) => told.push(...attempts([event])));
    events.appendAll([news(1)]);
    events.appendAll([news(2), news(3)]);
    events.appendAll([]);
    events.appendAll([news(4)]);
    expect(told).toEqual([1, 2, 3, 9, 4]);
    expect(attempts(events.after(""))).toEqual(told);
    expect(onDisk()).toEqual(told);
  });

  test("a listener that fails does not silence those that come later", () => {
    const events = log();
    const told: unknown[] = [];
    const unlisten = events.listen(() => {
      throw new Error("a listener's own fault");
    });
    events.listen((event) => told.push(...attempts([event])));
    expect(() => events.appendAll([news(1), news(2)])).toThrow("own fault");
    unlisten();
    events.appendAll([news(3)]);
    expect(told).toEqual([2, 3]);
  });

  test("on a disk that fails leave nothing there, are in memory, and what rides along stays to be written", () => {
    const events = log();
    const told: unknown[] = [];
    events.listen((event) => told.push(...attempts([event])));
    store.attempt((database) => database.run("PRAGMA query_only = 1"));
    events.appendAll([news(1), news(2)]);
    expect(onDisk()).toEqual([]);
    expect(rides()).toBe(0);
    expect(written).toBe(0);
    expect(troubles[0]).toStartWith("cannot write");
    expect(told).toEqual([1, 2]);
    expect(attempts(events.after(""))).toEqual([1, 2]);
    store.attempt((database) => database.run("PRAGMA query_only = 0"));
    events.appendAll([news(3), news(4)]);
    expect(onDisk()).toEqual([3, 4]);
    expect([rides(), written]).toEqual([1, 1]);
  });

  test("one that cannot be written takes no other with it", () => {
    const events = log();
    store.attempt((database) =>
      database.run(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON events WHEN json_extract(new.json, '$.attempt') = 2 BEGIN SELECT RAISE(ABORT, 'full'); END",
      ),
    );
    events.appendAll([1, 2, 3].map(news));
    expect(onDisk()).toEqual([1, 3]);
    expect(rides()).toBe(written);
  });
});
