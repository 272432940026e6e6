import { describe, expect, test } from "bun:test";
import { ManualClock } from "../../../../src/platform/clock.ts";
import { callLog, openStage, outcome, session } from "./stage.ts";

const signal = (): AbortSignal => new AbortController().signal;
const pop = { callObject: "I-1:1001", number: "03001234567", callType: "Inbound", deferred: false } as const;

describe("who leads", () => {
  test("the tab that had the focus last pops, and no other", async () => {
    await using stage = await openStage();
    const [first, second] = [await stage.paired(), await stage.paired()];
    expect(await first.next("lead")).toEqual({ type: "lead", leads: false });
    expect(stage.pages.pop("1001", pop)).toBe(true);
    expect(await second.next("pop")).toEqual({ type: "pop", ...pop });
    first.send({ type: "focus" });
    expect(await first.next("lead")).toEqual({ type: "lead", leads: true });
    expect(stage.pages.pop("1001", { ...pop, callObject: "I-2:1001" })).toBe(true);
    expect(await first.next("pop")).toMatchObject({ callObject: "I-2:1001" });
    expect(second.messages.filter(({ type }) => type === "pop")).toEqual([{ type: "pop", ...pop }]);
  });

  test("what one page searched for no other is told to pop: it would pop nothing", async () => {
    await using stage = await openStage();
    const [first, second] = [await stage.paired(), await stage.paired()];
    await first.next("lead");
    expect(stage.pages.pop("1001", { ...pop, deferred: true })).toBe(true);
    await second.next("pop");
    first.send({ type: "focus" });
    expect(await first.next("lead")).toEqual({ type: "lead", leads: true });
    expect(stage.pages.popNow("1001", pop.callObject)).toBe(false);
    second.send({ type: "focus" });
    await second.next("lead");
    expect(await second.next("lead")).toEqual({ type: "lead", leads: true });
    expect(stage.pages.popNow("1001", pop.callObject)).toBe(true);
    expect(await second.next("pop-now")).toEqual({ type: "pop-now", callObject: pop.callObject });
    expect(stage.pages.popNow("1001", pop.callObject)).toBe(false);
  });

  test("a leading tab that is closed hands on at once, and what waits may be sent", async () => {
    await using stage = await openStage();
    const [first, second] = [await stage.paired(), await stage.paired()];
    await first.next("lead");
    stage.told.length = 0;
    second.socket.close();
    expect(await first.next("lead")).toEqual({ type: "lead", leads: true });
    expect(stage.told).toEqual([["arrived", "1001"]]);
    expect(stage.pages.canPop("1001")).toBe(true);
  });

  test("a plain page in front keeps nothing from coming up in Salesforce", async () => {
    await using stage = await openStage();
    const salesforce = await stage.paired();
    const plain = await stage.paired("1001", { openCti: false });
    plain.send({ type: "focus" });
    plain.send({ type: "reasons", id: "1" });
    await plain.next("reasons");
    expect(stage.pages.pop("1001", pop)).toBe(true);
    await salesforce.next("pop");
  });

  test("without a page in Salesforce nothing pops and nothing is saved", async () => {
    await using stage = await openStage();
    await stage.paired("1001", { openCti: false });
    expect(stage.pages.canPop("1001")).toBe(false);
    expect(stage.pages.pop("1001", pop)).toBe(false);
    for (const agent of ["1001", "1002"])
      await expect(stage.pages.save(agent, callLog({ agent }), undefined, signal())).rejects.toMatchObject({
        code: "salesforce-unreachable",
      });
  });
});

describe("states", () => {
  test("are whole, and ten a second after the first few; the newest comes", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({}, { clock });
    const page = await stage.paired();
    clock.advance(1000);
    const say = (words: string): void => {
      stage.fake.sessions.set("1001", session("1001", { shared: [words] }));
      stage.pages.changed("1001");
    };
    for (let count = 1; count <= 50; count++) {
      say(String(count));
      clock.advance(10);
    }
    clock.advance(100);
    const seen: string[] = [];
    while (seen.at(-1) !== "50") seen.push((await page.next("state")).state.session?.shared[0] ?? "");
    expect(seen.slice(0, 2)).toEqual(["1", "2"]);
    expect(seen.length).toBeLessThanOrEqual(9);
  });

  test("without news a page hears every ten seconds that the connector is there", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({}, { clock });
    const page = await stage.paired();
    clock.advance(9999);
    expect(page.messages.some(({ type }) => type === "alive")).toBe(false);
    clock.advance(1);
    await page.next("alive");
    clock.advance(10_000);
    await page.next("alive");
  });

  test("that say nothing new are not sent", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({}, { clock });
    const page = await stage.paired();
    for (let count = 0; count < 20; count++) {
      stage.pages.changed("1001");
      clock.advance(100);
    }
    page.send({ type: "reasons", id: "1" });
    await page.next("reasons");
    expect(page.messages.filter(({ type }) => type === "state")).toHaveLength(1);
  });

  test("hold the agent's own calls and records, and nobody else's", async () => {
    await using stage = await openStage();
    stage.fake.sessions.set("1002", session("1002"));
    stage.logs.push(
      { log: callLog(), matches: [], recordId: undefined },
      {
        log: callLog({ agent: "1002", callObject: "I-2:1002", number: "0999" }),
        matches: [],
        recordId: undefined,
      },
    );
    const [one, two] = [await stage.paired("1001"), await stage.paired("1002")];
    for (const agent of ["1001", "1002"]) {
      stage.pages.changed(agent);
      stage.pages.pop(agent, { ...pop, callObject: `I-9:${agent}` });
    }
    await one.next("pop");
    await two.next("pop");
    const told = one.messages.flatMap((each) => (each.type === "state" ? [each.state.unattended] : []));
    expect(told.at(-1)).toEqual({ then: "not-ready", after: 60 });
    expect(JSON.stringify(one.messages)).not.toContain("1002");
    expect(JSON.stringify(two.messages)).not.toContain("1001");
    expect(JSON.stringify(two.messages)).toContain("0999");
  });
});

describe("that somebody is there", () => {
  test("is said while a page is open, and not for a reload's time after it", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({}, { clock });
    const { leases, ended } = stage.fake;
    const page = await stage.paired();
    expect(leases.at(-1)).toMatchObject({ agent: "1001", lease: { id: "open-cti:page", ttl: 30 } });
    const put = leases.length;
    clock.advance(10_000);
    clock.advance(10_000);
    expect(leases.length).toBe(put + 2);
    page.socket.close();
    await until(() => stage.pages.health().figures.pages === 0);
    clock.advance(4000);
    expect(ended).toEqual([]);
    const again = await stage.paired();
    clock.advance(20_000);
    expect(ended).toEqual([]);
    again.socket.close();
    await until(() => stage.pages.health().figures.pages === 0);
    clock.advance(5000);
    expect(ended).toEqual([{ agent: "1001", id: "open-cti:page" }]);
    const last = leases.length;
    clock.advance(60_000);
    expect(leases.length).toBe(last);
  });

  test("ends at once when the person leaves", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    page.send({ type: "leave" });
    await page.next("signed-out");
    expect(stage.fake.ended).toEqual([{ agent: "1001", id: "open-cti:page" }]);
    page.send({ type: "command", id: "1", command: { verb: "ready" } });
    expect((await page.next("error")).error.code).toBe("not-signed-in");
  });

  test("is said of a session that begins under an open page", async () => {
    await using stage = await openStage();
    stage.fake.sessions.delete("1001");
    const page = await stage.paired();
    const before = stage.fake.leases.length;
    stage.fake.sessions.set("1001", session("1001"));
    stage.pages.changed("1001");
    expect((await page.next("state")).state.session?.agent).toBe("1001");
    expect(stage.fake.leases.length).toBe(before + 1);
  });
});

describe("what is asked at a page", () => {
  test("reaches the adapter for the agent who is there", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    stage.told.length = 0;
    const match = { id: "003000000000001", type: "Contact", name: "Zoë" };
    const { callObject } = pop;
    page.send({ type: "matches", callObject, matches: [match] });
    page.send({ type: "chosen", callObject, match });
    page.send({ type: "note", callObject, text: "calls back" });
    page.send({ type: "phone-book", id: "1" });
    await page.next("phone-book");
    expect(stage.told).toEqual([
      ["matched", "1001", callObject, [match]],
      ["chosen", "1001", callObject, match],
      ["note", "1001", callObject, "calls back"],
    ]);
  });

  test("how calls are laid out is told as Finesse's administrator has it", async () => {
    await using stage = await openStage();
    const header = { displayName: "Customer", variable: "callVariable1", inPopOver: true, editable: false };
    stage.fake.layouts = [
      { id: "1", name: "Default", description: undefined, type: "DEFAULT", header, columns: [[]] },
    ];
    const page = await stage.paired();
    page.send({ type: "layouts", id: "1" });
    expect((await page.next("layouts")).layouts).toMatchObject([{ header, columns: [[]] }]);
  });

  test("a number clicked in Salesforce is dialled, and its record is known before", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    stage.told.length = 0;
    stage.fake.execute = (agent, { verb }) => {
      stage.told.push("dialled");
      return Promise.resolve(outcome(agent, verb));
    };
    page.send({
      type: "click-to-dial",
      id: "c-1",
      number: "+49301234",
      recordId: "003000000000001",
      objectType: "Contact",
      recordName: "Mia Short",
    });
    await page.next("outcome");
    expect(stage.told).toEqual([
      ["clickedToDial", "1001", "+49301234", { id: "003000000000001", type: "Contact", name: "Mia Short" }],
      "dialled",
    ]);
    // Who a record is about is Salesforce's.
    expect(JSON.stringify(stage.fake.traced)).not.toContain("Mia");
    expect(stage.fake.executed[0]).toMatchObject({ command: { verb: "dial", number: "+49301234" } });
  });

  test("a repeated command has the same key, also over another socket of the same page", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    const command = { type: "command", id: "5", command: { verb: "dial", number: "1" } } as const;
    page.send(command);
    await page.next("outcome");
    const again = await stage.paired("1001", { page: page.page });
    again.send(command);
    await again.next("outcome");
    const other = await stage.paired();
    other.send(command);
    await other.next("outcome");
    const keys = stage.fake.executed.map(({ options }) => options.idempotencyKey);
    expect(keys[1]).toBe(keys[0] ?? "");
    expect(keys[2]).not.toBe(keys[0] ?? "");
  });

  test("a command that fails in cti itself is told without its words", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    stage.fake.execute = () => Promise.reject(new Error("cannot read 4711 of undefined"));
    page.send({ type: "command", id: "1", command: { verb: "ready" } });
    const { error } = await page.next("error");
    expect(error).toEqual({ code: "internal", message: "something in cti itself went wrong" });
    expect(stage.fake.logged.join("\n")).not.toContain("4711");
  });

  test("too much at once is refused, and goes on when something is done", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    const gate = Promise.withResolvers<void>();
    stage.fake.execute = (agent, { verb }) => gate.promise.then(() => outcome(agent, verb));
    for (let count = 1; count <= 17; count++)
      page.send({ type: "command", id: String(count), command: { verb: "ready" } });
    expect(await page.next("error")).toMatchObject({ id: "17", error: { code: "refused" } });
    gate.resolve();
    for (let count = 1; count <= 16; count++) await page.next("outcome");
    page.send({ type: "command", id: "18", command: { verb: "ready" } });
    expect((await page.next("outcome")).id).toBe("18");
  });
});

test("health names who is there, and where", async () => {
  await using stage = await openStage();
  await stage.paired();
  await stage.paired("1001", { openCti: false });
  const health = stage.pages.health();
  expect(health).toMatchObject({ state: "up", figures: { pages: 2, "pages in Salesforce": 1 } });
  expect(health.summary).toContain(`${stage.origin}/softphone`);
  expect(health.clients).toMatchObject([{ name: "127.0.0.1", agents: ["1001"] }]);
});

/** Sockets close in their own time, which nothing here is told of. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
