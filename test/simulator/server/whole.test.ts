import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ns } from "../../../src/simulator/xmpp/namespaces.ts";
import { parseElement } from "../../../src/simulator/xmpp/parser.ts";
import { startSimulator, type Simulator } from "../../../src/simulator/start.ts";

/** Engine, REST and notifications together, as a client meets them: two frames of reference that must agree. */
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ seed: 1, knobs: { eventDelay: 0, deliverAfter: 0 } });
});
afterAll(() => simulator.stop());

async function rest(method: string, path: string, body?: string, password = "secret") {
  const response = await fetch(`${simulator.nodes[0]?.rest}/finesse/api/${path}`, {
    method,
    tls: { ca: simulator.caPem },
    headers: {
      Authorization: `Basic ${btoa(`1001:${password}`)}`,
      ...(body !== undefined && { "Content-Type": "application/xml", requestId: "r1" }),
    },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, text: await response.text() };
}

/** Connects as the agent; returns a way to wait for an Update that holds a text. */
async function notifications() {
  const socket = new WebSocket(simulator.nodes[0]?.wss ?? "", {
    protocols: ["xmpp"],
    tls: { ca: simulator.caPem },
  });
  const seen: string[] = [];
  let look = () => {};
  socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
    const stanza = parseElement(data);
    seen.push(stanza.name === "message" ? stanza.text : stanza.toString());
    look();
  });
  const until = (text: string) =>
    new Promise<string>((resolve) => {
      look = () => {
        const at = seen.findIndex((each) => each.includes(text));
        if (at >= 0) resolve(seen.splice(0, at + 1).at(-1) ?? "");
      };
      look();
    });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const open = `<open xmlns="${ns.framing}" to="localhost" version="1.0"/>`;
  socket.send(open);
  await until("PLAIN");
  socket.send(`<auth xmlns="${ns.sasl}" mechanism="PLAIN">${btoa("\x001001\x00secret")}</auth>`);
  await until("success");
  socket.send(open);
  await until("bind");
  socket.send(
    `<iq xmlns="${ns.client}" type="set" id="b"><bind xmlns="${ns.bind}"><resource>cti</resource></bind></iq>`,
  );
  await until("1001@localhost/cti");
  socket.send(`<presence xmlns="${ns.client}"/>`);
  await until("finesse@localhost");
  return { socket, until };
}

describe("a simulated Finesse", () => {
  test("names itself, without credentials", async () => {
    const { status, text } = await rest("GET", "SystemInfo", undefined, "nonsense");
    expect(status).toBe(200);
    expect(text).toContain("<xmppDomain>localhost</xmppDomain>");
    expect(text).toContain(`<httpsPort>${new URL(simulator.nodes[0]?.rest ?? "").port}</httpsPort>`);
  });

  test("signs an agent in, routes a call to it, and tells of both by event", async () => {
    const { socket, until } = await notifications();
    const login = "<User><state>LOGIN</state><extension>2001</extension></User>";
    expect(await rest("PUT", "User/1001", login)).toEqual({ status: 202, text: "" });
    expect(await until("<state>NOT_READY</state>")).toContain("<requestId>r1</requestId>");
    await rest("PUT", "User/1001", "<User><state>READY</state></User>");
    await until("<state>READY</state>");
    const { dialogId } = simulator.control.call({ agent: "1001", from: "5551234" });
    expect(await until("<event>POST</event>")).toContain(`<id>${dialogId}</id>`);
    simulator.control.phone("1001", "answer");
    await until("<state>TALKING</state>");
    simulator.control.callerHangup();
    await until("<state>WORK_READY</state>");
    expect(simulator.state()).toMatchObject({
      agents: expect.arrayContaining([
        expect.objectContaining({ id: "1001", resources: ["cti"], state: "WORK_READY" }),
      ]),
      nodes: [
        { xmpp: { streams: [{ agent: "1001", resource: "cti", transport: "websocket", available: true }] } },
      ],
    });
    socket.close();
  });

  test("starts in a moment", async () => {
    const before = performance.now();
    const another = await startSimulator();
    const took = performance.now() - before;
    await another.stop();
    expect(took).toBeLessThan(100);
  });

  test("lets go of its ports and of its clients when stopped", async () => {
    const another = await startSimulator();
    const socket = new WebSocket(another.nodes[0]?.wss ?? "", {
      protocols: ["xmpp"],
      tls: { ca: another.caPem },
    });
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    await another.stop();
    await closed;
    await expect(fetch(`${another.controlUrl}/sim/state`)).rejects.toBeDefined();
  });
});
