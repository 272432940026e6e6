import { connect as connectTls } from "node:tls";
import { describe, expect, test } from "bun:test";
import { closeCodes } from "../../../../src/crm/open-cti/page/protocol.ts";
import { ManualClock } from "../../../../src/platform/clock.ts";
import { openStage, type Stage } from "./stage.ts";

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
