import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../../src/platform/clock.ts";
import { seededRandom } from "../../../src/platform/random.ts";
import { serveSimulator, type Simulator } from "../../../src/simulator/server/simulator.ts";
import { FakeEngine, userUpdate } from "./fake-engine.ts";

/**
 * The published XMPP client, in a process of its own, as a peer that shares no code with the simulator. It prints what happens, a JSON
 * line each.
 */
const peer = `
  import { client } from "@xmpp/client";
  const { SIM_URL, SIM_PASSWORD } = process.env;
  const say = (what, value) => console.log(JSON.stringify({ what, value }));
  const xmpp = client({ service: SIM_URL, domain: "localhost", resource: "cti", username: "1001", password: SIM_PASSWORD });
  xmpp.reconnect.stop();
  xmpp.on("error", (error) => say("error", error.condition ?? error.message));
  xmpp.on("online", async (jid) => { say("online", String(jid)); await xmpp.write("<presence xmlns='jabber:client'/>"); });
  xmpp.on("stanza", (stanza) => {
    if (stanza.is("presence")) say("presence", stanza.attrs.from);
    if (stanza.is("message")) {
      say("message", stanza.getChild("event").getChild("items").getChild("item").getChild("notification").text());
      xmpp.stop();
    }
  });
  xmpp.on("offline", () => { say("offline", null); process.exit(0); });
  xmpp.start().catch((error) => { say("refused", error.condition); process.exit(0); });
`;

let engine: FakeEngine;
let simulator: Simulator;

beforeAll(async () => {
  engine = new FakeEngine();
  simulator = await serveSimulator(engine, { clock: systemClock, random: seededRandom(1) });
});
afterAll(() => simulator.stop());

function start(password: string) {
  return Bun.spawn([process.execPath, "-e", peer], {
    cwd: import.meta.dir,
    env: {
      ...process.env,
      SIM_URL: simulator.nodes[0]?.wss,
      SIM_PASSWORD: password,
      // The peer offers no way to name an authority; the point here is XMPP.
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
    },
    stdout: "pipe",
    stderr: "ignore",
  });
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<{ what: string; value: unknown }> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield JSON.parse(part);
  }
}

describe("@xmpp/client", () => {
  test("signs in, sees finesse@, reads a notification and leaves cleanly", async () => {
    const run = start("secret");
    const publication = userUpdate("1001", "READY");
    const seen: { what: string; value: unknown }[] = [];
    for await (const line of lines(run.stdout)) {
      seen.push(line);
      if (line.what === "presence") engine.publish(publication);
    }
    expect(seen).toEqual([
      { what: "online", value: "1001@localhost/cti" },
      { what: "presence", value: "finesse@localhost/finesse" },
      { what: "message", value: publication.xml },
      { what: "offline", value: null },
    ]);
    expect(engine.presence.at(-1)).toEqual({ agent: "1001", resources: [], clean: true });
  });

  test("understands that its password is wrong", async () => {
    const seen: unknown[] = [];
    for await (const line of lines(start("wrong").stdout)) seen.push(line);
    expect(seen).toContainEqual({ what: "refused", value: "not-authorized" });
  });
});
