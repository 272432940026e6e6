import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../../src/platform/clock.ts";
import { seededRandom } from "../../../src/platform/random.ts";
import { serveSimulator, type Simulator } from "../../../src/simulator/server/simulator.ts";
import { FakeEngine } from "./fake-engine.ts";

let engine: FakeEngine;
let simulator: Simulator;

beforeAll(async () => {
  engine = new FakeEngine();
  simulator = await serveSimulator(engine, { clock: systemClock, random: seededRandom(1) });
});
afterAll(() => simulator.stop());

async function post(name: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${simulator.controlUrl}/sim/${name}`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer };
}

describe("the control API", () => {
  test("shows everything: agents, nodes, streams, faults", async () => {
    const state = await (await fetch(`${simulator.controlUrl}/sim/state`)).json();
    expect(state).toMatchObject({
      agents: [{ id: "1001", state: "NOT_READY" }],
      nodes: [
        {
          name: "a",
          rest: simulator.nodes[0]?.rest,
          xmpps: expect.stringMatching(/^xmpps:\/\/localhost:\d+$/),
          bosh: expect.stringMatching(/^https:\/\/localhost:\d+\/http-bind\/$/),
          xmpp: { finesse: "available" },
        },
      ],
      faults: [],
    });
  });

  test("gives the authority's certificate, and a list of what there is", async () => {
    expect(await (await fetch(`${simulator.controlUrl}/sim/ca.pem`)).text()).toBe(simulator.caPem);
    expect(await (await fetch(`${simulator.controlUrl}/sim`)).json()).toContainKeys([
      "GET /sim/state",
      "POST /sim/call",
      "POST /sim/script",
    ]);
  });

  test("places a call", async () => {
    const { status, answer } = await post("call", { agent: 1001, from: "5551234", variables: { a: 1 } });
    expect([status, answer]).toEqual([200, { dialogId: "16777217", agent: "1001", state: "ringing" }]);
    expect(engine.calls.at(-1)).toMatchObject([
      "call",
      { agent: "1001", from: "5551234", variables: { a: "1" } },
    ]);
  });

  test.each([
    ["call", {}, 400, '"from" is missing'],
    [
      "call",
      { agent: "1001", from: "5", colour: "red" },
      400,
      '"colour" is unknown; known are direct, from, agent',
    ],
    ["call", { agent: "9999", from: "5" }, 400, "there is no agent 9999"],
    ["call", { agent: "1002", from: "5" }, 409, "agent 1002 is NOT_READY"],
    ["phone", { agent: "1001", action: "lick" }, 400, '"action" must be one of off-hook'],
    ["answer", {}, 404, "no call rings outside"],
    ["fail", { fault: "toaster" }, 400, 'there is no fault "toaster"'],
    ["fail", { fault: "slow" }, 400, "needs a delay"],
    ["heal", "{", 400, "the body is not JSON"],
    ["heal", [], 400, "must be a JSON object"],
    ["heal", { a: 1 }, 400, "known are node"],
    ["dance", {}, 404, "there is no POST /sim/dance"],
    ["constructor", {}, 404, "there is no POST /sim/constructor"],
    ["script", { text: "call 1001" }, 400, "line 1 of the scenario"],
  ])("%s %j is refused with %d", async (name, body, status, words) => {
    const refused = await post(name, body);
    expect(refused.status).toBe(status);
    expect(refused.answer).toMatchObject({ error: { message: expect.stringContaining(words) } });
  });

  test("breaks and mends", async () => {
    await post("fail", { fault: "cti" });
    await post("fail", { fault: "slow", delay: 3000 });
    expect(simulator.state()).toMatchObject({ faults: ["cti", "slow"], knobs: { ctiDelay: 3000 } });
    expect((await post("heal", {})).answer).toEqual({ healed: ["cti", "slow"] });
    expect(simulator.state()).toMatchObject({ faults: [], knobs: { ctiDelay: 0 } });
    expect(engine.calls.slice(-2)).toEqual([["outOfService"], ["inService"]]);
  });

  test.each([
    [
      "phone",
      { agent: "1001", action: "dial", number: "2002" },
      ["phone", "1001", "dial", { number: "2002" }],
    ],
    ["hangup", { dialogId: "16777217" }, ["callerHangup", "16777217"]],
    ["force-logout", { agent: "1001", code: 50002 }, ["forceLogout", "1001", 50002]],
    ["force-state", { agent: "1001", state: "READY" }, ["forceState", "1001", "READY"]],
    ["fail", { fault: "lose", agent: "1001", count: 2 }, ["loseNextEvent", { agent: "1001", count: 2 }]],
    ["fail", { fault: "refuse" }, ["failNextRequest", {}, { agent: undefined, count: 1 }]],
  ])("hands %s %j on", async (name, body, call) => {
    expect((await post(name, body)).status).toBe(200);
    expect<unknown>(engine.calls.at(-1)).toEqual(call);
  });

  test("changes passwords, users and knobs", async () => {
    await post("password", { agent: "1002", password: "other" });
    expect(engine.passwords.get("1002")).toBe("other");
    await post("delete-user", { agent: "1002" });
    expect(engine.passwords.has("1002")).toBe(false);
    expect((await post("knobs", { eventDelay: 250, duplicateEvents: true })).answer).toMatchObject({
      eventDelay: 250,
    });
    expect((await post("knobs", { evntDelay: 1 })).status).toBe(400);
  });

  test("plays a scenario and answers with its steps", async () => {
    const { answer } = await post("script", { text: "call 1001 from 555\nphone 1001 answer" });
    expect(answer).toMatchObject({ steps: [{ line: 1, result: { dialogId: "16777217" } }, { line: 2 }] });
  });

  test.each([
    ["another name for this address", { Host: "evil.example.com" }],
    ["a web page's origin", { Origin: "https://evil.example.com" }],
    ["an opaque origin", { Origin: "null" }],
    ["a web page's referer", { Referer: "https://evil.example.com/x" }],
    ["a cross-site fetch", { "Sec-Fetch-Site": "cross-site" }],
  ])("refuses %s", async (_, headers) => {
    const calls = engine.calls.length;
    expect((await post("call", { agent: "1001", from: "5" }, headers)).status).toBe(403);
    expect(engine.calls.length).toBe(calls);
  });

  test("listens on the loopback only", () => {
    expect(new URL(simulator.controlUrl).hostname).toBe("127.0.0.1");
  });
});
