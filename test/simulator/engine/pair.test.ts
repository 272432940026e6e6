import { beforeEach, describe, expect, test } from "bun:test";
import { ManualClock } from "../../../src/platform/clock.ts";
import { seededRandom } from "../../../src/platform/random.ts";
import type { Publication, SimBackend } from "../../../src/simulator/contract.ts";
import { createEngine, type Engine } from "../../../src/simulator/engine/create-engine.ts";
import { line } from "./house.ts";

let clock: ManualClock;
let a: Engine;
let b: SimBackend;
let heardByA: Publication[];
let heardByB: Publication[];

beforeEach(() => {
  clock = new ManualClock();
  a = createEngine({
    clock,
    random: seededRandom(1),
    node: { name: "a", host: "fina.example.com", ports: { https: 8445 } },
    second: { name: "b", host: "finb.example.com", ports: { https: 8446 } },
  });
  if (a.second === undefined) throw new Error("no second node");
  b = a.second;
  heardByA = [];
  heardByB = [];
  a.onPublish((publication) => heardByA.push(publication));
  b.onPublish((publication) => heardByB.push(publication));
});

function rest(node: SimBackend, method: string, path: string, body = "") {
  return node.handleApi({
    method,
    target: `/finesse/api${path}`,
    authorization: `Basic ${btoa("1001:secret")}`,
    contentType: "application/xml",
    requestId: undefined,
    body,
  });
}

const signIn = (node: SimBackend) =>
  rest(node, "PUT", "/User/1001", "<User><state>LOGIN</state><extension>2001</extension></User>");
const ask = (node: SimBackend, state: string) =>
  rest(node, "PUT", "/User/1001", `<User><state>${state}</state></User>`);

/** What a node published since the last look. */
function told(heard: Publication[]): string[] {
  return heard.splice(0).map(({ xml, node }) => (node.startsWith("/finesse/api/Team") ? "team" : line(xml)));
}

describe("a pair", () => {
  test("names both nodes in the same order, and itself by its domain", () => {
    for (const [node, host] of [
      [a, "fina.example.com"],
      [b, "finb.example.com"],
    ] as const) {
      const { body } = rest(node, "GET", "/SystemInfo");
      expect(body).toMatch(
        /<primaryNode>\s*<host>fina.example.com<\/host>\s*<httpsPort>8445<[^]*<secondaryNode>\s*<host>finb.example.com<\/host>\s*<httpsPort>8446</,
      );
      expect(body).toContain(`<xmppDomain>${host}</xmppDomain>`);
      expect(node.xmppDomain).toBe(host);
    }
  });

  test("shares agents and calls: what is asked at one is told by both", () => {
    signIn(b);
    ask(a, "READY");
    clock.advance(100);
    expect(told(heardByA)).toEqual(["user NOT_READY", "team", "user READY", "team"]);
    expect(told(heardByB)).toEqual(["user NOT_READY", "team", "user READY", "team"]);
    const { dialogId } = a.control.call({ agent: "1001", from: "5551234" });
    clock.advance(100);
    expect(rest(b, "GET", `/Dialog/${dialogId}`).status).toBe(200);
  });

  test("the CTI link of one breaks: it is out of service and silent, the other is not; then it repeats what it missed", () => {
    signIn(a);
    clock.advance(100);
    told(heardByA);
    told(heardByB);
    a.control.outOfService("a");
    clock.advance(100);
    expect(told(heardByA)).toEqual(["system OUT_OF_SERVICE"]);
    expect([rest(a, "GET", "/User/1001").status, rest(b, "GET", "/User/1001").status]).toEqual([503, 200]);
    expect(rest(a, "GET", "/SystemInfo").body).toContain("<status>OUT_OF_SERVICE</status>");
    expect(rest(b, "GET", "/SystemInfo").body).toContain("<status>IN_SERVICE</status>");
    ask(b, "READY");
    clock.advance(100);
    expect([told(heardByA), told(heardByB)]).toEqual([[], ["user READY", "team"]]);
    a.control.inService("a");
    clock.advance(100);
    expect([told(heardByA), told(heardByB)]).toEqual([["system IN_SERVICE", "user READY", "team"], []]);
  });

  test("the old node still acts on an agent who has moved to the other one", () => {
    signIn(a);
    ask(a, "READY");
    a.presenceChanged("1001", ["cti"], true);
    a.presenceChanged("1001", [], false);
    b.presenceChanged("1001", ["cti"], true);
    clock.advance(179_000);
    expect(a.state().agents[0]).toMatchObject({ state: "READY", resources: ["cti"] });
    clock.advance(1_000);
    expect(a.state().agents[0]).toMatchObject({ state: "NOT_READY", presenceDeadline: undefined });
  });

  test("nothing happens when the agent comes back to the same node, or when that node cannot reach CTI", () => {
    signIn(a);
    ask(a, "READY");
    a.presenceChanged("1001", ["cti"], true);
    a.presenceChanged("1001", [], true);
    a.presenceChanged("1001", ["cti"], true);
    clock.advance(300_000);
    a.presenceChanged("1001", [], true);
    a.control.outOfService("a");
    clock.advance(300_000);
    expect(a.state().agents[0]?.state).toBe("READY");
  });

  test("forces an agent when any resource leaves, where it is set up so", () => {
    a.control.knobs({ forceWhenAnyLeaves: true });
    signIn(a);
    ask(a, "READY");
    a.presenceChanged("1001", ["cti", "desktop"], true);
    a.presenceChanged("1001", ["cti"], true);
    clock.advance(60_000);
    expect(a.state().agents[0]?.state).toBe("NOT_READY");
  });
});
