import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:tls";
import { type Simulator, startSimulator } from "../../../src/simulator/start.ts";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ seed: 1, pair: true, hosts: ["fina.example.com", "finb.example.com"] });
});
afterAll(() => simulator.stop());

/** Talks to a node by its name, at the loopback address. */
async function get(node: number, path: string): Promise<{ status: number; text: string }> {
  const url = new URL(path, simulator.nodes[node]?.rest);
  const response = await fetch(`https://127.0.0.1:${url.port}${path}`, {
    tls: { ca: simulator.caPem },
    headers: { Authorization: `Basic ${btoa("1001:secret")}` },
  });
  return { status: response.status, text: await response.text() };
}

function certificateOf(node: number, name: string): Promise<string> {
  const { port } = new URL(simulator.nodes[node]?.rest ?? "");
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: "127.0.0.1", port: Number(port), ca: simulator.caPem, servername: name },
      () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      },
    );
    socket.on("error", reject);
  });
}

test("two nodes serve under one authority, each with a certificate and ports of its own", async () => {
  expect(simulator.nodes.map(({ name }) => name)).toEqual(["a", "b"]);
  const urls = simulator.nodes.flatMap(({ rest, xmpps, bosh }) => [rest, xmpps, bosh]);
  expect(new Set(urls.map((url) => new URL((url ?? "").replace("xmpps:", "https:")).port)).size).toBe(6);
  const [a, b] = [await certificateOf(0, "fina.example.com"), await certificateOf(1, "finb.example.com")];
  expect(a).not.toBe(b);
  await expect(certificateOf(1, "fina.example.com")).rejects.toThrow();
});

test("SystemInfo names the ports that are served", async () => {
  const ports = simulator.nodes.map(({ rest, xmpps }) => [
    new URL(rest).port,
    new URL((xmpps ?? "").replace("xmpps:", "https:")).port,
  ]);
  for (const node of [0, 1]) {
    const { text } = await get(node, "/finesse/api/SystemInfo");
    const named = [...text.matchAll(/<httpsPort>(\d+)<[^]*?<xmppSecurePort>(\d+)</g)].map((match) => [
      match[1],
      match[2],
    ]);
    expect(named).toEqual(ports);
  }
});

test("one node fails alone and is mended alone", async () => {
  simulator.faults.fail("tomcat", { node: "B" });
  simulator.faults.fail("cti", { node: "a" });
  expect(simulator.faults.active).toEqual(["tomcat", "cti"]);
  expect([
    (await get(0, "/finesse/api/User/1001")).status,
    (await get(1, "/finesse/api/User/1001")).status,
  ]).toEqual([503, 502]);
  expect(simulator.faults.heal("b")).toEqual(["tomcat"]);
  expect([
    (await get(0, "/finesse/api/User/1001")).status,
    (await get(1, "/finesse/api/User/1001")).status,
  ]).toEqual([503, 200]);
  expect(simulator.faults.heal()).toEqual(["cti"]);
  expect(simulator.state().status).toBe("IN_SERVICE");
});

test("a node that is none is said to be none, and the switch belongs to both", () => {
  expect(() => simulator.faults.fail("tomcat", { node: "c" })).toThrow('no node "c"');
  expect(() => simulator.faults.fail("slow", { node: "a", delay: 1 })).toThrow("not of one node");
});
