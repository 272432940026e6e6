import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Call } from "../../../src/model/call.ts";
import { call, dialled } from "../samples.ts";
import { type Mood, RecordsStage } from "./records-stage.ts";

const open: RecordsStage[] = [];
function stage(...given: ConstructorParameters<typeof RecordsStage>): RecordsStage {
  const made = new RecordsStage(...given);
  open.push(made);
  return made;
}
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const rings = call({ state: "ALERTING", interaction: "I-1", customer: "0300", party: "0300" });
const talks: Call = { ...rings, state: "ACTIVE" };
const wrapUp: Call = { ...rings, state: "WRAP_UP" };
const gone: Call = { ...rings, state: "DROPPED" };

async function talk(at: RecordsStage): Promise<void> {
  at.tell("call.started", rings);
  await at.settle(2);
  at.tell("call.changed", talks);
  await at.settle(30);
  at.tell("call.released", wrapUp);
  await at.settle(1);
}

describe("the record of a call", () => {
  test("one, at the end; a wrap-up reason and a note bring it up to date", async () => {
    const at = stage();
    await talk(at);
    at.tell("call.changed", { ...wrapUp, wrapUpReasons: ["Sales"] });
    await at.settle(1);
    at.tell("call.ended", { ...gone, wrapUpReasons: ["Sales"] });
    at.records.note("I-1:1001", { notes: "calls back" });
    await at.settle(1);
    const [task, ...others] = at.org.tasks.values();
    expect(others).toEqual([]);
    expect(task?.log).toMatchObject({ seconds: 30, disposition: "Sales", notes: "calls back" });
    expect(at.records.logs("1001")).toMatchObject([{ recordId: task?.id }]);
  });

  test("at the answer, when the site wants it so", async () => {
    const at = stage({ logAt: "answer" });
    at.tell("call.started", rings);
    at.tell("call.changed", talks);
    await at.settle(1);
    expect(at.org.of("I-1:1001")).toMatchObject([{ log: { endedAt: undefined } }]);
    at.tell("call.released", wrapUp);
    await at.settle(1);
    expect(at.org.of("I-1:1001")).toMatchObject([{ writes: 2, log: { endedAt: expect.any(String) } }]);
  });

  test("what the number was found in is what the call is about; of several the agent says it", async () => {
    const at = stage();
    at.org.people = [
      { id: "003A", type: "Contact", name: "Mia" },
      { id: "001B", type: "Account", name: "Short & Co" },
    ];
    await talk(at);
    expect(at.org.of("I-1:1001")).toMatchObject([{ log: { who: undefined, what: undefined } }]);
    expect(at.records.logs("1001")[0]?.matches).toHaveLength(2);
    at.records.chosen("I-1:1001", { id: "001B", type: "Account", name: "Short & Co" });
    await at.settle(1);
    expect(at.org.of("I-1:1001")).toMatchObject([{ log: { what: "001B" } }]);
  });

  test("an hour without Salesforce, and a restart meanwhile: written once, as it is by then", async () => {
    const at = stage();
    at.org.mood = "down";
    await talk(at);
    at.tell("call.changed", { ...wrapUp, wrapUpReasons: ["Sales"] });
    await at.settle(60);
    at.kill();
    at.life.clock.advance(3_600_000);
    await at.settle(1);
    at.org.mood = "up";
    at.tell("call.ended", { ...gone, wrapUpReasons: ["Sales"] }, { estimated: true });
    await at.settle(400);
    expect(at.org.of("I-1:1001")).toMatchObject([
      { writes: 1, log: { disposition: "Sales", seconds: 30, estimated: false } },
    ]);
    expect(at.life.desk.counts()).toMatchObject({ owed: 0, missed: 0 });
  });

  test("a refusal is listed as missed, and can be tried again", async () => {
    const at = stage();
    at.org.mood = "refuses";
    await talk(at);
    expect(at.life.desk.counts()).toMatchObject({ owed: 0, missed: 1 });
    at.org.mood = "up";
    const [missed] = at.life.desk.list({ state: "missed" }, 10).deliveries;
    at.life.desk.retry({ ids: [missed?.id ?? ""] });
    await at.settle(1);
    expect(at.org.of("I-1:1001")).toHaveLength(1);
  });

  test("a click on a number makes its record the call's, for the next call to that number alone", async () => {
    const at = stage();
    at.records.clickedToDial("1001", "+1 (555) 987-6543", { id: "00QX", type: "Lead", name: "Mia Short" });
    const other = dialled({ interaction: "I-8", dialedNumber: "2002", party: "2002" });
    at.tell("call.started", { ...other, direction: "internal" });
    const first = dialled({ interaction: "I-9", dialedNumber: "915559876543", party: "915559876543" });
    const second = { ...first, interaction: "I-10" };
    for (const each of [first, second]) {
      at.tell("call.started", { ...each, state: "ACTIVE", direction: "out" });
      at.tell("call.ended", { ...each, state: "DROPPED", direction: "out" });
    }
    await at.settle(1);
    expect(at.org.of("I-9:1001")).toMatchObject([{ log: { who: "00QX", callType: "Outbound" } }]);
    expect(at.org.of("I-10:1001")).toMatchObject([{ log: { who: undefined } }]);
    expect(at.records.logs("1001").map(({ log, matches }) => [log.interaction, matches])).toEqual([
      ["I-8", []],
      ["I-9", [{ id: "00QX", type: "Lead", name: "Mia Short" }]],
      ["I-10", []],
    ]);
  });

  test("of an agent who never came back it is closed as it was last known", async () => {
    const at = stage();
    at.tell("call.started", rings);
    at.tell("call.changed", talks);
    at.sessions = false;
    at.records.sweep();
    at.life.clock.advance(11 * 60_000);
    at.records.sweep();
    await at.settle(1);
    expect(at.org.of("I-1:1001")).toMatchObject([{ log: { estimated: true, seconds: undefined } }]);
    expect(at.records.open).toBe(0);
  });

  test("is forgotten when it is written and nobody will write of it any more", async () => {
    const at = stage();
    await talk(at);
    at.tell("call.ended", gone);
    await at.settle(1);
    at.life.clock.advance(31 * 60_000);
    at.records.sweep();
    expect(at.records.logs("1001")).toEqual([]);
    expect([...at.life.deliveries.kept("crm").keys()]).toEqual([]);
    expect(at.records.note("I-1:1001", { notes: "too late" })).toBe(false);
  });
});

type Step =
  | { do: "story"; call: number }
  | { do: "skip"; call: number }
  | { do: "mood"; mood: Mood }
  | { do: "note"; call: number; text: string }
  | { do: "wait"; seconds: number }
  | { do: "sweep"; minutes: number }
  | { do: "retry" }
  | { do: "kill" };

const calls = 4;
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("story" as const), call: fc.nat(calls - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("skip" as const), call: fc.nat(calls - 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("mood" as const),
      mood: fc.constantFrom<Mood>("up", "down", "lost", "hung", "refuses"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("note" as const),
      call: fc.nat(calls - 1),
      text: fc.string({ maxLength: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 20 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("sweep" as const), minutes: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "retry" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "kill" as const }) },
);

/** What happens to each call, in this order; some of it while nobody looks. */
const story: [Parameters<RecordsStage["tell"]>[0], Partial<Call>][] = [
  ["call.started", { state: "ALERTING" }],
  ["call.changed", { state: "ACTIVE" }],
  ["call.changed", { state: "HELD" }],
  ["call.released", { state: "WRAP_UP" }],
  ["call.changed", { state: "WRAP_UP", wrapUpReasons: ["Sales"] }],
  ["call.ended", { state: "DROPPED", wrapUpReasons: ["Sales"] }],
];

test("exactly one record each, complete, whatever is killed, lost and away", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const at = new RecordsStage();
      try {
        const next = Array<number>(calls).fill(0);
        const answered = new Set<number>();
        const notes = new Map<number, string>();
        const go = (index: number, told: boolean): void => {
          const position = next[index] ?? 0;
          const chapter = story[position];
          if (chapter === undefined) return;
          next[index] = position + 1;
          // The beginning and the end are always told: to a connector that was away when it comes back.
          if (!told && position !== 0 && position !== story.length - 1) return;
          const [type, change] = chapter;
          at.tell(type, { ...rings, interaction: `I-${index}`, ...change });
          if (position >= 1 && position < story.length - 1) answered.add(index);
        };
        for (const each of steps) {
          if (each.do === "story") go(each.call, true);
          else if (each.do === "skip") go(each.call, false);
          else if (each.do === "mood") at.org.mood = each.mood;
          else if (each.do === "note" && at.records.note(`I-${each.call}:1001`, { notes: each.text }))
            notes.set(each.call, each.text);
          else if (each.do === "wait") await at.settle(each.seconds);
          else if (each.do === "kill") at.kill();
          else if (each.do === "retry") at.life.desk.retry({ query: { state: "missed" } });
          else if (each.do === "sweep") {
            at.life.clock.advance(each.minutes * 60_000);
            at.records.sweep();
          }
        }
        at.kill();
        at.org.mood = "up";
        for (let index = 0; index < calls; index++) while ((next[index] ?? 0) < story.length) go(index, true);
        const passes = async (): Promise<void> => {
          for (let turns = 0; turns < 40; turns++) {
            at.life.clock.advance(60_000);
            at.records.sweep();
            await at.settle(1);
          }
        };
        await passes();
        at.life.desk.retry({ query: { state: "missed" } });
        await passes();
        for (let index = 0; index < calls; index++) {
          const found = at.org.of(`I-${index}:1001`);
          expect(found).toHaveLength(answered.has(index) ? 1 : 0);
          if (!answered.has(index)) continue;
          expect(found[0]?.log.disposition).toBe("Sales");
          expect(found[0]?.log.endedAt).toBeString();
          expect(found[0]?.log.notes ?? "").toBe(notes.get(index) ?? "");
        }
        expect(at.life.desk.counts()).toMatchObject({ owed: 0, missed: 0 });
      } finally {
        at.close();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
