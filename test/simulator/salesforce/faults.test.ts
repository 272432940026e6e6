import { describe, expect, test } from "bun:test";
import { ManualClock } from "../../../src/platform/clock.ts";
import { faultOf, salesforceFaults } from "../../../src/simulator/salesforce/faults.ts";
import { Stage } from "./stage.ts";

const call = { Subject: "Call", CallObject: "01J:1001" };
const soon = { signal: AbortSignal.timeout(10_000) };

describe("a fault", () => {
  test("down: refused, and back at the same port after a while", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.open({ clock });
    await stage.org.fail("down", undefined, { for: 5000 });
    await expect(stage.rest("limits")).rejects.toThrow();
    expect(stage.org.fault()).toBe("down");
    clock.advance(5000);
    await stage.org.waitFor(() => stage.org.fault() === null);
    expect((await stage.rest("limits")).status).toBe(200);
  });

  test("hang: never answered, nothing done", async () => {
    await using stage = await Stage.open();
    await stage.org.fail("hang");
    const waiting = stage.task(call).then(
      () => "answered",
      () => "cut",
    );
    await stage.org.waitFor(() =>
      stage.org.calls().some(({ status, fault }) => status === 0 && fault === "hang"),
    );
    expect(stage.org.tasks()).toEqual([]);
    await stage.org.fail("down");
    expect(await waiting).toBe("cut");
  });

  test("slow: done at once, answered late", async () => {
    const clock = new ManualClock();
    await using stage = await Stage.open({ clock });
    await stage.org.fail("slow", 3000);
    const made = stage.task(call);
    await stage.org.waitFor(() => stage.org.tasks().length === 1);
    await stage.org.waitFor(() => stage.org.calls().length === 1);
    clock.advance(3000);
    expect((await made).status).toBe(201);
  });

  test("status: everything is refused, OAuth too, and nothing done", async () => {
    await using stage = await Stage.open();
    await stage.org.fail("status", "503");
    const got = await stage.task(call);
    expect([got.status, got.body]).toMatchObject([503, [{ errorCode: "SERVER_UNAVAILABLE" }]]);
    expect((await stage.ask("/services/oauth2/token", { form: {} })).status).toBe(503);
    expect((await stage.ask("/lightning/page/home")).status).toBe(200);
    expect(stage.org.tasks()).toEqual([]);
  });

  test.each([
    ["row-lock", "UNABLE_TO_LOCK_ROW"],
    ["validation", "FIELD_CUSTOM_VALIDATION_EXCEPTION"],
  ])("%s: the next writes are refused, reads are not, nor who may not come in", async (fault, code) => {
    await using stage = await Stage.open();
    await stage.org.fail(fault, undefined, { count: 2 });
    expect((await stage.rest("limits")).status).toBe(200);
    expect((await stage.rest("parameterizedSearch", { body: { q: "5551234" } })).status).toBe(200);
    expect((await stage.rest("sobjects/Task", { body: call, token: "wrong" })).status).toBe(401);
    expect([(await stage.task(call)).body, (await stage.task(call)).body]).toMatchObject([
      [{ errorCode: code }],
      [{ errorCode: code }],
    ]);
    expect(stage.org.fault()).toBeNull();
    expect((await stage.task(call)).status).toBe(201);
  });

  test("error: any code, for any request", async () => {
    await using stage = await Stage.open();
    await stage.org.fail("error", "ENTITY_IS_DELETED");
    expect((await stage.rest("limits")).body).toMatchObject([{ errorCode: "ENTITY_IS_DELETED" }]);
    expect((await stage.rest("limits")).status).toBe(200);
  });

  test("lost: done, and the connection cut before the answer; the second try is judged", async () => {
    await using stage = await Stage.open();
    await stage.org.fail("lost");
    await expect(stage.task(call)).rejects.toThrow();
    expect(stage.org.tasks()).toMatchObject([
      { fields: call, history: [{ what: "created", answerLost: true }] },
    ]);
    expect(stage.org.calls()).toMatchObject([{ status: 201, fault: "lost for 1 request" }]);
    await stage.task(call);
    expect(stage.org.complaints()).toMatchObject([
      { kind: "two-tasks", text: expect.stringContaining("01J:1001") },
    ]);
  });

  test("limit: the day is over, until it is healed", async () => {
    await using stage = await Stage.open();
    await stage.org.fail("limit", 1);
    expect((await stage.rest("limits")).headers.get("sforce-limit-info")).toBe("api-usage=15000/15000");
    expect((await stage.rest("limits")).body).toMatchObject([{ errorCode: "REQUEST_LIMIT_EXCEEDED" }]);
    expect(await stage.org.heal()).toBe("limit: 1 request left");
    expect((await stage.rest("limits")).status).toBe(200);
    expect(await stage.org.heal()).toBeNull();
  });

  test.each([
    ["toaster", undefined, undefined, "no fault"],
    ["down", "5", undefined, "takes no value"],
    ["down", undefined, 5, "takes no count"],
    ["slow", undefined, undefined, "milliseconds"],
    ["slow", "soon", undefined, "soon"],
    ["status", "200", undefined, "400 to 599"],
    ["error", "nope", undefined, "error code"],
    ["lost", undefined, 0, "whole number"],
    ["limit", "-1", undefined, "number of requests"],
  ])("%s %s %s is none", (name, value, count, words) => {
    expect(() => faultOf(name, value, count)).toThrow(words);
    expect(Object.keys(salesforceFaults)).toContain("down");
  });
});

describe("a port", () => {
  test("that is taken is told with the option that helps", async () => {
    await using stage = await Stage.open();
    const port = Number(new URL(stage.org.url).port);
    await expect(Stage.open({ port })).rejects.toMatchObject({
      code: "usage",
      hint: expect.stringContaining("--port 0"),
    });
  });

  test("is for those who know its name", async () => {
    await using stage = await Stage.open();
    const { url, caPem: ca } = stage.org;
    const at = (path: string, host: string) =>
      fetch(url + path, { headers: { Host: host }, redirect: "manual", tls: { ca }, ...soon });
    expect((await at("/services/data", "evil.example.com")).status).toBe(421);
    const { port } = new URL(url);
    const page = await at("/lightning/page/home?user=agent1002@example.com", `127.0.0.1:${port}`);
    expect([page.status, page.headers.get("location")]).toEqual([
      302,
      `${url}/lightning/page/home?user=agent1002@example.com`,
    ]);
  });
});
