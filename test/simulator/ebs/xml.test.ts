import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { readXml, XmlProblem } from "../../../src/simulator/ebs/xml.ts";
import { escaped } from "./stage.ts";

function problem(text: string): XmlProblem | undefined {
  try {
    readXml(text);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof XmlProblem) return thrown;
    throw thrown;
  }
}

/** What another strict reader thinks of it. */
function saxesTakes(text: string): boolean {
  let fine = true;
  const parser = new SaxesParser();
  parser.on("error", () => (fine = false));
  parser.write(text).close();
  return fine;
}

/** Characters that XML 1.0 allows. */
const legal = fc
  .string({ unit: "binary", maxLength: 30 })
  // oxlint-disable-next-line no-control-regex
  .map((text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ""));

describe("reading XML", () => {
  test.each([
    ["", "nothing"],
    ["<a>", "never closed"],
    ["<a></b>", "</b> closes <a>"],
    ["<a/><b/>", "second root"],
    ["<a/>x", "text outside"],
    ["<a b='1' b='2'/>", "twice"],
    ["<a b='<'/>", "value of b"],
    ["<a b=1/>", "value of b"],
    ["<a b/>", "cannot read the tag"],
    ["<a>&nbsp;</a>", "no entity"],
    ["<a>&amp</a>", "no entity"],
    ["<a>&#0;</a>", "U+0000"],
    ["<a>&#xD800;</a>", "U+D800"],
    ["<a>\u0001</a>", "U+0001"],
    ["<a>]]></a>", "]]>"],
    ["<!DOCTYPE a><a/>", "document type"],
    [" <?xml version='1.0'?><a/>", "cannot read on"],
    ["<a><!-- -- --></a>", "cannot read on"],
  ])("%p is refused: %s", (text, words) => {
    expect(problem(text)?.message).toContain(words);
    expect(problem(text)?.typographic).toBe(false);
  });

  test("the line is told", () => {
    expect(problem("<a>\r\n<b>\n</c></b></a>")?.message).toStartWith("line 3:");
  });

  test.each(["”1”", "“1”", "″1″", "‘1’"])("quotes of a word processor are known as such: %s", (value) => {
    expect(problem(`<a><b name=${value}/></a>`)).toMatchObject({
      typographic: true,
      message: expect.stringContaining("typographic quotes"),
    });
  });

  test("declaration, comments, instructions, CDATA, entities, line ends", () => {
    const { root, encoding } = readXml(
      "\uFEFF<?xml version='1.0' encoding=\"UTF-8\" standalone='yes' ?>\r\n<!-- x --><a b='&quot;&#x41;\r\n&#10;'><?p q?><![CDATA[<&]]>\r\n&lt;<c/></a><!---->",
    );
    expect(encoding).toBe("UTF-8");
    expect(root).toMatchObject({ name: "a", attributes: { b: '"A \n' }, text: "<&\n<" });
    expect(root.children.map(({ name }) => name)).toEqual(["c"]);
  });

  test("an attribute may have any name, and hide nothing", () => {
    const { root } = readXml('<a __proto__="1" constructor="2"/>');
    expect(Object.entries(root.attributes)).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
  });

  test("a document that is deep is refused, not the end of us", () => {
    expect(problem("<a>".repeat(100_000))?.message).toContain("too deep");
  });

  test("whatever XML can hold comes out of an attribute as it went in", () => {
    fc.assert(
      fc.property(legal, (text) => {
        expect(readXml(`<a b="${escaped(text)}"/>`).root.attributes.b).toBe(text);
      }),
    );
  });

  test("agrees with another strict reader on what is XML", () => {
    const piece = fc.constantFrom(
      ..."<a>|</a>|<b/>|<a |b='1'|b=\"2\"| c='&amp;'|/>|>|<|&lt;|&x;|&#65;|&#2;| |\n|x|ü|<!--|-->|--|<![CDATA[|]]>|<?p|?>|<?xml version='1.0'?>|“|'|\"|=".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        // Half of them with a root around, or few would be well-formed.
        for (const text of [pieces.join(""), `<r>${pieces.join("")}</r>`])
          expect({ text, taken: problem(text) === undefined }).toEqual({ text, taken: saxesTakes(text) });
      }),
      { numRuns: 3000 },
    );
  });
});
