import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseElement, XmlError, type XmlFault, XmlParser } from "../../../src/simulator/xmpp/parser.ts";
import { element, type XmlElement } from "../../../src/simulator/xmpp/xml.ts";

function faultOf(text: string, limit?: number): XmlFault | undefined {
  try {
    parseElement(text, limit);
    return undefined;
  } catch (error) {
    if (error instanceof XmlError) return error.fault;
    throw error;
  }
}

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/);
const text = fc.string({ unit: "binary" }).filter((value) => !/[\u0000-\u001f\ufffe\uffff]/.test(value));
const { tree } = fc.letrec<{ tree: XmlElement }>((tie) => ({
  tree: fc
    .tuple(
      name,
      fc.dictionary(name, text, { maxKeys: 3 }),
      fc.array(
        fc.oneof(
          { maxDepth: 3 },
          text.filter((value) => value !== ""),
          tie("tree"),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([tag, attributes, children]) => element(tag, attributes, ...children)),
}));

describe("the XML parser", () => {
  test("reads back whatever is written", () => {
    fc.assert(
      fc.property(tree, (written) => parseElement(written.toString()).toString() === written.toString()),
    );
  });

  test("does not care where a stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(9)),
        (stanzas, cuts) => {
          const seen: string[] = [];
          const parser = new XmlParser(
            {
              opened: (header) => seen.push(`opened ${header.attributes.to}`),
              element: (stanza) => seen.push(stanza.toString()),
              closed: () => seen.push("closed"),
            },
            { stream: true, limit: 100_000 },
          );
          const stream = `<?xml version="1.0"?> <s:stream xmlns:s="x" to="here"> ${stanzas.join("\n ")} </s:stream>`;
          for (let at = 0; at < stream.length;) {
            const length = 1 + (cuts.next().value ?? 0);
            parser.write(stream.slice(at, at + length));
            at += length;
          }
          expect(seen).toEqual(["opened here", ...stanzas.map(String), "closed"]);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("never fails in another way than by its own error", () => {
    const shred = fc.array(
      fc.constantFrom("<", ">", "/", "a", '"', "'", "=", " ", "&", ";", "amp", "!", "?", "]]>", "<![CDATA["),
    );
    fc.assert(fc.property(shred, (parts) => void faultOf(parts.join(""))));
  });

  test("knows namespaces of prefixes and of parents", () => {
    const read = parseElement(`<iq xmlns="jabber:client"><a:ping xmlns:a="urn:xmpp:ping"/><b/></iq>`);
    expect(read.child("ping", "urn:xmpp:ping")).toBeDefined();
    expect(read.child("b")?.namespace).toBe("jabber:client");
  });

  test.each([
    ["<a><b></a></b>", "not-well-formed"],
    ["<a>", "not-well-formed"],
    ["<a/><b/>", "not-well-formed"],
    ["<a/>text", "not-well-formed"],
    ["<a x=1/>", "not-well-formed"],
    [`<a x="1" x="2"/>`, "not-well-formed"],
    [`<a x="1"y="2"/>`, "not-well-formed"],
    ["<a>this & that</a>", "not-well-formed"],
    ["<a>&nbsp;</a>", "not-well-formed"],
    ["<a>&#0;</a>", "not-well-formed"],
    ["<a>&#xD800;</a>", "not-well-formed"],
    ["<x:a/>", "not-well-formed"],
    ["", "not-well-formed"],
    ["<!DOCTYPE a><a/>", "restricted-xml"],
    ["<a><!-- why --></a>", "restricted-xml"],
    ["<?php ?><a/>", "restricted-xml"],
    [`<?xml version="1.0" encoding="latin1"?><a/>`, "unsupported-encoding"],
  ] as const)("refuses %p", (broken, fault) => {
    expect(faultOf(broken)).toBe(fault);
  });

  test("refuses what is longer than the limit, finished or not", () => {
    expect(faultOf(`<a>${"x".repeat(100)}</a>`, 50)).toBe("policy-violation");
    expect(faultOf(`<a>${"x".repeat(100)}`, 50)).toBe("policy-violation");
    expect(faultOf(`<a>${"x".repeat(20)}</a>`, 50)).toBeUndefined();
  });

  test("refuses elements nested too deep", () => {
    expect(faultOf("<a>".repeat(100))).toBe("policy-violation");
  });

  test("takes CDATA, declarations and character references", () => {
    expect(parseElement(`<?xml version='1.0'?><a>&lt;&#233;&#x1F600;<![CDATA[<&]]></a>`).text).toBe("<é😀<&");
  });
});
