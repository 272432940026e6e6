import { describe, expect, test } from "bun:test";
import { ManualClock } from "../../../src/platform/clock.ts";
import { ebsFaults, faultOf } from "../../../src/simulator/ebs/faults.ts";
import { document, pop, Stage } from "./stage.ts";

describe("a listener that fails", () => {
  test("down: connections are refused, and at the same port it is back", async () => {
    await using stage = await Stage.registered();
    const before = stage.ebs.listenerUrl;
    await stage.ebs.fail("down");
    await expect(stage.post(document(pop("a")))).rejects.toThrow();
    await stage.ebs.heal();
    expect(stage.ebs.seats()[0]?.listener).toBe(before);
    expect((await stage.post(document(pop("b")))).status).toBe(200);
    expect(stage.ebs.events()).toMatchObject([{ data: { occtSourceID: "b" } }]);
  });

  test("hang: what is sent is seen, never answered and not taken", async () => {
    await using stage = await Stage.registered();
    await stage.ebs.fail("hang");
    const answer = stage.post(document(pop("a"))).catch(() => "cut");
    const event = await stage.ebs.waitFor(() => stage.ebs.events()[0]);
    expect(event).toMatchObject({ taken: false, fault: "hang" });
    expect(stage.ebs.history()).toEqual([]);
    await stage.ebs.heal();
    expect(await Promise.race([answer, stage.post(document(pop("b"))).then(() => "next")])).toBe("next");
    await stage.ebs.close();
    expect(await answer).toBe("cut");
  });

  test("slow: taken at once, answered late", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.registered({ clock });
    await stage.ebs.fail("slow", 3000);
    const answer = stage.post(document(pop("a")));
    await stage.ebs.waitFor(() => stage.ebs.history()[0]);
    clock.advance(2999);
    expect(await Promise.race([answer, Promise.resolve("waits")])).toBe("waits");
    clock.advance(1);
    expect((await answer).status).toBe(200);
  });

  test("slow: an answer that is still due keeps nobody when the listener is closed", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.registered({ clock });
    await stage.ebs.fail("slow", 3_600_000);
    const answer = stage.post(document(pop("a"))).catch(() => "cut");
    await stage.ebs.waitFor(() => stage.ebs.history()[0]);
    await stage.ebs.close();
    expect(clock.pending).toBe(0);
    expect(await answer).toBe("cut");
  });

  test("status: refused, and nothing is taken; a later delivery is the first", async () => {
    await using stage = await Stage.registered();
    await stage.ebs.fail("status", "503");
    expect((await stage.post(document(pop("a")))).status).toBe(503);
    expect(stage.ebs.history()).toEqual([]);
    await stage.ebs.heal();
    await stage.post(document(pop("a")));
    expect(stage.ebs.history()).toMatchObject([{ pops: [expect.any(String)] }]);
    expect(stage.ebs.events()).toMatchObject([{ taken: false, fault: "status 503" }, { taken: true }]);
    expect(stage.ebs.complaints()).toEqual([]);
  });

  test("error: 200 with an Error event", async () => {
    await using stage = await Stage.registered();
    await stage.ebs.fail("error", 'no "session" & co');
    const response = await stage.post(document(pop("a")));
    expect([response.status, await response.text()]).toEqual([
      200,
      '<CCTSDK><event name="Error"><data name="occtErrorMsg" value="no &quot;session&quot; &amp; co"/></event></CCTSDK>',
    ]);
    expect(stage.ebs.history()).toEqual([]);
  });

  test("one seat's alone, one fault in place of another", async () => {
    const seats = [
      { agent: "1001", extension: "2001" },
      { agent: "1002", extension: "2002" },
    ];
    await using stage = await Stage.registered({ seats });
    await stage.ebs.fail("down", undefined, "1002");
    await stage.ebs.fail("status", 404, "1002");
    expect((await stage.post(document(pop("a")))).status).toBe(200);
    expect((await stage.post(document(pop("b")), { agent: "1002" })).status).toBe(404);
    await stage.ebs.heal("1001");
    expect((await stage.post(document(pop("b")), { agent: "1002" })).status).toBe(404);
  });
});

test.each([
  ["toaster", undefined, "there is no fault"],
  ["down", "1", "takes no value"],
  ["slow", undefined, "wants milliseconds"],
  ["slow", "-1", "wants milliseconds"],
  ["status", "99", "wants an HTTP status"],
  ["error", undefined, "wants a text"],
])("%s %p: %s", (name, value, words) => {
  expect(() => faultOf(name, value)).toThrow(
    expect.objectContaining({
      code: "input-invalid",
      message: expect.stringContaining(words),
      hint: expect.any(String),
    }),
  );
});

test("every fault has a line of help", () => {
  expect(Object.keys(ebsFaults)).toEqual(["down", "hang", "slow", "status", "error"]);
});
