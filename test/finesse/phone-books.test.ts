import { expect, test } from "bun:test";
import fc from "fast-check";
import { CtiError } from "../../src/model/errors.ts";
import { parsePhoneBooks } from "../../src/finesse/parse-phone-books.ts";
import { parseXml } from "../../src/finesse/xml-tree.ts";

test("contacts of all books in order, with their book; one without a number is nobody to call", () => {
  const xml = `<PhoneBooks><PhoneBook><uri>/finesse/api/PhoneBook/1</uri><name>All</name><type>GLOBAL</type><contacts>
    <Contact><firstName>J\u00fcrgen</firstName><lastName>K &amp; S\u00f6hne</lastName><phoneNumber>0012</phoneNumber><description></description></Contact>
    <Contact><firstName>Nobody</firstName><phoneNumber></phoneNumber></Contact></contacts></PhoneBook>
    <PhoneBook><name>Empty</name><type>TEAM</type><contacts></contacts></PhoneBook>
    <PhoneBook><name>Team</name><type>TEAM</type><contacts><Contact><phoneNumber>2</phoneNumber></Contact></contacts></PhoneBook></PhoneBooks>`;
  expect(parsePhoneBooks(parseXml(xml))).toEqual([
    {
      firstName: "J\u00fcrgen",
      lastName: "K & S\u00f6hne",
      number: "0012",
      description: undefined,
      book: "All",
      bookType: "GLOBAL",
    },
    {
      firstName: undefined,
      lastName: undefined,
      number: "2",
      description: undefined,
      book: "Team",
      bookType: "TEAM",
    },
  ]);
  expect(parsePhoneBooks(parseXml("<PhoneBooks/>"))).toEqual([]);
});

test("whatever is in it, it is contacts or a plain error", () => {
  const text = fc.string().map((one) => one.replaceAll(/[<&>\u0000-\u001f]/g, ""));
  const names = fc.constantFrom("PhoneBook", "contacts", "Contact", "phoneNumber", "name", "x");
  const element = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      text,
      fc
        .tuple(names, fc.array(tie("node"), { maxLength: 4 }))
        .map(([name, children]) => `<${name}>${children.join("")}</${name}>`),
    ),
  }));
  fc.assert(
    fc.property(fc.array(element.node, { maxLength: 5 }), (parts) => {
      try {
        for (const contact of parsePhoneBooks(parseXml(`<PhoneBooks>${parts.join("")}</PhoneBooks>`)))
          expect(contact.number).not.toBe("");
      } catch (error) {
        expect(error).toBeInstanceOf(CtiError);
      }
    }),
  );
});
