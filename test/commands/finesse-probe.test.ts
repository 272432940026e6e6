import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { finesseProbe } from "../../src/commands/finesse-probe.ts";
import type { ProbeReport } from "../../src/console/first-run/contract.ts";
import { startSimulator } from "../../src/simulator/start.ts";
import type { Simulator } from "../../src/simulator/server/simulator.ts";
import { testCertificate } from "../finesse/certificates.ts";

let simulator: Simulator;
let address: string;
beforeAll(async () => {
  simulator = await startSimulator({ restPort: 0, xmppPort: 0, boshPort: 0 });
  address = simulator.nodes[0]?.rest ?? "";
});
afterAll(() => simulator.stop());

async function probe(
  typed: string,
  options: { ca?: string[]; resolve?: string[]; pin?: string } = {},
): Promise<ProbeReport & { heard: string[] }> {
  const heard: string[] = [];
  const { ca = [], resolve = [], pin } = options;
  const report = await finesseProbe({ ca, resolve, timeout: 3000 })(
    typed,
    pin,
    ({ part, ok }) => heard.push(`${ok ? "✓" : "✗"} ${part}`),
    new AbortController().signal,
  );
  return { ...report, heard };
}

const all = ["✓ name", "✓ port", "✓ certificate", "✓ finesse"];

describe("an address is tried part by part", () => {
  test("one whose authority is known", async () => {
    const report = await probe(address, { ca: [simulator.caPem] });
    expect(report).toMatchObject({ address, heard: all, error: undefined, inService: true });
    expect(report.steps.at(-1)?.text).toContain("IN_SERVICE");
  });

  test("one nobody vouches for shows its certificate, and is good once that is pinned", async () => {
    const report = await probe(address);
    expect(report.heard).toEqual(["✓ name", "✓ port", "✗ certificate"]);
    expect(report.error?.code).toBe("certificate-untrusted");
    expect(report.certificate?.names).toContain("localhost");
    const pin = report.certificate?.fingerprint;
    expect(pin).toMatch(/^[\da-f]{64}$/);
    expect(await probe(address, { pin })).toMatchObject({ heard: all, pin, error: undefined });
  });

  test("another certificate than the pinned one is no question of pinning that", async () => {
    const report = await probe(address, { pin: "0".repeat(64) });
    expect(report.heard.at(-1)).toBe("✗ certificate");
    expect(report.error?.message).toContain("another certificate");
    expect(report.certificate).toBeUndefined();
  });

  test("one with another name than in its certificate is told by that", async () => {
    const { port } = new URL(address);
    const report = await probe(`other.example:${port}`, {
      ca: [simulator.caPem],
      resolve: ["other.example:127.0.0.1"],
    });
    expect(report.error?.code).toBe("certificate-name");
    expect(report.certificate).toBeUndefined();
  });

  test("one that is out of service works all the same, and that is said", async () => {
    simulator.control.outOfService();
    try {
      expect(await probe(address, { ca: [simulator.caPem] })).toMatchObject({ heard: all, inService: false });
    } finally {
      simulator.control.inService();
    }
  });

  test("somebody else's web server is told from a Finesse", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls: testCertificate(),
      fetch: () => new Response("<html>hello</html>"),
    });
    const unknown = await probe(`127.0.0.1:${server.port}`);
    const report = await probe(`127.0.0.1:${server.port}`, { pin: unknown.certificate?.fingerprint });
    expect(report.heard).toEqual(["✓ name", "✓ port", "✓ certificate", "✗ finesse"]);
    expect(report.error).toBeDefined();
  });

  test("a name that is none", async () => {
    const report = await probe("nobody.invalid");
    expect(report.heard).toEqual(["✗ name"]);
    expect(report.error?.code).toBe("host-not-found");
  });

  test("a port where nobody listens, and one where somebody else does", async () => {
    const silent = await listening();
    const port = portOf(silent);
    const spoken = await probe(`localhost:${port}`, { resolve: ["localhost:127.0.0.1"] });
    expect(spoken.heard).toEqual(["✓ name", "✓ port", "✗ certificate"]);
    expect(spoken.error?.message).toContain("does not speak TLS");
    await new Promise((resolve) => silent.close(resolve));
    const closed = await probe(`127.0.0.1:${port}`);
    expect(closed.heard).toEqual(["✓ name", "✗ port"]);
    expect(closed.error?.code).toBe("finesse-unreachable");
  });

  test.each(["http://fina:8445", "fina fina", "user:secret@fina"])("%s is no address", async (typed) => {
    const thrown = await probe(typed).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "usage" });
    expect(String(thrown)).not.toContain("secret");
  });
});

/** Answers whatever comes with something that is no TLS. */
function listening(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function portOf(server: Server): number {
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("it listens on a port");
  return at.port;
}
