import { afterEach, beforeEach, expect, test } from "bun:test";
import { draft, popDraft, Stage, turn } from "./stage.ts";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.remove());

const sent = { result: "sent" } as const;
const busy = { result: "retry", why: "busy" } as const;
const no = { result: "rejected", why: "no" } as const;

test("counts and lists are right at any time", async () => {
  const { crm, clock, owe, desk } = stage.live();
  expect(desk.counts()).toEqual({ owed: 0, missed: 0 });
  const first = new Date(clock.now()).toISOString();
  owe((out) => out.add(draft("a", { agent: "1001" })));
  clock.advance(1000);
  owe((out) => {
    out.add(draft("b", { agent: "1002" }));
    out.add(draft("c", { agent: "1001", key: "1002" }));
  });
  expect(desk.counts()).toEqual({ owed: 3, missed: 0, oldest: first });
  await turn();
  await crm.open[0]?.answer(no);
  expect(desk.counts()).toMatchObject({ owed: 2, missed: 1 });
  const texts = (...query: Parameters<typeof desk.list>) =>
    desk.list(...query).deliveries.map(({ text, state }) => `${text} ${state}`);
  expect(texts({}, 10)).toEqual(["a missed", "b owed", "c owed"]);
  expect(texts({ agent: "1001" }, 10)).toEqual(["a missed", "c owed"]);
  expect(texts({ state: "owed", agent: "1002" }, 10)).toEqual(["b owed"]);
  expect(texts({ adapter: "other" }, 10)).toEqual([]);
  expect(desk.list({}, 1)).toMatchObject({ total: 3, deliveries: [{ text: "a" }] });
});

test("retry: a missed record is owed again as if new, for as long as its kind lives; a missed pop stays missed", async () => {
  const { crm, clock, owe, desk } = stage.live();
  owe((out) => {
    out.add(draft("r", { lifetime: 60_000 }));
    out.add(popDraft("p", { key: "p" }));
  });
  await turn();
  for (const open of [...crm.open]) await open.answer(no);
  clock.advance(3_600_000);
  const answer = desk.retry({ query: { state: "missed" } });
  expect(answer.done.map(({ text }) => text)).toEqual(["r"]);
  expect(answer.refused).toMatchObject([{ why: "a pop that is late would show the wrong customer" }]);
  await turn();
  expect(crm.seen.map(({ again }) => again)).toEqual([undefined, undefined, true]);
  expect(crm.seen.at(-1)).toMatchObject({ text: "r", attempt: 1, expiresAt: clock.now() + 60_000 });
  await crm.open[0]?.answer(sent);
  expect(desk.counts()).toEqual({ owed: 0, missed: 1 });
});

test("retry: one that waits is tried now", async () => {
  const { crm, owe, desk } = stage.live();
  owe((out) => out.add(draft("a")));
  await turn();
  await crm.open[0]?.answer(busy);
  desk.retry({ query: {} });
  await turn();
  expect(crm.texts).toEqual(["a", "a"]);
});

test("discard: the CRM never hears of it, also after a kill", async () => {
  const first = stage.live({ begun: false });
  first.owe((out) => {
    out.add(draft("a"));
    out.add(draft("b"));
  });
  const [a] = first.desk.list({}, 10).deliveries;
  expect(first.desk.discard({ ids: [a?.id ?? "", a?.id ?? "", "d-none"] })).toMatchObject({
    done: [{ text: "a", state: "owed" }],
    refused: [{ id: "d-none", why: "there is no such delivery", unknown: true }],
  });
  const second = stage.live({}, first);
  await turn();
  expect(second.crm.texts).toEqual(["b"]);
});

test.each([sent, busy, no])(
  "discard of the one that is being sent is harmless, whatever becomes of it: %p",
  async (result) => {
    const { crm, clock, owe, desk, told } = stage.live();
    owe((out) => {
      out.add(draft("a"));
      out.add(draft("b"));
    });
    await turn();
    desk.discard({ ids: [crm.seen[0]?.id ?? ""] });
    await turn();
    expect(crm.texts).toEqual(["a"]);
    await crm.open[0]?.answer(result);
    clock.advance(1000);
    await turn();
    expect(crm.texts).toEqual(["a", "b"]);
    expect(told).toEqual([]);
    expect(desk.counts()).toMatchObject({ owed: 1, missed: 0 });
  },
);
