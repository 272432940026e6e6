import { expect, test } from "bun:test";
import fc from "fast-check";
import { firstEventFrom, firstId, idAfter } from "../../../src/console/log/event-place.ts";
import { eventAt, FakeJournal } from "./events.ts";

test("ids go on within their boot and never past it", () => {
  expect(idAfter("0t5xk2a-00000007", 200)).toBe("0t5xk2a-00000207");
  expect(idAfter("0t5xk2a-99999999", 1)).toBe("0t5xk2a-99999999");
  expect(idAfter("of another form", 1)).toBeUndefined();
});

test("the first event at or after any place is found, in few pages", async () => {
  const boots = ["0000001", "0t5xk2a", "0t5xk2b", "0t6zzzz"];
  const journals = fc.uniqueArray(fc.tuple(fc.constantFrom(...boots), fc.integer({ min: 1, max: 5000 })), {
    minLength: 1,
    maxLength: 60,
    selector: String,
  });
  await fc.assert(
    fc.asyncProperty(journals, fc.nat(), fc.nat(200), async (places, start, further) => {
      const journal = new FakeJournal();
      for (const [boot, sequence] of places)
        journal.events.push(eventAt(sequence, { type: "adapter.up", adapter: "ebs" }, { boot }));
      journal.events.sort((a, b) => (a.id < b.id ? -1 : 1));
      const read = journal.eventPage.bind(journal);
      const known = journal.events.at(-1)?.id ?? "";
      expect(await firstEventFrom(read, {}, firstId, known)).toBe(journal.events[0]?.id);
      const from = idAfter(journal.events[start % journal.events.length]?.id ?? "", further) ?? "";
      const expected = from > known ? undefined : journal.events.find(({ id }) => id >= from)?.id;
      expect(await firstEventFrom(read, {}, from, known)).toBe(expected);
      expect(journal.asked.length).toBeLessThan(140);
    }),
  );
});
