import { expect, test } from "bun:test";
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
