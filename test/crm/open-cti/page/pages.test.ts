import { describe, expect, test } from "bun:test";
import { callLog, openStage, password } from "./stage.ts";

describe("a page", () => {
  test("is paired by a one-time token, and shows the agent's session", async () => {
    await using stage = await openStage();
    const page = await stage.open();
    page.hello({ pairing: stage.pages.mintPairing("1001").token });
    expect(await page.next("hello")).toMatchObject({
      agent: "1001",
      signIn: "both",
      ticket: expect.any(String),
    });
    expect(await page.next("lead")).toEqual({ type: "lead", leads: true });
    const { state } = await page.next("state");
    expect(state.session).toMatchObject({ agent: "1001", extension: "2001" });
    expect(stage.told).toEqual([["arrived", "1001"]]);
    expect(stage.fake.leases).toMatchObject([{ agent: "1001", lease: { id: "open-cti:page" } }]);
  });

  test("that nobody is at may only sign in or be paired", async () => {
    await using stage = await openStage();
    const page = await stage.open();
    page.send({ type: "command", id: "1", command: { verb: "ready" } });
    expect((await page.next("error")).error.message).toBe("hello comes first");
    page.hello();
    expect((await page.next("hello")).agent).toBeUndefined();
    page.send({ type: "command", id: "2", command: { verb: "ready" } });
    expect(await page.next("error")).toMatchObject({ id: "2", error: { code: "not-signed-in" } });
    expect(stage.fake.executed).toEqual([]);
  });

  test("signs an agent in by password", async () => {
    await using stage = await openStage({ signIn: "page" });
    const page = await stage.open();
    page.hello();
    page.send({ type: "sign-in", id: "s-1", agent: "1002", extension: "2002", password });
    expect(await page.next("outcome")).toMatchObject({ id: "s-1", outcome: { outcome: "confirmed" } });
    await page.next("hello");
    expect((await page.next("state")).state.session?.agent).toBe("1002");
    expect(stage.fake.signIns[0]?.lease).toMatchObject({ id: "open-cti:page" });
  });

  test("has commands done, each once", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    page.send({ type: "command", id: "7", command: { verb: "dial", number: "5551234" } });
    expect(await page.next("outcome")).toMatchObject({ id: "7", outcome: { verb: "dial" } });
    expect(stage.fake.executed).toMatchObject([
      {
        agent: "1001",
        command: { verb: "dial", number: "5551234" },
        options: { idempotencyKey: `page:${page.page}:7` },
      },
    ]);
  });

  test("saves a call's record when it leads", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    const saving = stage.pages.save("1001", callLog(), undefined, new AbortController().signal);
    const { id, log } = await page.next("save");
    expect(log.callObject).toBe("I-1:1001");
    page.send({ type: "saved", id, recordId: "00T000000000001" });
    expect(await saving).toBe("00T000000000001");
  });
});
