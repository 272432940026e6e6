import { describe, expect, test } from "bun:test";
import { CtiError } from "../../../../src/model/errors.ts";
import { callLog, openStage, session } from "./stage.ts";

const pop = { callObject: "I-1:1001", number: "03001234567", callType: "Inbound", deferred: false } as const;
const signal = (): AbortSignal => new AbortController().signal;

describe("a page that was paired by the agent's other name, before there was a session", () => {
  test("shows the session, pops and saves, and hears of its end", async () => {
    await using stage = await openStage();
    const { sessions } = stage.fake;
    sessions.delete("1001");
    const page = await stage.paired("ayesha");
    const begun = session("1001");
    sessions.set("1001", begun);
    sessions.set("ayesha", begun);
    stage.pages.changed("1001");
    expect((await page.next("state")).state.session?.agent).toBe("1001");
    expect(stage.pages.canPop("1001")).toBe(true);
    expect(stage.pages.pop("1001", pop)).toBe(true);
    await page.next("pop");
    const saving = stage.pages.save("1001", callLog(), undefined, signal());
    const { id } = await page.next("save");
    page.send({ type: "saved", id, recordId: "00T1" });
    expect(await saving).toBe("00T1");
    // Another page of his sits beside it.
    await stage.paired("1001");
    expect(stage.pages.health().figures.pages).toBe(2);
    expect(stage.pages.health().clients).toHaveLength(1);
    sessions.clear();
    stage.pages.changed("1001");
    let { state } = await page.next("state");
    while (state.session !== undefined) ({ state } = await page.next("state"));
  });
});

test("a note or a choice that is kept nowhere any more is said to be lost", async () => {
  await using stage = await openStage();
  const page = await stage.paired();
  stage.told.push = () => {
    throw new CtiError({ code: "no-such-call", message: "this was not saved" });
  };
  page.send({ type: "note", callObject: "I-9:1001", text: "calls back" });
  expect(await page.next("error")).toMatchObject({
    error: { code: "no-such-call", message: "this was not saved" },
  });
});
