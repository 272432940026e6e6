import { describe, expect, test } from "bun:test";
import { ManualClock } from "../../../src/platform/clock.ts";
import { startEbs } from "../../../src/simulator/ebs/start.ts";
import { document, established, pop, released, Stage } from "./stage.ts";

const two = [
  { agent: "1001", extension: "2001" },
  { agent: "1002", extension: "2002" },
];

describe("seats", () => {
  test("a day begins with Register, Login and Ready at every seat", async () => {
    await using stage = await Stage.open({ seats: two });
    await stage.ebs.beginDay();
    for (const { agent } of two)
      expect(
        stage.ebs
          .callouts()
          .filter((each) => each.agent === agent)
          .map(({ callout }) => callout),
      ).toEqual(["Register", "Login", "Ready"]);
    expect(stage.ebs.seats()).toMatchObject([
      { agent: "1001", registered: true, loggedIn: true, ready: true },
      { agent: "1002", registered: true, loggedIn: true, ready: true },
    ]);
  });

  test("and ends where it is refused", async () => {
    await using stage = await Stage.open();
    stage.softphone.refuse("UnexpectedError");
    await stage.ebs.beginDay();
    expect(stage.ebs.callouts().map(({ callout }) => callout)).toEqual(["Register"]);
    expect(stage.ebs.seats()).toMatchObject([{ registered: false }]);
  });

  test("each has a listener of its own, so that it is known whom an event came to", async () => {
    await using stage = await Stage.registered({ seats: two });
    const [first, second] = stage.ebs.seats();
    expect(first?.listener).not.toBe(second?.listener);
    expect(stage.ebs.listenerUrl).toBe(first?.listener ?? "");
    await stage.post(document(pop("a")));
    await stage.post(document(established("a")), { agent: "1002" });
    await stage.post(document(pop("b", { occtDNIS: "2002" })), { agent: "1002" });
    expect(stage.ebs.history().map(({ id, agent }) => [id, agent])).toEqual([
      ["a", "1001"],
      ["b", "1002"],
    ]);
    expect(stage.ebs.complaints()).toMatchObject([{ kind: "two-agents", agent: "1002", sourceId: "a" }]);
  });

  test.each([
    [[], "must be a seat"],
    [[...two, { agent: "1002", extension: "9" }], "the agent 1002"],
    [[...two, { agent: "9", extension: "2001" }], "the extension 2001"],
  ])("%j is refused", async (seats, words) => {
    await expect(startEbs({ seats })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(words),
    });
  });

  test("a port that is taken is told, and nothing stays open", async () => {
    await using stage = await Stage.open();
    const listenPort = Number(new URL(stage.ebs.listenerUrl).port);
    await expect(startEbs({ listenPort })).rejects.toMatchObject({
      code: "usage",
      hint: expect.stringContaining("--listen-port"),
    });
  });

  test("one that there is not", async () => {
    await using stage = await Stage.open();
    await expect(stage.ebs.callout("9", "Ready")).rejects.toMatchObject({
      code: "input-invalid",
      hint: "one of: 1001",
    });
  });
});

describe("CheckStatus", () => {
  test("is sent while registered, and tells once when the link is lost and found", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.open({ clock, checkEvery: 30_000, seats: two });
    const told: string[] = [];
    stage.ebs.watch(({ type, text }) => type === "link" && told.push(text));
    const checks = () => stage.ebs.callouts().filter(({ callout }) => callout === "CheckStatus");
    const next = async () => {
      const had = checks().length;
      clock.advance(30_000);
      await stage.ebs.waitFor(() => checks().length > had && true);
    };
    clock.advance(30_000);
    await stage.ebs.callout("1001", "Register");
    expect(checks()).toEqual([]);
    await next();
    expect(stage.ebs.seats()).toMatchObject([{ link: "up" }, { link: "unknown" }]);
    stage.softphone.refuse("no link to the switch");
    await next();
    await next();
    expect(stage.ebs.seats()).toMatchObject([{ link: "lost" }, { link: "unknown" }]);
    stage.softphone.answer = () => new Response("<CCTSDK/>", { headers: { "Content-Type": "text/xml" } });
    await next();
    await stage.ebs.callout("1001", "Unregister");
    clock.advance(60_000);
    expect(told).toEqual(["link lost: CheckStatus refused: no link to the switch", "link found again"]);
    expect(checks().map(({ agent }) => agent)).toEqual(["1001", "1001", "1001", "1001"]);
  });
});

describe("waiting", () => {
  test("ends with the event that was waited for", async () => {
    await using stage = await Stage.registered();
    const ended = stage.ebs.waitFor(() => stage.ebs.history().find(({ complete }) => complete));
    await stage.post(document(pop("a"), established("a")));
    await stage.post(document(released("a")));
    expect(await ended).toMatchObject({ id: "a", state: "ended" });
    expect(await stage.ebs.waitFor(() => stage.ebs.history()[0])).toMatchObject({ id: "a" });
  });

  test("ends with an error when EBS is closed, or when looking fails", async () => {
    await using stage = await Stage.open();
    const never = stage.ebs.waitFor(() => undefined);
    const failing = stage.ebs.waitFor(() => {
      throw new Error("look");
    });
    await expect(failing).rejects.toThrow("look");
    const closed = stage.ebs.close();
    await expect(never).rejects.toThrow("closed");
    await closed;
  });
});

test("times are those of the clock", async () => {
  const clock = new ManualClock();
  await using stage = await Stage.registered({ clock });
  await stage.post(document(pop("a"), established("a")));
  clock.advance(3_723_000);
  const texts: string[] = [];
  stage.ebs.watch(({ text }) => texts.push(text));
  await stage.post(document(released("a")));
  expect(texts).toEqual(["interaction a ends after 1:02:03"]);
  expect(stage.ebs.history()).toMatchObject([{ established: ["2026-01-05T09:00:00.000Z"], seconds: 3723 }]);
});
