import { describe, expect, test } from "bun:test";
import { LogDesk, type LogDeskOptions } from "../../../src/console/log/log-desk.ts";
import { LogPane } from "../../../src/console/log/log-pane.tsx";
import type { TracePage } from "../../../src/control/contract.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import { ComponentStage } from "../../terminal/component.ts";
import { bodies, eventAt, FakeJournal, origin } from "./events.ts";

const place = { columns: 80, rows: 12, focused: true, now: origin };

function deskOf(length: number, options: Partial<LogDeskOptions> = {}) {
  const journal = new FakeJournal();
  for (let at = 0; at < length; at++) {
    const body = bodies[at % bodies.length];
    if (body !== undefined) journal.events.push(eventAt(at + 1, body, { agent: "1001" }));
  }
  const said: string[] = [];
  const trace: TracePage = { records: [], more: false };
  const control = {
    eventPage: (query: Parameters<FakeJournal["eventPage"]>[0]) => journal.eventPage(query),
    trace: () => Promise.resolve(trace),
  };
  const desk = new LogDesk({ control, say: (text) => said.push(text), ...options });
  desk.attend(true);
  desk.refresh();
  return { desk, journal, said, trace };
}

const drawn = (desk: LogDesk): string[] =>
  desk.draw(place).map((row) => row.map(({ text }) => text).join(""));

async function settled(desk: LogDesk): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (desk.snapshot(place.rows).loading !== undefined);
}

describe("the log's keys", () => {
  test("a filter is typed with its hits beside it, kept by Enter, taken away by Esc", async () => {
    const { desk } = deskOf(100);
    await settled(desk);
    expect(desk.press("c")).toBe(false);
    desk.perform("filter");
    for (const key of ["c", "a", "l", "l", ".", "s", "x", "backspace"]) expect(desk.press(key)).toBe(true);
    await settled(desk);
    expect(drawn(desk)[0]).toStartWith(" /call.s");
    expect(drawn(desk)[0]).toContain("4 hits");
    expect(desk.press("ctrl+c")).toBe(false);
    expect(desk.press("enter")).toBe(true);
    expect(drawn(desk)[0]).toContain("Events · following · /call.s · 4 hits");
    expect(desk.press("esc")).toBe(true);
    await settled(desk);
    expect(drawn(desk)[0]).not.toContain("hits");
    // With nothing on top Esc is somebody else's.
    expect(desk.press("esc")).toBe(false);
  });

  test("a paste goes into the filter that is typed, and nowhere else", async () => {
    const { desk } = deskOf(100);
    await settled(desk);
    desk.paste("agent:1001");
    expect(drawn(desk)[0]).not.toContain("agent:1001");
    desk.perform("filter");
    desk.paste("agent:1001\n");
    expect(drawn(desk)[0]).toStartWith(" /agent:1001");
    desk.attend(false);
    expect(drawn(desk)[0]).toContain("· /agent:1001 ·");
    expect(desk.press("x")).toBe(false);
  });

  test("Enter opens, r shows the wire, the same key or Esc goes back", async () => {
    const { desk } = deskOf(100);
    await settled(desk);
    desk.perform("detail");
    expect(drawn(desk)[0]).toContain("Event · ");
    desk.perform("raw");
    expect(drawn(desk).join()).toContain("reading what went");
    await settled(desk);
    expect(drawn(desk).join()).toContain("nothing is recorded of it");
    desk.perform("detail");
    expect(drawn(desk)[0]).toContain("Event · ");
    desk.perform("detail");
    expect(drawn(desk)[0]).toContain("Events · ");
    desk.perform("raw");
    expect(desk.press("esc")).toBe(true);
    expect(drawn(desk)[0]).toContain("Events · ");
  });

  test("up and down scroll what is open, and not the list behind it", async () => {
    const { desk } = deskOf(88);
    await settled(desk);
    const before = drawn(desk);
    desk.perform("detail");
    desk.perform("end");
    const end = drawn(desk);
    desk.perform("start");
    expect(drawn(desk)).not.toEqual(end);
    desk.perform("page-down");
    desk.perform("detail");
    expect(drawn(desk)).toEqual(before);
  });

  test("y copies a line, an event, messages; with nothing there it says so", async () => {
    const { desk, said, trace } = deskOf(100);
    await settled(desk);
    expect(desk.textToCopy()).toContain("session.conflict");
    desk.perform("detail");
    expect(desk.textToCopy()).toContain('"type": "session.conflict"');
    desk.perform("raw");
    expect(desk.textToCopy()).toBeUndefined();
    expect(said).toEqual(["there is nothing to copy"]);
    expect(trace.records).toEqual([]);
    const empty = deskOf(0);
    await settled(empty.desk);
    empty.desk.perform("detail");
    expect(empty.said).toEqual(["no event is chosen"]);
  });

  test("times of day or how long ago", async () => {
    const { desk } = deskOf(30);
    await settled(desk);
    const now = origin + 40_000;
    const first = (): string =>
      desk
        .draw({ ...place, now })
        .at(-1)
        ?.map(({ text }) => text)
        .join("") ?? "";
    expect(first()).toMatch(/^▸ \d\d:\d\d:30\.000 /);
    desk.perform("times");
    expect(first()).toMatch(/^▸ +-0:10 /);
  });
});

test("live events are drawn in steps, keys at once", async () => {
  const clock = new ManualClock();
  const { desk, journal } = deskOf(50, { clock });
  await settled(desk);
  let frames = 0;
  desk.subscribe(() => (frames += 1));
  clock.advance(1000);
  for (let at = 0; at < 200; at++) {
    const event = eventAt(51 + at, { type: "adapter.up", adapter: `n-${at}` });
    journal.events.push(event);
    desk.add(event);
    clock.advance(5);
  }
  expect(frames).toBeLessThan(15);
  frames = 0;
  desk.perform("up");
  expect(frames).toBeGreaterThan(0);
});

test("on the screen: follows, is paused by a key, in four rows too", async () => {
  const { desk, journal } = deskOf(50);
  await using stage = new ComponentStage(<LogPane desk={desk} {...place} rows={4} colours />, { rows: 4 });
  await stage.until("Events · following");
  await stage.until("▸ ");
  const event = eventAt(51, { type: "adapter.up", adapter: "日本 adapter" }, { agent: "1001" });
  journal.events.push(event);
  desk.add(event);
  await stage.until("日本 adapter");
  desk.perform("up");
  await stage.until("Events · paused");
  const later = eventAt(52, { type: "adapter.up", adapter: "later" }, { agent: "1001" });
  journal.events.push(later);
  desk.add(later);
  await stage.until("1 new below");
  desk.perform("end");
  await stage.until(/following[^]*later/);
  expect(stage.raw.clears).toBe(0);
});
