import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Simulator, startSimulator } from "../../../src/simulator/start.ts";

/**
 * Clients that nobody here wrote, each in a process of its own, against the whole simulator: they sign in, the agent signs in by curl, the
 * Update arrives, a ping is answered, they leave.
 */
let simulator: Simulator;
let folder: string;
let ca: string;

beforeAll(async () => {
  simulator = await startSimulator({ seed: 1, knobs: { eventDelay: 0 } });
  folder = mkdtempSync(join(tmpdir(), "cti-peers-"));
  ca = join(folder, "ca.pem");
  writeFileSync(ca, simulator.caPem);
});
afterAll(async () => {
  await simulator.stop();
  rmSync(folder, { recursive: true });
});

interface Line {
  what: string;
  value: unknown;
}

function start(command: string[], url: string, password: string) {
  const env = { ...process.env, SIM_URL: url, SIM_PASSWORD: password, SIM_CA: ca, NODE_EXTRA_CA_CERTS: ca };
  return Bun.spawn(command, { cwd: import.meta.dir, env, stdout: "pipe", stderr: "pipe" });
}

/** The JSON lines among what the peer prints; libraries print words of their own. */
async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part.startsWith('{"what"')) yield JSON.parse(part);
  }
}

async function curl(state: string): Promise<string> {
  const run = Bun.spawn(
    [
      ...["curl", "-sS", "--max-time", "10", "--cacert", ca, "-u", "1001:secret", "-X", "PUT"],
      ...["-H", "Content-Type: application/xml", "-w", "%{http_code}", "-d", `<User>${state}</User>`],
      `${simulator.nodes[0]?.rest}/finesse/api/User/1001`,
    ],
    { stdout: "pipe", stderr: "inherit" },
  );
  return run.stdout.text();
}

const strophe = [process.execPath, "strophe-client.ts"];
// The system's own interpreter: Debian's package is for that one.
const python = ["/usr/bin/python3", "slixmpp-client.py"];
const hasSlixmpp = Bun.spawnSync(["/usr/bin/python3", "-c", "import slixmpp"], {
  stdout: "ignore",
  stderr: "ignore",
}).success;
if (!hasSlixmpp) process.stderr.write("SKIPPED: slixmpp on port 5223; it wants Debian's python3-slixmpp\n");

const peers = [
  { name: "Strophe over WebSocket", command: strophe, resource: "strophe", transport: "wss", present: true },
  { name: "Strophe over BOSH", command: strophe, resource: "strophe", transport: "bosh", present: true },
  {
    name: "slixmpp on 5223",
    command: python,
    resource: "slixmpp",
    transport: "xmpps",
    present: hasSlixmpp,
  },
] as const;

describe.each(peers)("$name", ({ command, resource, transport, present }) => {
  const url = () => simulator.nodes[0]?.[transport] ?? "";

  test.skipIf(!present)("signs in, sees finesse@, reads an Update, pings and leaves", async () => {
    const seen: Line[] = [];
    const run = start([...command], url(), "secret");
    for await (const line of lines(run.stdout)) {
      seen.push(line);
      if (line.what === "presence" && seen.filter(({ what }) => what === "presence").length === 1)
        expect(await curl("<state>LOGIN</state><extension>2001</extension>")).toBe("202");
    }
    const what = new Set(seen.map((line) => line.what));
    expect([...what], await run.stderr.text()).toEqual(
      expect.arrayContaining(["online", "presence", "message", "pong", "offline"]),
    );
    expect(seen).toContainEqual({ what: "online", value: `1001@localhost/${resource}` });
    expect(seen).toContainEqual({ what: "presence", value: "finesse@localhost/finesse" });
    const update = seen.find((line) => line.what === "message")?.value;
    expect(update).toStartWith("<Update>");
    expect(update).toContain("<state>NOT_READY</state>");
    if (resource === "slixmpp")
      expect(seen).toContainEqual({ what: "identity", value: [["pubsub", "leaf"]] });
    // It left in order: the short countdown runs, no stream is left.
    const { agents, nodes } = simulator.state();
    expect([agents[0]?.resources, nodes[0]?.xmpp.streams]).toEqual([[], []]);
    expect(Date.parse(agents[0]?.presenceDeadline ?? "") - Date.now()).toBeLessThanOrEqual(60_000);
  });

  test.skipIf(!present)("understands that its password is wrong", async () => {
    const seen: Line[] = [];
    for await (const line of lines(start([...command], url(), "wrong").stdout)) seen.push(line);
    expect(seen.map(({ what }) => what)).toContain("refused");
    simulator.control.knobs({ lockout: 0 });
  });
});
