import { describe, expect, test } from "bun:test";
import { ns } from "../../../src/simulator/xmpp/namespaces.ts";
import type { XmlElement } from "../../../src/simulator/xmpp/xml.ts";
import { house, TestClient } from "./harness.ts";

const conditionOf = (stanza: XmlElement | undefined) => stanza?.elements[0]?.localName;

describe("authentication", () => {
  test.each([
    ["1001", "secret", ""],
    ["1001", "secret", "1001@localhost"],
    ["AGENTX", "pässwörd", "agentx@localhost"],
    ["1001@corp.example.com", "secret", ""],
  ])("takes %p with authorization id %p", (user, password, authorization) => {
    const client = house().connect();
    client.authenticate(user, password, authorization);
    expect(client.take().map((each) => each.name)).toEqual(["header", "stream:features", "success"]);
  });

  test("offers PLAIN only, and no stream management afterwards", () => {
    const client = house().connect();
    client.authenticate("1001");
    client.stream.opened("localhost");
    const [first, second] = client.take().filter((each) => each.name === "stream:features");
    expect(first?.child("mechanisms", ns.sasl)?.elements.map((each) => each.text)).toEqual(["PLAIN"]);
    expect(second?.elements.map((each) => each.localName)).toEqual(["bind", "session"]);
  });

  test("refuses a wrong password and counts it at the backend", () => {
    const { connect, engine } = house();
    const client = connect();
    client.authenticate("1001", "wrong");
    expect(conditionOf(client.take().at(-1))).toBe("not-authorized");
    expect(engine.calls).toEqual([["authenticate", "1001"]]);
    expect(client.end).toBe("open");
  });

  test("closes after three failures", () => {
    const client = house().connect();
    client.authenticate("1001", "wrong");
    client.say(
      `<auth xmlns="${ns.sasl}" mechanism="SCRAM-SHA-1">x</auth>`,
      `<auth xmlns="${ns.sasl}" mechanism="PLAIN">%</auth>`,
    );
    expect(client.take().slice(2).map(conditionOf)).toEqual([
      "not-authorized",
      "invalid-mechanism",
      "incorrect-encoding",
      "policy-violation",
    ]);
    expect(client.end).toBe("closed");
  });

  test("refuses to act for somebody else", () => {
    const client = house().connect();
    client.authenticate("1001", "secret", "1002@localhost");
    expect(conditionOf(client.take().at(-1))).toBe("invalid-authzid");
  });

  test("asks for a response when the first message is empty", () => {
    const client = house().connect();
    client.stream.opened("localhost");
    client.say(
      `<auth xmlns="${ns.sasl}" mechanism="PLAIN"/>`,
      `<response xmlns="${ns.sasl}">ADEwMDEAc2VjcmV0</response>`,
    );
    expect(
      client
        .take()
        .slice(2)
        .map((each) => each.name),
    ).toEqual(["challenge", "success"]);
  });

  test("ends a stream to another domain, and one that skips a step", () => {
    const stranger = house().connect();
    stranger.stream.opened("10.1.2.3");
    expect(conditionOf(stranger.take().at(-1))).toBe("host-unknown");
    const hasty = house().connect();
    hasty.stream.opened("localhost");
    hasty.say(`<iq xmlns="${ns.client}" type="get" id="1"/>`);
    expect(conditionOf(hasty.take().at(-1))).toBe("not-authorized");
    expect([stranger.end, hasty.end]).toEqual(["closed", "closed"]);
  });

  test("opens the stream before it tells of an error", () => {
    const client = house().connect();
    client.stream.fail("not-well-formed");
    expect(client.take().map((each) => each.name)).toEqual(["header", "stream:error"]);
  });
});

describe("binding", () => {
  test("gives the requested resource, in the agent's own lower-case address", () => {
    const client = house().connect();
    client.authenticate("AGENTX", "pässwörd");
    client.bind("Desk");
    expect(client.take().at(-1)?.text).toBe("agentx@localhost/Desk");
  });

  test("makes a resource up when none is asked for", () => {
    const client = house().connect();
    client.authenticate("1001");
    client.bind("");
    expect(client.take().at(-1)?.text).toMatch(/^1001@localhost\/.+/);
  });

  test("ends the older stream of the same address with a conflict, and only that one", () => {
    const site = house();
    const [older, other] = [TestClient.online(site), TestClient.online(site, "1001", "desktop")];
    older.take();
    TestClient.online(site);
    expect(older.take().at(-1)?.toString()).toContain(`<conflict xmlns="${ns.streamErrors}"/>`);
    expect([older.end, other.end]).toEqual(["closed", "open"]);
    expect(
      site.server
        .state()
        .streams.map(({ resource }) => resource)
        .sort(),
    ).toEqual(["cti", "desktop"]);
  });
});

describe("presence", () => {
  test("is answered with finesse@, at once and once", () => {
    const client = TestClient.online(house());
    expect(client.only().attributes).toMatchObject({
      from: "finesse@localhost/finesse",
      to: "1001@localhost/cti",
    });
    client.say("<presence><show>away</show></presence>");
    expect(client.take()).toEqual([]);
  });

  test("with negative priority brings neither finesse@ nor events", () => {
    const site = house();
    const client = TestClient.online(site, "1001", "cti", "<presence><priority>-1</priority></presence>");
    site.engine.publish({ node: "/finesse/api/User/1001", xml: "<Update/>", automatic: ["1001"] });
    expect(client.take()).toEqual([]);
    client.say("<presence><priority>0</priority></presence>");
    expect(client.only().attributes.from).toStartWith("finesse@");
  });

  test("of a user's resources is told to each other", () => {
    const site = house();
    const desktop = TestClient.online(site, "1001", "desktop", "<presence><status>here</status></presence>");
    desktop.take();
    const cti = TestClient.online(site);
    expect(desktop.only().attributes.from).toBe("1001@localhost/cti");
    const [theirs] = cti.take();
    expect([theirs?.attributes.from, theirs?.child("status")?.text]).toEqual([
      "1001@localhost/desktop",
      "here",
    ]);
    cti.say(`<presence type="unavailable"/>`);
    expect(desktop.only().attributes).toEqual({
      type: "unavailable",
      from: "1001@localhost/cti",
      to: "1001@localhost/desktop",
    });
  });

  test("is told to the backend with how it ended", () => {
    const site = house();
    const left = TestClient.online(site, "1001", "a");
    const vanished = TestClient.online(site, "1001", "b");
    left.stream.closed();
    vanished.stream.lost(false);
    expect(site.engine.presence).toEqual([
      { agent: "1001", resources: ["a"], clean: true },
      { agent: "1001", resources: ["a", "b"], clean: true },
      { agent: "1001", resources: ["b"], clean: true },
      { agent: "1001", resources: [], clean: false },
    ]);
  });

  test("of finesse@ follows the web application", () => {
    const site = house();
    const client = TestClient.online(site);
    client.take();
    site.server.setFinessePresence("unavailable");
    expect(client.only().attributes.type).toBe("unavailable");
    site.server.heal();
    expect(client.only().attributes.type).toBeUndefined();
    site.server.setFinessePresence("absent");
    expect(TestClient.online(site, "1002").take()).toEqual([]);
  });
});

describe("links that misbehave", () => {
  test("killed: gone without a word, and the backend told so", () => {
    const site = house();
    const [mine, other] = [TestClient.online(site), TestClient.online(site, "1002")];
    mine.take();
    expect(site.server.kill("1001")).toBe(1);
    expect([mine.end, mine.take(), other.end]).toEqual(["cut", [], "open"]);
    expect(site.engine.presence.at(-1)).toEqual({ agent: "1001", resources: [], clean: false });
  });

  test("muted: everything accepted, nothing answered, until healed", () => {
    const site = house();
    const client = TestClient.online(site);
    client.take();
    site.server.mute(true, "1001");
    const ping = `<iq xmlns="${ns.client}" type="get" id="p" to="localhost"><ping xmlns="${ns.ping}"/></iq>`;
    client.say(ping);
    expect([client.take(), client.end]).toEqual([[], "open"]);
    site.server.heal();
    client.say(ping);
    expect(client.only().attributes.type).toBe("result");
  });

  test("slow: late, in order", () => {
    const site = house();
    const client = TestClient.online(site);
    client.take();
    site.server.delayBy(500);
    client.say(`<iq xmlns="${ns.client}" type="get" id="1"><ping xmlns="${ns.ping}"/></iq>`);
    site.server.delayBy(0);
    client.say(`<iq xmlns="${ns.client}" type="get" id="2"><ping xmlns="${ns.ping}"/></iq>`);
    site.clock.advance(499);
    expect(client.take()).toEqual([]);
    site.clock.advance(1);
    expect(client.take().map((each) => each.attributes.id)).toEqual(["1", "2"]);
  });
});

describe("further links that misbehave", () => {
  const ping = (id: string) =>
    `<iq xmlns="${ns.client}" type="get" id="${id}" to="localhost"><ping xmlns="${ns.ping}"/></iq>`;
  const publish = (site: ReturnType<typeof house>, id: string) =>
    site.engine.publish({ node: "/finesse/api/User/1001", xml: id, automatic: ["1001"] });
  const texts = (client: TestClient) => client.take().map((each) => each.text);

  test("vanished: gone for the server, silent for the client, closed at last", () => {
    const site = house();
    const client = TestClient.online(site);
    client.take();
    expect(site.server.vanish("1001")).toBe(1);
    client.say(ping("p"));
    expect([client.take(), client.end]).toEqual([[], "open"]);
    expect(site.engine.presence.at(-1)).toEqual({ agent: "1001", resources: [], clean: false });
    const next = TestClient.online(site);
    next.say(ping("q"));
    expect(next.take().at(-1)?.attributes.id).toBe("q");
    site.server.heal();
    expect([client.end, next.end]).toEqual(["cut", "open"]);
  });

  test("muted for two minutes: the server gives the client up", () => {
    const site = house();
    TestClient.online(site);
    site.server.mute(true);
    site.clock.advance(119_999);
    expect(site.engine.presence.at(-1)?.resources).toEqual(["cti"]);
    site.clock.advance(1);
    expect(site.engine.presence.at(-1)).toEqual({ agent: "1001", resources: [], clean: true });
  });

  test("stalled: all of it later, in order", () => {
    const site = house();
    const client = TestClient.online(site);
    client.take();
    site.server.stall("1001");
    publish(site, "one");
    publish(site, "two");
    expect(client.take()).toEqual([]);
    site.server.heal();
    expect(texts(client)).toEqual(["one", "two"]);
  });

  test("disorder: everything comes, not in its order", () => {
    const site = house();
    const client = TestClient.online(site);
    client.take();
    site.server.disorder(500);
    const sent = Array.from({ length: 20 }, (_, at) => `event ${at}`);
    for (const id of sent) publish(site, id);
    site.clock.advance(500);
    const received = texts(client);
    expect(received).not.toEqual(sent);
    expect(received.sort()).toEqual([...sent].sort());
  });

  test("notifications of other releases, until healed", () => {
    const site = house();
    const client = TestClient.online(site);
    client.take();
    site.server.vary({ notificationNamespace: ns.push, lowerCaseEvent: true, duplicates: 1 });
    publish(site, "<event>PUT</event>");
    const varied = client.take().map(String);
    expect(varied).toHaveLength(2);
    expect(varied[0]).toContain(ns.push);
    expect(varied[0]).toContain("put");
    site.server.heal();
    publish(site, "<event>PUT</event>");
    expect(client.only().text).toBe("<event>PUT</event>");
  });

  test("a user who is removed loses the streams", () => {
    const site = house();
    const client = TestClient.online(site);
    client.take();
    site.engine.publish({ node: "/finesse/api/User/1001", xml: "bye", automatic: ["1001"], removed: "1001" });
    const [message, error] = client.take();
    expect([message?.text, conditionOf(error), client.end]).toEqual(["bye", "not-authorized", "closed"]);
  });
});
