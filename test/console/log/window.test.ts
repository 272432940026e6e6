import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseFilter } from "../../../src/console/log/filter.ts";
import { EventWindow } from "../../../src/console/log/window.ts";
import type { CtiEvent } from "../../../src/model/events.ts";
import { bodies, eventAt, FakeJournal } from "./events.ts";

const boots = ["0t5xk2a", "0t5xk2b", "0t5y000"];

/** A journal of `length` events over three starts of the worker, with gaps between ids as other agents' events leave them. */
function journalOf(length: number, gap = 1): FakeJournal {
  const journal = new FakeJournal();
  for (let at = 0; at < length; at++) journal.events.push(numbered(at, length, gap));
  return journal;
}

function numbered(at: number, length: number, gap = 1): CtiEvent {
  const body = bodies[(at * 7) % bodies.length] ?? bodies[0];
  if (body === undefined) throw new Error("there are no samples");
  const boot = boots[Math.min(Math.floor((at * boots.length) / Math.max(length, 1)), boots.length - 1)];
  return eventAt(at * gap + 1, body, {
    agent: `100${at % 3}`,
    cause: `c-${at % 50}`,
    ...(boot !== undefined && { boot }),
  });
}

async function settled(window: EventWindow, rows: number): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (window.snapshot(rows).loading !== undefined);
}

/** What the window must come to: everything in one list, and the simplest thing that a key can mean. */
class Model {
  cursor = "";
  following = true;
  matches = parseFilter("").matches;

  constructor(readonly all: CtiEvent[]) {}

  get list(): CtiEvent[] {
    return this.all.filter(this.matches);
  }

  get index(): number {
    const { list } = this;
    if (this.following) return list.length - 1;
    const at = list.findLastIndex(({ id }) => id <= this.cursor);
    return list.length === 0 ? -1 : Math.max(at, 0);
  }

  move(by: number): void {
    if (by > 0 && this.following) return;
    const { list, index } = this;
    if (by < 0 && list.length > 0) this.pause();
    this.cursor = list[Math.max(0, Math.min(index + by, list.length - 1))]?.id ?? this.cursor;
  }

  pause(): void {
    if (this.following) this.cursor = this.list.at(-1)?.id ?? this.all.at(-1)?.id ?? "";
    this.following = false;
  }

  filter(text: string): void {
    this.cursor = this.list[this.index]?.id ?? this.cursor;
    this.matches = parseFilter(text).matches;
  }
}

type Step =
  | { do: "add"; events: number }
  | { do: "move" | "page"; by: number }
  | { do: "filter"; text: string }
  | { do: "start" | "end" | "pause" | "refresh" }
  | { do: "rows"; rows: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("add"), events: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("move"), by: fc.integer({ min: -8, max: 8 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("page"), by: fc.constantFrom(-1, 1, -0.5, 0.5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("filter"),
      text: fc.constantFrom(
        "",
        "call",
        "agent:1001",
        "lunch",
        "1001 !call",
        "cause:c-7",
        "nowhere",
        "ca",
        "lunc",
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("start", "end", "pause", "refresh") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rows"), rows: fc.integer({ min: 1, max: 14 }) }) },
) as fc.Arbitrary<Step>;

const story = fc.record({
  length: fc.integer({ min: 0, max: 700 }),
  gap: fc.constantFrom(1, 1, 30),
  steps: fc.array(step, { maxLength: 25 }),
});

function play(each: Step, window: EventWindow, model: Model, journal: FakeJournal, gap: number): void {
  switch (each.do) {
    case "add":
      for (let count = 0; count < each.events; count++) {
        const event = { ...numbered(journal.events.length, 0, gap) };
        journal.events.push(event);
        window.add(event);
      }
      break;
    case "move":
      window.move(each.by);
      model.move(each.by);
      break;
    case "page": {
      window.movePage(each.by);
      model.move(Math.trunc(each.by * Math.max(rows - 1, 2)));
      break;
    }
    case "filter":
      model.filter(each.text);
      window.setFilter(each.text);
      break;
    case "start":
      window.start();
      model.pause();
      model.cursor = model.list[0]?.id ?? "";
      break;
    case "end":
      window.end();
      model.following = true;
      break;
    case "pause":
      window.togglePause();
      if (model.following) model.pause();
      else model.following = true;
      break;
    case "refresh":
      window.refresh();
      break;
    case "rows":
      rows = each.rows;
  }
}

let rows = 8;

/** What must be so at any time: the screen shows a piece of the list without a hole. */
function expectPiece(window: EventWindow, model: Model): void {
  const { rows: shown, chosen, beginning } = window.snapshot(rows);
  const { list } = model;
  expect(shown.length + (beginning ? 1 : 0)).toBeLessThanOrEqual(rows);
  expect(chosen).toBeLessThan(shown.length);
  if (shown.length > 0) expect(chosen).toBeGreaterThanOrEqual(0);
  const from = list.findIndex(({ id }) => id === shown[0]?.id);
  expect(shown.map(({ id }) => id)).toEqual(list.slice(from, from + shown.length).map(({ id }) => id));
  if (beginning && shown.length > 0) expect(from).toBe(0);
}

describe("the window over the journal", () => {
  test("comes to what a list of everything would show, whatever keys are pressed", async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ length, gap, steps }) => {
        const journal = journalOf(length, gap);
        const window = new EventWindow(journal, { most: 150, page: 10 });
        const model = new Model(journal.events);
        rows = 8;
        window.refresh();
        await settled(window, rows);
        for (const each of steps) {
          play(each, window, model, journal, gap);
          await settled(window, rows);
          expectPiece(window, model);
          const shot = window.snapshot(rows);
          const { list, index } = model;
          expect(window.current?.id).toBe(list[index]?.id);
          expect(shot.rows[shot.chosen]?.id).toBe(list[index]?.id);
          expect(shot.following).toBe(model.following);
          expect(shot.rows.length).toBe(Math.min(rows - (shot.beginning ? 1 : 0), list.length));
          if (index === list.length - 1) expect(shot.fresh).toBe(0);
          if (shot.hits !== undefined) {
            expect(shot.hits).toBeLessThanOrEqual(list.length);
            if (!shot.moreHits) expect(shot.hits).toBe(list.length);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("never shows a hole, however late answers come", async () => {
    const late = fc.record({ story, delays: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1 }) });
    await fc.assert(
      fc.asyncProperty(late, async ({ story: { length, gap, steps }, delays }) => {
        const journal = journalOf(length, gap);
        let asked = 0;
        const wait = async (): Promise<void> => {
          for (let turns = delays[asked++ % delays.length] ?? 0; turns > 0; turns--)
            await new Promise((resolve) => setImmediate(resolve));
        };
        // Late before it is looked up, and late on its way back.
        const client = {
          eventPage: async (query: Parameters<FakeJournal["eventPage"]>[0]) => {
            await wait();
            const page = await journal.eventPage(query);
            await wait();
            return page;
          },
        };
        const window = new EventWindow(client, { most: 150, page: 10 });
        const model = new Model(journal.events);
        rows = 8;
        window.refresh();
        for (const each of steps) {
          play(each, window, model, journal, gap);
          await new Promise((resolve) => setImmediate(resolve));
          window.snapshot(rows);
        }
        await settled(window, rows);
        expectPiece(window, model);
        window.end();
        await settled(window, rows);
        expect(window.current?.id).toBe(model.list.at(-1)?.id);
        const shot = window.snapshot(rows);
        expect(shot.rows.map(({ id }) => id)).toEqual(
          model.list.slice(-shot.rows.length || model.list.length).map(({ id }) => id),
        );
      }),
      { numRuns: 150 },
    );
  });
});
