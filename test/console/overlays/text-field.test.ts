import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fit, fitRow, graphemes, widthOf } from "../../../src/console/overlays/cells.ts";
import {
  type TextField,
  editField,
  fieldOf,
  fieldRow,
  pasteInto,
  recall,
} from "../../../src/console/overlays/text-field.ts";

const family = "👨‍👩‍👧";

function after(field: TextField, ...keys: string[]): TextField {
  return keys.reduce((now, key) => editField(now, key) ?? now, field);
}

/** The text with | for the cursor. */
function seen({ text, cursor }: TextField): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

describe("a line being typed", () => {
  test.each<[string, string[], string]>([
    ["", ["a", "space", "b"], "a b|"],
    ["abc", ["left", "left", "X"], "aX|bc"],
    ["abc", ["home", "X", "end", "Y"], "XabcY|"],
    ["abc", ["ctrl+a", "delete"], "|bc"],
    ["abc", ["left", "backspace"], "a|c"],
    ["dial 555 1234", ["ctrl+w"], "dial 555 |"],
    ["dial 555 ", ["ctrl+w"], "dial |"],
    ["dial 555", ["ctrl+u"], "|"],
    ["dial 555", ["alt+b", "ctrl+k"], "dial |"],
    ["dial 555", ["ctrl+a", "alt+f", "ctrl+u"], "| 555"],
    [`a${family}b`, ["left", "backspace"], "a|b"],
    [`a${family}b`, ["left", "left", "delete"], "a|b"],
    ["e\u0301", ["backspace"], "|"],
    ["日本", ["left", "語"], "日語|本"],
    // The pieces of an emoji come one by one.
    ["", [...family], `${family}|`],
    ["x", ["ctrl+e", "right", "left", "left", "left"], "|x"],
  ])("%j after %j is %j", (text, keys, wanted) => {
    expect(seen(after(fieldOf(text), ...keys))).toBe(wanted);
  });

  test("keys of others are left alone", () => {
    for (const key of ["up", "down", "enter", "esc", "tab", "page-up", "ctrl+x", "alt+q", "\u0007"])
      expect(editField(fieldOf("a"), key)).toBeUndefined();
  });

  test("a paste is one line, without what steers a terminal", () => {
    expect(pasteInto(fieldOf("a"), "\r\n555\t1234\n\u001B[31mx\n").text).toBe("a555 1234 [31mx");
  });

  test("the history goes back and forward, and what was typed comes back", () => {
    const lines = ["newest", "older"];
    const back = recall(fieldOf("draft"), "back", lines);
    expect(back.text).toBe("newest");
    expect(recall(recall(back, "back", lines), "back", lines).text).toBe("older");
    expect(recall(back, "forward", lines).text).toBe("draft");
    expect(recall(fieldOf("draft"), "forward", lines).text).toBe("draft");
  });

  const anyKey = fc.oneof(
    fc.constantFrom(
      ..."left right home end backspace delete ctrl+w ctrl+u ctrl+k ctrl+a ctrl+e alt+b alt+f space".split(
        " ",
      ),
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom(...family, "é", "日", "א", "\u0301", "🇩", "🇪"),
  );

  test("whatever is typed, the cursor stands between two graphemes and no key is lost twice", () => {
    fc.assert(
      fc.property(fc.array(anyKey), fc.string({ unit: "grapheme" }), (keys, text) => {
        const field = after(fieldOf(text), ...keys);
        const ends = graphemes(field.text).reduce<number[]>(
          (all, part) => [...all, (all.at(-1) ?? 0) + part.length],
          [0],
        );
        expect(ends).toContain(field.cursor);
      }),
    );
  });

  test("whatever is in it, the row has its cursor and no more than its columns", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 40 }),
        fc.nat(60),
        fc.integer({ min: 4, max: 40 }),
        fc.boolean(),
        (text, steps, width, secret) => {
          const field = after(fieldOf(text), ...Array<string>(steps).fill("left"));
          const row = fieldRow(field, width, { secret });
          expect(row.reduce((sum, span) => sum + widthOf(span.text), 0)).toBeLessThanOrEqual(width);
          expect(row.filter(({ inverse }) => inverse === true)).toHaveLength(1);
          if (secret) expect(row.map((span) => span.text).join("")).toMatch(/^•* ?$/);
        },
      ),
    );
  });
});

describe("rows", () => {
  test("are exactly as wide as they have to be, whatever is in them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary" })),
        fc.integer({ min: 1, max: 50 }),
        (texts, width) => {
          const row = fitRow(
            texts.map((text) => ({ text })),
            width,
          );
          expect(row.reduce((sum, { text }) => sum + widthOf(text), 0)).toBe(width);
          expect(widthOf(fit(texts.join(""), width))).toBe(width);
        },
      ),
    );
  });

  test.each([
    ["山田太郎", 5, "山田…"],
    ["山田太郎", 8, "山田太郎"],
    ["abc", 2, "a…"],
    ["a\u200Eb\u200B", 4, "ab  "],
    ["a\u202Eb\u001B[2J", 8, "a�b␛[2J "],
  ])("%j in %d columns is %j", (text, width, wanted) => {
    expect(fit(text, width)).toBe(wanted.length < width && widthOf(wanted) < width ? `${wanted} ` : wanted);
  });
});
