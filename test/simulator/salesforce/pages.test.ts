import { describe, expect, test } from "bun:test";
import { Frame, softphone } from "./frame.ts";
import { Stage } from "./stage.ts";

const page = (stage: Stage, path: string, headers: Record<string, string> = {}) =>
  stage.ask(`/lightning/${path}`, { token: null, headers });

describe("a host page", () => {
  test("frames the softphone as Lightning does, and lets nothing else in", async () => {
    await using stage = await Stage.open({ softphone: `${softphone}#pair` });
    const got = await page(stage, "page/home");
    expect(got.body).toContain("It is not Salesforce.");
    const query = `?mode=Lightning&#38;sfdcIframeOrigin=${encodeURIComponent(stage.org.url)}#pair`;
    expect(got.body).toContain(`data-src="${softphone}${query}"`);
    const policy = got.headers.get("content-security-policy") ?? "";
    expect(policy.split("; ")).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-src https://127.0.0.1:8112",
        "frame-ancestors 'none'",
      ]),
    );
    expect(got.body).not.toMatch(/<style|style="|<script>| on\w+="/);
  });

  test("frames another one by its address, none, or what is told later; open ones are loaded anew", async () => {
    await using stage = await Stage.open();
    expect((await page(stage, "page/home")).body).not.toContain("<iframe");
    expect((await page(stage, "page/home?adapter=http%3A%2F%2Flocalhost%3A1%2Fa")).body).toContain(
      "http://localhost:1/a?mode=Lightning",
    );
    stage.org.softphone(softphone);
    expect((await page(stage, "page/home")).body).toContain(softphone);
    expect(() => stage.org.softphone("javascript:alert(1)")).toThrow("no address");
    expect((await page(stage, "page/home?adapter=javascript%3Aalert(1)")).status).toBe(400);
  });

  test("is a user's, who stays the same in a browser; there may be several", async () => {
    await using stage = await Stage.open({ users: ["ana@example.com", "bo@example.com"] });
    const got = await page(stage, "page/home?user=bo@example.com");
    const cookie = got.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/Secure; HttpOnly/);
    await page(stage, "page/home", { Cookie: cookie.split(";")[0] ?? "" });
    await page(stage, "page/home", { Cookie: "stub-user=gone%40example.com" });
    await page(stage, "page/home");
    expect(stage.org.pages().map(({ user }) => user)).toEqual([
      "bo@example.com",
      "bo@example.com",
      "ana@example.com",
      "ana@example.com",
    ]);
    const wrong = await page(stage, "page/home?user=%3Cb%3E");
    expect([wrong.status, String(wrong.body).includes("<b>")]).toEqual([400, false]);
  });

  test("at a record's address is a pop of a program without Open CTI", async () => {
    await using stage = await Stage.open();
    expect((await page(stage, "r/Contact/0035g0000000008/view")).status).toBe(200);
    expect(stage.org.pops()).toMatchObject([
      { by: "address", record: "Mia Short (Contact)", user: "agent1001@example.com" },
    ]);
    expect((await page(stage, "o/Contact/new?defaultFieldValues=Phone%3D1")).status).toBe(200);
    for (const path of ["r/Lead/0035g0000000008AAA/view", "r/Contact/x/view", "o/Nothing/new", "nowhere"])
      expect((await page(stage, path)).status).toBe(404);
    expect(stage.org.pops()).toHaveLength(2);
  });

  test("shows its records' names as they are", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    await frame.call("searchAndScreenPop", { searchParams: "5555550123", callType: "inbound" });
    expect(stage.org.pages()).toMatchObject([{ view: { title: `Zoë "Zo" <b>O'Hara</b> & Sons {Ltd}` } }]);
  });

  test("lets only itself act for its user", async () => {
    await using stage = await Stage.open({ softphone });
    await using frame = await Frame.open(stage);
    const act = (name: string, origin: string, body: object = {}) =>
      stage.ask(`/stub/pages/${frame.page}/${name}`, { body, token: null, headers: { Origin: origin } });
    expect((await act("panel", "https://evil.example.com")).status).toBe(400);
    expect((await act("panel", stage.org.url)).status).toBe(200);
    expect(stage.org.pages()).toMatchObject([{ panel: { visible: false } }]);
    expect((await act("navigate", stage.org.url, { search: "Khan" })).status).toBe(200);
    expect(stage.org.pages()).toMatchObject([{ view: { kind: "search" } }]);
    expect((await act("click", stage.org.url, { number: "5551234" })).body).toMatchObject({
      error: expect.stringContaining("no links"),
    });
    expect((await stage.ask("/stub/pages/none/events", { token: null })).status).toBe(404);
  });

  test("counts as open as long as its browser listens", async () => {
    await using stage = await Stage.open();
    const frame = await Frame.open(stage);
    expect(stage.org.pages()).toMatchObject([{ open: true }]);
    await frame[Symbol.asyncDispose]();
    await stage.org.waitFor(() => stage.org.pages().every(({ open }) => !open));
  });
});

describe("the judge", () => {
  const pop = (frame: Frame, searchParams: string) =>
    frame.call("searchAndScreenPop", { searchParams, callType: "inbound" });

  test("complains of a pop after the end of its call, and of a second one, in any notation", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    stage.org.callBegan("+92 300 1234567");
    await pop(frame, "3001234567");
    expect(stage.complaintKinds).toEqual([]);
    await pop(frame, "03001234567");
    expect(stage.complaintKinds).toEqual(["repeated-pop"]);
    stage.org.callEnded("03001234567");
    await pop(frame, "3001234567");
    expect(stage.complaintKinds).toEqual(["repeated-pop", "late-pop"]);
    stage.org.callBegan("03001234567");
    await pop(frame, "3001234567");
    await pop(frame, "5551234");
    expect(stage.complaintKinds).toHaveLength(2);
  });

  test("a second page may pop the same call, a browser's address counts", async () => {
    await using stage = await Stage.open();
    await using one = await Frame.open(stage);
    await using other = await Frame.open(stage, { user: "agent1002@example.com" });
    stage.org.callBegan("5551234");
    await pop(one, "5551234");
    await pop(other, "5551234");
    expect(stage.complaintKinds).toEqual([]);
    stage.org.callEnded("5551234");
    await page(stage, "r/Contact/0035g0000000008AAA/view");
    expect(stage.complaintKinds).toEqual(["late-pop"]);
  });

  test("complains of secrets in addresses, of pages, of adapters and of pops", async () => {
    await using stage = await Stage.open();
    const token = stage.org.token();
    await page(stage, `page/home?sid=${token}`);
    await page(stage, `page/home?adapter=${encodeURIComponent(`${softphone}?token=abc`)}`);
    await using frame = await Frame.open(stage);
    await frame.call("screenPop", {
      type: "url",
      params: { url: `/apex/Desk?t=${encodeURIComponent(token)}` },
    });
    expect(stage.complaintKinds).toEqual(["token-in-url", "token-in-url", "token-in-url"]);
    expect(JSON.stringify(stage.org.complaints())).not.toContain(token);
  });
});
