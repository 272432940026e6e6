import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { sampleCustomers } from "../../../src/simulator/ebs/customers.ts";
import { History } from "../../../src/simulator/ebs/history.ts";
import type { CallEvent, Step } from "../../../src/simulator/ebs/interaction.ts";

const seats = { a: { agent: "1001", extension: "2001" }, b: { agent: "1002", extension: "2002" } };

/** A history to which events come a second after each other. */
class Desk {
  readonly history = new History(sampleCustomers);
  #seconds = 0;

  take(name: CallEvent, data: Record<string, string> = {}, seat: keyof typeof seats = "a"): Step {
    const at = new Date(Date.UTC(2026, 0, 5, 9, 0, this.#seconds++)).toISOString();
    const usual: Record<string, string> =
      name === "ScreenPop" ? { occtANI: "03001234567", occtDNIS: seats[seat].extension } : {};
    return this.history.take({
      name,
      data: { occtSourceID: "i1", ...usual, ...data },
      at,
      seat: seats[seat],
    });
  }
}

const [P, E, R] = ["ScreenPop", "CallEstablished", "CallReleased"] as const;

describe("an interaction", () => {
  test.each<[string, CallEvent[], object]>([
    [
      "announced, answered, over",
      [P, E, R],
      { state: "ended", complete: true, seconds: 1, unannounced: false },
    ],
    ["rings", [P], { state: "popped", complete: false }],
    ["is going on", [P, E], { state: "active", complete: false, seconds: undefined }],
    ["never answered", [P, R], { state: "unanswered", complete: true, seconds: undefined }],
    ["unannounced", [E, R], { state: "ended", complete: true, unannounced: true }],
    ["announced late", [E, P, R], { state: "ended", unannounced: true, ani: "03001234567" }],
    ["records that come again", [P, E, E, R, R, E], { state: "ended", complete: true, seconds: 2 }],
  ])("%s", (_, events, expected) => {
    const desk = new Desk();
    const steps = events.map((name) => desk.take(name));
    expect(steps.map(({ problem }) => problem)).toEqual(events.map(() => undefined));
    expect(desk.history.all()).toMatchObject([expected]);
  });

  test.each<[string, CallEvent[], object]>([
    ["released-unknown", [R], { state: "released", complete: false }],
    ["pop-after-released", [P, R, P], { state: "unanswered" }],
    ["pop-after-established", [P, E, P], { state: "active" }],
    ["established-after-released", [P, R, E], { state: "ended", seconds: 0 }],
    ["repeated-pop", [P, P], { state: "popped" }],
  ])("%s", (kind, events, expected) => {
    const desk = new Desk();
    const steps = events.map((name) => desk.take(name));
    expect(steps.map(({ problem }) => problem?.kind)).toEqual(
      events.map((_, index) => (index === events.length - 1 ? (kind as never) : undefined)),
    );
    expect(desk.history.all()).toMatchObject([expected]);
  });

  test("a second pop with other data brings up another customer", () => {
    const desk = new Desk();
    desk.take(P);
    expect(desk.take(P, { CustomerNum: "5002" })).toMatchObject({ seen: "popped" });
    expect(desk.history.all()).toMatchObject([
      { customer: { customers: ["محمد العلي"] }, data: { CustomerNum: "5002" } },
    ]);
  });

  test("after it is established only with another number: other data alone are a breach", () => {
    const desk = new Desk();
    desk.take(P);
    desk.take(E);
    expect(desk.take(P, { CustomerNum: "5002" }).problem?.kind).toBe("pop-after-established");
    expect(desk.history.all()).toMatchObject([{ customer: { customers: ["Ayesha Khan"] } }]);
    expect(desk.take(P, { occtANI: "5551234" }).problem).toBeUndefined();
    expect(desk.history.all()).toMatchObject([{ ani: "5551234" }]);
  });

  test("one of another agent's stays that agent's", () => {
    const desk = new Desk();
    desk.take(P);
    expect(desk.take(E, {}, "b").problem).toMatchObject({
      kind: "two-agents",
      text: "i1 is agent 1001's and came to agent 1002 too",
    });
    expect(desk.history.all()).toMatchObject([{ agent: "1001", established: [] }]);
  });

  test("whatever comes: one for each id, and nothing of its seat's uncounted", () => {
    const event = fc.tuple(
      fc.constantFrom(P, E, R),
      fc.constantFrom("i1", "i2", "__proto__"),
      fc.constantFrom("1", "2"),
      fc.constantFrom<keyof typeof seats>("a", "b"),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const desk = new Desk();
        const refused = events.filter(
          ([name, occtSourceID, occtANI, seat]) =>
            desk.take(name, { occtSourceID, ...(name === P && { occtANI }) }, seat).problem?.kind ===
            "two-agents",
        );
        const all = desk.history.all();
        expect(new Set(all.map(({ id }) => id))).toEqual(new Set(events.map(([, id]) => id)));
        expect(all.length).toBe(new Set(events.map(([, id]) => id)).size);
        const counted = all.flatMap(({ pops, established, released }) => [
          ...pops,
          ...established,
          ...released,
        ]);
        expect(counted.length + refused.length).toBe(events.length);
      }),
    );
  });
});
