import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeFinesse } from "../../src/finesse/decode.ts";
import { parseCallLayout, parseCallLayouts } from "../../src/finesse/parse-call-layouts.ts";
import { parseXml } from "../../src/finesse/xml-tree.ts";
import { toXml, type XmlPart } from "../../src/finesse/xml-write.ts";
import { CtiError } from "../../src/model/errors.ts";

const layoutXml = `<MediaPropertiesLayout>
  <uri>/finesse/api/MediaPropertiesLayout/3/</uri>
  <name>Müller &amp; Co</name>
  <description>for the big ones</description>
  <type>CUSTOM</type>
  <header><entry><displayName>Customer Name</displayName><mediaProperty>callVariable1</mediaProperty>
    <showInPopOver>false</showInPopOver><uiEditable>false</uiEditable></entry></header>
  <column>
    <entry><displayName>Customer Acct#</displayName><mediaProperty>user.cisco.acctnum</mediaProperty>
      <showInPopOver> TRUE </showInPopOver><uiEditable>true</uiEditable></entry>
    <entry><displayName></displayName><mediaProperty>user.history[0]</mediaProperty></entry>
    <entry><displayName>Nothing</displayName><mediaProperty></mediaProperty></entry>
  </column>
  <column></column>
</MediaPropertiesLayout>`;

test("a layout as an administrator made it; an entry of no variable shows nothing", () => {
  expect(parseCallLayout(parseXml(layoutXml))).toEqual({
    id: "3",
    name: "Müller & Co",
    description: "for the big ones",
    type: "CUSTOM",
    header: { displayName: "Customer Name", variable: "callVariable1", inPopOver: false, editable: false },
    columns: [
      [
        {
          displayName: "Customer Acct#",
          variable: "user.cisco.acctnum",
          inPopOver: true,
          editable: true,
        },
        { displayName: "", variable: "user.history[0]", inPopOver: undefined, editable: undefined },
      ],
      [],
    ],
  });
});

test("the bare one of an old release, lists of none and one", () => {
  const bare = {
    id: "",
    name: "",
    description: undefined,
    type: "",
    header: undefined,
    columns: [],
  };
  expect(parseCallLayout(parseXml("<MediaPropertiesLayout><header/></MediaPropertiesLayout>"))).toEqual(bare);
  expect(parseCallLayouts(parseXml("<MediaPropertiesLayouts/>"))).toEqual([]);
  expect(
    parseCallLayouts(
      parseXml("<MediaPropertiesLayouts><MediaPropertiesLayout/><other/></MediaPropertiesLayouts>"),
    ),
  ).toEqual([bare]);
});

test("both can be decoded by hand", () => {
  expect(decodeFinesse(layoutXml)).toMatchObject({ kind: "call-layout", callLayout: { id: "3" } });
  expect(decodeFinesse(`<MediaPropertiesLayouts>${layoutXml}</MediaPropertiesLayouts>`)).toMatchObject({
    kind: "call-layouts",
    callLayouts: [{ id: "3" }],
  });
});

test("entries keep their columns and their order, whatever they are called", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "é", "&", "<", "日", "1", "."), minLength: 1 });
  const entry = fc.record({ displayName: word, variable: word });
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 10 }), { maxLength: 3 }), (columns) => {
      const parts = columns.map((entries): XmlPart => [
        "column",
        entries.map(({ displayName, variable }): XmlPart => [
          "entry",
          [
            ["mediaProperty", variable],
            ["displayName", displayName],
          ],
        ]),
      ]);
      const read = parseCallLayout(parseXml(toXml(["MediaPropertiesLayout", parts])));
      expect(
        read.columns.map((column) => column.map(({ displayName, variable }) => ({ displayName, variable }))),
      ).toEqual(columns);
    }),
  );
});

test("no text makes them throw anything but a CtiError", () => {
  fc.assert(
    fc.property(fc.nat(layoutXml.length), fc.nat(60), fc.string({ maxLength: 8 }), (at, length, text) => {
      try {
        const element = parseXml(`${layoutXml.slice(0, at)}${text}${layoutXml.slice(at + length)}`);
        parseCallLayout(element);
        parseCallLayouts(element);
      } catch (error) {
        expect(error).toBeInstanceOf(CtiError);
      }
    }),
    { numRuns: 300 },
  );
});
