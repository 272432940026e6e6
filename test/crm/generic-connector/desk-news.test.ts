import { beforeEach, afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseGcEvent } from "../../../src/crm/generic-connector/parse-event.ts";
import { ToldCalls } from "../../../src/crm/generic-connector/told-calls.ts";
import type { Call } from "../../../src/model/call.ts";
import { Stage } from "./desk-stage.ts";
import { agent, call, dialled } from "../samples.ts";

let stage = new Stage();
beforeEach(async () => {
  stage = new Stage();
  await stage.signedIn();
});
afterEach(() => stage.desk.close());

/** Event, state and dialog of what was said: `InboundCall ACTIVE 16802321`. */
const short = () =>
  stage.heard().map((line) => {
    const { event, state, dialogId } = parseGcEvent(line.slice(line.indexOf(" ") + 1));
    return [event, state, dialogId].filter((part) => part !== undefined).join(" ");
  });
const started = (given: Call) => stage.call("1001", { type: "call.started", call: given });
const changed = (given: Call) => stage.call("1001", { type: "call.changed", call: given });
const released = (given: Call) => stage.call("1001", { type: "call.released", call: given });
const ended = (given: Call) => stage.call("1001", { type: "call.ended", call: given });

describe("calls (§5.3)", () => {
  test("one that comes, is answered, held, taken back and ends in wrap-up: dropped once", () => {
    started(call());
    changed(call({ state: "ACTIVE" }));
    changed(call({ state: "HELD" }));
    changed(call({ state: "ACTIVE" }));
    released(call({ state: "WRAP_UP" }));
    changed(call({ state: "WRAP_UP", wrapUpReasons: ["Sold"] }));
    ended(call({ state: "DROPPED" }));
    expect(short()).toEqual([
      "NewInboundCall 16802321",
      "InboundCall ALERTING 16802321",
      "InboundCall ACTIVE 16802321",
      "InboundCall HELD 16802321",
      "InboundCall ACTIVE 16802321",
      "InboundCall DROPPED 16802321",
    ]);
  });

  test("one that is dialled", () => {
    started(dialled({ state: "INITIATING", dialogState: "INITIATING" }));
    changed(dialled());
    changed(dialled({ dialogState: "ALERTING" }));
    changed(dialled({ state: "ACTIVE", dialogState: "ACTIVE" }));
    expect(short()).toEqual([
      "InboundCall INITIATING 16802399",
      "InboundCall INITIATED 16802399",
      "InboundCall ALERTING 16802399",
      "InboundCall ACTIVE 16802399",
    ]);
  });

  test("one that fails says why, and goes", () => {
    started(dialled({ state: "FAILED", cause: "BUSY" }));
    ended(dialled({ state: "DROPPED" }));
    expect(stage.said[0]).toBe("pc1 1001#InboundCall#FAILED#dialogId:16802399#Busy");
    expect(short()).toEqual(["InboundCall FAILED 16802399", "InboundCall DROPPED 16802399"]);
  });

  test("changed variables refresh, and nothing else; what clients cannot see is not told", () => {
    started(call({ state: "ACTIVE" }));
    stage.heard();
    changed(call({ state: "ACTIVE", variables: { callVariable1: "NEW" } }));
    expect(stage.said).toEqual([
      "pc1 1001#NewInboundCall#03001234567#callVariable1=NEW|associatedDialogId=#dialogId:16802321",
    ]);
    stage.heard();
    changed(call({ state: "ACTIVE", variables: { callVariable1: "NEW" }, actions: ["HOLD"] }));
    expect(short()).toEqual([]);
  });

  test("a consult call, associated with the held one, and the transfer of both", () => {
    started(call({ state: "ACTIVE" }));
    changed(call({ state: "HELD" }));
    const consult = dialled({ parent: "I-1", type: "CONSULT", dialogState: "ALERTING" });
    started(consult);
    changed({ ...consult, state: "ACTIVE", dialogState: "ACTIVE" });
    changed(call({ state: "HELD", variables: {} }));
    expect(stage.said.at(-1)).toContain("associatedDialogId=16802399");
    released({ ...consult, state: "DROPPED" });
    ended({ ...consult, state: "DROPPED" });
    released(call({ state: "DROPPED" }));
    ended(call({ state: "DROPPED" }));
    expect(short()).toEqual([
      "InboundCall ACTIVE 16802321",
      "InboundCall HELD 16802321",
      "ConsultCall ALERTING 16802399",
      "ConsultCall ACTIVE 16802399",
      "NewInboundCall 16802321",
      "ConsultCall DROPPED 16802399",
      "InboundCall DROPPED 16802321",
    ]);
  });

  test("a conference that goes on under the consult's dialog: the old ends, the new is the customer's call", () => {
    started(call({ state: "HELD" }));
    const consult = dialled({ parent: "I-1", state: "ACTIVE", dialogState: "ACTIVE" });
    started(consult);
    stage.heard();
    released({ ...consult, state: "DROPPED" });
    ended({ ...consult, state: "DROPPED" });
    // The session forgets the old id without an end: the contact goes on.
    stage.port.session("1001", { calls: [] });
    changed(call({ id: "16802399", type: "CONFERENCE", state: "ACTIVE" }));
    expect(short()).toEqual([
      "ConsultCall DROPPED 16802399",
      "InboundCall DROPPED 16802321",
      "InboundCall ACTIVE 16802399",
    ]);
  });

  test("a transfer received: unknown and ACTIVE", () => {
    started(call({ state: "ACTIVE", type: "TRANSFER" }));
    expect(short()).toEqual(["InboundCall ACTIVE 16802321"]);
  });

  const calls = fc.record({
    id: fc.constantFrom("1", "2", "3"),
    interaction: fc.constantFrom("A", "B"),
    parent: fc.constantFrom(undefined, "A"),
    state: fc.constantFrom("INITIATING", "ALERTING", "ACTIVE", "HELD", "FAILED", "WRAP_UP", "DROPPED"),
    from: fc.constantFrom("42001", "0300"),
    variables: fc.constantFrom<Record<string, string>[]>({}, { callVariable1: "x" }),
  });

  test("whatever is told, no call ends twice in a row, and none goes on after its end unless it is back", () => {
    const kinds = fc.constantFrom("changed" as const, "over" as const);
    fc.assert(
      fc.property(fc.array(fc.tuple(kinds, calls), { maxLength: 30 }), (steps) => {
        const told = new ToldCalls("1001");
        const last = new Map<string, string>();
        for (const [kind, given] of steps) {
          const events =
            kind === "over" ? told.over(call(given), "42001") : told.changed(call(given), "42001", []);
          for (const event of events) {
            if (!("call" in event)) continue;
            const now = "state" in event ? String(event.state) : "NEW";
            if (now === "DROPPED") expect(last.get(event.call.id)).not.toBe("DROPPED");
            last.set(event.call.id, now);
          }
        }
      }),
    );
  });
});

describe("Finesse out of service (§8.5)", () => {
  const down = (who = "1001") =>
    stage.emit(who, {
      type: "session.disconnected",
      node: "a",
      error: { code: "session-lost", message: "gone" },
    });
  const up = (who = "1001") => stage.emit(who, { type: "session.connected", node: "a", transport: "tls" });

  test("is told, and told back with state and calls", () => {
    stage.port.session("1001", { calls: [call({ state: "ACTIVE" })] });
    down();
    stage.port.clock.advance(2000);
    expect(stage.heard()).toEqual(["pc1 System#OUT_OF_SERVICE"]);
    stage.post("Hello#pc1");
    expect(stage.heard()).toEqual(["pc1 System#OUT_OF_SERVICE"]);
    up();
    expect(short()).toEqual(["IN_SERVICE", "State NOT_READY", "InboundCall ACTIVE 16802321"]);
    stage.emit("1001", { type: "service.out-of-service", node: "a", why: "PG down" });
    stage.port.clock.advance(2000);
    stage.emit("1001", { type: "service.in-service", node: "a" });
    expect(short().slice(0, 2)).toEqual(["OUT_OF_SERVICE", "IN_SERVICE"]);
  });

  test("a link that comes straight back is nobody's business", () => {
    down();
    stage.port.clock.advance(1500);
    up();
    stage.port.clock.advance(10_000);
    expect(stage.heard()).toEqual([]);
  });

  test("where others work on, it is the agent's trouble, not the system's", async () => {
    await stage.signedIn("1002", "pc1");
    down("1001");
    stage.port.clock.advance(2000);
    expect(stage.heard()).toEqual(["pc1 1001#OUT_OF_SERVICE"]);
    down("1002");
    stage.port.clock.advance(2000);
    expect(stage.heard()).toEqual(["pc1 System#OUT_OF_SERVICE"]);
    up("1002");
    expect(stage.heard().slice(0, 2)).toEqual(["pc1 System#IN_SERVICE", "pc1 1001#OUT_OF_SERVICE"]);
    up("1001");
    expect(stage.heard()[0]).toBe("pc1 1001#IN_SERVICE");
  });

  test("strangers' Hello is answered by how all sessions are", () => {
    stage.post("Hello#pc9");
    stage.port.session("1001", { service: "out-of-service" });
    stage.port.clock.advance(1001);
    stage.post("Hello#pc9");
    expect(stage.heard()).toEqual(["pc9 System#IN_SERVICE", "pc9 System#OUT_OF_SERVICE"]);
  });
});

describe("the end of a session", () => {
  test("signed out by Finesse: LOGOUT once, and no outage after it", () => {
    stage.emit("1001", { type: "agent.changed", state: agent({ state: "LOGOUT" }), previous: "READY" });
    stage.emit("1001", { type: "session.signed-out", by: "finesse" });
    stage.emit("1001", { type: "agent.changed", state: agent({ state: "LOGOUT" }), previous: "LOGOUT" });
    stage.port.clock.advance(60_000);
    expect(short()).toEqual(["State LOGOUT"]);
  });

  test("signed in elsewhere: told, unless it was a peer", () => {
    stage.emit("1001", { type: "session.conflict", node: "a" });
    stage.port.clock.advance(2000);
    expect(stage.heard()[0]).toStartWith("pc1 1001#Error#session#SIGNED_IN_ELSEWHERE#");
    stage.emit("1001", { type: "session.conflict", node: "a" });
    stage.peers.elsewhere.set("1001", ["pc1"]);
    stage.port.clock.advance(2000);
    expect(stage.heard()).toEqual([]);
  });
});

describe("other connectors (§8)", () => {
  test("an agent taken by a peer: let go, in silence", async () => {
    stage.emit("1001", { type: "session.conflict", node: "a" });
    stage.desk.peersEvents.onTaken("1001", "east");
    stage.port.clock.advance(5000);
    await stage.settle();
    expect(stage.heard()).toEqual([]);
    expect(stage.port.released).toEqual(["1001"]);
    expect(stage.peers.held.size).toBe(0);
    expect(stage.presence.watched.size).toBe(0);
  });

  test("a dead peer's clients are called here, each agent and then each destination", () => {
    stage.desk.peersEvents.onLost({
      name: "east",
      held: new Map([
        ["2001", ["siebel", "Connector1", "ActiveMQ.X"]],
        ["2002", ["siebel"]],
        ["1001", ["pc1"]],
      ]),
    });
    expect(stage.heard()).toEqual([
      "siebel 2001#RECONNECT",
      "siebel 2002#RECONNECT",
      "siebel System#RECONNECT",
    ]);
  });

  test("the active one is back: our clients are sent there; beats of ours that it gets count", () => {
    stage.desk.peersEvents.onPreferred("east");
    expect(stage.heard()).toEqual(["pc1 1001#RECONNECT", "pc1 System#RECONNECT"]);
    stage.desk.peersEvents.onBeat("pc1");
    expect(stage.presence.beats).toEqual(["pc1"]);
  });

  test("who comes back here is ours, whoever else believes to have him", async () => {
    await stage.send("Connect#1001", "pc1,s3cret-pw");
    expect(stage.peers.taken.at(-1)).toBe("1001");
  });
});
