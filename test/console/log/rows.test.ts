import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fitEventRow, fitText } from "../../../src/console/log/fit-row.ts";
import { logBody, logRows } from "../../../src/console/log/log-rows.ts";
import { eventRow } from "../../../src/console/log/row.ts";
import type { LogSnapshot } from "../../../src/console/log/snapshot.ts";
import { EventWindow } from "../../../src/console/log/window.ts";
import { fit, fitRow, type Row, widthOf } from "../../../src/console/overlays/cells.ts";
import { bodies, eventAt, FakeJournal, origin, sampleAgent, sampleCall } from "./events.ts";

const textOf = (row: Row): string => row.map(({ text }) => text).join("");
const layout = { columns: 80, times: "absolute", agentWidth: 4 } as const;

/** Texts that terminals find hard. */
const hard = fc.string({
  unit: fc.constantFrom(
    "a",
    "7",
    " ",
    "é",
    "日",
    "한",
    "👩‍👩‍👧",
    "❤️",
    "ب",
    "ש",
    "\u0301",
    "\u202e",
    "\u001b",
    "\n",
    "ß",
    "…",
  ),
  maxLength: 40,
});

describe("an event's row", () => {
  test("has the columns it was given, whatever it says", () => {
    const columns = fc.integer({ min: 1, max: 200 });
    const body = fc.constantFrom(...bodies);
    fc.assert(
      fc.property(columns, body, hard, hard, fc.boolean(), (width, some, one, other, relative) => {
        const call = sampleCall({ party: one, queue: { number: undefined, name: other }, state: other });
        const state = sampleAgent({ firstName: one, lastName: other });
        for (const event of [
          eventAt(1, some, { agent: one }),
          eventAt(1, { type: "call.changed", call }, { agent: "1001" }),
          eventAt(1, { type: "agent.changed", state, previous: one }),
          eventAt(1, { type: "message.received", text: other, from: one }),
        ]) {
          const times = relative ? "relative" : "absolute";
          const row = eventRow(event, { columns: width, times, agentWidth: 6 }, origin + 5000);
          expect(widthOf(textOf(row))).toBe(width);
          // oxlint-disable-next-line no-control-regex
          expect(textOf(row)).not.toMatch(/[\u0000-\u001f\u202e]/);
        }
      }),
    );
  });

  test("is cut by the quick way as by the exact one", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 })), fc.integer({ min: 0, max: 60 }), (texts, width) => {
        const row = texts.map((text) => ({ text }));
        expect(textOf(fitEventRow(row, width))).toBe(textOf(fitRow(row, width)));
        for (const text of texts) expect(fitText(text, width)).toBe(fit(text, width));
      }),
    );
  });

  test("reads in columns: wide, at eighty, narrow; absolute and relative", () => {
    const event = eventAt(12, { type: "call.started", call: sampleCall() }, { agent: "1001" });
    const time = eventAt(12, { type: "adapter.up", adapter: "" }).at;
    const local = new Date(time).toTimeString().slice(0, 8);
    expect(textOf(eventRow(event, layout, 0)).trimEnd()).toBe(
      `${local}.000 1001 call.started   ALERTING ← 5551234, Support  call 16804`,
    );
    expect(textOf(eventRow(event, { ...layout, columns: 130 }, 0))).toContain(
      "1001 call.started           ALERTING",
    );
    expect(textOf(eventRow(event, { ...layout, columns: 40 }, 0))).toStartWith(
      `${local} call.started   ALER`,
    );
    const relative = eventRow(event, { ...layout, times: "relative" }, origin + 24_000);
    expect(textOf(relative)).toStartWith("    -0:12 1001 call.started");
  });
});

async function shot(events: number, rows: number, act?: (window: EventWindow) => void): Promise<LogSnapshot> {
  const journal = new FakeJournal();
  for (let at = 0; at < events; at++) {
    const body = bodies[at % bodies.length];
    if (body !== undefined) journal.events.push(eventAt(at + 1, body, { agent: "1001" }));
  }
  const window = new EventWindow(journal);
  window.refresh();
  for (const step of [() => {}, act ?? (() => {})]) {
    step(window);
    do await new Promise((resolve) => setImmediate(resolve));
    while (window.snapshot(logBody(rows)).loading !== undefined);
  }
  return window.snapshot(logBody(rows));
}

describe("the log", () => {
  const look = { columns: 80, rows: 4, focused: true, times: "absolute", now: origin } as const;
  const lines = (snapshot: LogSnapshot, rows = 4): string[] =>
    logRows(snapshot, { ...look, rows }).map(textOf);

  test("in four rows: its title and the newest three, the chosen one marked", async () => {
    const [title, first, second, third] = lines(await shot(40, 4));
    expect(title).toStartWith("── Events · following ──");
    expect(first).toStartWith("  ");
    expect(second).toStartWith("  ");
    expect(third).toStartWith("▸ ");
  });

  test("has exactly its rows and columns, at any size", async () => {
    for (const events of [0, 1, 2, 40])
      for (let rows = 0; rows < 8; rows++)
        for (const columns of [10, 40, 81]) {
          const drawn = logRows(await shot(events, rows), { ...look, rows, columns });
          expect(drawn.length).toBe(rows);
          for (const row of drawn) expect(widthOf(textOf(row))).toBe(columns);
        }
  });

  test("says that it is paused, what is filtered, how many hits, and where the journal begins", async () => {
    const filtered = lines(await shot(40, 6, (window) => window.setFilter("call agent:1001")), 6);
    expect(filtered[0]).toContain("Events · following · /call agent:1001 · 8 hits");
    const beginning = lines(await shot(40, 6, (window) => window.start()), 6);
    expect(beginning[0]).toContain("Events · paused");
    expect(beginning[1]).toContain("the journal begins here");
    expect(beginning[2]).toStartWith("▸ ");
    const nothing = lines(await shot(40, 4, (window) => window.setFilter('"not there"')));
    expect(nothing[0]).toContain("0 hits");
    expect(nothing.join()).toContain('no event fits "not there"');
    expect(lines(await shot(0, 4)).join()).toContain("no events yet");
  });

  test("the agent's column goes when there is one agent only", async () => {
    const all = lines(await shot(40, 4)).join();
    const one = lines(await shot(40, 4, (window) => window.setFilter("agent:1001")));
    expect(all).toContain(" 1001 ");
    expect(one.slice(1).join()).not.toMatch(/\.\d{3} 1001 /);
  });
});
