import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../src/platform/clock.ts";
import { seededRandom } from "../../../src/platform/random.ts";
import { serveSimulator, type Simulator } from "../../../src/simulator/server/simulator.ts";
import { parseElement } from "../../../src/simulator/xmpp/parser.ts";
import { ns } from "../../../src/simulator/xmpp/namespaces.ts";
import type { XmlElement } from "../../../src/simulator/xmpp/xml.ts";
import { FakeEngine, userUpdate } from "./fake-engine.ts";

let engine: FakeEngine;
let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  engine = new FakeEngine();
  simulator = await serveSimulator(engine, {
    clock: systemClock,
    random: seededRandom(1),
    hosts: ["fina.example.com"],
  });
  folder = mkdtempSync(join(tmpdir(), "cti-sim-"));
  writeFileSync(join(folder, "ca.pem"), simulator.caPem);
});

afterAll(async () => {
  await simulator.stop();
  rmSync(folder, { recursive: true });
});

const port = () => new URL(simulator.nodes[0]?.rest ?? "").port;

async function curl(...args: string[]): Promise<{ code: number; out: string }> {
  const run = Bun.spawn(["curl", "-sS", "--max-time", "10", ...args], { stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([run.stdout.text(), run.stderr.text()]);
  return { code: await run.exited, out: out + err };
}

/** A WebSocket client that only knows frames. */
class Frames {
  readonly socket: WebSocket;
  readonly closed: Promise<CloseEvent>;
  #queue: string[] = [];
  #waiting: ((frame: string) => void)[] = [];

  constructor(path = "/ws/", protocols = ["xmpp"]) {
    this.socket = new WebSocket(`wss://localhost:${port()}${path}`, {
      protocols,
      tls: { ca: simulator.caPem },
    });
    this.closed = new Promise((resolve) => this.socket.addEventListener("close", resolve));
    this.socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#queue.push(data);
      else waiting(data);
    });
  }

  async opened(): Promise<void> {
    await new Promise((resolve, reject) => {
      this.socket.addEventListener("open", resolve);
      this.socket.addEventListener("error", reject);
    });
  }

  async next(): Promise<XmlElement> {
    const queued = this.#queue.shift();
    return parseElement(queued ?? (await new Promise<string>((resolve) => this.#waiting.push(resolve))));
  }

  async ask(frame: string, answers: number): Promise<XmlElement[]> {
    this.socket.send(frame);
    const received: XmlElement[] = [];
    while (received.length < answers) received.push(await this.next());
    return received;
  }

  /** The whole of §12: stream, SASL, stream again, bind, presence. Ends with Finesse's presence. */
  static async online(user = "1001", resource = "cti"): Promise<Frames> {
    const frames = new Frames();
    await frames.opened();
    const open = `<open xmlns="${ns.framing}" to="localhost" version="1.0"/>`;
    await frames.ask(open, 2);
    const plain = Buffer.from(`\0${user}\0secret`).toString("base64");
    await frames.ask(`<auth xmlns="${ns.sasl}" mechanism="PLAIN">${plain}</auth>`, 1);
    await frames.ask(open, 2);
    await frames.ask(
      `<iq xmlns="${ns.client}" type="set" id="b"><bind xmlns="${ns.bind}"><resource>${resource}</resource></bind></iq>`,
      1,
    );
    await frames.ask(`<presence xmlns="${ns.client}"/>`, 1);
    return frames;
  }
}

describe("HTTPS", () => {
  test("curl trusts it with the authority's certificate, and reaches REST with everything it sent", async () => {
    const { out, code } = await curl(
      ...["--cacert", join(folder, "ca.pem"), "-u", "1001:secret", "-X", "PUT", "-d", "<User/>", "-i"],
      ...["-H", "requestId: r-1", "-H", "Content-Type: application/xml"],
      `https://localhost:${port()}/finesse/api/User/1001?nocache=1`,
    );
    expect(code).toBe(0);
    expect(out).toContain("HTTP/1.1 200");
    expect(out.toLowerCase()).toContain("requestid: r-1");
    expect(out).toContain(`<Echo method="PUT" target="/finesse/api/User/1001?nocache=1"><User/></Echo>`);
  });

  test("the certificate holds the FQDN and the loopback addresses, and no other name", async () => {
    const get = (host: string, ...more: string[]) =>
      curl("--cacert", join(folder, "ca.pem"), ...more, `https://${host}:${port()}/`);
    const resolve = (host: string) => ["--resolve", `${host}:${port()}:127.0.0.1`];
    expect((await get("127.0.0.1")).out).toContain("simulated Cisco Finesse");
    expect((await get("fina.example.com", ...resolve("fina.example.com"))).code).toBe(0);
    expect((await get("finb.example.com", ...resolve("finb.example.com"))).code).toBe(60);
    expect((await curl(`https://localhost:${port()}/`)).code).toBe(60);
  });

  test.each(["expired", "wrong-name"] as const)(
    "can present a certificate that is %s",
    async (certificate) => {
      const bad = await serveSimulator(new FakeEngine(), {
        clock: systemClock,
        random: seededRandom(1),
        certificate,
      });
      writeFileSync(join(folder, "bad.pem"), bad.caPem);
      const { out, code } = await curl("--cacert", join(folder, "bad.pem"), bad.nodes[0]?.rest ?? "");
      await bad.stop();
      expect(code).toBe(60);
      expect(out).toContain(certificate === "expired" ? "expired" : "match");
    },
  );

  test("a taken port is said to be taken", async () => {
    const attempt = serveSimulator(new FakeEngine(), {
      clock: systemClock,
      random: seededRandom(1),
      restPort: Number(port()),
    });
    await expect(attempt).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("is taken"),
    });
  });
});

describe("WebSocket", () => {
  test("echoes the sub-protocol, refuses to do without", async () => {
    const frames = new Frames("/ws");
    await frames.opened();
    expect(frames.socket.protocol).toBe("xmpp");
    frames.socket.close();
    expect((await new Frames("/ws/", []).closed).code).not.toBe(1000);
  });

  test("carries the handshake and notifications, each frame a document of its own", async () => {
    const frames = await Frames.online();
    engine.publish(userUpdate("1001", "READY"));
    const message = await frames.next();
    expect([message.name, message.namespace]).toEqual(["message", ns.client]);
    const [close] = await frames.ask(`<close xmlns="${ns.framing}"/>`, 1);
    expect(close?.is("close", ns.framing)).toBe(true);
    expect((await frames.closed).code).toBe(1000);
    expect(engine.presence.at(-1)).toEqual({ agent: "1001", resources: [], clean: true });
  });

  test.each([
    ["what is not XML", "<iq>", "not-well-formed"],
    ["two elements in a frame", "<a/><b/>", "not-well-formed"],
    ["a long stanza", `<iq xmlns="${ns.client}">${"x".repeat(300_000)}</iq>`, "policy-violation"],
    ["what is no stanza", `<shout xmlns="urn:x"/>`, "unsupported-stanza-type"],
  ])("ends the stream on %s", async (_, frame, condition) => {
    const frames = await Frames.online();
    const [error, close] = await frames.ask(frame, 2);
    expect([error?.elements[0]?.localName, close?.localName]).toEqual([condition, "close"]);
    await frames.closed;
  });

  test("survives a frame beyond all limits", async () => {
    const frames = await Frames.online();
    frames.socket.send("x".repeat(3_000_000));
    await frames.closed;
    (await Frames.online()).socket.close();
  });

  test("tells a vanished client from one that closed", async () => {
    const told = () => engine.presence.at(-1);
    const gone = async (end: (socket: WebSocket) => void) => {
      const frames = await Frames.online("1002", "cti");
      const noticed = new Promise<void>((resolve) => {
        const stopWatching = simulator.watch(() => {
          stopWatching();
          resolve();
        });
      });
      end(frames.socket);
      await noticed;
      return told();
    };
    expect(await gone((socket) => socket.close())).toEqual({ agent: "1002", resources: [], clean: true });
    expect(await gone((socket) => socket.terminate())).toEqual({
      agent: "1002",
      resources: [],
      clean: false,
    });
  });

  test("killed: the client sees the connection end without a close frame", async () => {
    const frames = await Frames.online();
    simulator.faults.fail("drop", { agent: "1001" });
    expect((await frames.closed).code).toBe(1006);
  });
});

describe("faults of the node", () => {
  test("tomcat: REST 502, streams stay up and are told", async () => {
    const frames = await Frames.online();
    simulator.faults.fail("tomcat");
    expect((await frames.next()).attributes.type).toBe("unavailable");
    const status = ["-o", "/dev/null", "-w", "%{http_code}"];
    const url = `https://localhost:${port()}/finesse/api/SystemInfo`;
    expect((await curl("--cacert", join(folder, "ca.pem"), ...status, url)).out).toBe("502");
    expect(simulator.faults.heal()).toEqual(["tomcat"]);
    expect((await frames.next()).attributes.type).toBeUndefined();
    frames.socket.close();
  });

  test("notification: streams cut, new ones refused, until healed", async () => {
    const frames = await Frames.online();
    simulator.faults.fail("notification");
    expect((await frames.closed).code).toBe(1006);
    await expect(new Frames().opened()).rejects.toBeDefined();
    simulator.faults.heal();
    (await Frames.online()).socket.close();
  });

  test("rest: accepted, never answered, and no obstacle to stopping", async () => {
    simulator.faults.fail("rest");
    const { code } = await curl(
      ...["--cacert", join(folder, "ca.pem"), "--max-time", "0.3"],
      `https://localhost:${port()}/finesse/api/SystemInfo`,
    );
    simulator.faults.heal();
    expect(code).toBe(28);
  });
});
