import { afterEach, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { testCertificate } from "./certificates.ts";
import { tlsFront } from "./front-tls.ts";
import { Probe } from "./link-probe.ts";
import { escapeText, updateXml, userXml } from "./samples.ts";
import { XmppStub } from "./xmpp-stub.ts";

const tls = testCertificate();
const trust = { ca: [tls.ca], pin: undefined, insecure: false };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function linked() {
  const stub = await XmppStub.start(tlsFront, { tls });
  cleanups.push(() => stub.stop());
  const probe = new Probe();
  const link = await probe.connect(stub, { trust });
  cleanups.push(() => link.close());
  return { stub, probe };
}

const ping = (id: string) =>
  `<iq xmlns='jabber:client' type='get' id='${id}' from='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`;

describe("a TLS stream", () => {
  test("keeps a character that falls across two reads", async () => {
    const { stub, probe } = await linked();
    const text = stub.notification(escapeText(updateXml(userXml.replace("Chris", "Zoë 日本 😀"))));
    const bytes = Buffer.from(text);
    const inside = bytes.indexOf("😀") + 2;
    // The answer to the ping proves that what stood behind it in the same write was read, half a character and all.
    stub.front.sendBytes(Buffer.concat([Buffer.from(ping("split")), bytes.subarray(0, inside)]));
    await stub.until(() => stub.frames.some((frame) => frame.includes('id="split"')));
    stub.front.sendBytes(bytes.subarray(inside));
    await probe.until(() => probe.updates.length === 1);
    expect(probe.updates).toMatchObject([{ user: { firstName: "Zoë 日本 😀" } }]);
  });

  test("takes white space between stanzas, which keeps connections open", async () => {
    const { stub, probe } = await linked();
    stub.send(" ");
    stub.send("\n\n");
    stub.publish(escapeText(updateXml(userXml)));
    await probe.until(() => probe.updates.length === 1);
    expect(probe.ends).toEqual([]);
  });

  test("traces what comes in stanza by stanza, however it was cut", async () => {
    const { stub, probe } = await linked();
    const before = probe.trace.length;
    stub.send(`${ping("a")}${ping("b")}`);
    await stub.until(() => stub.frames.some((frame) => frame.includes('id="b"')));
    const incoming = probe.trace.slice(before).filter(({ direction }) => direction === "in");
    expect(incoming.map(({ summary }) => summary)).toEqual(["iq get", "iq get"]);
  });

  test("that meets a server without TLS says so", async () => {
    const server = createServer((socket) => socket.end("<?xml version='1.0'?><stream:stream>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const peer = {
      origin: "https://localhost:1",
      domain: "localhost",
      front: { service: `xmpps://localhost:${port}` },
    };
    const error: unknown = await new Probe().connect(peer, { trust }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "notifications-unreachable",
      why: expect.stringContaining("does not speak TLS"),
    });
  });
});
