import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CtiError } from "../../../src/model/errors.ts";
import type { SimProfile } from "../../../src/simulator/contract.ts";
import type { PhoneAction } from "../../../src/simulator/engine/control.ts";
import { defaultPopulation } from "../../../src/simulator/engine/default-population.ts";
import { House } from "./house.ts";
import { Listener, readDialogs } from "./listener.ts";

const agents = ["1001", "1002", "1003", "1011"];
const numbers = ["2001", "2002", "2003", "5551234", "5550000", "5550001", "5550002", "811802", "2020"];

const someAgent = fc.constantFrom(...agents);
const someNumber = fc.constantFrom(...numbers);

/** One thing that a client, a hand, a customer or the clock does. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("signIn" as const), agent: someAgent }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      agent: someAgent,
      state: fc.constantFrom("READY", "NOT_READY", "LOGOUT"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("dial" as const), agent: someAgent, number: someNumber }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("act" as const),
      agent: someAgent,
      which: fc.nat(2),
      action: fc.constantFrom(
        "ANSWER",
        "ANSWER",
        "HOLD",
        "RETRIEVE",
        "DROP",
        "CONSULT_CALL",
        "TRANSFER",
        "CONFERENCE",
        "TRANSFER_SST",
      ),
      number: someNumber,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("phone" as const),
      agent: someAgent,
      action: fc.constantFrom<PhoneAction>("off-hook", "dial", "answer", "hold", "retrieve", "hang-up"),
      number: someNumber,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("call" as const),
      agent: someAgent,
      kind: fc.constantFrom("routed", "direct", "queue"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("abandon", "hangup", "farEnd"), which: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forceLogout" as const), agent: someAgent }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("leave" as const), agent: someAgent, back: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      time: fc.constantFrom(1, 30, 200, 1000, 31_000, 61_000),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function perform(house: House, what: Step): void {
  const { control } = house.engine;
  const dialogs = "agent" in what ? house.stateOf(what.agent).dialogs : [];
  const calls = house.engine.state().calls;
  switch (what.do) {
    case "signIn":
      house.user(what.agent, `<state>LOGIN</state><extension>${Number(what.agent) + 1000}</extension>`);
      return;
    case "ask":
      house.user(what.agent, `<state>${what.state}</state>`);
      return;
    case "dial":
      house.dial(what.agent, what.number);
      return;
    case "act":
      house.act(
        what.agent,
        dialogs[what.which % Math.max(1, dialogs.length)] ?? "1",
        what.action,
        `<toAddress>${what.number}</toAddress>`,
      );
      return;
    case "phone":
      control.phone(what.agent, what.action, { number: what.number });
      return;
    case "call":
      if (what.kind === "queue") control.call({ queue: "Sales.EN", from: "5559" });
      else
        control.call({ agent: what.agent, from: "5559", kind: what.kind === "direct" ? "direct" : "routed" });
      return;
    case "abandon":
      control.abandon(calls[what.which]?.id);
      return;
    case "hangup":
      control.callerHangup(calls[what.which]?.id);
      return;
    case "farEnd":
      control.farEndAnswer(calls[what.which]?.id);
      return;
    case "forceLogout":
      control.forceLogout(what.agent);
      return;
    case "leave":
      house.engine.presenceChanged(what.agent, ["cti"], true);
      house.engine.presenceChanged(what.agent, [], true);
      if (what.back) house.engine.presenceChanged(what.agent, ["cti"], true);
      return;
    case "wait":
      house.settle(what.time);
  }
}

/** What the calls at the phone say the agent's state must be (§6). */
function expectedStates(participants: string[]): string[] {
  if (participants.some((state) => ["ACTIVE", "INITIATING", "INITIATED", "FAILED"].includes(state)))
    return ["TALKING"];
  if (participants.includes("HELD")) return ["HOLD"];
  if (participants.includes("ALERTING")) return ["RESERVED", "READY", "NOT_READY", "WORK", "WORK_READY"];
  if (participants.includes("WRAP_UP")) return ["WORK", "WORK_READY"];
  return ["READY", "NOT_READY"];
}

const actionsOf: Record<string, RegExp> = {
  INITIATING: /^UPDATE_CALL_DATA DROP$/,
  INITIATED: /^UPDATE_CALL_DATA DROP$/,
  ALERTING: /^ANSWER$/,
  ACTIVE: /^(TRANSFER_SST CONSULT_CALL )?HOLD UPDATE_CALL_DATA SEND_DTMF DROP$/,
  HELD: /^UPDATE_CALL_DATA DROP RETRIEVE( TRANSFER CONFERENCE)?$/,
  WRAP_UP: /^UPDATE_CALL_DATA$/,
  FAILED: /^DROP$/,
};

function checkInvariants(house: House, listeners: Listener[]): void {
  const state = house.engine.state();
  for (const listener of listeners) {
    const agent = house.stateOf(listener.agent);
    const told = JSON.parse(JSON.stringify([...listener.dialogs.values()]));
    const read = readDialogs(
      house.request("GET", `/User/${agent.id}/Dialogs`, "", { user: agent.id }).body,
      listener.extension,
    );
    const byId = (a: { id: string }, b: { id: string }): number => a.id.localeCompare(b.id);
    // Whoever only listens knows what a re-read says.
    expect(told.sort(byId)).toEqual(read.sort(byId));
    expect([listener.state, listener.pending]).toEqual([agent.state, agent.pendingState]);
    expect(listener.mistakes).toEqual([]);
    for (const dialog of read) expect(dialog.actions).toMatch(actionsOf[dialog.own] ?? /^never$/);
    if (agent.state === "LOGOUT") expect(agent.dialogs).toEqual([]);
    else if (state.profile === "ucce")
      expect(expectedStates(read.map((dialog) => dialog.own))).toContain(agent.state);
    if (agent.pendingState !== "" && state.profile === "ucce")
      expect(["TALKING", "HOLD", "RESERVED"]).toContain(agent.state);
  }
  for (const call of state.calls) {
    const alive = call.participants.filter((party) => party.state !== "DROPPED");
    expect(alive.length).toBeGreaterThan(0);
    const waiting = call.state === "ALERTING" || call.state === "FAILED" || call.state.startsWith("INITIA");
    const inWrapUp = alive.some((party) => party.state === "WRAP_UP");
    // Nobody talks to himself: an established call has two on the line, or is only being wrapped up.
    if (!waiting && !inWrapUp) expect(alive.length).toBeGreaterThan(1);
  }
}

describe("whatever agents, hands, customers and the clock do", () => {
  const run = (steps: readonly Step[], logoutOnDisconnect: boolean, profile: SimProfile): void => {
    // No delays between what is and what was told: the two are compared.
    const house = new House({
      knobs: { eventDelay: 0, deliverAfter: 0 },
      population: { ...defaultPopulation({ profile }), logoutOnDisconnect },
      profile,
    });
    const listeners = agents.map((agent) => new Listener(agent, String(Number(agent) + 1000)));
    house.engine.onPublish((publication) => {
      for (const listener of listeners) listener.hear(publication);
    });
    for (const agent of agents.slice(0, 3)) house.signIn(agent, "READY");
    for (const what of steps) {
      try {
        perform(house, what);
      } catch (error) {
        // What is impossible just now is said so, and nothing else.
        if (!(error instanceof CtiError)) throw error;
      }
      house.settle(25);
      checkInvariants(house, listeners);
    }
    // Everyone hangs up; nothing may be left behind.
    for (let round = 0; round < 20 && house.engine.state().calls.length > 0; round++) {
      for (const { id } of house.engine.state().agents) {
        try {
          house.engine.control.phone(id, "answer");
        } catch {}
        try {
          house.engine.control.phone(id, "hang-up");
        } catch {}
      }
      for (const call of house.engine.state().calls) {
        try {
          house.engine.control.callerHangup(call.id);
        } catch {}
      }
      house.settle(31_000);
    }
    expect(house.engine.state().calls).toEqual([]);
    house.settle(200_000);
    expect(house.clock.pending).toBe(0);
  };

  test("events, reads, states and actions agree, and no call is left behind", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.boolean(),
        fc.constantFrom<SimProfile>("ucce", "uccx"),
        run,
      ),
      {
        numRuns: Number(process.env.FC_RUNS ?? 150),
      },
    );
  }, 120_000);
});
