import { afterEach, describe, expect, test } from "bun:test";
import type { Call } from "../../../src/model/call.ts";
import { CtiError } from "../../../src/model/errors.ts";
import { call } from "../samples.ts";
import { RecordsStage } from "./records-stage.ts";

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
const minutes = 60_000;

async function talk(at: RecordsStage): Promise<void> {
  at.tell("call.started", rings);
  at.tell("call.changed", talks);
  await at.settle(10);
  at.tell("call.released", wrapUp);
  await at.settle(1);
}

describe("a record that is owed for long", () => {
  test("is still known by its id after half an hour: no browser need remember it", async () => {
    const at = stage();
    await talk(at);
    at.org.mood = "down";
    at.tell("call.ended", { ...gone, wrapUpReasons: ["Sales"] });
    await at.settle(1);
    at.life.clock.advance(45 * minutes);
    at.records.sweep();
    at.kill();
    const ids: (string | undefined)[] = [];
    const { write } = at.org;
    at.org.write = (log, recordId) => {
      ids.push(recordId);
      return write.call(at.org, log, recordId);
    };
    at.org.mood = "up";
    await at.settle(60);
    expect(new Set(ids)).toEqual(new Set(["00T1"]));
    expect(at.org.of("I-1:1001")).toMatchObject([{ log: { disposition: "Sales" } }]);
    at.records.sweep();
    expect(at.records.logs("1001")).toEqual([]);
  });

  test("an old version that was refused changes nothing when it is tried again after newer ones", async () => {
    const at = stage();
    at.org.mood = "refuses";
    await talk(at);
    at.org.mood = "up";
    at.tell("call.ended", { ...gone, wrapUpReasons: ["Sales"] });
    await at.settle(1);
    at.records.note("I-1:1001", { notes: "calls back" });
    await at.settle(1);
    at.life.clock.advance(3 * 60 * minutes);
    at.records.sweep();
    at.kill();
    expect(at.life.desk.retry({ query: { state: "missed" } }).done).toHaveLength(1);
    await at.settle(10);
    expect(at.life.desk.counts()).toMatchObject({ owed: 0, missed: 0 });
    expect(at.org.of("I-1:1001")).toMatchObject([{ log: { disposition: "Sales", notes: "calls back" } }]);
    at.life.clock.advance(9 * 24 * 60 * minutes);
    at.records.sweep();
    expect([...at.life.deliveries.kept("crm").keys()]).toEqual([]);
  });

  test("those that are missed are tried again as the call was at its end, in whatever order", async () => {
    const at = stage();
    at.org.mood = "down";
    await talk(at);
    at.tell("call.ended", { ...gone, wrapUpReasons: ["Sales"] });
    for (let hour = 0; hour < 25; hour++) {
      at.life.clock.advance(60 * minutes);
      at.records.sweep();
      await at.settle(1);
    }
    const { deliveries } = at.life.desk.list({ state: "missed" }, 10);
    expect(deliveries).toHaveLength(2);
    at.org.mood = "up";
    for (const { id } of deliveries.toReversed()) {
      at.life.desk.retry({ ids: [id] });
      await at.settle(5);
    }
    expect(at.org.of("I-1:1001")).toMatchObject([{ writes: 1, log: { disposition: "Sales" } }]);
  });

  test("so many are known at most", async () => {
    const at = stage({ mostOwed: 3 });
    at.org.mood = "down";
    for (let index = 0; index < 6; index++) {
      const one = (given: Call): Call => ({ ...given, interaction: `I-${index}` });
      at.tell("call.started", one(talks));
      at.tell("call.ended", one(gone));
    }
    await at.settle(1);
    at.life.clock.advance(40 * minutes);
    at.records.sweep();
    expect(at.records.logs("1001").map(({ log }) => log.interaction)).toEqual(["I-3", "I-4", "I-5"]);
    at.org.mood = "up";
    await at.settle(60);
    for (let index = 0; index < 6; index++) expect(at.org.of(`I-${index}:1001`)).toHaveLength(1);
  });
});

describe("a number that cannot be looked up", () => {
  test("keeps no record from being written, when Salesforce refuses the search", async () => {
    const at = stage();
    at.org.search = new CtiError({ code: "refused", message: "no access", details: { retry: false } });
    await talk(at);
    expect(at.org.of("I-1:1001")).toMatchObject([{ writes: 1, log: { who: undefined } }]);
    expect(at.logged.join()).toContain("no access");
  });

  test("nor when the search alone fails, time and again", async () => {
    const at = stage();
    at.org.search = new CtiError({ code: "timeout", message: "the search took too long" });
    await talk(at);
    expect(at.org.of("I-1:1001")).toEqual([]);
    await at.settle(120);
    expect(at.org.of("I-1:1001")).toMatchObject([{ writes: 1 }]);
    expect(at.life.desk.counts()).toMatchObject({ owed: 0, missed: 0 });
  });

  test("while Salesforce is away it waits, and is looked up when it is back", async () => {
    const at = stage();
    at.org.mood = "down";
    at.org.people = [{ id: "003A", type: "Contact", name: "Mia" }];
    await talk(at);
    await at.settle(600);
    at.org.mood = "up";
    await at.settle(60);
    expect(at.org.of("I-1:1001")).toMatchObject([{ log: { who: "003A" } }]);
  });
});

test("whom the transferring colleague's number was found at is nobody's customer", async () => {
  const at = stage();
  const blind: Call = { ...rings, customer: undefined, from: "42002", party: "42002" };
  at.tell("call.started", blind);
  at.records.matched("I-1:1001", [{ id: "003X", type: "Contact", name: "Eve" }]);
  at.tell("call.changed", rings);
  expect(at.records.logs("1001")).toMatchObject([{ matches: [], log: { number: "0300", who: undefined } }]);
  at.org.people = [{ id: "003A", type: "Contact", name: "Mia" }];
  await talk(at);
  expect(at.org.of("I-1:1001")).toMatchObject([{ log: { number: "0300", who: "003A" } }]);
});

test("what the agent chose stays, whatever the number becomes", () => {
  const at = stage();
  at.tell("call.started", { ...rings, customer: undefined, from: "42002", party: "42002" });
  at.records.chosen("I-1:1001", { id: "001B", type: "Account", name: "Short & Co" });
  at.tell("call.changed", rings);
  expect(at.records.logs("1001")).toMatchObject([{ log: { number: "0300", what: "001B" } }]);
});
