import { describe, expect, test } from "bun:test";
import { callees, found, meant } from "../../../../../src/crm/open-cti/page/ui/find.ts";
import { recentCalls } from "../../../../../src/crm/open-cti/page/ui/calls.ts";
import { shortcutAt, shortcutKeys, shortcutOf } from "../../../../../src/crm/open-cti/page/ui/shortcuts.ts";
import { contacts, page, session } from "./stage.ts";

const all = callees(contacts, recentCalls(page(session("READY"))));

describe("whom one means", () => {
  test("calls before the phone books, each number once among them", () => {
    expect(all.map(({ group }) => group)).toEqual([
      "recent",
      "recent",
      "recent",
      "book",
      "book",
      "book",
      "book",
    ]);
  });

  for (const [text, numbers] of [
    ["ake", ["2002"]],
    ["AKE bjorn", ["2002"]],
    ["partner", ["+44 20 7946 0958"]],
    ["الزهراء", ["2003"]],
    ["200", ["2002", "2001", "2002", "2003"]],
    ["nobody", []],
  ] as const)
    test(`finds ${text}`, () => expect(found(all, text).map(({ number }) => number)).toEqual([...numbers]));

  for (const [text, target] of [
    ["", undefined],
    [" (555) 123-4567 ", { number: "5551234567", name: "" }],
    ["tel:+49 30 1234", { number: "+49301234", name: "" }],
    ["2001", { number: "2001", name: "Anna Schmidt" }],
    ["anna", { number: "2001", name: "Anna Schmidt" }],
    ["anna@example.com", { number: "anna@example.com", name: "" }],
    ["--", { why: "there is no number to dial" }],
  ] as const)
    test(`${JSON.stringify(text)} means`, () =>
      expect(meant(text, found(all, text))).toEqual(target as never));
});

describe("shortcuts", () => {
  const key = (given: object) => ({
    key: "",
    code: "",
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    repeat: false,
    ...given,
  });

  test("each has a key of its own, and finds itself", () => {
    const keys = shortcutKeys.map(shortcutOf);
    expect(new Set(keys).size).toBe(keys.length);
    for (const shortcut of shortcutKeys.filter((one) => one !== "help" && one !== "close"))
      expect(shortcutAt(key({ altKey: true, code: `Key${shortcutOf(shortcut).slice(-1)}` }), true)).toBe(
        shortcut,
      );
  });

  test("nobody who types does anything by accident", () => {
    for (const code of ["KeyA", "KeyX", "KeyH"]) {
      expect(shortcutAt(key({ code, key: "x" }), false)).toBeUndefined();
      expect(shortcutAt(key({ code, altKey: true, ctrlKey: true }), false)).toBeUndefined();
      expect(shortcutAt(key({ code, altKey: true, repeat: true }), false)).toBeUndefined();
    }
    expect(shortcutAt(key({ key: "?" }), true)).toBeUndefined();
    expect(shortcutAt(key({ key: "?" }), false)).toBe("help");
  });
});
