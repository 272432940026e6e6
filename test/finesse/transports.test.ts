import { afterEach, describe, expect, test } from "bun:test";
import { CtiError } from "../../src/model/errors.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import { Secret } from "../../src/platform/secret.ts";
import { testCertificate } from "./certificates.ts";
import { boshFront } from "./front-bosh.ts";
import { tlsFront } from "./front-tls.ts";
import { websocketFront } from "./front-websocket.ts";
import { Probe, type ProbeOptions } from "./link-probe.ts";
import { dialogXml, escapeText, updateXml, userXml } from "./samples.ts";
import type { StartFront } from "./xmpp-front.ts";
import { type StubOptions, XmppStub } from "./xmpp-stub.ts";

const tls = testCertificate();

const running: { close?: () => Promise<void>; stop?: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await (each.close ?? each.stop)?.call(each);
});

const trusted = () => ({ ca: [tls.ca], pin: undefined, insecure: false });

async function failure(promise: Promise<unknown>): Promise<CtiError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof CtiError)) throw new Error(`no CtiError: ${String(thrown)}`);
  return thrown;
}

const fronts: [string, StartFront][] = [
  ["websocket", websocketFront],
  ["tls", tlsFront],
  ["bosh", boshFront],
];

/** The same behaviour over each transport, against a server that does odd things. Real servers are in test/interop. */
describe.each(fronts)("over %s", (transport, front) => {
  async function stubOf(options: StubOptions = {}): Promise<XmppStub> {
    const stub = await XmppStub.start(front, { tls, ...options });
    running.push(stub);
    return stub;
  }

  async function linked(options: StubOptions = {}, connect: ProbeOptions = {}) {
    const stub = await stubOf(options);
    const probe = new Probe();
    const link = await probe.connect(stub, { trust: trusted(), ...connect });
    running.push(link);
    return { stub, probe, link };
  }

  describe("connecting", () => {
    test("signs in, binds the resource, sends presence and waits for finesse@", async () => {
      const { stub, probe, link } = await linked();
      expect(link).toMatchObject({ transport, jid: "1001@localhost/cti" });
      expect(stub.hosts).toHaveLength(1);
      expect(stub.signIns).toEqual(["\x001001\x00secret"]);
      expect(probe.finesse).toEqual([true]);
      expect(stub.frames.at(-1)).toMatch(/^<presence/);
    });

    test("is not done before presence of finesse@ has come", async () => {
      const stub = await stubOf({ onPresence: (self) => self.finessePresence(false) });
      const probe = new Probe();
      const connecting = probe.connect(stub, { trust: trusted() });
      await probe.until(() => probe.finesse.length === 1);
      expect(probe.finesse).toEqual([false]);
      stub.finessePresence(true);
      running.push(await connecting);
      expect(probe.finesse).toEqual([false, true]);
    });

    test("asks for a session where the server demands one", async () => {
      const { stub } = await linked({ features: "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>" });
      expect(stub.frames.filter((frame) => frame.includes("xmpp-session"))).toHaveLength(1);
    });

    test("takes a password with letters outside ASCII", async () => {
      const { stub } = await linked({ password: "Müller€日本" }, { password: new Secret("Müller€日本") });
      expect(stub.signIns).toEqual(["\x001001\x00Müller€日本"]);
    });

    test("leaves stream management and SASL 2 alone when they are offered", async () => {
      const { stub } = await linked({ features: "<sm xmlns='urn:xmpp:sm:3'/>" });
      expect(stub.frames.some((frame) => frame.includes("urn:xmpp:sm:3"))).toBe(false);
    });

    test("with a wrong password fails once, with the reason, and leaves no socket open", async () => {
      const stub = await stubOf();
      const probe = new Probe();
      const error = await failure(
        probe.connect(stub, { trust: trusted(), password: new Secret("unheard-of") }),
      );
      expect(error).toMatchObject({ code: "credentials-refused", why: "not-authorized" });
      expect(JSON.stringify(error)).not.toContain("unheard-of");
      await stub.until(() => stub.closed === 1);
      expect(stub.signIns).toHaveLength(1);
      expect(probe.ends).toEqual([]);
    });

    test("never traces what SASL carries", async () => {
      const { probe } = await linked();
      const auth = probe.trace.filter((record) => record.text.includes("<auth"));
      expect(auth).toHaveLength(1);
      expect(auth[0]?.text).toContain("[left out]");
      const all = JSON.stringify(probe.trace);
      expect(all).not.toContain(Buffer.from("\x001001\x00secret").toString("base64"));
      expect(all).not.toContain("secret");
      expect(probe.trace.map((record) => record.direction)).toContain("in");
    });

    test("times out when presence of finesse@ never comes", async () => {
      const error = await failure(
        new Probe().connect(await stubOf({ onPresence: () => {} }), {
          trust: trusted(),
          connectTimeout: 150,
        }),
      );
      expect(error).toMatchObject({ code: "timeout", why: "no presence of finesse@localhost came" });
    });

    test("fails once when the server breaks its XML while the stream opens", async () => {
      const breaking = (frame: string, stub: XmppStub) => {
        if (frame.startsWith("<open")) stub.send("<open></close>");
        return true;
      };
      const error = await failure(
        new Probe().connect(await stubOf({ onFrame: breaking }), { trust: trusted() }),
      );
      expect(error.code).toBe("notifications-unreachable");
    });

    test("can be given up", async () => {
      const controller = new AbortController();
      const stub = await stubOf({ onPresence: () => controller.abort() });
      const error = await failure(new Probe().connect(stub, { trust: trusted(), signal: controller.signal }));
      expect(error.code).toBe("interrupted");
      await stub.until(() => stub.closed === 1);
    });
  });

  describe("trust", () => {
    test("an unknown authority is refused", async () => {
      const error = await failure(new Probe().connect(await stubOf()));
      expect(error.code).toBe("certificate-untrusted");
      expect(error.hint).toContain(tls.fingerprint);
    });

    test("a pin takes the place of an authority, and a wrong one is refused", async () => {
      await linked({}, { trust: { ca: [], pin: tls.fingerprint, insecure: false } });
      const error = await failure(
        new Probe().connect(await stubOf(), { trust: { ca: [], pin: "0".repeat(64), insecure: false } }),
      );
      expect(error).toMatchObject({ code: "certificate-untrusted" });
      expect(error.message).toContain("another certificate");
    });

    test("another address for a name keeps the name in TLS and Host", async () => {
      const stub = await stubOf();
      const probe = new Probe();
      const link = await probe.connect(stub, {
        trust: trusted(),
        transport: stub.front.service.replace("localhost", "fina.example.com"),
        resolve: new Map([["fina.example.com", "127.0.0.1"]]),
      });
      running.push(link);
      expect(stub.hosts[0]).toMatch(/^fina\.example\.com/);
    });
  });

  describe("a link", () => {
    test("hands on updates, in the order and with the letters they came with", async () => {
      const { stub, probe } = await linked();
      stub.publish(escapeText(updateXml(userXml.replace("Chris", "Zoë 日本 😀"))));
      stub.publish(escapeText(updateXml(dialogXml({ root: "dialog" }))));
      await probe.until(() => probe.updates.length === 2);
      expect(probe.updates).toMatchObject([
        { kind: "user", user: { firstName: "Zoë 日本 😀" } },
        { kind: "dialogs" },
      ]);
    });

    test("reads a large dialog", async () => {
      const { stub, probe } = await linked();
      stub.publish(escapeText(updateXml(dialogXml({ root: "dialog", variables: 60 }))));
      await probe.until(() => probe.updates.length === 1);
      const [update] = probe.updates;
      const variables = update?.kind === "dialogs" ? update.dialogs[0]?.variables : undefined;
      expect(Object.keys(variables ?? {})).toHaveLength(60);
      expect(Object.values(variables ?? {})).toContain("Müller & Söhne <59>, some value".replace("59", "58"));
    });

    test("tells of a notification that cannot be read and goes on", async () => {
      const { stub, probe } = await linked();
      stub.publish(escapeText("<Update><data>"));
      stub.publish(escapeText(updateXml(userXml)));
      await probe.until(() => probe.updates.length === 1);
      expect(probe.unreadable).toMatchObject([
        { error: { code: "finesse-protocol" }, text: "<Update><data>" },
      ]);
    });

    test("tells of finesse@ going and coming", async () => {
      const { stub, probe } = await linked();
      stub.finessePresence(false);
      stub.finessePresence(true);
      await probe.until(() => probe.finesse.length === 3);
      expect(probe.finesse).toEqual([true, false, true]);
    });

    test("tells of the user's other resources, never of its own", async () => {
      const { stub, probe } = await linked();
      stub.presence("1001@localhost/cti", true);
      stub.presence("1001@localhost/desktop", true);
      stub.presence("1001@LOCALHOST/desktop", true);
      stub.presence("1001@localhost/Abc", true);
      stub.presence("1001@localhost/desktop", false);
      await probe.until(() => probe.others.length === 3);
      expect(probe.others).toEqual([["desktop"], ["Abc", "desktop"], ["Abc"]]);
    });

    test("answers the server's pings, and unknown requests with an error", async () => {
      const { stub } = await linked();
      stub.send(
        "<iq xmlns='jabber:client' type='get' id='p9' from='localhost'><ping xmlns='urn:xmpp:ping'/></iq>",
      );
      stub.send(
        "<iq xmlns='jabber:client' type='get' id='q9' from='localhost'><query xmlns='jabber:iq:version'/></iq>",
      );
      const reply = (id: string) => stub.frames.find((frame) => frame.includes(`id="${id}"`));
      await stub.until(() => reply("p9") !== undefined && reply("q9") !== undefined);
      expect(reply("p9")).toContain('type="result"');
      expect(reply("q9")).toContain("service-unavailable");
    });

    test("subscribes with the full JID at the pub/sub service, and says why when refused", async () => {
      const refusing = (frame: string, stub: XmppStub) => {
        const id = /\bid="([^"]+)"/.exec(frame)?.[1];
        if (!frame.includes("/finesse/api/Queue/")) return false;
        stub.send(
          `<iq xmlns='jabber:client' type='error' id='${id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'/><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
        );
        return true;
      };
      const { stub, link } = await linked({ onFrame: refusing });
      await link.subscribe("/finesse/api/Team/500/Users");
      await link.unsubscribe("/finesse/api/Team/500/Users");
      const requests = stub.frames.filter((frame) => frame.includes("<pubsub"));
      expect(requests[0]).toContain('to="pubsub.localhost"');
      expect(requests[0]).toContain(
        '<subscribe node="/finesse/api/Team/500/Users" jid="1001@localhost/cti"/>',
      );
      expect(requests[1]).toContain("<unsubscribe");
      expect(await failure(link.subscribe("/finesse/api/Queue/1"))).toMatchObject({
        code: "refused",
        why: "forbidden",
      });
    });

    test("measures the round trip of its pings", async () => {
      const clock = new ManualClock();
      const { probe } = await linked({}, { clock });
      clock.advance(10_000);
      await probe.until(() => probe.roundTrips.length === 1);
      expect(probe.roundTrips).toEqual([0]);
    });

    test("is lost after two unanswered pings, not after one", async () => {
      const clock = new ManualClock();
      const { stub, probe } = await linked({}, { clock });
      const pings = () => stub.frames.filter((frame) => frame.includes("urn:xmpp:ping")).length;
      stub.answersPings = false;
      clock.advance(10_000);
      await stub.until(() => pings() === 1);
      clock.advance(10_000);
      await stub.until(() => pings() === 2);
      expect(probe.ends).toEqual([]);
      clock.advance(10_000);
      expect(await probe.ended()).toMatchObject({
        reason: "lost",
        error: { code: "notifications-unreachable", why: "two pings in a row were not answered" },
      });
    });

    test("that another client took over ends with conflict and never comes back", async () => {
      const { stub, probe } = await linked();
      stub.streamError("conflict");
      expect(await probe.ended()).toEqual({ reason: "conflict" });
      await stub.until(() => stub.closed === 1);
      expect(stub.hosts).toHaveLength(1);
      expect(probe.ends).toHaveLength(1);
    });

    test("that a stream error ends is lost with the server's words", async () => {
      const { stub, probe } = await linked();
      stub.streamError("system-shutdown");
      expect(await probe.ended()).toMatchObject({
        reason: "lost",
        error: { why: "the server ended the stream: system-shutdown" },
      });
    });

    test("that the server sends elsewhere does not go there", async () => {
      const { stub, probe } = await linked();
      const other = await stubOf();
      stub.send(
        `<stream:error xmlns:stream='http://etherx.jabber.org/streams'><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>localhost:${other.port}</see-other-host></stream:error>`,
      );
      expect(await probe.ended()).toMatchObject({ reason: "lost" });
      await stub.until(() => stub.closed === 1);
      expect(other.hosts).toEqual([]);
    });

    test.each([
      ["broken XML", "<message><a></message>"],
      ["a second root", "<presence/></presence>"],
      ["a character that XML forbids", "<message><body>&#0;</body></message>"],
      ["text", "hello</x>"],
    ])("that receives %s is lost, more data or not", async (_, text) => {
      const { stub, probe } = await linked();
      stub.send(text);
      stub.send("<presence xmlns='jabber:client' from='x@y/z'/>");
      stub.send("<<<>>>");
      expect(await probe.ended()).toMatchObject({
        reason: "lost",
        error: { code: "notifications-unreachable" },
      });
      expect(probe.ends).toHaveLength(1);
    });

    test("whose connection is cut is lost, once, and does not reconnect", async () => {
      const { stub, probe } = await linked();
      stub.drop();
      expect(await probe.ended()).toMatchObject({ reason: "lost" });
      expect(probe.ends).toHaveLength(1);
      expect(stub.hosts).toHaveLength(1);
    });

    test("closes with unavailable presence and the stream's end", async () => {
      const { stub, probe, link } = await linked();
      await link.close();
      await link.close();
      expect(stub.frames.slice(-2)).toEqual([
        expect.stringMatching(/^<presence type="unavailable"/),
        expect.stringMatching(/^<close/),
      ]);
      expect(probe.ends).toEqual([{ reason: "closed" }]);
    });

    test("closes within two seconds though the server does not answer", async () => {
      const { link } = await linked({ onFrame: (frame) => frame.startsWith("<close") });
      const begun = performance.now();
      await link.close();
      expect(performance.now() - begun).toBeLessThan(2000);
    });
  });
});
