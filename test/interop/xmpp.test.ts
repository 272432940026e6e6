import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type Client, xml } from "@xmpp/client";
import type { NotificationLink } from "../../src/finesse/contract.ts";
import { tlsTransport } from "../../src/finesse/transports/tls.ts";
import { createXmppClient } from "../../src/finesse/xmpp-client.ts";
import { CtiError } from "../../src/model/errors.ts";
import { ManualClock, systemClock } from "../../src/platform/clock.ts";
import { Secret } from "../../src/platform/secret.ts";
import { Probe, type ProbeOptions, systemInfoOf } from "../finesse/link-probe.ts";
import { dialogXml, updateXml, userXml } from "../finesse/samples.ts";
import { hasEjabberd, startEjabberd } from "./servers/ejabberd.ts";
import { hasProsody, startProsody } from "./servers/prosody.ts";
import { resolve, type User, users, type XmppPeer } from "./servers/server.ts";

const peers = [
  { name: "Prosody", present: hasProsody, start: startProsody },
  { name: "ejabberd", present: hasEjabberd, start: startEjabberd },
];
const transports = ["websocket", "tls", "bosh"] as const;

/** What our client does against servers that nobody here wrote. They know nothing of Finesse: `finesse@` is one more user of theirs. */
describe.each(peers)("against $name", ({ present, start }) => {
  let peer: XmppPeer;
  let finesse: Client;

  beforeAll(async () => {
    if (!present) return;
    peer = await start();
    finesse = await signInFinesse(peer);
  }, 30_000);

  afterAll(async () => {
    if (!present) return;
    await finesse.stop().catch(() => {});
    await peer.stop();
  }, 30_000);

  describe.each([...transports])("over %s", (transport) => {
    const links: NotificationLink[] = [];
    afterEach(async () => {
      await Promise.all(links.splice(0).map((link) => link.close()));
    });

    async function connect(probe: Probe, user: User = "1001", options: ProbeOptions = {}) {
      const service = peer.services[transport];
      const link = await probe.connect(
        { origin: "https://localhost:1", domain: peer.domain, front: { service } },
        {
          trust: { ca: [peer.ca], pin: undefined, insecure: false },
          resolve,
          userId: user,
          password: new Secret(users[user]),
          systemInfo: { ...systemInfoOf(peer.domain), xmppPubSubDomain: peer.pubsub },
          ...options,
        },
      );
      links.push(link);
      return link;
    }

    test.skipIf(!present)("signs in, and sees finesse@", async () => {
      const probe = new Probe();
      const link = await connect(probe);
      expect(link).toMatchObject({ transport, jid: `1001@${peer.domain}/cti` });
      expect(probe.finesse.at(-1)).toBe(true);
      await link.close();
      expect(probe.ends).toEqual([{ reason: "closed" }]);
    });

    test.skipIf(!present)("signs in with a password beyond ASCII", async () => {
      expect((await connect(new Probe(), "1002")).jid).toBe(`1002@${peer.domain}/cti`);
    });

    test.skipIf(!present)("is told once that a password is wrong", async () => {
      const error = await failure(connect(new Probe(), "1001", { password: new Secret("wrong") }));
      expect(error.code).toBe("credentials-refused");
      expect(JSON.stringify(error)).not.toContain('"wrong"');
    });

    test.skipIf(!present)("receives what is published to a node it subscribed to", async () => {
      const probe = new Probe();
      const link = await connect(probe);
      const node = `/finesse/api/Team/${transport}/Users`;
      await finesse.iqCaller.request(createNode(peer, node));
      await link.subscribe(node);
      await publish(finesse, peer, node, updateXml(userXml.replace("Chris", "Zoë 日本 😀 &amp; &lt;x>")));
      await publish(finesse, peer, node, updateXml(dialogXml({ root: "dialog", variables: 60 })));
      await probe.until(() => probe.updates.length === 2);
      expect(probe.updates).toMatchObject([
        { kind: "user", user: { firstName: "Zoë 日本 😀 & <x>" } },
        { kind: "dialogs" },
      ]);
      await link.unsubscribe(node);
      await publish(finesse, peer, node, updateXml(userXml));
      // The server answers in order: what was published would have come before it.
      await failure(link.unsubscribe("/finesse/api/Team/nobody/Users"));
      expect(probe.updates).toHaveLength(2);
      expect(probe.unreadable).toEqual([]);
    });

    test.skipIf(!present)("is refused a node in the server's words", async () => {
      const link = await connect(new Probe());
      const error = await failure(link.unsubscribe("/finesse/api/Team/none/Users"));
      expect(error).toMatchObject({ code: "refused", why: expect.stringMatching(/item-not-found|not-sub/) });
    });

    test.skipIf(!present)("has its pings answered, however long it lives", async () => {
      const probe = new Probe();
      const clock = new ManualClock();
      await connect(probe, "1001", { clock });
      for (let count = 1; count <= 20; count++) {
        clock.advance(10_000);
        await probe.until(() => probe.roundTrips.length === count);
      }
      expect(probe.ends).toEqual([]);
      expect(probe.trace.some(({ text }) => text.includes("urn:xmpp:sm:3") && text.includes("<enable"))).toBe(
        false,
      );
    });

    test.skipIf(!present)("sees its user's other resource come and go", async () => {
      const probe = new Probe();
      await connect(probe);
      const other = await connect(new Probe(), "1001", { resource: "desktop" });
      await probe.until(() => probe.others.length === 1);
      await other.close();
      await probe.until(() => probe.others.length === 2);
      expect(probe.others).toEqual([["desktop"], []]);
    });

    test.skipIf(!present)("gives way to another client with its name, and is told why", async () => {
      const probe = new Probe();
      await connect(probe);
      await connect(new Probe());
      expect(await probe.ended()).toEqual({ reason: "conflict" });
    });

    test.skipIf(!present)("never puts a password into its trace", async () => {
      const probe = new Probe();
      await connect(probe, "1002");
      const text = JSON.stringify(probe.trace);
      const password = users["1002"];
      expect(text).not.toContain(Buffer.from(`\0${"1002"}\0${password}`).toString("base64"));
      expect(text).not.toContain("日本");
    });
  });
});

async function failure(promise: Promise<unknown>): Promise<CtiError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof CtiError)) throw new Error(`no CtiError: ${String(thrown)}`);
  return thrown;
}

/** `finesse@`, available, whom the agents have in their rosters; it publishes what Finesse would. */
async function signInFinesse(peer: XmppPeer): Promise<Client> {
  const service = peer.services.tls;
  const client = createXmppClient({
    transport: tlsTransport({
      node: {
        origin: "https://localhost:1",
        trust: { ca: [peer.ca], pin: undefined, insecure: false },
        resolve,
      },
      service,
      domain: peer.domain,
      connectTimeout: 5000,
      clock: systemClock,
      trace: () => {},
    }),
    domain: peer.domain,
    userId: "finesse",
    password: new Secret(users.finesse),
    resource: "server",
  });
  client.on("error", () => {});
  const online = new Promise((done) => client.once("online", done));
  await client.connect(service);
  await client.open({ domain: peer.domain });
  await online;
  await client.send(xml("presence"));
  return client;
}

function createNode(peer: XmppPeer, node: string) {
  return xml(
    "iq",
    { type: "set", to: peer.pubsub },
    xml("pubsub", { xmlns: "http://jabber.org/protocol/pubsub" }, xml("create", { node })),
  );
}

async function publish(client: Client, peer: XmppPeer, node: string, update: string): Promise<void> {
  const notification = xml("notification", { xmlns: "http://jabber.org/protocol/pubsub" }, update);
  await client.iqCaller.request(
    xml(
      "iq",
      { type: "set", to: peer.pubsub },
      xml(
        "pubsub",
        { xmlns: "http://jabber.org/protocol/pubsub" },
        xml("publish", { node }, xml("item", {}, notification)),
      ),
    ),
  );
}
