import { afterEach, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import type { SystemInfo } from "../../src/finesse/contract.ts";
import { createConnectNotifications } from "../../src/finesse/notifications.ts";
import { waysTo } from "../../src/finesse/ways.ts";
import { CtiError } from "../../src/model/errors.ts";
import { defaultTrust } from "../../src/platform/trust.ts";
import { testCertificate } from "./certificates.ts";
import { boshFront } from "./front-bosh.ts";
import { tlsFront } from "./front-tls.ts";
import { websocketFront } from "./front-websocket.ts";
import { Probe, systemInfoOf } from "./link-probe.ts";
import type { Front, StartFront } from "./xmpp-front.ts";
import { XmppStub } from "./xmpp-stub.ts";

const tls = testCertificate();
const trust = { ca: [tls.ca], pin: undefined, insecure: false };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function served<Carrier extends Front>(front: StartFront<Carrier>): Promise<XmppStub<Carrier>> {
  const stub = await XmppStub.start(front, { tls });
  cleanups.push(() => stub.stop());
  return stub;
}

const node = (origin: string) => ({ origin, trust: defaultTrust, resolve: new Map<string, string>() });

function services(origin: string, info: Partial<SystemInfo> = {}, choice?: string): string[] {
  const all = { ...systemInfoOf("fina.example.com"), ...info };
  return waysTo(node(origin), all, choice).map(({ service }) => service);
}

const fina = { host: "FINA.example.com", httpsPort: 8445, xmppPort: undefined, xmppSecurePort: 5223 };
const finb = { host: "finb.example.com", httpsPort: 9445, xmppPort: undefined, xmppSecurePort: 6223 };

describe("the ways to notifications", () => {
  test("are tried in the order of the releases", () => {
    expect(services("https://fina.example.com:8445")).toEqual([
      "wss://fina.example.com:8445/ws/",
      "wss://fina.example.com:7443/ws/",
      "https://fina.example.com:7443/http-bind/",
      "xmpps://fina.example.com:5223",
    ]);
  });

  test("follow the ports that SystemInfo names for this node, not for the other", () => {
    const info = { primaryNode: fina, secondaryNode: finb };
    expect(services("https://finb.example.com", info)).toEqual([
      "wss://finb.example.com:443/ws/",
      "wss://finb.example.com:9445/ws/",
      "wss://finb.example.com:7443/ws/",
      "https://finb.example.com:7443/http-bind/",
      "xmpps://finb.example.com:6223",
    ]);
    expect(services("https://10.1.2.3:8445", info).at(-1)).toBe("xmpps://10.1.2.3:5223");
    expect(services("https://10.1.2.3:8445", { primaryNode: finb }).at(-1)).toBe("xmpps://10.1.2.3:6223");
  });

  test.each([
    ["websocket", ["wss://fina.example.com:8445/ws/", "wss://fina.example.com:7443/ws/"]],
    ["bosh", ["https://fina.example.com:7443/http-bind/"]],
    ["tls", ["xmpps://fina.example.com:5223"]],
    ["xmpps://elsewhere:15223", ["xmpps://elsewhere:15223"]],
  ])("can be told: %s", (choice, expected) => {
    expect(services("https://fina.example.com:8445", {}, choice)).toEqual(expected);
  });

  test("told for one node mean the same on the other", () => {
    const info = { primaryNode: fina, secondaryNode: finb };
    expect(services("https://finb.example.com:8445", info, "xmpps://fina.example.com:15223")).toEqual([
      "xmpps://finb.example.com:15223",
    ]);
  });

  test.each(["carrier-pigeon", "ftp://fina", "ws://fina.example.com/ws/", "http://fina:7071/http-bind/"])(
    "are never %s",
    (choice) => {
      expect(() => services("https://fina.example.com:8445", {}, choice)).toThrow(CtiError);
    },
  );
});

describe("finding a way", () => {
  test("says what stood in each", async () => {
    const stub = await served(websocketFront);
    stub.front.refuseUpgrades(404);
    const error: unknown = await new Probe()
      .connect(stub, { trust, transport: "websocket" })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "notifications-unreachable",
      why: expect.stringMatching(/HTTP 404.*:7443/),
      details: { attempts: [expect.anything(), expect.anything()] },
    });
  });

  test("goes on to TLS TCP where there is neither WebSocket nor BOSH, and remembers it", async () => {
    const refusing = await served(websocketFront);
    refusing.front.refuseUpgrades(404);
    const stub = await served(tlsFront);
    const connect = createConnectNotifications(new Map());
    const open = async () => {
      const link = await new Probe().connect(refusing, {
        connect,
        trust,
        transport: "auto",
        systemInfo: {
          ...systemInfoOf("localhost"),
          primaryNode: {
            host: "localhost",
            httpsPort: undefined,
            xmppPort: undefined,
            xmppSecurePort: stub.port,
          },
        },
      });
      await link.close();
      return link.transport;
    };
    expect(await open()).toBe("tls");
    expect(refusing.hosts).toHaveLength(1);
    expect(await open()).toBe("tls");
    expect(refusing.hosts).toHaveLength(1);
    expect(stub.hosts).toHaveLength(2);
  });

  test("tries the others again when the remembered way is gone", async () => {
    const stub = await served(websocketFront);
    const known = new Map([[stub.origin, `wss://localhost:7443/ws/`]]);
    const connect = createConnectNotifications(known);
    const link = await new Probe().connect(stub, { connect, trust, transport: "auto" });
    await link.close();
    expect(known.get(stub.origin)).toBe(stub.front.service);
  });

  test("leaves time for the next way where the first swallows everything", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => silent.close());
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const stub = await served(websocketFront);
    const info = systemInfoOf("localhost");
    const link = await new Probe().connect(stub, {
      connect: createConnectNotifications(new Map()),
      trust,
      origin: `https://localhost:${port}`,
      transport: "websocket",
      connectTimeout: 900,
      systemInfo: {
        ...info,
        primaryNode: {
          host: "localhost",
          httpsPort: stub.port,
          xmppPort: undefined,
          xmppSecurePort: undefined,
        },
      },
    });
    expect(link.transport).toBe("websocket");
    await link.close();
  });

  test("never goes round a certificate that is not trusted", async () => {
    const stub = await served(boshFront);
    const error: unknown = await new Probe()
      .connect(stub, { transport: "auto" })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "certificate-untrusted" });
  });

  test("speaks the sub-protocol of XMPP over WebSocket", async () => {
    const stub = await served(websocketFront);
    const link = await new Probe().connect(stub, { trust });
    await link.close();
    expect(stub.front.subprotocols).toEqual(["xmpp"]);
  });
});
