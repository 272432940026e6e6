import { afterEach, describe, expect, test } from "bun:test";
import { testCertificate } from "./certificates.ts";
import { boshFront } from "./front-bosh.ts";
import { Probe } from "./link-probe.ts";
import { escapeText, updateXml, userXml } from "./samples.ts";
import { XmppStub } from "./xmpp-stub.ts";

const tls = testCertificate();
const trust = { ca: [tls.ca], pin: undefined, insecure: false };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function served() {
  const stub = await XmppStub.start(boshFront, { tls });
  cleanups.push(() => stub.stop());
  return stub;
}

async function linked() {
  const stub = await served();
  const probe = new Probe();
  const link = await probe.connect(stub, { trust });
  cleanups.push(() => link.close());
  return { stub, probe, link };
}

const httpbind = "xmlns='http://jabber.org/protocol/httpbind'";
const rid = (body: string) => Number(/rid="(\d+)"/.exec(body)?.[1]);

describe("a BOSH session", () => {
  test("numbers its requests without gaps and has two waiting at most", async () => {
    const { stub, link } = await linked();
    await Promise.all(["a", "b", "c", "d"].map((node) => link.subscribe(`/finesse/api/Team/${node}/Users`)));
    await link.close();
    const rids = stub.front.bodies.map(rid);
    expect(rids).toEqual(rids.map((_, index) => (rids[0] ?? 0) + index));
    expect(stub.front.mostWaiting).toBe(2);
    expect(stub.front.bodies[0]).toContain('to="localhost"');
    expect(stub.front.bodies.filter((body) => body.includes('xmpp:restart="true"'))).toHaveLength(1);
  });

  test("begins at a number that is not to be guessed", async () => {
    const first = await linked();
    const second = await linked();
    expect(rid(first.stub.front.bodies[0] ?? "")).not.toBe(rid(second.stub.front.bodies[0] ?? ""));
  });

  test("sends a request whose answer was lost once more as it was, and loses nothing", async () => {
    const { stub, probe } = await linked();
    stub.front.loseNextAnswer();
    stub.publish(escapeText(updateXml(userXml)));
    await probe.until(() => probe.updates.length === 1);
    stub.publish(escapeText(updateXml(userXml.replace("Chris", "Anna"))));
    await probe.until(() => probe.updates.length === 2);
    expect(probe.updates).toMatchObject([{ user: { firstName: "Chris" } }, { user: { firstName: "Anna" } }]);
    const { bodies } = stub.front;
    const repeated = bodies.filter((body, index) => bodies.indexOf(body) !== index);
    expect(repeated).toHaveLength(1);
    expect(probe.ends).toEqual([]);
  });

  test.each([
    ["remote-connection-failed", /lost Finesse's XMPP server/],
    ["item-not-found", /does not know the session/],
    ["policy-violation", /too busy/],
    ["system-shutdown", /system-shutdown/],
  ])("that the server ends with %s is lost and says why", async (condition, words) => {
    const { stub, probe } = await linked();
    stub.front.terminate(condition);
    expect(await probe.ended()).toMatchObject({
      reason: "lost",
      error: { why: expect.stringMatching(words) },
    });
  });

  test("that the server ends in order is lost too", async () => {
    const { stub, probe } = await linked();
    stub.front.terminate(undefined);
    expect(await probe.ended()).toMatchObject({ reason: "lost" });
  });

  test.each([
    [
      "as a stream error",
      "remote-stream-error",
      "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    ],
    ["as a condition", "conflict", ""],
  ])("whose name was taken over ends with conflict, said %s", async (_, condition, content) => {
    const { stub, probe } = await linked();
    stub.front.terminate(condition, content);
    expect(await probe.ended()).toEqual({ reason: "conflict" });
  });

  test.each([403, 404])("that is answered with HTTP %d is lost at once", async (status) => {
    const { stub, probe } = await linked();
    const { length } = stub.front.bodies;
    stub.front.answerWith({ status });
    stub.publish(escapeText(updateXml(userXml)));
    expect(await probe.ended()).toMatchObject({
      reason: "lost",
      error: { why: expect.stringContaining(`HTTP ${status}`) },
    });
    expect(stub.front.bodies.length).toBe(length + 1);
  });

  test.each([
    ["a proxy's passing HTTP 503", { status: 503 }],
    ["a server that could not use a request", { status: 200, text: `<body type='error' ${httpbind}/>` }],
  ])("outlives %s", async (_, answer) => {
    const { stub, probe } = await linked();
    stub.front.answerWith(answer, 1);
    stub.publish(escapeText(updateXml(userXml)));
    await probe.until(() => probe.updates.length === 1);
    stub.publish(escapeText(updateXml(userXml)));
    await probe.until(() => probe.updates.length === 2);
    expect(probe.ends).toEqual([]);
    const { bodies } = stub.front;
    expect(bodies.filter((body, index) => bodies.indexOf(body) !== index)).toHaveLength(1);
  });

  test.each([
    ["a page of a proxy", { status: 200, text: "<html><body>Sign in to the network</body></html>" }],
    ["nothing", { status: 200, text: "" }],
    ["HTTP 404", { status: 404 }],
    ["HTTP 502", { status: 502 }],
  ])("does not come about where the answer is %s", async (_, answer) => {
    const stub = await served();
    stub.front.answerWith(answer);
    const error: unknown = await new Probe().connect(stub, { trust }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "notifications-unreachable",
      why: expect.stringContaining("offers no XMPP over BOSH"),
    });
    expect(stub.front.bodies).toHaveLength(1);
  });

  test("says good-bye with the unavailable presence before it ends", async () => {
    const { stub, link } = await linked();
    await link.close();
    const last = stub.front.bodies.slice(-2).join("");
    expect(last).toContain('<presence type="unavailable"');
    expect(last).toContain('type="terminate"');
  });
});
