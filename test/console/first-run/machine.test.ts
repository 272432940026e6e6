import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ProbeReport } from "../../../src/console/first-run/contract.ts";
import {
  firstRunAtStart,
  type FirstRunEffect,
  type FirstRunEvent,
  firstRunOn,
  type FirstRunState,
} from "../../../src/console/first-run/machine.ts";
import { firstRunRows } from "../../../src/console/first-run/rows.ts";
import { widthOf } from "../../../src/console/overlays/cells.ts";

const fingerprint = "0123456789abcdef".repeat(4);
const error = {
  code: "finesse-unreachable" as const,
  message: "cannot reach Finesse at fina:8445",
  hint: "check the VPN",
};

function report(more: Partial<ProbeReport> = {}): ProbeReport {
  return {
    address: "https://fina:8445",
    pin: undefined,
    steps: [
      { part: "name", ok: true, text: "fina is 10.1.2.3" },
      { part: "port", ok: true, text: "8445 is open" },
    ],
    error: undefined,
    certificate: undefined,
    inService: true,
    ...more,
  };
}

const untrusted = report({
  error,
  certificate: {
    fingerprint,
    subject: "CN=fina",
    issuer: "CN=own",
    names: ["fina"],
    validTo: "2030-01-01T00:00:00Z",
  },
});

/** Plays keys (by name) and other events; what is to be done comes back in order. */
function play(
  events: (string | FirstRunEvent)[],
  from = firstRunAtStart,
): { state: FirstRunState; effects: FirstRunEffect[] } {
  const effects: FirstRunEffect[] = [];
  let state = from;
  for (const event of events) {
    const step = firstRunOn(state, typeof event === "string" ? { type: "key", key: event } : event);
    state = step.state;
    if (step.effect !== undefined) effects.push(step.effect);
  }
  return { state, effects };
}

const typed = ["2", "f", "i", "n", "a", "enter"];
const probe = { do: "probe" as const, address: "fina", pin: undefined };

describe("the way through", () => {
  test("the simulator is one key away", () => {
    for (const keys of [["enter"], ["1"], ["down", "up", "enter"]])
      expect(play(keys)).toEqual({ state: { at: "starting" }, effects: [{ do: "simulator" }] });
    expect(play(["1", { type: "seated" }]).state).toEqual({ at: "over" });
  });

  test("an address is typed or pasted, tried, written", () => {
    expect(play(typed).effects).toEqual([probe]);
    expect(play(["down", "enter", { type: "paste", text: " fina\n" }, "enter"]).effects).toEqual([probe]);
    const good = report();
    expect(play([...typed, { type: "report", report: good }, "enter"])).toEqual({
      state: { at: "writing", report: good },
      effects: [probe, { do: "keep", report: good }],
    });
  });

  test("a certificate nobody vouches for is pinned by a key of its own, never by Enter", () => {
    const told: FirstRunEvent = { type: "report", report: untrusted };
    expect(play([...typed, told, "enter"]).effects).toEqual([probe]);
    expect(play([...typed, told, "p"]).effects).toEqual([probe, { ...probe, pin: fingerprint }]);
  });

  test("what cannot be reached is not written; another try and another address are", () => {
    const told: FirstRunEvent = { type: "report", report: report({ error }) };
    expect(play([...typed, told, "enter", "p"]).effects).toEqual([probe]);
    expect(play([...typed, told, "r"]).effects).toEqual([probe, probe]);
    const { state } = play([...typed, told, "esc"]);
    expect(state).toMatchObject({ at: "address", field: { text: "fina" } });
  });

  test("an address that is none is said where it is typed, and goes away with the next letter", () => {
    const { state } = play([...typed, { type: "failed", error }]);
    expect(state).toMatchObject({ at: "address", error, field: { text: "fina" } });
    expect(play(["x"], state).state).toMatchObject({ error: undefined, field: { text: "finax" } });
  });

  test("esc stops a try; what comes of it later is not heard", () => {
    const { state, effects } = play([...typed, "esc", { type: "report", report: report() }]);
    expect(effects).toEqual([probe, { do: "stop" }]);
    expect(state.at).toBe("address");
  });

  test("what could not be written or started goes back to where it was asked", () => {
    const wrote = play([...typed, { type: "report", report: report() }, "enter", { type: "failed", error }]);
    expect(wrote.state).toMatchObject({ at: "failed", error });
    expect(play(["esc"], wrote.state).state.at).toBe("tried");
    const started = play(["1", { type: "failed", error }, "esc"]);
    expect(started.state).toEqual(firstRunAtStart);
  });

  test("q leaves from every place where nothing is typed, ctrl+c from all", () => {
    const leave = [{ do: "leave" as const }];
    expect(play(["q"]).effects).toEqual(leave);
    expect(play(["1", "q"]).effects.slice(1)).toEqual(leave);
    expect(play(["2", "q"])).toMatchObject({ effects: [], state: { field: { text: "q" } } });
    expect(play([...typed, "ctrl+c"]).effects.slice(1)).toEqual(leave);
  });
});

const place = { profile: "default", path: "/home/anna/.config/cti/config.toml" };

const anyEvent: fc.Arbitrary<string | FirstRunEvent> = fc.oneof(
  fc.constantFrom("enter", "esc", "up", "down", "tab", "q", "p", "r", "1", "2", "ctrl+c", "backspace", "é"),
  fc.string({ unit: "grapheme" }).map((text): FirstRunEvent => ({ type: "paste", text })),
  fc.constantFrom<FirstRunEvent>(
    { type: "step", step: { part: "name", ok: true, text: "fina is 10.1.2.3" } },
    { type: "report", report: report() },
    { type: "report", report: report({ inService: false }) },
    { type: "report", report: report({ error: { ...error, why: "connect ECONNREFUSED 10.1.2.3:8445" } }) },
    { type: "report", report: untrusted },
    { type: "failed", error },
    { type: "seated" },
  ),
);

describe("in whatever order it comes", () => {
  test("only an address that works is written, and a pin is only what was shown", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        for (const effect of play(events).effects) {
          if (effect.do === "keep") expect(effect.report.error).toBeUndefined();
          if (effect.do === "probe" && effect.pin !== undefined) expect(effect.pin).toBe(fingerprint);
        }
      }),
    );
  });

  test("the screen has exactly its size, and its last line says what can be done", () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 12 }),
        fc.integer({ min: 8, max: 200 }),
        fc.integer({ min: 3, max: 60 }),
        (events, columns, rows) => {
          const drawn = firstRunRows(play(events).state, place, columns, rows);
          expect(drawn).toHaveLength(rows);
          for (const row of drawn) expect(widthOf(row.map(({ text }) => text).join(""))).toBe(columns);
          expect(
            drawn
              .at(-1)
              ?.map(({ text }) => text)
              .join("")
              .trim(),
          ).not.toBe("");
        },
      ),
    );
  });
});
