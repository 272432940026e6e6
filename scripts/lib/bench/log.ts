import { render } from "ink";
import { createElement } from "react";
import { PassThrough, Writable } from "node:stream";
import { LogDesk } from "../../../src/console/log/log-desk.ts";
import { LogPane } from "../../../src/console/log/log-pane.tsx";
import { bodies, eventAt, FakeJournal } from "../../../test/console/log/events.ts";
import { quantile, report } from "./report.ts";

const events = 100_000;
const place = { columns: 80, rows: 22, focused: true, now: Date.now() };

/** The console's event log over a journal of 100,000 events: a key, a live event, a frame, and the way to the beginning. */
export async function measure(): Promise<void> {
  const journal = fullJournal();
  const desk = new LogDesk({ control: control(journal), say: () => {} });
  desk.refresh();
  await settle(desk);
  const keys: number[] = [];
  const rows: number[] = [];
  const ops = ["up", "page-up", "up", "page-up", "page-up", "down", "page-down", "up"] as const;
  const opsDown = ["page-down", "down", "page-down", "page-down", "up", "down", "page-up", "down"] as const;
  for (let turn = 0; turn < 20_000; turn++) {
    // Up through most of the journal, then down again.
    const back = turn < 10_000 ? ops : opsDown;
    const op = back[turn % back.length] ?? "up";
    let from = performance.now();
    desk.perform(op);
    desk.snapshot(place.rows);
    keys.push((performance.now() - from) * 1000);
    from = performance.now();
    desk.draw(place);
    rows.push((performance.now() - from) * 1000);
    if (turn % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  line("key: window step and snapshot", keys, 1000);
  line("its rows, 80×22", rows, 5000);

  desk.perform("end");
  await settle(desk);
  let from = performance.now();
  desk.perform("start");
  await settle(desk);
  single("to the first of 100,000 events", performance.now() - from, 200);
  from = performance.now();
  desk.setFilter('"no such text"');
  await settle(desk);
  single("search of all for a text that is nowhere", performance.now() - from, 5000);
  desk.setFilter("");
  desk.perform("end");
  await settle(desk);

  const live: number[] = [];
  for (let count = 0; count < 5000; count++) {
    const body = bodies[count % bodies.length];
    if (body === undefined) continue;
    const event = eventAt(events + count, body, { agent: "1001" });
    journal.events.push(event);
    from = performance.now();
    desk.add(event);
    live.push((performance.now() - from) * 1000);
  }
  line("a live event", live, 500);
  await settle(desk);
  await frames(desk);
}

/** From a key to the bytes of its frame. */
async function frames(desk: LogDesk): Promise<void> {
  let written = (): void => {};
  const output = new Writable({
    write(_chunk, _encoding, done) {
      written();
      done();
    },
  });
  const stdout = Object.assign(output, { isTTY: true, ...place }) as unknown as NodeJS.WriteStream;
  const itself = (): PassThrough => input;
  const input: PassThrough = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => itself() });
  const ink = render(createElement(LogPane, { desk, colours: true, ...place }), {
    stdin: input as unknown as NodeJS.ReadStream,
    stdout,
    stderr: stdout,
    maxFps: 1000,
    interactive: true,
    patchConsole: false,
    incrementalRendering: true,
  });
  const samples: number[] = [];
  for (let turn = 0; turn < 300; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    const frame = new Promise<void>((resolve) => {
      written = resolve;
    });
    const from = performance.now();
    desk.perform(turn % 40 < 20 ? "page-up" : "up");
    await frame;
    if (turn > 20) samples.push((performance.now() - from) * 1000);
  }
  line("key to the bytes of a frame, 80×22", samples, 20_000);
  ink.unmount();
}

async function settle(desk: LogDesk): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (desk.snapshot(place.rows).loading !== undefined);
}

function fullJournal(): FakeJournal {
  const journal = new FakeJournal();
  for (let count = 0; count < events; count++) {
    const body = bodies[count % bodies.length];
    if (body !== undefined) journal.events.push(eventAt(count + 1, body, { agent: `100${count % 5}` }));
  }
  return journal;
}

/** Events come as objects of their own, as they do over a socket. */
function control(journal: FakeJournal) {
  return {
    eventPage: async (query: Parameters<FakeJournal["eventPage"]>[0]) =>
      structuredClone(await journal.eventPage(query)),
    trace: () => Promise.resolve({ records: [], more: false }),
  };
}

function line(what: string, microseconds: number[], target: number): void {
  const [half, p99] = [quantile(microseconds, 0.5), quantile(microseconds, 0.99)];
  report(
    what,
    `p50 ${half.toFixed(0)} µs`,
    `worst ${Math.max(...microseconds).toFixed(0)} µs`,
    `p99 ${p99.toFixed(0)} µs`,
    `≤ ${target} µs`,
    p99 <= target,
  );
}

function single(what: string, value: number, target: number, unit = "ms"): void {
  report(
    what,
    `${value.toFixed(1)} ${unit}`,
    "one run",
    `${value.toFixed(1)} ${unit}`,
    `≤ ${target} ${unit}`,
    value <= target,
  );
}

if (import.meta.main) await measure();
