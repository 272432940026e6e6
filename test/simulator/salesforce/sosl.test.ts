import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readSosl, reserved } from "../../../src/simulator/salesforce/records/sosl.ts";

const escaped = (text: string) =>
  [...text].map((character) => (reserved.includes(character) ? `\\${character}` : character)).join("");

const scope = fc.constantFrom("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR");
const object = fc.record({
  object: fc.constantFrom("Contact", "Lead", "Account"),
  fields: fc.uniqueArray(fc.constantFrom("Id", "Name", "Phone", "CTI_Key__c"), { minLength: 1 }),
  limit: fc.option(fc.nat(200), { nil: undefined }),
});

describe("SOSL", () => {
  test("an escaped text is found again, with what is to be returned", () => {
    const term = fc
      .string({ unit: "grapheme", minLength: 2, maxLength: 20 })
      .filter((text) => text.trim().length >= 2);
    const objects = fc.array(object, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        term,
        scope,
        objects,
        fc.option(fc.nat(99), { nil: undefined }),
        (text, within, returning, limit) => {
          const list = returning
            .map(
              (each) =>
                `${each.object}(${each.fields.join(", ")}${each.limit === undefined ? "" : ` LIMIT ${each.limit}`})`,
            )
            .join(", ");
          const most = limit === undefined ? "" : ` LIMIT ${limit}`;
          expect(readSosl(`FIND {${escaped(text)}} IN ${within} FIELDS RETURNING ${list}${most}`)).toEqual({
            term: text,
            scope: within,
            returning,
            limit,
          });
        },
      ),
    );
  });

  test("a text that is not escaped is complained of, by the sign", () => {
    const sign = fc.constantFrom(...[...reserved].filter((each) => each !== "}" && each !== "\\"));
    fc.assert(
      fc.property(sign, fc.stringMatching(/^\d{3,8}$/), (character, digits) => {
        expect(readSosl(`FIND {${character}${digits}} RETURNING Contact(Id)`)).toMatchObject({
          problem: { kind: "unescaped-search" },
          error: { status: 400, entries: [{ errorCode: "MALFORMED_SEARCH" }] },
        });
      }),
    );
  });

  test("anything at all is read or refused", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "FIND",
        "{555}",
        "{",
        "}",
        "IN",
        "PHONE",
        "FIELDS",
        "RETURNING",
        "Contact(Id)",
        ",",
        "LIMIT",
        "5",
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const read = readSosl(pieces.join(" "));
        expect("problem" in read ? read.error.status : read.term.length).toBeGreaterThan(1);
      }),
    );
  });

  test.each([
    ["FIND {5551234}", { term: "5551234", scope: "ALL", returning: [] }],
    [
      "find {5551234} in phone fields returning contact",
      { scope: "PHONE", returning: [{ object: "contact", fields: ["Id"] }] },
    ],
    [
      "FIND {O\\'Brien} IN NAME FIELDS RETURNING Contact(Id, Name LIMIT 5), Lead(Id) LIMIT 9",
      { term: "O'Brien", limit: 9 },
    ],
  ])("%s", (query, expected) => {
    expect(readSosl(query)).toMatchObject(expected);
  });

  test.each([
    "",
    "5551234",
    "FIND 5551234",
    "FIND {}",
    "FIND {5}",
    "FIND {555",
    "FIND {555} RETURNING",
    "FIND {555} RETURNING Contact(",
    "FIND {555} RETURNING Contact(Id),",
    "FIND {555} IN FAX FIELDS",
  ])("refused: %s", (query) => {
    expect(readSosl(query)).toHaveProperty("problem");
  });
});
