import { afterEach, beforeEach, expect, test } from "bun:test";
import { draft, type Life, Stage, turn } from "./stage.ts";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.remove());

const sent = { result: "sent" } as const;
const keys = ["1", "2", "3", "4", "5"];
const owedOnDisk = () => stage.look("SELECT id FROM deliveries WHERE state = 'owed'").length;
const sentOnDisk = () => stage.look("SELECT id FROM events WHERE type = 'delivery.sent'").length;

/** One in each lane, two in the first, all under way that may be. */
async function underWay(): Promise<Life> {
  const life = stage.live();
  life.owe((out) => {
    for (const key of [...keys, "1"]) out.add(draft(`${key}`, { key }));
  });
  await turn();
  expect(life.crm.open).toHaveLength(5);
  return life;
}

/** Counts pieces of work on the database that change anything in it. */
function countCommits({ store }: Life): () => number {
  const attempt = store.attempt.bind(store);
  const changes = () =>
    attempt((database) => database.query<{ count: number }, []>("SELECT total_changes() AS count").get())
      ?.count;
  let commits = 0;
  store.attempt = (work) => {
    const before = changes();
    const result = attempt(work);
    if (changes() !== before) commits += 1;
    return result;
  };
  return () => commits;
}

/** The CRM has answered all of them; nothing else has happened. */
async function answerAll({ crm }: Life): Promise<void> {
  for (const open of [...crm.open]) void open.answer(sent);
  for (let count = 0; count < 20; count++) await Promise.resolve();
}

test("answers that come together are written together, and told in their order", async () => {
  const life = await underWay();
  const commits = countCommits(life);
  await answerAll(life);
  await turn();
  expect(life.told).toEqual(keys.map((key) => `delivery.sent ${key}`));
  expect(commits()).toBe(1);
  expect([owedOnDisk(), sentOnDisk()]).toEqual([1, 5]);
  // The next of the first lane.
  expect(life.crm.open.map(({ delivery }) => delivery.key)).toEqual(["1"]);
});

test("until then they are as if still under way: a kill in between sends them again, under their ids", async () => {
  const first = await underWay();
  await answerAll(first);
  expect([first.told, owedOnDisk(), sentOnDisk()]).toEqual([[], 6, 0]);
  expect(first.desk.counts().owed).toBe(6);
  const second = stage.live({}, first);
  second.crm.always = sent;
  await turn();
  const ids = first.crm.seen.map(({ id }) => id);
  expect(second.crm.seen.map(({ id }) => id).slice(0, 5)).toEqual(ids.slice(0, 5));
  expect([owedOnDisk(), second.desk.counts().owed]).toEqual([0, 0]);
});

test("an event that comes in between takes no part of them to disk alone", async () => {
  const life = await underWay();
  await answerAll(life);
  life.event(1, (out) => out.add(draft("with the event", { key: "6" })));
  expect([owedOnDisk(), sentOnDisk()]).toEqual([7, 0]);
  await turn();
  expect([owedOnDisk(), sentOnDisk()]).toEqual([2, 5]);
});

test("an end does not leave them behind", async () => {
  const life = await underWay();
  await answerAll(life);
  const ended = life.deliveries.end(1000);
  await turn();
  await ended;
  expect([owedOnDisk(), sentOnDisk()]).toEqual([1, 5]);
});

test("on a disk that fails all are told, none is sent again, and the disk gets all of it later", async () => {
  const life = await underWay();
  life.store.attempt((database) => database.run("PRAGMA query_only = 1"));
  await answerAll(life);
  await turn();
  expect([life.told.length, owedOnDisk(), sentOnDisk()]).toEqual([5, 6, 0]);
  expect(life.desk.counts().owed).toBe(1);
  life.store.attempt((database) => database.run("PRAGMA query_only = 0"));
  life.deliveries.flush();
  expect(owedOnDisk()).toBe(1);
  expect(life.crm.seen).toHaveLength(6);
});
