import { afterEach, describe, expect, test } from "bun:test";
import type { Client } from "@xmpp/client";
import { websocketTransport } from "../../src/finesse/transports/websocket.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createXmppClient } from "../../src/finesse/xmpp-client.ts";
import { Secret } from "../../src/platform/secret.ts";
import { defaultTrust } from "../../src/platform/trust.ts";
import { testCertificate } from "./certificates.ts";
import { websocketFront } from "./front-websocket.ts";
import { XmppStub } from "./xmpp-stub.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function setUp() {
  const tls = testCertificate();
  const stub = await XmppStub.start(websocketFront, { tls });
  cleanups.push(() => stub.stop());
  const { service } = stub.front;
  const trust = { ...defaultTrust, ca: [tls.ca] };
  const node = { origin: stub.origin, trust, resolve: new Map<string, string>() };
  const transport = websocketTransport({
    node,
    service,
    domain: "localhost",
    connectTimeout: 5000,
    clock: systemClock,
    trace: () => {},
  });
  cleanups.push(() => transport.destroy());
  const xmpp = createXmppClient({
    transport,
    domain: "localhost",
    userId: "1001",
    password: new Secret("secret"),
    resource: "cti",
  });
  const errors: unknown[] = [];
  xmpp.on("error", (error: unknown) => errors.push(error));
  return { stub, service, xmpp, errors };
}

/** Not node's `once`, which an error on the way rejects. */
const happening = (xmpp: Client, event: string) => new Promise((resolve) => xmpp.once(event, resolve));

async function online() {
  const all = await setUp();
  await all.xmpp.connect(all.service);
  const ready = happening(all.xmpp, "online");
  await all.xmpp.open({ domain: "localhost" });
  await ready;
  return all;
}

/** Past the timers that are due now: what the library does by itself after a disconnect begins with one. */
const nextTimers = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("an XMPP client of ours", () => {
  test("does not reconnect by itself", async () => {
    const { stub, xmpp } = await online();
    Object.assign(xmpp.reconnect, { delay: 0 });
    const gone = happening(xmpp, "disconnect");
    stub.drop();
    await gone;
    await nextTimers();
    expect(xmpp.status).toBe("disconnect");
    expect(stub.hosts).toHaveLength(1);
  });

  test("does not follow <see-other-host/>", async () => {
    const { stub, xmpp, errors } = await online();
    const gone = happening(xmpp, "disconnect");
    stub.send(
      "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>elsewhere.invalid</see-other-host></stream:error>",
    );
    await gone;
    await nextTimers();
    expect(xmpp.status).toBe("disconnect");
    expect(errors).toMatchObject([{ condition: "see-other-host" }]);
  });

  test("takes no harm from an error of a socket that it has let go of", async () => {
    const { xmpp, service } = await setUp();
    const transport = xmpp.transports.find(
      ({ prototype }) => prototype.socketParameters(service) === service,
    );
    if (transport === undefined) throw new Error("no transport");
    const socket = new transport.prototype.Socket();
    expect(socket.emit("error", new Error("late"))).toBe(false);
  });
});
