import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { phoneMatches } from "../../../src/simulator/salesforce/records/search.ts";
import { Stage } from "./stage.ts";

const namesIn = (body: unknown): string[] => {
  const { searchRecords } = Object(body) as {
    searchRecords: { Name?: string; attributes: { type: string } }[];
  };
  return searchRecords.map(({ attributes, Name }) => `${attributes.type} ${Name}`);
};

const people = "sobject=Contact&sobject=Lead&sobject=Account&fields=Id,Name";

describe("a number is found", () => {
  test.each([
    ["5551234", ["Contact Mia Short"]],
    ["3001234567", ["Contact Ayesha Khan", "Lead Ayesha Khan"]],
    ["4155550110", ["Contact Ana Souza", "Contact João Souza"]],
    ["2131112222", ["Account Karachi Textiles"]],
    ["4950000000", []],
    // Salesforce knows nothing of dialling prefixes: the search may be shorter than what is kept, not longer.
    ["923001234567", ["Lead Ayesha Khan"]],
    ["234567", []],
  ])("%s", async (number, names) => {
    await using stage = await Stage.open();
    const simple = await stage.rest(`parameterizedSearch/?q=${number}&in=PHONE&${people}`);
    expect(namesIn(simple.body)).toEqual(names);
    const returning = "Contact(Id, Name), Lead(Id, Name), Account(Id, Name)";
    const sosl = await stage.sosl(`FIND {${number}} IN PHONE FIELDS RETURNING ${returning}`);
    expect(namesIn(sosl.body)).toEqual(names);
    const posted = await stage.rest("parameterizedSearch", {
      body: {
        q: number,
        in: "PHONE",
        fields: ["Id", "Name"],
        sobjects: [{ name: "Contact" }, { name: "Lead" }, { name: "Account" }],
      },
    });
    expect(namesIn(posted.body)).toEqual(names);
    expect(stage.org.complaints()).toEqual([]);
  });

  test("whatever is written between its digits", () => {
    const between = fc.constantFrom("", " ", "-", ".", "(", ") ", "+", "/");
    const digits = fc.stringMatching(/^\d{7,15}$/);
    fc.assert(
      fc.property(
        digits,
        fc.array(between, { minLength: 15, maxLength: 15 }),
        fc.nat(20),
        (number, signs, from) => {
          const kept = [...number].map((digit, index) => `${signs[index] ?? ""}${digit}`).join("");
          const end = number.slice(Math.min(from, number.length - 7));
          expect([phoneMatches(kept, number), phoneMatches(kept, end)]).toEqual([true, true]);
          expect(phoneMatches(kept, `1${number}`)).toBe(false);
        },
      ),
    );
  });
});

describe("a search", () => {
  test("finds words, whatever their case and script", async () => {
    await using stage = await Stage.open();
    const named = async (q: string) =>
      namesIn((await stage.rest(`parameterizedSearch?${new URLSearchParams({ q })}&${people}`)).body);
    expect(await named("khan AYESHA")).toEqual(["Contact Ayesha Khan", "Lead Ayesha Khan"]);
    expect(await named("山田")).toEqual(["Contact 花子 山田"]);
    expect(await named("o'brien")).toEqual(["Contact Seán O'Brien"]);
    expect(namesIn((await stage.sosl("FIND {O\\'Brien} RETURNING Contact(Name)")).body)).toEqual([
      "Contact Seán O'Brien",
    ]);
  });

  test("keeps to its limits, and to objects that are searched", async () => {
    await using stage = await Stage.open();
    const search = (rest: string) => stage.rest(`parameterizedSearch?q=4155550110&${rest}`);
    expect(namesIn((await search("sobject=Contact&Contact.fields=Name&Contact.limit=1")).body)).toEqual([
      "Contact Ana Souza",
    ]);
    expect(namesIn((await search("sobject=Contact&fields=Name&overallLimit=1")).body)).toHaveLength(1);
    expect(namesIn((await search("")).body)).toHaveLength(2);
    expect((await search("sobject=Nothing")).body).toMatchObject([{ errorCode: "INVALID_TYPE" }]);
    expect((await search("sobject=Contact&fields=Nope")).body).toMatchObject([
      { errorCode: "INVALID_FIELD" },
    ]);
    expect((await search("sobject=Contact&Contact.limit=few")).status).toBe(400);
    expect((await search("in=FAX")).body).toMatchObject([{ errorCode: "INVALID_SEARCH_SCOPE" }]);
    expect((await stage.rest("parameterizedSearch?q=5")).body).toMatchObject([
      { errorCode: "MALFORMED_SEARCH" },
    ]);
  });

  test("that forgets to escape is refused, and complained of", async () => {
    await using stage = await Stage.open();
    const got = await stage.sosl("FIND {+92300} IN PHONE FIELDS RETURNING Contact(Id)");
    expect([got.status, got.body]).toMatchObject([400, [{ errorCode: "MALFORMED_SEARCH" }]]);
    expect(stage.complaintKinds).toEqual(["unescaped-search"]);
  });
});
