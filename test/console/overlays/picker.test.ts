import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { widthOf } from "../../../src/console/overlays/cells.ts";
import { type Item, filterItems } from "../../../src/console/overlays/filter.ts";
import {
  chosenItem,
  pickerOf,
  pickerRows,
  pressPicker,
  shownItems,
} from "../../../src/console/overlays/picker.ts";

function item(label: string, more: Partial<Item<string>> = {}): Item<string> {
  return { id: label, label, value: label, ...more };
}

const people = [
  item("Jürgen Groß", { detail: "+493012345  Berlin" }),
  item("Anna Bell", { detail: "2001  Sales" }),
  item("Hannah Cole", { detail: "2002  Sales" }),
  item("Bell Anna"),
  item("Øyvind Łukasz"),
];
const labels = (query: string): string[] => filterItems(people, query).map(({ label }) => label);

describe("finding by typing", () => {
  test.each<[string, string[]]>([
    ["", people.map(({ label }) => label)],
    ["jurgen gross", ["Jürgen Groß"]],
    ["JÜRGEN", ["Jürgen Groß"]],
    ["oyvind luk", ["Øyvind Łukasz"]],
    ["anna", ["Anna Bell", "Bell Anna", "Hannah Cole"]],
    ["bell", ["Anna Bell", "Bell Anna"]],
    ["sales 2002", ["Hannah Cole"]],
    ["3012", ["Jürgen Groß"]],
    ["nobody", []],
  ])("%j finds %j", (query, wanted) => {
    expect(labels(query)).toEqual(wanted);
  });

  test("what is found has all words, nothing that has them is missed, nothing is invented", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "é", " ", "ß"), maxLength: 8 });
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 20 }), text, (all, query) => {
        const items = all.map((label) => item(label));
        const found = filterItems(items, query);
        const plain = (word: string): string => word.replaceAll("é", "e").replaceAll("ß", "ss");
        const words = plain(query).split(" ").filter(Boolean);
        const wanted = items.filter(({ label }) => words.every((word) => plain(label).includes(word)));
        expect(new Set(found)).toEqual(new Set(wanted));
      }),
    );
  });
});

describe("the list", () => {
  const numbers = Array.from({ length: 100 }, (_, index) => item(`row ${index}`));
  const after = (keys: string[], items = numbers) =>
    keys.reduce((picker, key) => pressPicker(picker, key, items, { page: 10 }) ?? picker, pickerOf());
  const chosen = (keys: string[], items = numbers): string | undefined => {
    const picker = after(keys, items);
    return chosenItem(picker, shownItems(picker, items))?.label;
  };

  test.each<[string[], string]>([
    [[], "row 0"],
    [["down", "ctrl+n"], "row 2"],
    [["page-down", "up"], "row 9"],
    [["page-down", "page-up", "up"], "row 0"],
    [[..."page-down ".repeat(20).trim().split(" ")], "row 99"],
    // Typing chooses the best anew.
    [["down", "down", "9", "9"], "row 99"],
    [["4", "2", "down"], "row 42"],
  ])("%j chooses %s", (keys, wanted) => {
    expect(chosen(keys)).toBe(wanted);
  });

  test("stays at its row while others come and go, and begins at one that can be chosen", () => {
    const picker = after(["down"]);
    expect(chosenItem(picker, [item("new"), ...numbers])?.label).toBe("row 1");
    expect(chosenItem(picker, [item("other")])?.label).toBe("other");
    const both = [item("off", { why: "not now" }), item("on")];
    expect(chosenItem(pickerOf(), both)?.label).toBe("on");
    // A key is typed for what it does now, a word for what it says.
    expect(chosenItem(pickerOf("o"), both)?.label).toBe("on");
    expect(chosenItem(pickerOf("of"), both)?.label).toBe("off");
  });

  test("marks with the space bar where several can be chosen", () => {
    const press = (picker: ReturnType<typeof pickerOf>, key: string) =>
      pressPicker(picker, key, numbers, { several: true }) ?? picker;
    const marked = ["space", "down", "space", "down", "space", "space"].reduce(press, pickerOf());
    expect(marked.marked).toEqual(["row 0", "row 1"]);
    expect(marked.field.text).toBe("");
  });

  test("draws no more rows than there is room for, the chosen one among them", () => {
    fc.assert(
      fc.property(fc.nat(120), fc.integer({ min: 2, max: 30 }), fc.boolean(), (downs, rows, grouped) => {
        const items = grouped
          ? numbers.map((each, index) => ({ ...each, group: `group ${Math.floor(index / 7)}` }))
          : numbers;
        const picker = after(Array<string>(downs).fill("down"), items);
        const drawn = pickerRows(picker, items, { columns: 40, rows });
        expect(drawn.length).toBeLessThanOrEqual(rows);
        expect(drawn.filter(([first]) => first?.text.startsWith("▸") === true)).toHaveLength(1);
      }),
    );
  });

  test("counts what is shown", () => {
    const [first = []] = pickerRows(after(["9", "9"]), numbers, { columns: 40, rows: 5 });
    const text = first.map((span) => span.text).join("");
    expect(text).toContain("1 of 100");
    expect(widthOf(text)).toBeLessThanOrEqual(40);
  });
});
