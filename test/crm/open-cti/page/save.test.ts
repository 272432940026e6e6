import { describe, expect, test } from "bun:test";
import { ManualClock } from "../../../../src/platform/clock.ts";
import { callLog, openStage } from "./stage.ts";

const signal = (): AbortSignal => new AbortController().signal;

describe("a save", () => {
  test("that Salesforce refuses has its words", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    const saving = stage.pages.save("1001", callLog(), "00T000000000001", signal());
    const { id, recordId } = await page.next("save");
    expect(recordId).toBe("00T000000000001");
    page.send({ type: "not-saved", id, error: "REQUIRED_FIELD_MISSING" });
    await expect(saving).rejects.toMatchObject({ code: "refused", why: "REQUIRED_FIELD_MISSING" });
  });

  test("of which the page does not know what became is unknown", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    const saving = stage.pages.save("1001", callLog(), undefined, signal());
    const { id } = await page.next("save");
    page.send({ type: "not-saved", id, error: "no answer", unknown: true });
    await expect(saving).rejects.toMatchObject({ code: "outcome-unknown", why: "no answer" });
  });

  test("may still be answered by the same page when it comes back", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({}, { clock });
    const page = await stage.paired();
    const other = await stage.paired("1001", { focused: false });
    const saving = stage.pages.save("1001", callLog(), undefined, signal());
    const { id } = await page.next("save");
    page.socket.close();
    // The other page leads now: the first one is seen to be gone.
    await other.next("lead");
    clock.advance(4999);
    const back = await stage.paired("1001", { page: page.page });
    clock.advance(60_000);
    other.send({ type: "saved", id, recordId: "00T000000000666" });
    other.send({ type: "reasons", id: "1" });
    await other.next("reasons");
    back.send({ type: "saved", id, recordId: "00T000000000001" });
    expect(await saving).toBe("00T000000000001");
  });

  test("of a page that does not come back is unknown", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({}, { clock });
    const page = await stage.paired();
    const other = await stage.paired("1001", { focused: false });
    const saving = stage.pages.save("1001", callLog(), undefined, signal());
    await page.next("save");
    page.socket.close();
    await other.next("lead");
    clock.advance(5000);
    await expect(saving).rejects.toMatchObject({ code: "outcome-unknown" });
  });

  test("that takes too long is unknown, and a late answer harms nobody", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    const patience = new AbortController();
    const saving = stage.pages.save("1001", callLog(), undefined, patience.signal);
    const { id } = await page.next("save");
    patience.abort();
    await expect(saving).rejects.toMatchObject({ code: "outcome-unknown" });
    page.send({ type: "saved", id, recordId: "00T000000000001" });
    page.send({ type: "saved", id: "save-99-x", recordId: "00T000000000001" });
    page.send({ type: "reasons", id: "1" });
    await page.next("reasons");
  });

  test("under way when the connector stops is unknown", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    const saving = stage.pages.save("1001", callLog(), undefined, signal());
    await page.next("save");
    const rejected = saving.catch((error: unknown) => error);
    await stage.pages.stop();
    expect(await rejected).toMatchObject({ code: "outcome-unknown" });
    expect((await page.closed).code).toBe(1001);
  });
});
