import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { draft, popDraft, Stage, turn } from "./stage.ts";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.remove());

const sent = { result: "sent" } as const;
const busy = { result: "retry", why: "busy" } as const;
const no = { result: "rejected", why: "no" } as const;
const owedOnDisk = () =>
  stage.look<{ json: string }>("SELECT json FROM deliveries WHERE state = 'owed' ORDER BY ord");

describe("after a kill", () => {
  test("records go out in their order, also the one that was being sent; what was taken does not", async () => {
    const first = stage.live();
    first.owe((out) => {
      for (const text of ["a", "b", "c"]) out.add(draft(text));
    });
    await turn();
    await first.crm.open[0]?.answer(sent);
    const second = stage.live({}, first);
    second.crm.always = sent;
    second.owe((out) => out.add(draft("d")));
    await turn();
    expect(second.crm.texts).toEqual(["b", "c", "d"]);
    expect(second.crm.seen[0]?.id).toBe(first.crm.seen[1]?.id ?? "");
    expect(owedOnDisk()).toEqual([]);
  });

  test("a pop that may have been sent is missed; one that surely was not goes out while it is fresh", async () => {
    const first = stage.live();
    first.owe((out) => {
      out.add(popDraft("going", { key: "1" }));
      out.add(popDraft("failed", { key: "2" }));
    });
    await turn();
    await first.crm.open[1]?.answer(busy);
    const second = stage.live({}, first);
    await turn();
    expect(second.crm.texts).toEqual(["failed"]);
    expect(second.told).toEqual(["delivery.expired going"]);
    const third = stage.live({}, second, 15_000);
    await turn();
    expect(third.crm.texts).toEqual([]);
    expect(third.desk.list({}, 10).deliveries.map(({ text, state }) => [text, state])).toEqual([
      ["going", "missed"],
      ["failed", "missed"],
    ]);
  });

  test("a pop whose second try had begun is missed", async () => {
    const first = stage.live();
    first.owe((out) => out.add(popDraft("p")));
    await turn();
    await first.crm.open[0]?.answer(busy);
    first.clock.advance(250);
    await turn();
    expect(first.crm.seen).toHaveLength(2);
    const second = stage.live({}, first);
    await turn();
    expect(second.crm.seen).toEqual([]);
    expect(second.desk.counts()).toEqual({ owed: 0, missed: 1 });
  });

  test("what has become too old meanwhile is missed, and told", async () => {
    const first = stage.live({ begun: false, keepRecords: 60_000 });
    first.owe((out) => out.add(draft("a")));
    const second = stage.live({ begun: false }, first, 60_000);
    await turn();
    expect(second.told).toEqual(["delivery.expired a"]);
    const third = stage.live({}, second, 8 * 24 * 3_600_000);
    expect(third.desk.counts()).toEqual({ owed: 0, missed: 0 });
  });

  test("ids are never repeated", async () => {
    const ids: string[] = [];
    let life = stage.live();
    for (let count = 0; count < 5; count++) {
      life.crm.always = sent;
      life.owe((out) => {
        out.add(draft("a"));
        out.add(draft("b", { key: "1002" }));
      });
      await turn();
      ids.push(...life.crm.seen.map(({ id }) => id));
      // Within the same second.
      life = stage.live({}, life, 1);
    }
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(10);
  });

  test("no time is given for the next try before it is known", async () => {
    const first = stage.live();
    first.crm.always = busy;
    first.owe((out) => out.add(draft("a")));
    await turn();
    expect(first.desk.list({}, 1).deliveries[0]?.retryAt).toBe(
      new Date(first.clock.now() + 250).toISOString(),
    );
    const second = stage.live({ begun: false }, first);
    await turn();
    expect(second.desk.list({}, 1).deliveries[0]?.retryAt).toBeUndefined();
  });

  test("what is tried again at somebody's wish is behind what was owed before that, also then", async () => {
    const first = stage.live();
    first.owe((out) => {
      for (const text of ["a", "b", "c"]) out.add(draft(text));
    });
    await turn();
    await first.crm.open[0]?.answer(no);
    const [missed] = first.desk.list({ state: "missed" }, 1).deliveries;
    expect(missed?.text).toBe("a");
    first.desk.retry({ ids: [missed?.id ?? ""] });
    const second = stage.live({}, first);
    second.crm.always = sent;
    second.deliveries.wake("crm", "1001");
    await turn();
    expect(second.crm.texts).toEqual(["b", "c", "a"]);
  });
});

describe("one transaction", () => {
  test("has the event, what it owes and what is remembered", () => {
    const { event } = stage.live();
    event(1, (out) => {
      out.add(draft("a"));
      out.keep("cursor", 1);
    });
    // Nothing has been written yet but by the event itself.
    expect(stage.look("SELECT id FROM events")).toHaveLength(1);
    expect(owedOnDisk()).toHaveLength(1);
    expect(stage.look("SELECT adapter, name, json FROM adapter_state")).toEqual([
      { adapter: "crm", name: "cursor", json: "1" },
    ]);
  });

  test("that fails leaves nothing of it on disk, and what is owed goes there after it", async () => {
    const { event, store } = stage.live();
    store.attempt((database) => database.run("ALTER TABLE events RENAME TO gone"));
    event(1, (out) => {
      out.add(draft("a"));
      out.keep("cursor", 1);
    });
    expect(owedOnDisk()).toEqual([]);
    expect(stage.look("SELECT * FROM adapter_state")).toEqual([]);
    await turn();
    expect(owedOnDisk()).toHaveLength(1);
    expect(stage.look("SELECT * FROM adapter_state")).toHaveLength(1);
  });

  test("an event that owes nothing because its adapter threw is still an event", () => {
    const { event } = stage.live();
    expect(() =>
      event(1, (out) => {
        out.add(draft("a"));
        out.keep("cursor", 1);
        throw new Error("half way");
      }),
    ).toThrow("half way");
    event(2, () => {});
    expect(stage.look("SELECT id FROM events")).toHaveLength(1);
    expect(owedOnDisk()).toEqual([]);
  });

  test("what is remembered outlives a kill, and can be forgotten", () => {
    const first = stage.live();
    first.owe((out) => {
      out.keep("a", { n: 1 });
      out.keep("b", 2);
    });
    first.owe((out) => out.keep("b", undefined));
    const second = stage.live({}, first);
    expect([...second.deliveries.kept("crm")]).toEqual([["a", { n: 1 }]]);
  });
});

describe("a disk that fails", () => {
  test("loses nothing while the process lives, and has all of it when it works again, though nothing happens", async () => {
    const { store, crm, owe, event, clock, desk } = stage.live();
    store.attempt((database) => database.run("PRAGMA query_only = 1"));
    event(1, (out) => out.add(draft("a")));
    owe((out) => out.add(draft("b")));
    await turn();
    await crm.open[0]?.answer(sent);
    expect(crm.texts).toEqual(["a", "b"]);
    expect(desk.counts().owed).toBe(1);
    expect(owedOnDisk()).toEqual([]);
    store.attempt((database) => database.run("PRAGMA query_only = 0"));
    clock.advance(5000);
    expect(owedOnDisk()).toHaveLength(1);
    expect(stage.troubles.join()).toContain("cannot write");
  });

  test("that cannot be told that a pop is sent keeps it from being sent twice", async () => {
    const first = stage.live({ begun: false });
    first.event(1, (out) => out.add(popDraft("p")));
    first.store.attempt((database) => database.run("PRAGMA query_only = 1"));
    first.deliveries.begin(first.crm);
    await turn();
    expect(first.crm.seen).toEqual([]);
    first.store.attempt((database) => database.run("PRAGMA query_only = 0"));
    first.clock.advance(250);
    await turn();
    expect(first.crm.texts).toEqual(["p"]);
    const second = stage.live({}, first);
    await turn();
    expect(second.crm.seen).toEqual([]);
  });

  test("does not keep a pop back that it knows nothing of", async () => {
    const { store, event, crm } = stage.live();
    store.attempt((database) => database.run("PRAGMA query_only = 1"));
    event(1, (out) => out.add(popDraft("p")));
    await turn();
    expect(crm.texts).toEqual(["p"]);
  });

  test("and is replaced by a new file gets all there is, in order", async () => {
    const first = stage.live();
    first.owe((out) => {
      for (const text of ["a", "b", "c"]) out.add(draft(text));
      out.keep("cursor", 1);
    });
    await turn();
    await first.crm.open[0]?.answer(no);
    // As SQLite says it of a file that somebody has written into.
    first.store.attempt(() => {
      throw Object.assign(new Error("database disk image is malformed"), { code: "SQLITE_CORRUPT" });
    });
    first.owe((out) => out.add(draft("d")));
    const second = stage.live({}, first);
    second.crm.always = sent;
    second.deliveries.wake("crm", "1001");
    await turn();
    expect(second.crm.texts).toEqual(["b", "c", "d"]);
    expect(second.desk.list({ state: "missed" }, 9).deliveries.map(({ text }) => text)).toEqual(["a"]);
    expect([...second.deliveries.kept("crm")]).toEqual([["cursor", 1]]);
  });

  test("that holds something else is begun anew", async () => {
    writeFileSync(
      join(stage.directory, "journal.sqlite"),
      "no database, but long enough to be taken for one ".repeat(9),
    );
    const { crm, owe } = stage.live();
    owe((out) => out.add(draft("a")));
    await turn();
    expect(crm.texts).toEqual(["a"]);
  });
});
