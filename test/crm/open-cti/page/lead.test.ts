import { expect, test } from "bun:test";
import fc from "fast-check";
import { type LeadEvent, leaderOf, noPages, transitionLead } from "../../../../src/crm/open-cti/page/lead.ts";

const page = fc.constantFrom("a", "b", "c", "d");
const event: fc.Arbitrary<LeadEvent> = fc.oneof(
  fc.record({ type: fc.constant("joined" as const), page, openCti: fc.boolean(), focused: fc.boolean() }),
  fc.record({ type: fc.constant("focus" as const), page }),
  fc.record({ type: fc.constant("left" as const), page }),
);

const after = (events: readonly LeadEvent[]) => events.reduce(transitionLead, noPages);
const joined = (name: string, openCti = true, focused = false): LeadEvent => ({
  type: "joined",
  page: name,
  openCti,
  focused,
});

test("while there are pages exactly one of them leads, and with Open CTI if any has it", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const state = after(events);
      const leader = leaderOf(state);
      if (state.pages.size === 0) return leader === undefined;
      const lead = leader === undefined ? undefined : state.pages.get(leader);
      const anyOpenCti = [...state.pages.values()].some(({ openCti }) => openCti);
      return lead !== undefined && lead.openCti === anyOpenCti;
    }),
  );
});

test("whoever gets the focus leads at once, unless a plain page would take the lead from Open CTI", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), page, (events, focused) => {
      const before = after(events);
      const state = transitionLead(before, { type: "focus", page: focused });
      const mine = state.pages.get(focused);
      if (mine === undefined) return state === before;
      const anyOpenCti = [...state.pages.values()].some(({ openCti }) => openCti);
      const leads = leaderOf(state) === focused;
      return mine.openCti === anyOpenCti ? leads : leaderOf(state) === leaderOf(before);
    }),
  );
});

test("a page that comes without the focus takes the lead from nobody who had it", () => {
  const state = after([joined("a", true, true), joined("b")]);
  expect(leaderOf(state)).toBe("a");
  expect(leaderOf(after([joined("a"), joined("b")]))).toBe("b");
});

test("when the leading page goes, the one that had the focus before it leads", () => {
  const events: LeadEvent[] = [
    joined("a", true, true),
    joined("b", true, true),
    joined("c", true, true),
    { type: "focus", page: "a" },
    { type: "left", page: "a" },
  ];
  expect(leaderOf(after(events))).toBe("c");
});

test("a page that says hello again keeps its place", () => {
  const state = after([joined("a", false, true), joined("b", false, true), joined("a", true, false)]);
  expect(leaderOf(state)).toBe("a");
  expect(leaderOf(transitionLead(state, joined("b", true, false)))).toBe("b");
});
