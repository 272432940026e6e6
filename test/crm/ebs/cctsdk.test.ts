import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { errorOf, eventXml, replyXml } from "../../../src/crm/ebs/cctsdk.ts";

const anyText = fc.string({ unit: "binary", maxLength: 40 });
/** What XML 1.0 allows (§2.2 of the specification). */
const legal = (text: string): string =>
  [...text]
    .filter((character) => /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]$/u.test(character))
    .join("");

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
  isArray: (name) => name === "data",
});

function dataOf(xml: string): [string, string][] {
  expect(XMLValidator.validate(xml)).toBe(true);
  const { data = [] } = parser.parse(xml).CCTSDK.event as { data?: { name: string; value: string }[] };
  return data.map(({ name, value }) => [name, value]);
}

describe("what EBS gets to read", () => {
  test("a success and an error, as seed 004 shows it", () => {
    expect(replyXml(undefined)).toBe("<CCTSDK/>");
    expect(replyXml({ key: "ExtensionNotSpecified" })).toBe(
      '<CCTSDK><event name="Error"><data name="occtErrorMsg" value="ExtensionNotSpecified"/></event></CCTSDK>',
    );
    expect(replyXml({ key: "LoginFailed", details: "" })).not.toContain("KeyErrorDetails");
    expect(replyXml({ key: "LoginFailed", details: 'say "x" & go' })).toBe(
      '<CCTSDK><event name="Error"><data name="occtErrorMsg" value="LoginFailed"/>' +
        '<data name="KeyErrorDetails" value="say &quot;x&quot; &amp; go"/></event></CCTSDK>',
    );
  });

  test("an event", () => {
    expect(
      eventXml("ScreenPop", [
        ["occtSourceID", "16802321-1"],
        ["CustomerName", "عمر <O'Neil>\n😀\u0085\u0001\ud800"],
      ]),
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<CCTSDK><event name="ScreenPop">' +
        '<data name="occtSourceID" value="16802321-1"/>' +
        '<data name="CustomerName" value="عمر &lt;O&apos;Neil&gt;&#10;😀&#133;"/></event></CCTSDK>',
    );
    expect(eventXml("TelephonyEnabled", [])).toContain(
      '<CCTSDK><event name="TelephonyEnabled"></event></CCTSDK>',
    );
  });

  test("any text arrives, less what XML cannot carry", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText), { maxLength: 4 }), (data) => {
        expect(dataOf(eventXml("ScreenPop", data))).toEqual(
          data.map(([key, value]) => [legal(key), legal(value)]),
        );
      }),
      { numRuns: 300 },
    );
    const everything = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join("");
    expect(dataOf(eventXml("ScreenPop", [["x", everything]]))).toEqual([["x", legal(everything)]]);
  });
});

describe("what EBS answers", () => {
  test.each([
    ["", undefined],
    ["<CCTSDK/>", undefined],
    ["<html><body>OK<br></body></html>", undefined],
    ['<CCTSDK><event name="CallReleased"><data name="occtErrorMsg" value="x"/></event></CCTSDK>', undefined],
    // The seed's line breaks and trailing space.
    [
      '<CCTSDK>\n<event\nname="Error">\n<data\nname="occtErrorMsg" value="No such agent "/>\n</event>\n</CCTSDK>',
      "No such agent",
    ],
    [
      `\ufeff<?xml version='1.0'?><c:CCTSDK><c:EVENT Name = 'error' ><DATA value='a &amp; b' x="" name='OcctErrorMsg'>`,
      "a & b",
    ],
    [
      '<CCTSDK><event name="Ack"/><event name="Error"><data name="x" value="y"/><data name="occtErrorMsg" value="&#x41;&#66;&bad;"/></event></CCTSDK>',
      "AB&bad;",
    ],
    ['<CCTSDK><!-- <event name="Error"> --><event name="Ok"/></CCTSDK>', undefined],
    [
      '<CCTSDK><event name="Error"/><event name="x"><data name="occtErrorMsg" value="y"/></event></CCTSDK>',
      "Error",
    ],
    ['<CCTSDK><event name="Error"></event><data name="occtErrorMsg" value="y"/></CCTSDK>', "Error"],
    ['<CCTSDK><event name="Error"><data name="occtErrorMsg" value="  "/></event></CCTSDK>', "Error"],
    ['<event name="Error"><data name="occtErrorMsg" value="a > b\u0000\r\nc"/></event>', "a > b c"],
    ['<event name="Error"><data name="occtErrorMsg" value="&#1114112;&#x10FFFF;"', "&#1114112;\u{10ffff}"],
    ['<event name="Error"><data name="occtErrorMsg" value="never closed', "Error"],
  ])("%p", (body, expected) => {
    expect(errorOf(body)).toBe(expected);
  });

  test("an error of ours is read as it was written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (message) => {
        const expected = message.replace(/\s+/g, " ").trim() || "Error";
        expect(errorOf(eventXml("Error", [["occtErrorMsg", message]]))).toBe(expected);
      }),
    );
  });

  test("of any length and kind, soon and without harm", () => {
    const piece = fc.oneof(
      anyText,
      fc.constantFrom(
        "<",
        ">",
        "<event",
        ' name="Error"',
        "<data",
        ' name="occtErrorMsg"',
        " value='",
        '"',
        "/",
        "&#",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect((errorOf(pieces.join("")) ?? "").length).toBeLessThanOrEqual(300);
      }),
    );
    for (const part of [
      "<",
      "<!--",
      "<a ",
      "<a b=",
      "<a b='",
      "<a b='' ",
      "</",
      " ",
      "&",
      '<event name="Error">',
    ])
      errorOf(part.repeat(5_000_000 / part.length));
    expect(
      errorOf(`<event name="Error"><data name="occtErrorMsg" value="${"x".repeat(9999)}"/>`),
    ).toHaveLength(300);
  }, 10_000);
});
