import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { GcSettings } from "../../../src/crm/generic-connector/contract.ts";
import { chunkSelector, type HeldChunk, planHeld } from "../../../src/crm/generic-connector/held-plan.ts";
import {
  agentsSelector,
  homeSelector,
  isAtHome,
  isSelectable,
  parseHome,
  partitionOf,
  priorities,
  requestConsumers,
} from "../../../src/crm/generic-connector/selectors.ts";
import { selectorMatches } from "./selector-judge.ts";

const shared = (home: string[], name = "a"): Pick<GcSettings, "role" | "home" | "name"> => ({
  role: "shared",
  home,
  name,
});
const agentId = fc.stringMatching(/^[A-Za-z0-9._:@-]{1,12}$/);
const key = fc.oneof(agentId, fc.string({ unit: "binary" }), fc.stringMatching(/^[0-9]{1,6}$/));

describe("the consumers of a connector", () => {
  test.each([
    ["active", 127],
    ["standby", 100],
  ] as const)("%s: everything at %d", (role, priority) => {
    expect(requestConsumers({ role, home: [], name: "a" })).toEqual([{ priority, selector: undefined }]);
  });

  test("shared: home at 120, the rest at 100 and below, never the same for two", () => {
    expect(requestConsumers(shared(["1/2"]))).toMatchObject([
      { priority: 120 },
      { priority: 100, selector: undefined },
    ]);
    expect(requestConsumers(shared(["2/2"]))).toMatchObject([
      { priority: 120 },
      { priority: 99, selector: undefined },
    ]);
    const [, one] = requestConsumers(shared(["10*"], "gc-a"));
    const [, other] = requestConsumers(shared(["11*"], "gc-b"));
    expect(one?.priority).not.toBe(other?.priority);
    expect(one?.priority).toBeWithin(1, 101);
  });

  test("every request has exactly one home among n connectors", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.string({ maxLength: 8 }), key, (of, command, id) => {
        const type = `${command}#${id}`;
        const takers = Array.from({ length: of }, (_, index) => index + 1).filter((index) =>
          selectorMatches(homeSelector({ kind: "partition", index, of }), type),
        );
        expect(takers).toEqual([partitionOf(type, of)]);
      }),
    );
  });

  test("a request without a type has no home: the catch-all takes it", () => {
    expect(selectorMatches(homeSelector(parseHome(["1/2"])), null)).toBe(false);
    expect(selectorMatches(homeSelector(parseHome(["1/1"])), null)).toBe(false);
  });

  test.each([
    [["10*"], "MakeReady#1001", true],
    [["10*"], "MakeReady#2001", false],
    [["10*"], "MakeReady#x#1001", false],
    [["1_1"], "MakeReady#1_1", true],
    [["1_1"], "MakeReady#101", false],
    [["*@a.b"], "Login#x@a.b", true],
    [["*@a.b"], "Login#x@aXb", false],
    [["7", "8*"], "Login#81", true],
    [["*"], "Login#anybody", true],
  ])("home %p, %s: %p", (home, type, expected) => {
    const read = parseHome(home);
    expect(selectorMatches(homeSelector(read), type)).toBe(expected);
    const [, id = "", more] = type.split("#");
    if (more === undefined) expect(isAtHome(id, read)).toBe(expected);
  });

  test("broker and connector agree on who is at home", () => {
    const pattern = fc.stringMatching(/^[A-Za-z0-9._:@*-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), agentId, (patterns, agent) => {
        const home = parseHome(patterns);
        fc.pre(home.kind === "patterns");
        expect(selectorMatches(homeSelector(home), `Login#${agent}`)).toBe(isAtHome(agent, home));
      }),
    );
  });

  test.each(["0/2", "3/2", "1/0", "1/11", "a'b", "10%", "", "a b", "\\", "x#1", `${"1".repeat(65)}`])(
    "home %p is refused",
    (home) => expect(() => parseHome([home])).toThrow(expect.objectContaining({ code: "config-invalid" })),
  );
  test("no home is refused", () => expect(() => parseHome([])).toThrow());
});

describe("selectors of agents", () => {
  test("take the agents' requests and nobody else's", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(agentId, { minLength: 1, maxLength: 6 }),
        fc.string({ maxLength: 6 }),
        key,
        (agents, command, id) => {
          fc.pre(!command.includes("#"));
          const selector = agentsSelector(agents);
          expect(selectorMatches(selector, `${command}#${id}`)).toBe(agents.includes(id));
          for (const agent of agents) expect(selectorMatches(selector, `${command}#${agent}`)).toBe(true);
        },
      ),
    );
  });

  test("no other character ever gets into one", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        if (isSelectable(text)) expect(selectorMatches(agentsSelector([text]), `X#${text}`)).toBe(true);
        else expect(() => agentsSelector([text])).toThrow(RangeError);
      }),
    );
    expect(() => agentsSelector([])).toThrow(RangeError);
    for (const bad of ["1' OR '1'='1", "1%", "1#2", "a\n"]) expect(isSelectable(bad)).toBe(false);
  });
});

describe("consumers for agents held away from home", () => {
  const someAgent = fc.integer({ min: 0, max: 120 }).map((number) => `a_${number}`);
  const wish = fc.uniqueArray(someAgent, { maxLength: 120 });

  test("always the wanted agents, once each, without a gap and without two equal consumers for one", () => {
    fc.assert(
      fc.property(fc.array(wish, { minLength: 1, maxLength: 30 }), (wishes) => {
        let chunks: readonly HeldChunk[] = [];
        for (const list of wishes) {
          const wanted = new Set(list);
          const plan = planHeld(chunks, wanted);
          expect(plan.chunks.flatMap(({ agents }) => [...agents]).sort()).toEqual([...wanted].sort());
          expect(new Set(plan.chunks.map(({ id }) => id)).size).toBe(plan.chunks.length);
          const closed = new Set([...plan.close, ...plan.closeLater]);
          expect(
            chunks.filter(({ id }) => !closed.has(id)).every((chunk) => plan.chunks.includes(chunk)),
          ).toBe(true);
          for (const opened of plan.open) {
            expect(opened.agents.size).toBeWithin(1, 51);
            expect(opened.priority).toBeWithin(priorities.heldLowest, priorities.held + 1);
            expect(opened.priority).toBeGreaterThan(priorities.home);
            for (const old of chunks) {
              if (![...opened.agents].some((agent) => old.agents.has(agent))) continue;
              expect(opened.priority).not.toBe(old.priority);
              expect(plan.closeLater.includes(old.id)).toBe(opened.priority > old.priority);
            }
          }
          chunks = plan.chunks;
          expect(chunks.length).toBeLessThanOrEqual(wanted.size / 25 + 7 * 4 + 1);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("no change, no work", () => {
    const { chunks } = planHeld([], new Set(["1", "2"]));
    expect(planHeld(chunks, new Set(["2", "1"]))).toMatchObject({
      open: [],
      close: [],
      closeLater: [],
      chunks,
    });
  });

  test("one after the other they do not become a consumer each", () => {
    let chunks: readonly HeldChunk[] = [];
    for (let agent = 0; agent < 250; agent += 1)
      ({ chunks } = planHeld(chunks, new Set(Array.from({ length: agent + 1 }, (_, index) => `${index}`))));
    expect(chunks.length).toBeLessThan(40);
    for (const chunk of chunks) expect(chunkSelector(chunk).length).toBeLessThan(4000);
  });

  test("what cannot be put into a selector is left out", () => {
    expect(planHeld([], new Set(["1'1", "ok"])).chunks.map(({ agents }) => [...agents])).toEqual([["ok"]]);
  });
});
