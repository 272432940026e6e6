import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { deliveriesText } from "../../src/commands/deliveries-text.ts";
import { coloured, plain } from "../../src/platform/terminal.ts";
import { delivery, type FakeControl, fakeControl, now, run } from "./harness.ts";

const owed = delivery();
const behind = delivery({
  id: "d-7-13",
  text: "03007654321",
  attempts: 0,
  createdAt: "2026-01-05T09:09:50.000Z",
});
const tooOld = delivery({
  id: "d-3-1",
  state: "missed",
  createdAt: "2026-01-04T09:06:30.000Z",
  expiresAt: "2026-01-05T09:06:30.000Z",
  missedAt: "2026-01-05T09:06:30.000Z",
  attempts: 2900,
  why: "connection refused",
});
const latePop = delivery({
  id: "d-7-10",
  kind: "ScreenPop",
  policy: "pop",
  state: "missed",
  createdAt: "2026-01-05T09:09:00.000Z",
  expiresAt: "2026-01-05T09:09:15.000Z",
  missedAt: "2026-01-05T09:09:08.000Z",
  attempts: 1,
  why: "its call is over",
});
for (const each of [behind, tooOld, latePop]) delete each.retryAt;
delete behind.why;

const asked = (fake: FakeControl): unknown => fake.asked.at(-1);

describe("cti deliveries", () => {
  test("a line each, oldest first, and what can be done", async () => {
    const fake = fakeControl({ deliveries: [tooOld, owed, latePop, behind] });
    const { exitCode, stdout } = await run(["deliveries"], fake);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        "id      age       adapter  kind          agent  about        tries  state                      why",
        "d-3-1   1d 00:03  ebs      CallReleased  1001   03001234567  2900   missed 3 min ago: too old  connection refused",
        "d-7-12  2:10      ebs      CallReleased  1001   03001234567  3      next try in 12 s           no answer within 2 s",
        "d-7-10  1:00      ebs      ScreenPop     1001   03001234567  1      missed 52 s ago            its call is over",
        "d-7-13  0:10      ebs      CallReleased  1001   03007654321  0      waits for its turn",
        "",
        "try now what is owed: cti deliveries retry",
        "tell it all the same: cti deliveries retry --missed",
        "forget what was missed: cti deliveries discard --missed",
        "",
      ].join("\n"),
    );
    expect(asked(fake)).toEqual({ what: "deliveries", detail: {} });
  });

  test.each([
    [owed, "try now what is owed: cti deliveries retry\n", "--missed"],
    [latePop, "forget what was missed: cti deliveries discard --missed\n", "retry"],
  ])("only what would help is proposed", async (only, last, not) => {
    const { stdout } = await run(["deliveries"], fakeControl({ deliveries: [only] }));
    expect(stdout).toEndWith(`\n\n${last}`);
    expect(stdout).not.toContain(not);
  });

  test.each([
    [{}, "next try in 12 s"],
    [{ retryAt: "2026-01-05T09:10:00.001Z" }, "next try in 1 s"],
    [{ retryAt: "2026-01-05T09:09:59.000Z" }, "waits to be tried again"],
  ])("%j: %s", (changes, words) => {
    const page = { deliveries: [delivery(changes)], total: 1 };
    expect(deliveriesText(page, {}, { paint: plain, now })).toContain(words);
  });

  test("one that is under way says so", () => {
    const { retryAt: _retryAt, ...sending } = owed;
    const page = { deliveries: [sending], total: 1 };
    expect(deliveriesText(page, {}, { paint: plain, now })).toContain("being sent");
  });

  test("colours do not move the columns", () => {
    const page = { deliveries: [tooOld, owed, latePop, behind], total: 4 };
    // oxlint-disable-next-line no-control-regex
    const bare = deliveriesText(page, {}, { paint: coloured, now }).replaceAll(/\u001b\[\d+m/g, "");
    const trimmed = (text: string): string => text.replaceAll(/ +$/gm, "");
    expect(trimmed(bare)).toBe(trimmed(deliveriesText(page, {}, { paint: plain, now })));
  });

  test.each([
    [["deliveries"], "all is told: nothing is owed, nothing was missed\n"],
    [["deliveries", "list"], "all is told: nothing is owed, nothing was missed\n"],
    [["deliveries", "list", "--missed"], "nothing was missed\n"],
    [["deliveries", "list", "--missed", "--adapter", "ebs"], "nothing was missed by ebs\n"],
    [["deliveries", "retry"], "nothing to try again\n"],
    [["deliveries", "retry", "--missed"], "nothing to try again\n"],
    [["deliveries", "discard", "--missed"], "nothing to discard\n"],
  ])("%p: nothing there is one calm line", async (words, stdout) => {
    expect(await run(words, fakeControl())).toEqual({ exitCode: 0, stdout, stderr: "" });
  });

  test.each([
    [["--missed"], { state: "missed" }],
    [["--adapter", "ebs", "-a", "1001", "--limit", "5"], { adapter: "ebs", agent: "1001", limit: 5 }],
  ])("%p narrows it, with list and without", async (flags, query) => {
    for (const words of [["deliveries"], ["deliveries", "list"]]) {
      const fake = fakeControl();
      await run([...words, ...flags], fake);
      expect(asked(fake)).toEqual({ what: "deliveries", detail: query });
    }
  });

  test("the agent of the environment narrows nothing", async () => {
    const fake = fakeControl();
    await run(["deliveries"], fake, { env: { CTI_AGENT: "1001" } });
    expect(asked(fake)).toEqual({ what: "deliveries", detail: {} });
  });

  test("more than are shown are counted", async () => {
    const { stdout } = await run(["deliveries", "--limit", "1"], fakeControl({ deliveries: [owed, behind] }));
    expect(stdout).toContain("the oldest 1 of 2");
  });

  test.each(["0", "1001", "many", "1.5"])("--limit %s: exit 2", async (limit) => {
    const { exitCode, stderr } = await run(["deliveries", "--limit", limit], fakeControl());
    expect(exitCode).toBe(2);
    expect(stderr).toContain("1 to 1000");
  });

  test("the fields of --json are a contract", async () => {
    const { stdout } = await run(["deliveries", "--json"], fakeControl({ deliveries: [owed, tooOld] }));
    const page = JSON.parse(stdout);
    expect(page).toEqual({ deliveries: [owed, tooOld], total: 2 });
    expect(Object.keys(page.deliveries[0])).toEqual([
      "id",
      "adapter",
      "kind",
      "policy",
      "text",
      "agent",
      "interaction",
      "attempts",
      "state",
      "createdAt",
      "expiresAt",
      "retryAt",
      "why",
    ]);
  });

  test("no connector: exit 7, what to do", async () => {
    const { exitCode, stderr } = await run(["deliveries"], fakeControl({ running: false }));
    expect(exitCode).toBe(7);
    expect(stderr).toContain("no connector runs");
  });

  test("whatever a CRM says of them, a delivery is one line and steers no terminal", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, why, kind) => {
        const page = { deliveries: [delivery({ text, why, kind })], total: 1 };
        const shown = deliveriesText(page, {}, { paint: plain, now });
        expect(shown.split("\n")).toHaveLength(4);
        // oxlint-disable-next-line no-control-regex
        expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

const table: [string[], unknown][] = [
  [["--missed"], { query: { state: "missed" } }],
  [["--missed", "--adapter", "ebs"], { query: { state: "missed", adapter: "ebs" } }],
  [["--all"], { query: {} }],
  [["--all", "-a", "1001"], { query: { agent: "1001" } }],
  [["d-7-12", "d-7-13"], { ids: ["d-7-12", "d-7-13"] }],
];

describe.each(["retry", "discard"])("cti deliveries %s", (verb) => {
  test.each(table)("%p", async (words, request) => {
    const fake = fakeControl();
    expect((await run(["deliveries", verb, ...words], fake)).exitCode).toBe(0);
    expect(asked(fake)).toEqual({ what: verb, detail: request });
  });

  test.each([
    [["d-7-12", "--missed"], "ids and --missed"],
    [["d-7-12", "--all", "-a", "1001"], "ids and --all --agent"],
    [["--missed", "--all"], "--missed and --all"],
  ])("%p: exit 2, and nothing is done", async (words, message) => {
    const fake = fakeControl();
    const { exitCode, stderr } = await run(["deliveries", verb, ...words], fake);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${message} exclude each other`);
    expect(fake.asked).toEqual([]);
  });

  const unknown = { id: "d-7-9", why: "there is no such delivery", unknown: true };

  test("ids of which nobody knows any: exit 7, and where to look", async () => {
    const fake = fakeControl({ answer: { done: [], refused: [unknown] } });
    const { exitCode, stdout, stderr } = await run(["deliveries", verb, "d-7-9"], fake);
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: "" });
    expect(stderr).toContain("there is no delivery d-7-9");
    expect(stderr).toContain("cti deliveries");
    const json = await run(["deliveries", verb, "d-7-9", "--json"], fake);
    expect(JSON.parse(json.stderr)).toMatchObject({
      error: { code: "no-such-delivery", details: { ids: ["d-7-9"] } },
    });
  });

  test("some known, some not: exit 0, each with what became of it", async () => {
    const fake = fakeControl({ answer: { done: [owed, tooOld], refused: [unknown] } });
    const words = ["deliveries", verb, "d-7-12", "d-3-1", "d-7-9"];
    const { exitCode, stdout } = await run(words, fake);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        `✓ d-7-12  CallReleased 03001234567: ${verb === "retry" ? "tried now" : "discarded"}`,
        `✓ d-3-1  CallReleased 03001234567: ${verb === "retry" ? "owed again" : "discarded"}`,
        "✗ d-7-9  there is no such delivery",
        "",
      ].join("\n"),
    );
    expect(JSON.parse((await run([...words, "--json"], fake)).stdout)).toEqual({
      done: [owed, tooOld],
      refused: [unknown],
    });
  });
});

test("a retry without a word means what is owed; a missed pop that is refused is no failure", async () => {
  const why = "a pop that is late would show the wrong customer";
  const fake = fakeControl({ answer: { done: [], refused: [{ id: "d-7-10", why }] } });
  const { exitCode, stdout } = await run(["deliveries", "retry"], fake);
  expect(asked(fake)).toEqual({ what: "retry", detail: { query: { state: "owed" } } });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `✗ d-7-10  ${why}\n` });
});

test.each([[[]], [["--adapter", "ebs"]], [["-a", "1001"]]])(
  "a discard %p does not mean all: exit 2, and why it asks",
  async (words) => {
    const fake = fakeControl({ deliveries: [owed] });
    const { exitCode, stderr } = await run(["deliveries", "discard", ...words], fake);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("the CRM will never hear of what is discarded");
    expect(stderr).toContain("--missed or --all");
    expect(fake.asked).toEqual([]);
  },
);

describe("completion", () => {
  const fake = fakeControl({
    deliveries: [owed, latePop],
    adapters: [
      { adapter: "ebs", state: "up", since: "", summary: "1 client", figures: {}, clients: [], peers: [] },
    ],
  });
  test.each([
    [
      ["deliveries", ""],
      ["list", "retry", "discard"],
    ],
    [["deliveries", "list", "--adapter", ""], ["ebs"]],
    [["deliveries", "retry", "--mis"], ["--missed"]],
    // A missed pop is nothing to try again.
    [["deliveries", "retry", "d-"], ["d-7-12"]],
    [
      ["deliveries", "discard", "d-"],
      ["d-7-12", "d-7-10"],
    ],
  ])("%p → %p", async (words, expected) => {
    const { stdout } = await run(["__complete", "--", ...words], fake);
    expect(stdout.split("\n").flatMap((line) => line.split("\t")[0] || [])).toEqual(expected);
  });
});

test("cti help deliveries is the command and what its words mean", async () => {
  const { stdout } = await run(["help", "deliveries"], fakeControl());
  for (const words of ["Usage", "pop ", "record ", "missed ", "cti deliveries retry --missed"])
    expect(stdout).toContain(words);
});
