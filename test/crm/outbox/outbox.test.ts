import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { draft, popDraft, Stage, turn } from "./stage.ts";

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.remove());

const sent = { result: "sent" } as const;
const busy = { result: "retry", why: "busy" } as const;

describe("what is owed", () => {
  test("goes out in order, one at a time for each key, and beside each other for different keys", async () => {
    const { crm, owe, deliveries, told } = stage.live();
    owe((out) => {
      for (const text of ["a", "b"]) out.add(draft(text));
      out.add(draft("c", { key: "1002" }));
    });
    await turn();
    expect(crm.texts).toEqual(["a", "c"]);
    await crm.open[0]?.answer(sent);
    expect(crm.texts).toEqual(["a", "c", "b"]);
    for (const open of [...crm.open]) await open.answer(sent);
    expect([...deliveries.owed()]).toEqual([]);
    expect(told.sort()).toEqual(["delivery.sent a", "delivery.sent b", "delivery.sent c"]);
  });

  test("before its adapter has begun it waits, then goes out", async () => {
    const { crm, owe, deliveries } = stage.live({ begun: false });
    owe((out) => out.add(draft("early")));
    await turn();
    expect(crm.texts).toEqual([]);
    deliveries.begin(crm);
    await turn();
    expect(crm.texts).toEqual(["early"]);
  });

  test("of an adapter that never begins it is given up in time, without any traffic", async () => {
    const { clock, owe, desk, told } = stage.live({ begun: false, keepRecords: 60_000 });
    owe((out) => out.add(draft("a")));
    await turn();
    clock.advance(60_000);
    await turn();
    expect(told).toEqual(["delivery.expired a"]);
    expect(desk.counts()).toEqual({ owed: 0, missed: 1 });
  });

  test("is tried again after a pause, and told once that it is late", async () => {
    const { crm, clock, owe, told } = stage.live();
    crm.always = busy;
    owe((out) => out.add(draft("a")));
    await turn();
    for (const pause of [250, 1000, 2000]) {
      clock.advance(pause);
      await turn();
    }
    expect(crm.seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(new Set(crm.seen.map(({ id }) => id)).size).toBe(1);
    crm.always = sent;
    clock.advance(5000);
    await turn();
    expect(told).toEqual(["delivery.delayed a", "delivery.sent a"]);
  });

  test("wake tries now, also one whose try is just failing", async () => {
    const { crm, clock, owe, deliveries } = stage.live();
    crm.always = busy;
    owe((out) => out.add(draft("a")));
    for (let count = 0; count < 7; count++) {
      await turn();
      clock.advance(40_000);
    }
    await turn();
    const before = crm.seen.length;
    crm.always = undefined;
    deliveries.wake("crm", "1001");
    await turn();
    expect(crm.seen).toHaveLength(before + 1);
    deliveries.wake("crm", "1001");
    await crm.open[0]?.answer(busy);
    clock.advance(300);
    await turn();
    expect(crm.seen).toHaveLength(before + 2);
  });

  test("drained: when nothing is owed, or when patience ends", async () => {
    const { crm, clock, owe, deliveries } = stage.live();
    await deliveries.drained("crm", "1001", 1000);
    owe((out) => out.add(draft("a")));
    await turn();
    let ends = 0;
    const count = () => (ends += 1);
    void deliveries.drained("crm", "1001", 1000).then(count);
    void deliveries.drained("crm", "1001", 5000).then(count);
    clock.advance(1000);
    await turn();
    expect(ends).toBe(1);
    await crm.open[0]?.answer(sent);
    expect(ends).toBe(2);
  });

  test("a month of keeping is no busy loop", async () => {
    const { clock, owe, crm } = stage.live({ keepRecords: 60 * 24 * 3_600_000, begun: false });
    let longest = 0;
    const after = clock.after.bind(clock);
    clock.after = (delay, task) => {
      longest = Math.max(longest, delay);
      return after(delay, task);
    };
    owe((out) => out.add(draft("a")));
    await turn();
    expect(longest).toBeLessThan(2 ** 31);
    expect(crm.seen).toEqual([]);
  });
});

describe("pops", () => {
  test("expire after 15 s without any traffic", async () => {
    const { crm, clock, owe, told, desk } = stage.live();
    crm.always = busy;
    owe((out) => out.add(popDraft("p")));
    await turn();
    clock.advance(14_999);
    await turn();
    expect(desk.counts().owed).toBe(1);
    clock.advance(1);
    await turn();
    expect(told).toEqual(["delivery.delayed p", "delivery.expired p"]);
    expect(desk.list({ state: "missed" }, 10).deliveries[0]?.why).toBe("busy");
  });

  test("one that is on its way when its time is over is called back", async () => {
    const { crm, clock, owe } = stage.live();
    owe((out) => out.add(popDraft("p")));
    await turn();
    clock.advance(14_999);
    expect(crm.open[0]?.signal.aborted).toBe(false);
    clock.advance(1);
    expect(crm.open[0]?.signal.aborted).toBe(true);
  });

  test("one whose call ends while it is being sent is called back, and not tried again", async () => {
    const { crm, clock, owe, told } = stage.live();
    owe((out) => out.add(popDraft("p")));
    await turn();
    owe((out) => out.expirePops("call"));
    await turn();
    expect(crm.open[0]?.signal.aborted).toBe(true);
    await crm.open[0]?.answer(busy);
    clock.advance(5000);
    await turn();
    expect(crm.texts).toEqual(["p"]);
    expect(told).toEqual(["delivery.expired p"]);
  });

  test("with many before it, one that must wait for room expires there, with its time or its call", async () => {
    const { crm, clock, owe, told } = stage.live();
    owe((out) => {
      for (let count = 0; count < 64; count++) out.add(draft(`r${count}`, { key: `${count}` }));
      out.add(popDraft("late", { key: "late", interaction: "other" }));
      out.add(popDraft("over", { key: "over" }));
      out.add(draft("dropped", { key: "dropped" }));
    });
    await turn();
    expect(crm.seen).toHaveLength(64);
    owe((out) => out.expirePops("call"));
    await turn();
    expect(told).toEqual(["delivery.expired over"]);
    clock.advance(15_000);
    await turn();
    expect(told).toEqual(["delivery.expired over", "delivery.expired late"]);
    for (const open of [...crm.open]) await open.answer(sent);
    expect(crm.texts.slice(64)).toEqual(["dropped"]);
  });
});

describe("the end", () => {
  test("lets what is under way finish, tells it, and sends nothing more", async () => {
    const { crm, owe, deliveries, told } = stage.live();
    owe((out) => {
      for (const text of ["a", "b"]) out.add(draft(text));
    });
    await turn();
    const ended = deliveries.end(1000);
    owe((out) => out.add(draft("c", { key: "new" })));
    await turn();
    await crm.open[0]?.answer(sent);
    await ended;
    expect(crm.texts).toEqual(["a"]);
    expect(told).toEqual(["delivery.sent a"]);
    deliveries.begin(crm);
    deliveries.wake("crm", "1001");
    await turn();
    expect(crm.texts).toEqual(["a"]);
    expect(stage.look<{ json: string }>("SELECT json FROM deliveries ORDER BY ord")).toHaveLength(2);
  });

  test("does not wait for what has only its turn to come", async () => {
    const { crm, owe, deliveries } = stage.live();
    owe((out) => out.add(popDraft("p")));
    await deliveries.end(1000);
    expect(crm.seen).toEqual([]);
    const next = stage.live({}, undefined, 100);
    await turn();
    expect(next.crm.texts).toEqual(["p"]);
  });

  test("waits no longer than its patience, and leaves no timer behind", async () => {
    const { crm, clock, owe, deliveries } = stage.live();
    owe((out) => out.add(draft("a")));
    await turn();
    const ended = deliveries.end(1000);
    clock.advance(1000);
    await turn();
    expect(crm.open[0]?.signal.aborted).toBe(true);
    await crm.open[0]?.answer(busy);
    await ended;
    expect(clock.pending).toBe(0);
    expect([...deliveries.owed()]).toHaveLength(1);
  });
});
