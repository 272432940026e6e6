import { describe, expect, test } from "bun:test";
import { seededRandom } from "../../../src/platform/random.ts";
import { type BoshReply, BoshSession } from "../../../src/simulator/xmpp/bosh.ts";
import { BoshSessions } from "../../../src/simulator/xmpp/bosh-sessions.ts";
import { ns } from "../../../src/simulator/xmpp/namespaces.ts";
import { parseElement } from "../../../src/simulator/xmpp/parser.ts";
import type { XmlElement } from "../../../src/simulator/xmpp/xml.ts";
import { userUpdate } from "../server/fake-engine.ts";
import { house, type House } from "./harness.ts";

/** One HTTP request and what became of it. */
interface Exchange {
  session: BoshSession | undefined;
  reply: BoshReply;
  /** Undefined while it is held. */
  answer: XmlElement | "cut" | undefined;
}

class Client {
  readonly sessions: BoshSessions;
  sid = "";
  rid = 100;

  constructor(readonly site: House) {
    this.sessions = new BoshSessions(site.server, site.clock, seededRandom(2));
  }

  post(inner = "", attributes = "", rid = this.rid++): Exchange {
    const sid = this.sid === "" ? "" : ` sid="${this.sid}"`;
    const exchange: Exchange = {
      session: undefined,
      answer: undefined,
      reply: {
        answer: (text) => void (exchange.answer = parseElement(text)),
        cut: () => void (exchange.answer = "cut"),
      },
    };
    const taken = this.sessions.take(
      `<body xmlns="${ns.httpBind}" xmlns:xmpp="${ns.xbosh}" rid="${rid}"${sid} ${attributes}>${inner}</body>`,
      exchange.reply,
    );
    if (taken instanceof BoshSession) exchange.session = taken;
    else exchange.answer = parseElement(taken.body);
    return exchange;
  }

  static async online(site = house(), user = "1001"): Promise<Client> {
    const client = new Client(site);
    const { answer } = client.post("", `to="localhost" wait="20" hold="1" ver="1.6"`);
    if (!(answer instanceof Object)) throw new Error("no session");
    client.sid = answer.attributes.sid ?? "";
    const plain = Buffer.from(`\0${user}\0secret`).toString("base64");
    client.post(`<auth xmlns="${ns.sasl}" mechanism="PLAIN">${plain}</auth>`);
    client.post("", `to="localhost" xmpp:restart="true"`);
    // Without its own namespace, as some clients send it.
    client.post(`<iq type="set" id="b"><bind xmlns="${ns.bind}"><resource>cti</resource></bind></iq>`);
    client.post(`<presence xmlns="${ns.client}"/>`);
    await Promise.resolve();
    return client;
  }
}

/** The ids of the stanzas in an answer, or what the answer is. */
function ids({ answer }: Exchange): string[] | string {
  if (answer === undefined) return "held";
  if (answer === "cut") return "cut";
  return answer.elements.map((each) => each.attributes.id ?? each.name);
}

const condition = ({ answer }: Exchange) =>
  answer instanceof Object ? [answer.attributes.type, answer.attributes.condition] : answer;

const ping = (id: string) => `<iq xmlns="${ns.client}" type="get" id="${id}"><ping xmlns="${ns.ping}"/></iq>`;

describe("a BOSH session", () => {
  test("tells its terms, takes no more than it offers", () => {
    const client = new Client(house());
    const { answer } = client.post("", `to="localhost" wait="900" hold="3" ver="1.6"`);
    expect(answer).toMatchObject({
      attributes: { wait: "60", hold: "1", requests: "2", inactivity: "30", from: "localhost" },
      children: [{ name: "stream:features" }],
    });
  });

  test("holds a request until there is news, at most as long as agreed", async () => {
    const client = await Client.online();
    const first = client.post();
    client.site.clock.advance(19_000);
    expect(ids(first)).toBe("held");
    client.site.clock.advance(1_000);
    expect(ids(first)).toEqual([]);
    const second = client.post();
    client.site.engine.publish(userUpdate("1001", "READY"));
    await Promise.resolve();
    expect(ids(second)).toEqual([expect.stringContaining("/finesse/api/User/1001__")]);
  });

  test("keeps news for the next request", async () => {
    const client = await Client.online();
    client.site.engine.publish(userUpdate("1001", "READY"));
    client.site.engine.publish(userUpdate("1001", "NOT_READY"));
    await Promise.resolve();
    expect(ids(client.post())).toHaveLength(2);
  });

  test("puts requests in order that overtook each other", async () => {
    const client = await Client.online();
    const { rid } = client;
    const late = client.post(ping("second"), "", rid + 1);
    expect(ids(late)).toBe("held");
    const early = client.post(ping("first"), "", rid);
    await Promise.resolve();
    expect([ids(early), ids(late)]).toEqual([["first", "second"], "held"]);
  });

  test("answers a repeated request with the same answer, without doing it twice", async () => {
    const client = await Client.online();
    const { rid } = client;
    const first = client.post(ping("p"));
    await Promise.resolve();
    const again = client.post(ping("p"), "", rid);
    expect(again.answer?.toString()).toBe(first.answer?.toString() ?? "");
    expect(ids(client.post())).toBe("held");
  });

  test("a repeated request takes the place of the held one", async () => {
    const client = await Client.online();
    const { rid } = client;
    const first = client.post();
    const again = client.post("", "", rid);
    expect([ids(first), ids(again)]).toEqual(["cut", "held"]);
  });

  test("ends when a request is beyond its window", async () => {
    const client = await Client.online();
    expect(condition(client.post("", "", client.rid + 2))).toEqual(["terminate", "item-not-found"]);
    expect(condition(client.post())).toEqual(["terminate", "item-not-found"]);
    expect(client.site.engine.presence.at(-1)?.resources).toEqual([]);
  });

  test("forgets who does not come back, as vanished", async () => {
    const client = await Client.online();
    const held = client.post();
    client.site.clock.advance(20_000);
    expect(ids(held)).toEqual([]);
    client.site.clock.advance(29_000);
    expect(client.site.engine.presence.at(-1)?.resources).toEqual(["cti"]);
    client.site.clock.advance(1_000);
    expect(client.site.engine.presence.at(-1)).toEqual({ agent: "1001", resources: [], clean: false });
    expect(condition(client.post())).toEqual(["terminate", "item-not-found"]);
    expect(client.site.clock.pending).toBe(0);
  });

  test("counts as gone when the client gives its requests up", async () => {
    const client = await Client.online();
    const held = client.post();
    held.session?.abandoned(held.reply);
    client.site.clock.advance(30_000);
    expect(client.site.engine.presence.at(-1)).toMatchObject({ resources: [], clean: false });
  });

  test("tells a conflict inside the body, to the held request or to the next one", async () => {
    const site = house();
    const first = await Client.online(site);
    const held = first.post();
    const second = await Client.online(site);
    expect(condition(held)).toEqual(["terminate", "remote-stream-error"]);
    expect(held.answer?.toString()).toContain("<conflict ");
    // This one has no request at the server just now.
    await Client.online(site);
    const next = second.post();
    expect([condition(next)?.[1], next.answer?.toString()]).toEqual([
      "remote-stream-error",
      expect.stringContaining("<conflict "),
    ]);
  });

  test("leaves when the client says so", async () => {
    const client = await Client.online();
    const held = client.post();
    const last = client.post(`<presence xmlns="${ns.client}" type="unavailable"/>`, `type="terminate"`);
    expect([condition(held)?.[0], condition(last)?.[0]]).toEqual(["terminate", "terminate"]);
    expect(client.site.engine.presence.at(-1)).toEqual({ agent: "1001", resources: [], clean: true });
  });

  test("muted: not even an empty answer", async () => {
    const client = await Client.online();
    client.site.server.mute(true, "1001");
    const held = [client.post(ping("p")), client.post()];
    client.site.clock.advance(25_000);
    await Promise.resolve();
    expect(held.map(ids)).toEqual(["held", "held"]);
  });

  test.each([
    ["what is not XML", "<body"],
    ["what is no body", `<html rid="1"/>`],
    ["a request without a number", `<body xmlns="${ns.httpBind}"/>`],
  ])("is not begun by %s", (_, text) => {
    const site = house();
    const taken = new BoshSessions(site.server, site.clock, seededRandom(2)).take(text, {
      answer: () => {},
      cut: () => {},
    });
    expect(taken).toMatchObject({ status: 400 });
  });
});
