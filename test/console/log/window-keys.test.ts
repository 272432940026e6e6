import { describe, expect, test } from "bun:test";
import { EventWindow } from "../../../src/console/log/window.ts";
import { CtiError } from "../../../src/model/errors.ts";
import { bodies, eventAt, FakeJournal } from "./events.ts";

function journalOf(length: number): FakeJournal {
  const journal = new FakeJournal();
  for (let at = 0; at < length; at++) {
    const body = bodies[at % bodies.length];
    if (body !== undefined) journal.events.push(eventAt(at + 1, body, { agent: `100${at % 3}` }));
  }
  return journal;
}

async function settled(window: EventWindow, rows = 20): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (window.snapshot(rows).loading !== undefined);
}

async function opened(journal: FakeJournal): Promise<EventWindow> {
  const window = new EventWindow(journal);
  window.refresh();
  await settled(window);
  return window;
}

describe("a journal of 20,000 events", () => {
  test("its beginning is reached in few and small pages, and so is its end again", async () => {
    const journal = journalOf(20_000);
    const window = await opened(journal);
    journal.asked.length = 0;
    window.start();
    await settled(window);
    expect(window.current?.id).toBe(journal.events[0]?.id);
    expect(window.snapshot(20).beginning).toBe(true);
    expect(journal.asked.length).toBeLessThan(80);
    expect(journal.asked.reduce((sum, { limit }) => sum + (limit ?? 100), 0)).toBeLessThan(1000);
    window.end();
    await settled(window);
    expect(window.current?.id).toBe(journal.events.at(-1)?.id);
  });

  test("keys need not wait, and little of it is read for them", async () => {
    const journal = journalOf(20_000);
    const window = await opened(journal);
    journal.asked.length = 0;
    for (let page = 0; page < 50; page++) {
      const before = window.current?.id ?? "";
      window.movePage(-1);
      // At once, before anything is read.
      expect((window.current?.id ?? "") < before).toBe(true);
      await settled(window);
    }
    expect(journal.asked.length).toBeLessThan(10);
  });

  test("following for long holds a bounded number of them", async () => {
    const journal = journalOf(0);
    const window = await opened(journal);
    for (const event of journalOf(20_000).events) {
      journal.events.push(event);
      window.add(event);
    }
    await settled(window);
    expect(window.current?.id).toBe(journal.events.at(-1)?.id);
    window.snapshot(5000);
    expect(window.snapshot(5000).rows.length).toBeLessThanOrEqual(2000);
  });

  test("paused, what comes is counted and the screen stands still", async () => {
    const journal = journalOf(20_000);
    const window = await opened(journal);
    window.move(-3);
    const before = window.snapshot(20).rows;
    for (let at = 0; at < 9000; at++) {
      const body = bodies[at % bodies.length];
      if (body === undefined) continue;
      const event = eventAt(20_001 + at, body);
      journal.events.push(event);
      window.add(event);
    }
    await settled(window);
    expect(window.snapshot(20).rows).toEqual(before);
    expect(window.snapshot(20).fresh).toBe(9000);
    window.end();
    await settled(window);
    expect(window.snapshot(20)).toMatchObject({ fresh: 0, following: true, chosen: 19 });
    expect(window.current?.id).toBe(journal.events.at(-1)?.id);
  });

  test("a search for what is rare tells how far it is, and ends at once when it is not wanted any more", async () => {
    const journal = journalOf(20_000);
    const window = await opened(journal);
    // As over a socket: other things go on in between.
    journal.gate = () => new Promise((resolve) => setImmediate(resolve));
    window.setFilter("nowhere-to-be-found");
    const told: number[] = [];
    const stop = window.subscribe(() => told.push(window.snapshot(20).searched?.events ?? 0));
    while (told.length < 10) await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBeGreaterThan(1000);
    expect(window.snapshot(20)).toMatchObject({ hits: 0, moreHits: true });
    stop();
    window.setFilter("");
    await settled(window);
    expect(window.snapshot(20).rows.length).toBe(20);
    const { length } = journal.asked;
    await new Promise((resolve) => setImmediate(resolve));
    expect(journal.asked.length).toBe(length);
  });
});

test("what the connector can filter it does", async () => {
  const journal = journalOf(500);
  const window = await opened(journal);
  journal.asked.length = 0;
  window.setFilter("agent:1001 call");
  await settled(window);
  expect(journal.asked[0]).toMatchObject({ agent: "1001", type: "call" });
});

test("while one types on, what is there is sifted and nothing is read twice", async () => {
  const journal = journalOf(150);
  const window = await opened(journal);
  journal.asked.length = 0;
  for (const text of ["5", "55", "555", "5551", "5551 call.ended"]) window.setFilter(text);
  await settled(window);
  expect(journal.asked).toEqual([]);
  expect(window.snapshot(20)).toMatchObject({ hits: 6, moreHits: false });
});

test("a page that cannot be read is told, and the next key tries again", async () => {
  const journal = journalOf(500);
  const window = new EventWindow(journal);
  journal.failure = new CtiError({ code: "no-connector", message: "no connector is running" });
  window.refresh();
  await settled(window);
  expect(window.snapshot(20).error?.code).toBe("no-connector");
  journal.failure = undefined;
  window.move(-1);
  await settled(window);
  expect(window.snapshot(20).error).toBeUndefined();
  expect(window.snapshot(20).rows.length).toBe(20);
});

test("what came while the stream was away is there after a refresh", async () => {
  const journal = journalOf(100);
  const window = await opened(journal);
  const more = journalOf(2000).events.slice(100);
  journal.events.push(...more);
  window.refresh();
  await settled(window);
  expect(window.current?.id).toBe(journal.events.at(-1)?.id);
  window.move(-1);
  for (let page = 0; page < 99; page++) {
    window.movePage(-1);
    await settled(window);
  }
  const chosen = 2000 - 2 - 99 * 19;
  const { rows } = window.snapshot(20);
  expect(window.current?.id).toBe(journal.events[chosen]?.id);
  const first = journal.events.findIndex(({ id }) => id === rows[0]?.id);
  expect(rows.map(({ id }) => id)).toEqual(journal.events.slice(first, first + 20).map(({ id }) => id));
});
