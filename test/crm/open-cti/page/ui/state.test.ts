import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ToPage } from "../../../../../src/crm/open-cti/page/protocol.ts";
import {
  type Happening,
  initialState,
  reduce,
  type UiState,
} from "../../../../../src/crm/open-cti/page/ui/state.ts";
import type { Outcome } from "../../../../../src/model/commands.ts";
import { agent, call } from "../../../samples.ts";
import { greeting } from "./fake-connector.ts";
import { log, page, reasons, session } from "./stage.ts";

const message = (given: ToPage, at = 0): Happening => ({ kind: "message", message: given, at });
const after = (...happenings: Happening[]): UiState => happenings.reduce(reduce, initialState);
const asked = (id: string, place: string): Happening => ({ kind: "asked", id, place });
const shows = (state: ReturnType<typeof page>, at = 0): Happening => message({ type: "state", state }, at);
const outcome = (id: string, given: Partial<Outcome>): Happening =>
  message({
    type: "outcome",
    id,
    outcome: {
      verb: "hold",
      outcome: "confirmed",
      agent: "1001",
      cause: "c",
      message: "on hold",
      elapsed: 1,
      ...given,
    },
  });
const talks = call({ state: "ACTIVE", actions: ["HOLD"] });
const lost: Happening = { kind: "socket", socket: { phase: "lost", retryAt: 5 }, lostCommand: "lost" };

describe("what becomes of a command", () => {
  const begun = [
    message(greeting("1001")),
    shows(page(session("TALKING", [talks]))),
    asked("1", `call:${talks.id}`),
  ];

  test("while it runs its place is known, and what was said before is gone", () => {
    const state = after(
      { kind: "said", place: `call:${talks.id}`, notice: { tone: "error", text: "old" } },
      ...begun,
    );
    expect(state.running).toEqual({ "1": { place: `call:${talks.id}` } });
    expect(state.notices).toEqual({});
  });

  for (const [what, given, notice] of [
    ["confirmed: nothing is said", {}, undefined],
    [
      "pending: what comes later",
      { outcome: "pending", message: "READY after this call" },
      { tone: "info", text: "READY after this call" },
    ],
    [
      "unknown: a warning",
      { outcome: "unknown", message: "nothing came back" },
      { tone: "warning", text: "nothing came back" },
    ],
    [
      "refused: Finesse's words and the hint",
      {
        outcome: "refused",
        message: "refused",
        refusal: { type: "t", code: "1", words: "CF_X", hint: "look again", late: false },
      },
      { tone: "error", text: "refused: CF_X", hint: "look again" },
    ],
    [
      "refused: words that are said already are not said twice",
      {
        outcome: "refused",
        message: "no: CF_X",
        refusal: { type: "t", code: "1", words: "CF_X", hint: undefined, late: false },
      },
      { tone: "error", text: "no: CF_X" },
    ],
  ] as const)
    test(what, () => {
      const state = after(...begun, outcome("1", given as Partial<Outcome>));
      expect(state.running).toEqual({});
      expect(state.notices[`call:${talks.id}`]).toEqual(notice as never);
    });

  test("an error is told where it was asked, one that answers nothing where the person looks", () => {
    const error = { code: "usage", message: "no such number", why: "it is empty", hint: "type one" } as const;
    const told = { tone: "error", text: "no such number: it is empty", hint: "type one" };
    expect(after(...begun, message({ type: "error", id: "1", error })).notices).toEqual({
      [`call:${talks.id}`]: told,
    } as never);
    expect(after(...begun, message({ type: "error", id: undefined, error })).notices).toEqual({
      page: told,
    } as never);
    expect(
      after(message(greeting(undefined)), message({ type: "error", id: undefined, error })).notices,
    ).toEqual({ "sign-in": told } as never);
  });

  test("a pairing that fails says so at its form, and may be tried again", () => {
    const error = { code: "refused", message: "too old" } as const;
    const refused = [
      message(greeting(undefined, "pairing")),
      asked("pairing", "pairing"),
      message({ type: "error", id: undefined, error }),
      message(greeting(undefined, "pairing")),
    ];
    expect(after(...refused)).toMatchObject({
      running: {},
      notices: { pairing: { tone: "error", text: "too old" } },
    });
    expect(after(...refused, message(greeting("1001"))).notices).toEqual({});
  });

  test("an answer to nothing that was asked changes nothing", () => {
    const before = after(...begun);
    expect(reduce(before, outcome("99", { outcome: "refused" }))).toEqual(before);
  });

  test("what became of a call that is gone by then is said where one looks", () => {
    const given = {
      outcome: "unknown",
      message: "the call ended, perhaps before that could be done",
    } as const;
    const state = after(...begun, shows(page(session("READY"))), outcome("1", given));
    expect(state.notices).toEqual({ page: { tone: "warning", text: given.message } });
  });

  test("of what nobody asked for nothing is said", () => {
    const state = after(...begun, asked("2", "names"), asked("3", "layouts"), lost);
    expect(Object.keys(state.notices)).toEqual([`call:${talks.id}`]);
  });

  test("what is said of a call goes with the call", () => {
    const state = after(...begun, outcome("1", { outcome: "unknown" }), shows(page(session("READY"))));
    expect(state.notices).toEqual({});
  });
});

describe("a connection that goes", () => {
  test("nothing on the screen is lost, and what was asked is not known", () => {
    const before = after(
      message(greeting("1001")),
      shows(page(session("TALKING", [talks]))),
      { kind: "typed", callObject: "I-1:1001", text: "no" },
      asked("1", "dial"),
      asked("2", "reasons"),
    );
    const state = reduce(before, lost);
    expect(state).toEqual({
      ...before,
      socket: { phase: "lost", retryAt: 5 },
      running: {},
      notices: { dial: { tone: "warning", text: "lost" } },
    });
  });

  test("back as the same agent all of it stays; as another nothing does", () => {
    const before = after(
      message(greeting("1001")),
      shows(page(session("READY"))),
      message({ type: "reasons", id: "1", reasons }),
      lost,
    );
    expect(reduce(before, message(greeting("1001"))).page).toEqual(before.page);
    const other = reduce(before, message(greeting("1002")));
    expect([other.page, other.reasons, other.agent]).toEqual([undefined, undefined, "1002"]);
  });

  test("signed out: only why is left", () => {
    const state = after(
      message(greeting("1001")),
      shows(page(session("READY"))),
      message({ type: "signed-out", why: "by 1001" }),
    );
    expect(state).toEqual({
      ...initialState,
      greeted: true,
      signIn: "page",
      notices: { "sign-in": { tone: "info", text: "by 1001" } },
    });
  });
});

describe("notes", () => {
  const typed: Happening = { kind: "typed", callObject: "I-1:1001", text: "wants a refund" };
  const has = (notes: string): Happening =>
    shows(
      page(session("TALKING", [talks]), [{ log: log(talks, { notes }), matches: [], recordId: undefined }]),
    );

  test("a draft is one until the connector has it word for word", () => {
    expect(after(typed, has("wants")).drafts).toEqual({ "I-1:1001": "wants a refund" });
    expect(after(typed, has("wants a refund")).drafts).toEqual({});
  });
});

describe("two clocks", () => {
  const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 5, 9, 0, seconds)).toISOString();
  const ready = (seconds: number, heard: number): Happening =>
    shows(
      page({ ...session("READY"), state: agent({ state: "READY", stateChangeTime: at(seconds) }) }),
      Date.parse(at(heard)),
    );

  test("what was so before we looked says nothing of the clock", () => {
    expect(after(ready(0, 500)).ahead).toBe(0);
  });
  test("what changes while we look has just happened", () => {
    expect(after(ready(0, 500), ready(100, 40)).ahead).toBe(60_000);
    expect(after(ready(0, 500), ready(100, 400)).ahead).toBe(-300_000);
  });
  test("a slow network is no other clock, and the same state again neither", () => {
    expect(after(ready(0, 0), ready(100, 101)).ahead).toBe(0);
    expect(after(ready(0, 0), ready(100, 40), ready(100, 900)).ahead).toBe(60_000);
  });
});

test("whatever happens in whatever order: nothing throws, nothing that was shown goes without the connector's word", () => {
  const ids = fc.constantFrom("1", "2", "3");
  const places = fc.constantFrom("dial", "state", "sign-in", `call:${talks.id}`, "call:", "reasons");
  const states = fc.constantFrom(page(session("READY")), page(session("TALKING", [talks])), {
    session: undefined,
    logs: [],
    unattended: undefined,
  });
  const happenings = fc.oneof(
    fc.record({ kind: fc.constant("asked" as const), id: ids, place: places }),
    fc.record({ kind: fc.constant("dismissed" as const), place: places }),
    fc.record({ kind: fc.constant("typed" as const), callObject: ids, text: fc.string() }),
    fc.constant(lost),
    fc.constant({ kind: "socket" as const, socket: { phase: "open" as const }, lostCommand: "" }),
    fc.tuple(states, fc.nat()).map(([state, at]) => shows(state, at)),
    fc.constantFrom<(string | undefined)[]>("1001", "1002", undefined).map((who) => message(greeting(who))),
    fc
      .tuple(ids, fc.constantFrom("confirmed", "refused", "unknown", "pending"))
      .map(([id, what]) => outcome(id, { outcome: what as Outcome["outcome"] })),
    fc.boolean().map((leads) => message({ type: "lead", leads })),
  );
  fc.assert(
    fc.property(fc.array(happenings, { maxLength: 60 }), (all) => {
      let state = initialState;
      for (const happening of all) {
        const next = reduce(state, happening as Happening);
        if (happening.kind === "socket")
          expect([next.page, next.drafts, next.leads]).toEqual([state.page, state.drafts, state.leads]);
        if (happening.kind === "socket" && happening.socket.phase === "lost")
          expect(next.running).toEqual({});
        state = next;
      }
    }),
  );
});
