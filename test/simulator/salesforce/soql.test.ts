import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Condition,
  fulfils,
  type Literal,
  readSoql,
} from "../../../src/simulator/salesforce/records/soql.ts";
import { SfError } from "../../../src/simulator/salesforce/sf-error.ts";

const quoted = (text: string) =>
  `'${text
    .replace(/[\\'"%_]/g, "\\$&")
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/\t/g, "\\t")}'`;
const written = (value: Literal): string => (typeof value === "string" ? quoted(value) : String(value));

/** As a careful client writes it. */
function writtenCondition(condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return `(${condition.parts.map(writtenCondition).join(` ${condition.kind} `)})`;
    case "compare":
      return `${condition.field} ${condition.operator} ${written(condition.value)}`;
    case "like":
      return `${condition.field} LIKE ${quoted(condition.pattern)}`;
    case "in":
      return `${condition.field} ${condition.not ? "NOT IN" : "IN"} (${condition.values.map(written).join(", ")})`;
  }
}

const field = fc.constantFrom("Id", "Subject", "CallObject", "Account.Name", "CTI_Key__c");
const text = fc.string({ unit: "grapheme", maxLength: 20 });
const literal: fc.Arbitrary<Literal> = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const operator = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small" },
    fc.record({ kind: fc.constant("compare"), field, operator, value: literal }),
    fc.record({ kind: fc.constant("like"), field, pattern: text }),
    fc.record({
      kind: fc.constant("in"),
      field,
      values: fc.array(literal, { minLength: 1, maxLength: 3 }),
      not: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom("and", "or"),
      parts: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<Condition>,
}));

describe("SOQL", () => {
  test("what is written is read, whatever stands in its texts", () => {
    fc.assert(
      fc.property(condition, fc.option(fc.nat(2000)), (where, limit) => {
        const query = `SELECT Id, Subject FROM Task WHERE ${writtenCondition(where)}${limit === null ? "" : ` LIMIT ${limit}`}`;
        expect(readSoql(query)).toEqual({
          fields: ["Id", "Subject"],
          object: "Task",
          where,
          order: undefined,
          limit: limit ?? undefined,
        });
      }),
    );
  });

  test("what cannot be read is refused as malformed, and never breaks anything", () => {
    const word = fc.constantFrom(
      "SELECT",
      "Id",
      "FROM",
      "Task",
      "WHERE",
      "=",
      "'a'",
      "'",
      "\\",
      "(",
      ")",
      "LIMIT",
      "IN",
      "1",
    );
    const piece = fc.oneof(word, fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          expect(readSoql(pieces.join(" ")).fields.length).toBeGreaterThan(0);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SfError);
          expect((thrown as SfError).entries).toMatchObject([{ errorCode: "MALFORMED_QUERY" }]);
        }
      }),
    );
  });

  test.each([
    ["select id from task", { fields: ["id"], object: "task" }],
    ["SELECT COUNT() FROM Task", { fields: ["COUNT()"] }],
    [
      "SELECT Id FROM Task ORDER BY CreatedDate DESC LIMIT 1",
      { order: { field: "CreatedDate", descending: true }, limit: 1 },
    ],
    [
      "SELECT Id FROM Task WHERE A = 'x' OR B = 'y' AND C = 'z'",
      { where: { kind: "or", parts: [{}, { kind: "and" }] } },
    ],
    [
      "SELECT Id FROM Task WHERE ActivityDate >= 2026-01-05",
      { where: { operator: ">=", value: "2026-01-05" } },
    ],
    ["SELECT Id FROM Task WHERE Subject = 'caf\\u00e9 \\'x\\''", { where: { value: "café 'x'" } }],
  ])("%s", (query, expected) => {
    expect(readSoql(query)).toMatchObject(expected);
  });

  test.each([
    "",
    "SELECT",
    "SELECT Id",
    "SELECT FROM Task",
    "SELECT Id FROM Task WHERE",
    "SELECT Id FROM Task WHERE A = 'x",
    "SELECT Id FROM Task WHERE A = x",
    "SELECT Id FROM Task LIMIT -1",
    "SELECT Id FROM Task WHERE A = 'it's'",
    "SELECT Id FROM Task WHERE A = '\\q'",
    "DELETE FROM Task",
    "SELECT Id FROM Task; DROP",
  ])("refused: %s", (query) => {
    expect(() => readSoql(query)).toThrow(SfError);
  });

  test("LIKE takes % and _ for anything, and other signs for themselves", () => {
    const like = (value: string, pattern: string) =>
      fulfils({ A: value }, { kind: "like", field: "A", pattern });
    expect([
      like("Ayesha Khan", "%khan"),
      like("a.c", "a_c"),
      like("abc", "a.c"),
      like("a\nb", "a%"),
    ]).toEqual([true, true, false, true]);
    fc.assert(
      fc.property(
        text.filter((each) => !/[%_]/.test(each)),
        (value) => like(value, value),
      ),
    );
  });
});
