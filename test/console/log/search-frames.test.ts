import { expect, test } from "bun:test";
import { LogDesk } from "../../../src/console/log/log-desk.ts";
import { Frames } from "../../../src/console/store/frames.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import { bodies, eventAt, FakeJournal } from "./events.ts";

test("a search through the journal does not draw a picture of every page", async () => {
  const journal = new FakeJournal();
  for (let at = 0; at < 10_000; at++) {
    const body = bodies[at % bodies.length];
    if (body !== undefined) journal.events.push(eventAt(at + 1, body, { agent: "1001" }));
  }
  const clock = new ManualClock();
  const desk = new LogDesk({
    control: {
      eventPage: (query) => journal.eventPage(query),
      trace: () => Promise.resolve({ records: [], more: false }),
    },
    clock,
    frames: new Frames(clock),
    say: () => {},
  });
  const settled = async (): Promise<void> => {
    do await new Promise((resolve) => setImmediate(resolve));
    while (desk.snapshot(20).loading !== undefined);
  };
  desk.refresh();
  await settled();
  let drawn = 0;
  desk.subscribe(() => (drawn += 1));
  const asked = journal.asked.length;
  desk.setFilter('"no such text"');
  await settled();
  expect(journal.asked.length - asked).toBeGreaterThan(40);
  expect(drawn).toBeLessThan(6);
  expect(desk.snapshot(20).hits).toBe(0);
});
