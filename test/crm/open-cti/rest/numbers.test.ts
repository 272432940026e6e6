import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type NumberPlan, searchForms } from "../../../../src/crm/open-cti/rest/numbers.ts";

const plan = (country: string | undefined, lastDigits: number[] = [9, 7]): NumberPlan => ({
  country,
  lastDigits,
});
const forms = (number: string, country?: string) => searchForms(number, plan(country));

describe("a number is looked for as orgs write it", () => {
  test.each([
    // Country, as it came, whole, ends.
    ["49", "+49 30 901821-22", ["493090182122", "03090182122"], ["090182122", "0182122"]],
    ["49", "004930901821", ["4930901821", "030901821"], ["0901821"]],
    ["49", "030/901821", ["4930901821", "030901821"], ["0901821"]],
    ["49", "+49 (0)30 901820", ["4930901820", "030901820"], ["0901820"]],
    ["49", "+49 030 901820", ["4930901820", "030901820"], ["0901820"]],
    ["49", "4930901821", ["4930901821", "030901821"], ["0901821"]],
    ["92", "0300-1234567", ["923001234567", "03001234567"], ["001234567", "1234567"]],
    ["92", "+92 300 1234567", ["923001234567", "03001234567"], ["001234567", "1234567"]],
    ["1", "(415) 555-0110", ["14155550110", "4155550110"], ["155550110", "5550110"]],
    ["1", "1-415-555-0110", ["14155550110", "4155550110"], ["155550110", "5550110"]],
    ["1", "011 49 30 901821", ["4930901821"], ["930901821", "0901821"]],
    ["7", "8 (495) 555-01-03", ["74955550103", "84955550103"], ["955550103", "5550103"]],
    ["34", "612 345 678", ["34612345678", "612345678"], ["2345678"]],
    ["39", "06 1234 5678", ["390612345678", "0612345678"], ["612345678", "2345678"]],
    // Another country's number is not the own country's.
    ["49", "+353 1 555 0104", ["35315550104"], ["315550104", "5550104"]],
    // A number of the place.
    ["49", "5551234", ["5551234"], []],
    [undefined, "+49 30 901821", ["4930901821"], ["930901821", "0901821"]],
    [undefined, "030 901821", ["030901821"], ["0901821"]],
  ])("country %p: %p", (country, number, whole, ends) => {
    expect(forms(number, country)).toEqual({ whole, ends });
  });

  test("SIP and tel addresses, parameters and extensions behind are no part of it", () => {
    const expected = forms("+4930901821", "49");
    for (const number of [
      "sip:+4930901821@gateway.example.com;user=phone",
      "tel:+49-30-901821;phone-context=example.com",
      "+49 30 901821 x12",
      "+49 30 901821 ext. 12",
      "＋４９ ３０ ９０１８２１",
    ])
      expect(forms(number, "49")).toEqual(expected);
  });

  test.each([
    "",
    "2001",
    "110",
    "411234",
    "anonymous",
    "Unavailable",
    "sip:anonymous@anonymous.invalid",
    "Private 5551234",
  ])("%p is nobody's", (number) => expect(forms(number, "49")).toEqual({ whole: [], ends: [] }));

  test.each(["+266696687", "00000000", "99999999", "1234567890123456789"])(
    "%p is no number either",
    (number) => expect(forms(number, "49")).toEqual({ whole: [], ends: [] }),
  );

  test("how much of the end is looked for is the site's", () => {
    expect(searchForms("+4930901821", plan("49", [])).ends).toEqual([]);
    expect(searchForms("+4930901821", plan("49", [8, 6])).ends).toEqual(["30901821", "901821"]);
  });
});

const country = fc.constantFrom(undefined, "1", "7", "34", "39", "44", "49", "92", "353");
const digits = fc.stringMatching(/^[0-9]{1,20}$/);
const marks = fc.constantFrom("", " ", "-", ".", "/", "(", ")", "\u00a0");

test("whatever comes, the forms are digits and never short", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        digits,
        digits.map((each) => `+${each}`),
      ),
      country,
      (number, code) => {
        const { whole, ends } = forms(number, code);
        for (const each of [...whole, ...ends]) expect(each).toMatch(/^[0-9]{7,18}$/);
        expect(new Set([...whole, ...ends]).size).toBe(whole.length + ends.length);
      },
    ),
  );
});

test("punctuation changes nothing", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[1-9][0-9]{6,13}$/),
      fc.array(marks, { minLength: 14, maxLength: 14 }),
      country,
      (number, between, code) => {
        const written = [...number].map((digit, index) => `${digit}${between[index] ?? ""}`).join("");
        // "(0)" is read as a trunk prefix that is not dialled.
        fc.pre(!written.includes("(0)"));
        expect(forms(`+${written}`, code)).toEqual(forms(`+${number}`, code));
        expect(forms(written, code)).toEqual(forms(number, code));
      },
    ),
  );
});

test("a number of the own country is looked for alike, however it comes", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("44", "49", "92", "353"),
      fc.stringMatching(/^[1-9][0-9]{7,9}$/),
      (code, national) => {
        const expected = forms(`+${code}${national}`, code);
        expect(expected.whole).toEqual([`${code}${national}`, `0${national}`]);
        expect(forms(`00${code}${national}`, code)).toEqual(expected);
        expect(forms(`0${national}`, code)).toEqual(expected);
        expect(forms(`+${code} (0)${national}`, code)).toEqual(expected);
      },
    ),
  );
});
