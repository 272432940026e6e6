import { afterEach, beforeEach, expect, test } from "bun:test";
import { draft, Stage, turn } from "./stage.ts";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.remove());

const sent = { result: "sent" } as const;

/** Milliseconds and MB, for people: this machine may have other things to do. */
async function measured(what: string, work: () => Promise<void>): Promise<void> {
  Bun.gc(true);
  const memory = process.memoryUsage().rss;
  const before = performance.now();
  await work();
  const time = Math.round(performance.now() - before);
  const grown = Math.round((process.memoryUsage().rss - memory) / 1e6);
  console.log(`${what}: ${time} ms, ${grown} MB more`);
}

async function drained({ crm, desk }: ReturnType<Stage["live"]>, count: number): Promise<void> {
  for (let turns = 0; turns < 20_000 && desk.counts().owed > 0; turns++) await turn();
  expect(crm.seen).toHaveLength(count);
}

test.each([
  ["1000 in one lane", 1000, () => "1001"],
  ["2000 lanes with one each", 2000, (count: number) => `${count}`],
  ["10000 in 100 lanes", 10_000, (count: number) => `${count % 100}`],
])("%s go out", async (name, count, keyOf) => {
  const first = stage.live({ begun: false });
  await measured(`${name}, owed`, async () => {
    first.owe((out) => {
      for (let each = 0; each < count; each++) out.add(draft(`${each}`, { key: keyOf(each) }));
    });
    await turn();
  });
  const second = stage.live({ begun: false }, first);
  second.crm.always = sent;
  second.deliveries.begin(second.crm);
  await measured(`${name}, sent after a restart`, () => drained(second, count));
  expect(stage.look("SELECT id FROM deliveries")).toEqual([]);
});

test("to try again thousands that wait in one lane takes no time", async () => {
  const { owe, desk } = stage.live({ begun: false });
  owe((out) => {
    for (let count = 0; count < 3000; count++) out.add(draft(`${count}`));
  });
  await measured("retry of 3000 in one lane", async () => {
    expect(desk.retry({ query: {} }).done).toHaveLength(3000);
    await turn();
  });
});

test("one by one, as events owe them", async () => {
  const life = stage.live();
  life.crm.always = sent;
  await measured("2000 events that owe one each", async () => {
    for (let count = 0; count < 2000; count++)
      life.event(count, (out) => out.add(draft(`${count}`, { key: `${count % 50}` })));
    await drained(life, 2000);
  });
});
