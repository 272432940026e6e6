import { connect as connectTls } from "node:tls";
import { describe, expect, test } from "bun:test";
import { closeCodes } from "../../../../src/crm/open-cti/page/protocol.ts";
import { ManualClock } from "../../../../src/platform/clock.ts";
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

describe("sockets", () => {
  test("of other origins are refused, with the right cookie too", async () => {
    await using stage = await openStage();
    for (const Origin of ["https://evil.example.com", "null", "https://acme.lightning.force.com"])
      await expect(stage.open({ headers: { Origin } })).rejects.toThrow("refused");
    await expect(stage.open({ headers: { "Sec-Fetch-Site": "cross-site" } })).rejects.toThrow("refused");
    await expect(stage.open({ headers: { Host: "rebound.example.com" } })).rejects.toThrow("refused");
    expect(stage.pages.health().figures.pages).toBe(0);
  });

  test("without a hello are closed after ten seconds", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({}, { clock });
    const [silent, heard] = [await stage.open(), await stage.open()];
    silent.send({ type: "focus" });
    heard.hello();
    await silent.next("error");
    await heard.next("hello");
    clock.advance(10_000);
    expect((await silent.closed).code).toBe(closeCodes.noHello);
    heard.hello();
    await heard.next("hello");
  });

  test("with a frame that is too long are closed, and others go on", async () => {
    await using stage = await openStage();
    const [big, other] = [await stage.paired(), await stage.paired()];
    big.socket.send("x".repeat(70_000));
    await big.closed;
    other.send({ type: "reasons", id: "1" });
    await other.next("reasons");
  });

  test("with more messages than a person makes are closed", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({}, { clock });
    const page = await stage.paired();
    for (let count = 0; count < 100; count++) page.send({ type: "focus" });
    expect((await page.closed).code).toBe(closeCodes.flood);
  });

  test("that say what is no message are told so, and stay", async () => {
    await using stage = await openStage();
    const page = await stage.paired();
    for (const text of [
      "",
      "{",
      "[]",
      "null",
      '{"type":"eval"}',
      '{"type":"command","id":"9","command":{"verb":"fire"}}',
    ])
      page.socket.send(text);
    page.socket.send(new Uint8Array([1, 2, 3]));
    for (let count = 0; count < 7; count++)
      expect((await page.next("error")).error.code).toBe("input-invalid");
    page.send({ type: "reasons", id: "1" });
    await page.next("reasons");
    expect(
      page.messages.filter((each) => each.type === "error").map((each) => "id" in each && each.id),
    ).toContain("9");
  });

  test("of one agent are at most twelve", async () => {
    await using stage = await openStage();
    for (let count = 0; count < 12; count++) await stage.paired();
    const page = await stage.open();
    page.hello({ pairing: stage.pages.mintPairing("1001").token });
    expect((await page.closed).code).toBe(closeCodes.tooMany);
  });

  test("of one page are one: the newer takes the older's place", async () => {
    await using stage = await openStage();
    const old = await stage.paired();
    const again = await stage.paired("1001", { page: old.page });
    expect((await old.closed).code).toBe(closeCodes.replaced);
    expect(again.messages).toContainEqual({ type: "lead", leads: true });
    expect(stage.pages.health().figures.pages).toBe(1);
  });

  test("that read slowly get the newest state, and cost others nothing", async () => {
    const clock = new ManualClock();
    await using stage = await openStage({}, { clock });
    const slow = await slowPage(stage, stage.pages.mintPairing("1001").token);
    const other = await stage.paired();
    const big = "x".repeat(300_000);
    const rounds = 60;
    for (let round = 1; round <= rounds; round++) {
      const status = stage.fake.sessions.get("1001");
      if (status === undefined) throw new Error("no session");
      stage.fake.sessions.set("1001", { ...status, shared: [`${round}`, big] });
      stage.pages.changed("1001");
      clock.advance(100);
      for (;;) if ((await other.next("state")).state.session?.shared[0] === `${round}`) break;
    }
    const text = await slow.readUntil(`["${rounds}"`);
    // 18 MB were said; what waited in the connector and the system is a fraction.
    expect(text.length).toBeLessThan(12_000_000);
    expect(text.match(/"type":"state"/g)?.length ?? 0).toBeLessThan(rounds - 10);
    slow.end();
  }, 20_000);
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

/** A page at the level of bytes, which says hello and then reads nothing until it is asked to. */
async function slowPage(
  stage: Stage,
  pairing: string,
): Promise<{ readUntil(text: string): Promise<string>; end(): void }> {
  const [host = "", port = ""] = stage.host.split(":");
  const socket = connectTls({ host, port: Number(port), ca: stage.ca });
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  socket.write(
    [
      "GET /softphone/socket HTTP/1.1",
      `Host: ${stage.host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      `Origin: ${stage.origin}`,
      "",
      "",
    ].join("\r\n"),
  );
  await new Promise((resolve) => socket.once("data", resolve));
  const hello = Buffer.from(
    JSON.stringify({
      type: "hello",
      version: 1,
      page: crypto.randomUUID(),
      openCti: true,
      focused: false,
      pairing,
    }),
  );
  // Masked by nought: the text as it is (RFC 6455 §5.3).
  socket.write(
    Buffer.concat([Uint8Array.of(0x81, 0xfe, hello.length >> 8, hello.length & 0xff, 0, 0, 0, 0), hello]),
  );
  await new Promise((resolve) => socket.once("data", resolve));
  socket.pause();
  return {
    readUntil: (wanted) =>
      new Promise((resolve) => {
        let text = "";
        socket.on("data", (data: Buffer) => {
          text += data.toString("latin1");
          if (text.includes(wanted)) resolve(text);
        });
        socket.on("close", () => resolve(text));
        socket.resume();
      }),
    end: () => socket.destroy(),
  };
}
