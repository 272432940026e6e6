import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseQuery } from "../../../src/crm/ebs/query.ts";

const value = (query: string, name = "a"): string => parseQuery(`/?${query}`).get(name);

describe("a query", () => {
  test.each([
    ["a=1", "1"],
    ["A=1", "1"],
    ["a=1&A=2", "1"],
    ["a=&a=2", ""],
    ["b=1", ""],
    ["a", ""],
    ["a=1=2", "1=2"],
    ["&&a=1&", "1"],
    ["a=x+y", "x y"],
    ["a=x%20y", "x y"],
    ["a=%2B92", "+92"],
    ["a=+x+", "x"],
    ["%61=1", "1"],
    ["+a+=1", "1"],
    ["a=?x", "?x"],
    ["a=x#y", "x#y"],
    ["a=%", "%"],
    ["a=%zz%4", "%zz%4"],
    ["a=100%&b=1", "100%"],
    ["a=%25zz", "%zz"],
    ["a=%C3%A9", "é"],
    ["a=%c3%a9", "é"],
    ["a=%F0%9F%98%80", "😀"],
    ["a=%E9", "é"],
    ["a=caf%E9+%C3%A9", "café Ã©"],
    ["a=é%E9", "éé"],
    // Bytes of UTF-8 and of ISO-8859-1, not escaped.
    ["a=caf\u00c3\u00a9 x", "café x"],
    ["a=\u00c3%A9", "é"],
    ["a=caf\u00e9 \u00c3\u00a9", "café Ã©"],
    ["a=\u00c3\u00a0telesetNumber=1", "àtelesetNumber=1"],
    ["a=%80", "\u0080"],
    ["a=%EF%BB%BFx", "x"],
    ["a=%00x", "\0x"],
    ["__proto__=1&a=2", "2"],
  ])("%s", (query, expected) => {
    expect(value(query)).toBe(expected);
  });

  test("is what follows the first question mark, of whatever path", () => {
    expect(parseQuery("http://localhost:3107/x/y?a=1").get("a")).toBe("1");
    expect(parseQuery("/x").get("a")).toBe("");
    expect(parseQuery("").get("a")).toBe("");
    expect(parseQuery("/?__proto__=1").get("constructor")).toBe("");
  });

  test("keeps white space for those who ask for it", () => {
    expect(parseQuery("/?a=+92").untrimmed("A")).toBe(" 92");
  });

  // Seed 004's Register, as it stands there.
  test.each([
    ["port=8888%20telesetNumber=70002&", "8888", "70002"],
    ["port=8888+TELESETNUMBER=70002", "8888", "70002"],
    ["port=8888 telesetNumber=70002", "8888", "70002"],
    ["port=8888%20telesetNumber=70002&telesetNumber=70003", "8888", "70003"],
    ["telesetNumber=70003&port=8888%20telesetNumber=70002", "8888", "70003"],
    ["port=8888%20telesetNumber=70002%20telesetNumber=70004", "8888", "70002"],
    ["port=8888%20telesetNumber%3D70002", "8888 telesetNumber=70002", ""],
  ])("%s", (query, port, extension) => {
    expect(value(query, "port")).toBe(port);
    expect(value(query, "telesetNumber")).toBe(extension);
  });

  test("is never too strange", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "%",
        "%f",
        "%ff",
        "%C3",
        "+",
        "=",
        "&",
        "?",
        " telesetNumber=",
        "a=",
        "%20telesetNumber=",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const query = parseQuery(`/?${pieces.join("")}`);
        expect(query.get("a")).toBe(query.untrimmed("a").trim());
        expect(typeof query.get("telesetNumber")).toBe("string");
      }),
    );
  });

  test("gives back what was encoded rightly", () => {
    const text = fc.string({ unit: "binary" }).filter((each) => each.isWellFormed());
    fc.assert(
      fc.property(text, text, (first, second) => {
        const query = parseQuery(`/?a=${encodeURIComponent(first)}&b=${encodeURIComponent(second)}`);
        expect(query.untrimmed("a")).toBe(first);
        expect(query.get("b")).toBe(second.trim());
      }),
    );
  });

  test("gives back the bytes of ISO-8859-1", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 8, min: 0xc0 });
    fc.assert(
      fc.property(bytes, (given) => {
        const escaped = [...given].map((byte) => `%${byte.toString(16)}`).join("");
        // 0xC0 and above alone: each begins a UTF-8 sequence that nothing continues.
        expect(value(`a=${escaped}`)).toBe(String.fromCharCode(...given));
      }),
    );
  });
});
