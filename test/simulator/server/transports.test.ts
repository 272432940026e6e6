import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, type TLSSocket } from "node:tls";
import { systemClock } from "../../../src/platform/clock.ts";
import { seededRandom } from "../../../src/platform/random.ts";
import { serveSimulator, type Simulator } from "../../../src/simulator/server/simulator.ts";
import { ns } from "../../../src/simulator/xmpp/namespaces.ts";
import { parseElement } from "../../../src/simulator/xmpp/parser.ts";
import type { XmlElement } from "../../../src/simulator/xmpp/xml.ts";
import { FakeEngine, userUpdate } from "./fake-engine.ts";

let engine: FakeEngine;
let simulator: Simulator;

beforeAll(async () => {
  engine = new FakeEngine();
  simulator = await serveSimulator(engine, { clock: systemClock, random: seededRandom(1) });
});
afterAll(() => simulator.stop());

const plain = (user = "1001") => Buffer.from(`\0${user}\0secret`).toString("base64");
const bind = (resource: string) =>
  `<iq xmlns="${ns.client}" type="set" id="b"><bind xmlns="${ns.bind}"><resource>${resource}</resource></bind></iq>`;
const header = `<?xml version="1.0"?><stream:stream to="localhost" xmlns="jabber:client" xmlns:stream="${ns.stream}" version="1.0">`;

/** A client that writes text to port 5223 and waits for text. */
class RawTcp {
  readonly closed: Promise<"end" | "reset">;
  readonly socket: TLSSocket;
  received = "";
  #look = () => {};

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    const decoder = new TextDecoder();
    let end: "end" | "reset" = "reset";
    socket.on("end", () => (end = "end"));
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => socket.on("close", () => resolve(end)));
    socket.on("data", (bytes: Buffer) => {
      this.received += decoder.decode(bytes, { stream: true });
      this.#look();
    });
  }

  static connect(): Promise<RawTcp> {
    const { port } = new URL((simulator.nodes[0]?.xmpps ?? "").replace("xmpps:", "https:"));
    return new Promise((resolve, reject) => {
      const socket = connect(
        { host: "localhost", port: Number(port), ca: simulator.caPem, servername: "localhost" },
        () => resolve(new RawTcp(socket)),
      );
      socket.once("error", reject);
    });
  }

  /** Writes, and resolves with what came up to and including `text`. */
  async say(what: string | Uint8Array, text: string): Promise<string> {
    this.socket.write(what);
    return this.until(text);
  }

  until(text: string): Promise<string> {
    return new Promise((resolve) => {
      this.#look = () => {
        const at = this.received.indexOf(text);
        if (at < 0) return;
        resolve(this.received.slice(0, at + text.length));
        this.received = this.received.slice(at + text.length);
        this.#look = () => {};
      };
      this.#look();
    });
  }

  static async online(user = "1001", resource = "tcp"): Promise<RawTcp> {
    const client = await RawTcp.connect();
    await client.say(header, "</stream:features>");
    await client.say(`<auth xmlns="${ns.sasl}" mechanism="PLAIN">${plain(user)}</auth>`, "<success");
    await client.say(header, "</stream:features>");
    await client.say(bind(resource), "</iq>");
    await client.say("<presence/>", "finesse@localhost");
    await client.until("/>");
    return client;
  }
}

describe("XMPP on 5223", () => {
  test("carries the whole handshake and notifications", async () => {
    const client = await RawTcp.online();
    const publication = userUpdate("1001", "READY");
    engine.publish(publication);
    const message = parseElement(
      (await client.until("</message>")).replace("<message", `<message xmlns="${ns.client}"`),
    );
    expect(message.text).toBe(publication.xml);
    expect(simulator.state().nodes[0]?.xmpp.streams).toMatchObject([{ agent: "1001", transport: "tcp" }]);
    await client.say("</stream:stream>", "</stream:stream>");
    expect(await client.closed).toBe("end");
    expect(engine.presence.at(-1)).toEqual({ agent: "1001", resources: [], clean: true });
  });

  test("takes bytes cut anywhere, white space and XML declarations between stanzas", async () => {
    const client = await RawTcp.online();
    const ping = `  \n<?xml version="1.0" encoding="UTF-8"?> <iq type="get" id="Zoë-€-🙂" to="localhost"><ping xmlns="${ns.ping}"/></iq>\n`;
    for (const byte of Buffer.from(ping)) client.socket.write(Uint8Array.of(byte));
    expect(await client.until("/>")).toContain('id="Zoë-€-🙂"');
    client.socket.destroy();
  });

  test.each([
    ["what is not XML", "<iq><<", "not-well-formed"],
    ["what is not UTF-8", Uint8Array.of(0x3c, 0xff, 0xfe), "unsupported-encoding"],
    ["a comment", "<!-- x -->", "restricted-xml"],
    ["a stanza without end", `<iq id="${"x".repeat(300_000)}`, "policy-violation"],
  ])("ends the stream on %s", async (_, bytes, condition) => {
    const client = await RawTcp.online();
    expect(await client.say(bytes, "</stream:stream>")).toContain(`<${condition} `);
    await client.closed;
  });

  test("is refused in XMPP's words before the header, too", async () => {
    const client = await RawTcp.connect();
    expect(await client.say("GET / HTTP/1.1\r\n\r\n", "</stream:stream>")).toContain("not-well-formed");
    const stranger = await RawTcp.connect();
    expect(await stranger.say(header.replace("jabber:client", "x"), "</stream:stream>")).toContain(
      "invalid-namespace",
    );
  });

  test("a second stream of the same address ends the first with a conflict", async () => {
    const [first] = [await RawTcp.online(), await RawTcp.online()];
    expect(await first.until("</stream:stream>")).toContain("<conflict ");
    expect(await first.closed).toBe("end");
  });

  test("tells a client that went from one that was cut off", async () => {
    const noticed = () =>
      new Promise<void>((resolve) => {
        const stop = simulator.watch(() => (stop(), resolve()));
      });
    const [polite, cut] = [await RawTcp.online("1002", "a"), await RawTcp.online("1002", "b")];
    const left = noticed();
    polite.socket.end();
    await left;
    expect(engine.presence.at(-1)).toEqual({ agent: "1002", resources: ["b"], clean: true });
    const gone = noticed();
    cut.socket.resetAndDestroy();
    await gone;
    expect(engine.presence.at(-1)).toEqual({ agent: "1002", resources: [], clean: false });
  });

  test("dropped, muted, refused", async () => {
    const client = await RawTcp.online();
    simulator.faults.fail("drop");
    await client.closed;
    expect(client.received).toBe("");
    simulator.faults.fail("notification");
    // Closed before or right after the handshake: no stream either way.
    const refused = await RawTcp.connect().catch(() => undefined);
    await refused?.closed;
    expect(refused?.received ?? "").toBe("");
    simulator.faults.heal();
    (await RawTcp.online()).socket.destroy();
  });
});

/** A BOSH client that writes its bodies by hand. */
class RawBosh {
  rid = 1000;
  sid = "";

  async post(
    inner: string,
    attributes = "",
    rid = this.rid++,
  ): Promise<{ status: number; body: XmlElement }> {
    const sid = this.sid === "" ? "" : ` sid="${this.sid}"`;
    const response = await fetch(simulator.nodes[0]?.bosh ?? "", {
      method: "POST",
      tls: { ca: simulator.caPem },
      headers: { "Content-Type": "text/xml" },
      body: `<body xmlns="${ns.httpBind}" xmlns:xmpp="${ns.xbosh}" rid="${rid}"${sid} ${attributes}>${inner}</body>`,
    });
    expect(response.headers.get("content-type")).toStartWith("text/xml");
    return { status: response.status, body: parseElement(await response.text()) };
  }

  async names(...given: Parameters<RawBosh["post"]>): Promise<string[]> {
    const { body } = await this.post(...given);
    return body.elements.map((each) => each.name);
  }

  static async online(user = "1001", resource = "bosh"): Promise<RawBosh> {
    const client = new RawBosh();
    const { body } = await client.post("", `to="localhost" wait="60" hold="1" ver="1.6" xmpp:version="1.0"`);
    client.sid = body.attributes.sid ?? "";
    await client.post(`<auth xmlns="${ns.sasl}" mechanism="PLAIN">${plain(user)}</auth>`);
    await client.post("", `to="localhost" xmpp:restart="true"`);
    await client.post(bind(resource));
    expect(await client.names(`<presence xmlns="${ns.client}"/>`)).toEqual(["presence"]);
    return client;
  }
}

describe("XMPP on 5223, cut in every way", () => {
  const presenceGone = () => engine.presence.at(-1);

  test("reset: the client sees a reset, not an end", async () => {
    const client = await RawTcp.online();
    simulator.faults.fail("reset", { agent: "1001" });
    expect(await client.closed).toBe("reset");
    expect(presenceGone()).toMatchObject({ resources: [], clean: false });
  });

  test("vanished: no FIN; the client may write as long as it likes, until it is healed", async () => {
    const client = await RawTcp.online();
    expect(simulator.faults.fail("vanish", { agent: "1001" })).toBe("1 stream of 1001 forgotten");
    expect(presenceGone()).toMatchObject({ resources: [], clean: false });
    client.socket.write(`<iq type="get" id="lost"><ping xmlns="${ns.ping}"/></iq>`);
    // Another client's whole sign-in later nothing has come.
    const other = await RawTcp.online("1002");
    expect([client.received, client.socket.closed]).toEqual(["", false]);
    simulator.faults.heal();
    await client.closed;
    other.socket.destroy();
  });

  test("stalled: what was sent comes when healed, as to a client that slept", async () => {
    const client = await RawTcp.online();
    simulator.faults.fail("stall", { agent: "1001" });
    engine.publish(userUpdate("1001", "READY"));
    engine.publish(userUpdate("1001", "NOT_READY"));
    const other = await RawTcp.online("1002");
    expect(client.received).toBe("");
    simulator.faults.heal();
    await client.until("READY&lt;/state");
    await client.until("NOT_READY&lt;/state");
    client.socket.destroy();
    other.socket.destroy();
  });
});

describe("BOSH on 7443", () => {
  test("carries the whole handshake and notifications to a held request", async () => {
    const client = await RawBosh.online();
    const waiting = client.post("");
    const publication = userUpdate("1001", "READY");
    const ping = `<iq xmlns="${ns.client}" type="get" id="p"><ping xmlns="${ns.ping}"/></iq>`;
    // The second request releases the first; its answer is in one of them.
    const second = client.post(ping);
    expect((await waiting).body.elements[0]?.attributes.id).toBe("p");
    engine.publish(publication);
    expect((await second).body.text).toBe(publication.xml);
    const end = await client.post("", `type="terminate"`);
    expect(end.body.attributes.type).toBe("terminate");
    expect(engine.presence.at(-1)).toEqual({ agent: "1001", resources: [], clean: true });
  });

  test("is polite to a browser, and does not know old sessions", async () => {
    const tls = { ca: simulator.caPem };
    const page = await fetch(simulator.nodes[0]?.bosh ?? "", { tls });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("BOSH")]);
    const stranger = new RawBosh();
    stranger.sid = "nobody";
    expect(await stranger.post("")).toMatchObject({
      status: 404,
      body: { attributes: { type: "terminate", condition: "item-not-found" } },
    });
  });

  test("dropped: the held request breaks, the next finds no session", async () => {
    const client = await RawBosh.online("1002");
    const [first, held] = [client.post(""), client.post("")];
    // The second released the first, so the server has it.
    expect((await first).body.elements).toEqual([]);
    simulator.faults.fail("drop", { agent: "1002" });
    await expect(held).rejects.toThrow();
    expect((await client.post("")).status).toBe(404);
    expect(engine.presence.at(-1)).toEqual({ agent: "1002", resources: [], clean: false });
  });

  test("serves the older releases' WebSocket", async () => {
    const { port } = new URL(simulator.nodes[0]?.bosh ?? "");
    const socket = new WebSocket(`wss://localhost:${port}/ws/`, {
      protocols: ["xmpp"],
      tls: { ca: simulator.caPem },
    });
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    expect(socket.protocol).toBe("xmpp");
    socket.close();
  });
});
