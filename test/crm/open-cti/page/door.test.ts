import { describe, expect, test } from "bun:test";
import { CtiError } from "../../../../src/model/errors.ts";
import { createSoftphonePages } from "../../../../src/crm/open-cti/page/pages.ts";
import { fakeAssets, FakePort, openStage, pageSettings, type Stage } from "./stage.ts";

describe("over HTTPS", () => {
  test("the page may be framed by Salesforce alone, runs only its own and the org's script, and is not kept", async () => {
    await using stage = await openStage();
    const response = await stage.fetch("/softphone?mode=Lightning&sfdcIframeOrigin=x");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("strict-transport-security")).toBeNull();
    expect(response.headers.get("content-security-policy")?.split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'self' https://acme.my.salesforce.com",
      "style-src 'self'",
      "img-src 'self' data:",
      `connect-src 'self' wss://${stage.host}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self' https://*.lightning.force.com https://*.salesforce.com https://*.my.salesforce.com https://*.force.com",
    ]);
  });

  test("the settings say who else may frame it; a central one is never asked for without TLS", async () => {
    await using stage = await openStage({
      url: "https://cti.example.com/softphone",
      frameAncestors: ["https://crm.example.com"],
      script: undefined,
    });
    const { headers } = await stage.fetch("/softphone", { headers: { Host: "cti.example.com" } });
    expect(headers.get("content-security-policy")).toContain("script-src 'self';");
    expect(headers.get("content-security-policy")).toEndWith(
      "frame-ancestors 'self' https://crm.example.com",
    );
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  });

  test("assets are kept for good, under names that change with them", async () => {
    await using stage = await openStage();
    const { js } = fakeAssets;
    const response = await stage.fetch(js.path);
    expect(await response.text()).toBe(js.text);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-type")).toBe(js.type);
    const again = await stage.fetch(js.path, { headers: { "If-None-Match": js.etag } });
    expect(again.status).toBe(304);
    expect((await stage.fetch("/softphone/assets/../../etc/passwd")).status).toBe(404);
    expect((await stage.fetch("/softphone/assets/other.js")).status).toBe(404);
  });

  test("health says nothing but that it is there", async () => {
    await using stage = await openStage();
    await stage.paired();
    expect(await (await stage.fetch("/softphone/health")).json()).toEqual({ status: "up" });
  });

  test("names of others that lead here are refused, and the log is told once", async () => {
    await using stage = await openStage();
    for (let count = 0; count < 5; count++)
      expect((await stage.fetch("/softphone", { headers: { Host: "rebound.example.com" } })).status).toBe(
        403,
      );
    expect(stage.fake.logged.filter((line) => line.includes("refused a request"))).toHaveLength(1);
  });

  test("a body that is too long is not read", async () => {
    await using stage = await openStage();
    const response = await postTicket(stage, "x".repeat(70_000));
    expect(response.status).toBe(413);
  });

  test("the browser is let in again by a cookie that a ticket was exchanged for, once", async () => {
    await using stage = await openStage();
    const page = await stage.open();
    page.hello({ pairing: stage.pages.mintPairing("1001").token });
    const { ticket = "" } = await page.next("hello");
    const response = await postTicket(stage, ticket);
    expect(response.status).toBe(204);
    expect((await postTicket(stage, ticket)).status).toBe(403);
    expect((await postTicket(stage, "guess")).status).toBe(403);
    const cookies = response.headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const set of cookies) {
      const again = await stage.open({ cookie: set.split(";")[0] ?? "" });
      again.hello();
      expect(await again.next("hello")).toEqual({
        type: "hello",
        version: 1,
        product: expect.any(String),
        agent: "1001",
        signIn: "both",
      });
    }
  });
});

test("an address that is taken is named, with who holds it", async () => {
  await using stage = await openStage();
  const port = Number(new URL(stage.origin).port);
  const second = createSoftphonePages(
    { ...pageSettings, port },
    { ...noDesk },
    {
      directory: `${stage.directory}/second`,
      assets: async () => fakeAssets,
    },
  );
  const error = await second.start(new FakePort().port).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CtiError);
  expect(error).toMatchObject({ code: "config-invalid" });
  const { message, hint } = error as CtiError;
  expect(message).toContain(`port ${port} of 127.0.0.1 ("listen") is taken by`);
  if (process.platform === "linux") expect(message).toContain(`(${process.pid})`);
  expect(hint).toContain("another port");
});

test("a certificate that is none is named", async () => {
  const pages = createSoftphonePages(
    { ...pageSettings, tls: { cert: "no certificate", key: "no key" } },
    { ...noDesk },
    { directory: "/nowhere", assets: async () => fakeAssets },
  );
  await expect(pages.start(new FakePort().port)).rejects.toMatchObject({
    code: "config-invalid",
    message: 'softphone page: "cert" and "key" cannot be used',
  });
});

const noDesk = {
  logs: () => [],
  matched: () => {},
  chosen: () => {},
  note: () => {},
  clickedToDial: () => {},
  arrived: () => {},
};

function postTicket(stage: Stage, ticket: string): Promise<Response> {
  return stage.fetch("/softphone/session", {
    method: "POST",
    headers: { Origin: stage.origin, "Content-Type": "application/json" },
    body: JSON.stringify({ ticket }),
  });
}
