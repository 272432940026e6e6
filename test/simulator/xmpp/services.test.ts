import { describe, expect, test } from "bun:test";
import { ns } from "../../../src/simulator/xmpp/namespaces.ts";
import type { XmlElement } from "../../../src/simulator/xmpp/xml.ts";
import { userUpdate } from "../server/fake-engine.ts";
import { house, TestClient } from "./harness.ts";

const team = "/finesse/api/Team/1/Users";

function ready() {
  const site = house();
  const client = TestClient.online(site);
  client.take();
  const ask = (type: string, to: string | undefined, payload: string): XmlElement => {
    const target = to === undefined ? "" : ` to="${to}"`;
    client.say(`<iq xmlns="${ns.client}" type="${type}" id="q"${target}>${payload}</iq>`);
    return client.only();
  };
  const pubsub = (type: string, payload: string) =>
    ask(type, "pubsub.localhost", `<pubsub xmlns="${ns.pubsub}">${payload}</pubsub>`);
  return { ...site, client, ask, pubsub };
}

const errorOf = (answer: XmlElement) => answer.child("error")?.elements.map((each) => each.localName);

describe("iq", () => {
  test.each<[string, string | undefined, string]>([
    ["get", "localhost", `<ping xmlns="${ns.ping}"/>`],
    ["get", undefined, `<ping xmlns="${ns.ping}"/>`],
    ["set", undefined, `<session xmlns="${ns.session}"/>`],
    ["get", undefined, `<vCard xmlns="${ns.vcard}"/>`],
    ["get", "localhost", `<query xmlns="${ns.discoItems}"/>`],
  ])("%s %s %s has a result", (type, to, payload) => {
    const answer = ready().ask(type, to, payload);
    expect(answer.attributes).toMatchObject({ type: "result", id: "q", to: "1001@localhost/cti" });
    expect<string | undefined>(answer.attributes.from).toBe(to);
  });

  test("a roster holds the user finesse", () => {
    const answer = ready().ask("get", undefined, `<query xmlns="${ns.roster}"/>`);
    expect(answer.child("query")?.elements.map((each) => each.attributes.jid)).toEqual(["finesse@localhost"]);
  });

  test("the user's own node is a pub/sub leaf, another's is not found", () => {
    const { ask } = ready();
    const info = (id: string) =>
      ask("get", "pubsub.localhost", `<query xmlns="${ns.discoInfo}" node="/finesse/api/User/${id}"/>`);
    expect(info("1001").child("query")?.child("identity")?.attributes).toEqual({
      category: "pubsub",
      type: "leaf",
    });
    expect(errorOf(info("1002"))).toEqual(["item-not-found"]);
  });

  test.each<[string, string | undefined, string]>([
    ["get", "localhost", "<query xmlns='jabber:iq:private'/>"],
    ["set", undefined, "<enable xmlns='urn:xmpp:carbons:2'/>"],
    ["get", "1002@localhost/x", "<query xmlns='jabber:iq:version'/>"],
    ["get", "chat.localhost", "<query xmlns='jabber:iq:version'/>"],
  ])("unknown: %s %s %s is refused politely", (type, to, payload) => {
    const { ask, client } = ready();
    expect(errorOf(ask(type, to, payload))).toEqual(["service-unavailable"]);
    expect(client.end).toBe("open");
  });

  test("answers of the client want no answer", () => {
    const { client } = ready();
    client.say(
      `<iq xmlns="${ns.client}" type="result" id="x"/>`,
      `<iq xmlns="${ns.client}" type="error" id="y"/>`,
    );
    expect(client.take()).toEqual([]);
  });
});

describe("explicit subscriptions", () => {
  const subscribe = (jid = "1001@localhost/cti", node = team) => `<subscribe node="${node}" jid="${jid}"/>`;

  test("are confirmed, listed, served with the full address, and taken back", () => {
    const { pubsub, engine, client } = ready();
    const answer = pubsub("set", subscribe());
    expect(answer.child("pubsub")?.child("subscription")?.attributes).toEqual({
      node: team,
      jid: "1001@localhost/cti",
      subscription: "subscribed",
    });
    const listed = pubsub("get", "<subscriptions/>").child("pubsub")?.child("subscriptions");
    expect(listed?.elements.map((each) => each.attributes.node)).toEqual([team]);
    engine.publish({ node: team, xml: "<Update/>", automatic: [] });
    expect(client.only().attributes.to).toBe("1001@localhost/cti");
    expect(pubsub("set", `<unsubscribe node="${team}" jid="1001@localhost/cti"/>`).attributes.type).toBe(
      "result",
    );
    engine.publish({ node: team, xml: "<Update/>", automatic: [] });
    expect(client.take()).toEqual([]);
  });

  test("outlive the stream", () => {
    const site = ready();
    site.pubsub("set", subscribe());
    site.client.stream.closed();
    site.engine.publish({ node: team, xml: "<Update/>", automatic: [] });
    const again = TestClient.online(site);
    again.take();
    site.engine.publish({ node: team, xml: "<Update/>", automatic: [] });
    expect(again.only().name).toBe("message");
  });

  test.each([
    [subscribe(undefined, "/finesse/api/Team/2/Users"), ["forbidden"]],
    [subscribe("1002@localhost/cti"), ["bad-request", "invalid-jid"]],
    [`<subscribe jid="1001@localhost"/>`, ["bad-request", "nodeid-required"]],
    [`<unsubscribe node="${team}" jid="1001@localhost/cti"/>`, ["unexpected-request", "not-subscribed"]],
    [`<create node="x"/>`, ["feature-not-implemented"]],
  ])("refuse %s", (payload, expected) => {
    expect(errorOf(ready().pubsub("set", payload))).toEqual(expected);
  });
});

describe("notifications", () => {
  test("have the captured shape: no type, bare address, the Update as escaped text", () => {
    const { engine, client } = ready();
    const publication = userUpdate("1001", "READY");
    engine.publish(publication);
    const message = client.only();
    expect(Object.keys(message.attributes).sort()).toEqual(["from", "id", "to"]);
    expect(message.attributes).toMatchObject({ from: "pubsub.localhost", to: "1001@localhost" });
    expect(message.attributes.id).toMatch(/^\/finesse\/api\/User\/1001__1001@localhost__\w{5}$/);
    const items = message.child("event", ns.pubsubEvent)?.child("items");
    expect(items?.attributes.node).toBe(publication.node);
    expect(items?.child("item")?.child("notification", ns.pubsub)?.text).toBe(publication.xml);
    expect(message.toString()).toContain("&amp;amp;");
  });

  test("reach all of the user's resources, and nobody else", () => {
    const site = house();
    const clients = [
      TestClient.online(site),
      TestClient.online(site, "1001", "desktop"),
      TestClient.online(site, "1002"),
    ];
    for (const client of clients) client.take();
    site.engine.publish(userUpdate("1001", "READY"));
    expect(clients.map((client) => client.take().length)).toEqual([1, 1, 0]);
  });

  test("vary as sites do", () => {
    const site = house({
      variations: { notificationNamespace: "urn:xmpp:push:0", lowerCaseEvent: true, duplicates: 1 },
    });
    const client = TestClient.online(site);
    client.take();
    site.engine.publish(userUpdate("1001", "READY"));
    const [first, second, ...more] = client.take().map(String);
    expect(first).toContain("urn:xmpp:push:0");
    expect(first).toContain("&lt;event&gt;put&lt;/event&gt;");
    expect([second, more]).toEqual([first, []]);
  });
});
