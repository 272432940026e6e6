import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Update } from "../../src/finesse/contract.ts";
import type { CtiEventBody } from "../../src/model/events.ts";
import type { Dialog } from "../../src/model/dialog.ts";
import type { SessionState } from "../../src/session/state.ts";
import { callsOf, initialState, reduce, reduceLeft, reduceSnapshot } from "../../src/session/state.ts";
import { agent, dialog, party, updates } from "./fake-finesse.ts";

const identify = (one: Dialog) => `i-${one.id}`;

function run(...all: Update[]): {
  state: SessionState;
  types: string[];
  events: CtiEventBody[];
  suspects: number;
} {
  let state = initialState("2001");
  const events: CtiEventBody[] = [];
  let suspects = 0;
  for (const update of all) {
    const reduction = reduce(state, update, identify);
    state = reduction.state;
    events.push(...reduction.events);
    if (reduction.suspect) suspects++;
  }
  return { state, types: events.map((event) => event.type), events, suspects };
}

function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 5, 9, 0, second)).toISOString();
}

function leg(own: string, second: number): Dialog {
  return dialog("7", own, {
    participants: [party("2001", own, { stateChangeTime: at(second) }), party("5551234", "ACTIVE")],
  });
}

describe("calls", () => {
  test("a routed call from ring to the end of wrap-up: each step told once", () => {
    const { types, state } = run(
      updates.post(leg("ALERTING", 1)),
      updates.put(leg("ACTIVE", 2)),
      updates.put(leg("WRAP_UP", 3)),
      updates.put({ ...leg("WRAP_UP", 3), wrapUpReason: "Sales" }),
      updates.end(leg("DROPPED", 4)),
    );
    expect(types).toEqual(["call.started", "call.changed", "call.released", "call.changed", "call.ended"]);
    expect(callsOf(state)).toEqual([]);
  });

  test("a caller who gives up while it rings: DELETE with the dialog still ALERTING", () => {
    const gone = dialog("7", "DROPPED", { state: "ALERTING" });
    const { types, events } = run(updates.post(leg("ALERTING", 1)), updates.end(gone));
    expect(types).toEqual(["call.started", "call.released", "call.ended"]);
    expect(events.at(-1)).toMatchObject({ call: { state: "DROPPED", interaction: "i-7" } });
  });

  test("repeated notifications tell nothing, POST of a known call is an update", () => {
    const active = updates.put(leg("ACTIVE", 2));
    expect(
      run(updates.post(leg("ALERTING", 1)), active, active, updates.post(leg("ACTIVE", 2))).types,
    ).toEqual(["call.started", "call.changed"]);
  });

  test("an overtaken PUT does not turn the call back", () => {
    const { state } = run(
      updates.post(leg("ALERTING", 1)),
      updates.put(leg("HELD", 3)),
      updates.put(leg("ACTIVE", 2)),
    );
    expect(callsOf(state)[0]?.state).toBe("HELD");
  });

  test("a late PUT does not bring an ended call back to life, and asks for a re-read", () => {
    const { state, suspects } = run(
      updates.post(leg("ALERTING", 1)),
      updates.end(leg("DROPPED", 3)),
      updates.put(leg("ACTIVE", 2)),
    );
    expect(callsOf(state)).toEqual([]);
    expect(suspects).toBe(1);
  });

  test("a call whose beginning was lost is told whole at its end", () => {
    expect(run(updates.end(leg("DROPPED", 3))).types).toEqual([
      "call.started",
      "call.released",
      "call.ended",
    ]);
  });

  test("a dialog the agent is no party of is not the agent's call; leaving one ends it", () => {
    const others = dialog("9", "ACTIVE", {
      participants: [party("2002", "ACTIVE"), party("5551234", "ACTIVE")],
    });
    expect(run(updates.post(others)).types).toEqual([]);
    const joined = { ...others, participants: [...others.participants, party("2001", "ACTIVE")] };
    expect(run(updates.post(joined), updates.put(others)).types).toEqual([
      "call.started",
      "call.released",
      "call.ended",
    ]);
  });

  test("call data that changes no time still counts, the later arrival wins", () => {
    const first = { ...leg("ACTIVE", 2), variables: { callVariable1: "a" } };
    const second = { ...leg("ACTIVE", 2), variables: { callVariable1: "b" } };
    const { state } = run(updates.post(first), updates.put(second));
    expect(callsOf(state)[0]?.variables.callVariable1).toBe("b");
  });
});

describe("a contact handed over", () => {
  const offered = (own: string, over: Partial<Dialog> = {}) =>
    dialog("2", own, {
      fromAddress: "2009",
      toAddress: "2001",
      callType: "AGENT_INSIDE",
      participants: [party("2001", own), party("2009", "ACTIVE")],
      ...over,
    });
  const handedOver = (over: Partial<Dialog> = {}) =>
    dialog("1", "ACTIVE", {
      callType: "TRANSFER",
      secondaryId: "2",
      participants: [party("2001", "ACTIVE"), party("5551234", "ACTIVE"), party("2009", "DROPPED")],
      ...over,
    });
  const gone = offered("DROPPED", {
    callType: "TRANSFER",
    participants: [
      party("2001", "DROPPED", { stateCause: "OTHER" }),
      party("2009", "DROPPED", { stateCause: "OTHER" }),
    ],
  });
  const orders: [string, Update[]][] = [
    ["POST of the survivor first, as captured", [updates.post(handedOver()), updates.end(gone)]],
    ["DELETE of the consult first, as documented", [updates.end(gone), updates.post(handedOver())]],
    [
      "without secondaryId, on old releases",
      [updates.post(handedOver({ secondaryId: undefined })), updates.end(gone)],
    ],
    ["old releases, DELETE first", [updates.end(gone), updates.post(handedOver({ secondaryId: undefined }))]],
  ];
  test.each(orders)("%s: one interaction, started once, now with the customer", (_name, order) => {
    const { state, types } = run(updates.post(offered("ALERTING")), updates.put(offered("ACTIVE")), ...order);
    expect(callsOf(state)).toMatchObject([
      { id: "1", interaction: "i-2", customer: "5551234", party: "5551234" },
    ]);
    expect(types).toEqual(["call.started", "call.changed", "call.changed"]);
  });

  test("the re-read after a gap finds the survivor and ends nothing", () => {
    const { state } = run(updates.post(offered("ACTIVE")));
    const after = reduceSnapshot(state, agent({ state: "TALKING" }), [handedOver()], identify);
    expect(after.events.map((event) => event.type)).toEqual(["agent.changed", "call.changed"]);
  });

  test("a call that goes away by a transfer and comes straight back under its id is the same contact", () => {
    const back = offered("ALERTING", { callType: "TRANSFER" });
    const { state, types } = run(updates.post(offered("ACTIVE")), updates.end(gone), updates.post(back));
    expect(types).toEqual(["call.started", "call.changed"]);
    expect(state.leaving.size).toBe(0);
    expect(callsOf(state)).toMatchObject([{ id: "2", state: "ALERTING", interaction: "i-2" }]);
  });

  test("a call that came back under its id does not end by the DELETE of its former life", () => {
    const later = { stateChangeTime: "2026-01-05T09:01:00.000Z" };
    const back = offered("ALERTING", {
      participants: [party("2001", "ALERTING", later), party("2009", "ACTIVE", later)],
    });
    const { state, suspects } = run(updates.post(back), updates.end(gone));
    expect(callsOf(state)).toMatchObject([{ id: "2", state: "ALERTING" }]);
    expect(suspects).toBe(1);
  });

  test("a hand-over whose survivor never comes ends when the wait is over", () => {
    const { state, types } = run(updates.post(offered("ACTIVE")), updates.end(gone));
    expect(types).toEqual(["call.started"]);
    expect(callsOf(state)).toMatchObject([{ id: "2", actions: [] }]);
    const after = reduceLeft(state, "2");
    expect(after.events.map((event) => event.type)).toEqual(["call.released", "call.ended"]);
    expect(callsOf(after.state)).toEqual([]);
  });

  test("a colleague who just hangs up ends the call at once", () => {
    expect(run(updates.post(offered("ACTIVE")), updates.end(offered("DROPPED"))).types).toEqual([
      "call.started",
      "call.released",
      "call.ended",
    ]);
  });

  test("a conference that lives on under the consult's dialog keeps the customer's interaction", () => {
    const customer = dialog("1", "HELD");
    const consult = dialog("2", "ACTIVE", {
      fromAddress: "2001",
      toAddress: "2009",
      callType: "CONSULT",
      participants: [party("2001", "ACTIVE"), party("2009", "ACTIVE")],
    });
    const joined = {
      ...consult,
      callType: "CONFERENCE",
      secondaryId: "1",
      participants: [...consult.participants, party("5551234", "ACTIVE")],
    };
    const { state, events } = run(
      updates.post(customer),
      updates.post(consult),
      updates.put(joined),
      updates.end(dialog("1", "DROPPED")),
    );
    expect(callsOf(state)).toMatchObject([{ id: "2", interaction: "i-1", customer: "5551234" }]);
    const told = events.map((event) =>
      "call" in event ? `${event.type} ${event.call.interaction}` : event.type,
    );
    expect(told).toEqual([
      "call.started i-1",
      "call.started i-2",
      "call.released i-2",
      "call.ended i-2",
      "call.changed i-1",
    ]);
  });
});

describe("the agent", () => {
  test("an overtaken state is ignored, an equal time is taken", () => {
    const ready = agent({ state: "READY", stateChangeTime: at(5) });
    const stale = agent({ state: "NOT_READY", stateChangeTime: at(4) });
    const pending = { ...ready, pendingState: "NOT_READY" };
    expect(run(updates.user(ready), updates.user(stale)).state.agent?.state).toBe("READY");
    expect(run(updates.user(ready), updates.user(pending)).state.agent?.pendingState).toBe("NOT_READY");
  });

  test("the extension follows Finesse, not what was asked for", () => {
    expect(run(updates.user(agent({ extension: "2099" }))).state.extension).toBe("2099");
  });

  test("signing out ends the calls that Finesse shows no more", () => {
    const { types } = run(
      updates.user(agent({ state: "TALKING" })),
      updates.post(dialog("7", "ACTIVE")),
      updates.user(
        agent({ state: "LOGOUT", extension: undefined, stateChangeTime: "2026-01-05T09:00:09.000Z" }),
      ),
      updates.end(dialog("7", "DROPPED")),
    );
    expect(types).toEqual(["agent.changed", "call.started", "call.released", "call.ended", "agent.changed"]);
  });

  test("signed out, an agent has no calls: not those read in the same moment, not those that news comes late of", () => {
    const { state } = run(updates.user(agent({ state: "WORK_READY" })), updates.post(leg("ALERTING", 1)));
    const out = agent({ state: "LOGOUT", extension: undefined, stateChangeTime: at(9) });
    const after = reduceSnapshot(state, out, [leg("ALERTING", 1)], identify);
    expect(after.events.map((event) => event.type)).toEqual(["call.released", "call.ended", "agent.changed"]);
    const late = reduce(after.state, updates.post(leg("ALERTING", 1)), identify);
    expect(late).toEqual({ state: after.state, events: [], suspect: true });
  });

  test("a deleted user is signed out", () => {
    expect(run(updates.user(agent()), { ...updates.user(agent()), event: "DELETE" }).state.agent?.state).toBe(
      "LOGOUT",
    );
  });
});

describe("whatever the order, loss and repetition of notifications", () => {
  const legStates = ["ALERTING", "ACTIVE", "HELD", "WRAP_UP", "DROPPED"];
  const anyDialog = fc
    .record({
      id: fc.constantFrom("1", "2", "3"),
      own: fc.constantFrom(...legStates),
      second: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ id, own, second }) =>
      dialog(id, own, {
        participants: [party("2001", own, { stateChangeTime: at(second) }), party("5551234", "ACTIVE")],
      }),
    );
  const anyUpdate = fc.oneof(
    anyDialog.map((one) => updates.post(one)),
    anyDialog.map((one) => updates.put(one)),
    anyDialog.map((one) => updates.end(one)),
    fc
      .record({
        state: fc.constantFrom("READY", "NOT_READY", "TALKING", "FANTASY"),
        second: fc.integer({ min: 0, max: 9 }),
      })
      .map(({ state, second }) => updates.user(agent({ state, stateChangeTime: at(second) }))),
  );

  test("a re-read brings exactly what Finesse shows", () => {
    fc.assert(
      fc.property(
        fc.array(anyUpdate, { maxLength: 30 }),
        fc.uniqueArray(anyDialog, { selector: (one) => one.id }),
        (history, truth) => {
          const { state } = run(...history);
          const user = agent({ state: "READY", stateChangeTime: at(0) });
          const after = reduceSnapshot(state, user, truth, identify).state;
          expect(after.agent).toEqual(user);
          expect(
            callsOf(after)
              .map((call) => [call.id, call.state])
              .sort(),
          ).toEqual(truth.map((one) => [one.id, one.participants[0]?.state ?? ""]).sort());
          expect(reduceSnapshot(after, user, truth, identify).events).toEqual([]);
        },
      ),
    );
  });

  test("each call is started, released and ended in this order, never twice while it lives", () => {
    fc.assert(
      fc.property(fc.array(anyUpdate, { maxLength: 40 }), (history) => {
        let state = initialState("2001");
        const phase = new Map<string, "started" | "released">();
        const take = (events: CtiEventBody[]) => {
          for (const event of events) {
            if (!("call" in event)) continue;
            const before = phase.get(event.call.id);
            if (event.type === "call.started") {
              expect(before).toBeUndefined();
              phase.set(event.call.id, "started");
            } else if (event.type === "call.released") {
              expect(before).toBe("started");
              phase.set(event.call.id, "released");
            } else if (event.type === "call.ended") {
              expect(before).toBe("released");
              phase.delete(event.call.id);
            } else expect(before).toBeDefined();
          }
        };
        for (const update of history) {
          const reduction = reduce(state, update, identify);
          state = reduction.state;
          take(reduction.events);
        }
        take(reduceSnapshot(state, agent(), [], identify).events);
        expect(phase.size).toBe(0);
      }),
    );
  });
});
