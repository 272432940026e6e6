import type { SearchScope } from "./sosl.ts";
import type { Stored } from "./store.ts";
import type { Fields } from "./schema.ts";

/** Digits that a search by the end of a number must have at least. */
const shortestEnd = 7;

/**
 * Whether a number is found under another way of writing it: the digits are the same, or those of the search are the end of those kept. Not the
 * other way round: +92 300… does not find 0300…, since Salesforce knows nothing of dialling prefixes (reference §3.2).
 */
export function phoneMatches(kept: string, searched: string): boolean {
  const [stored, wanted] = [digitsOf(kept), digitsOf(searched)];
  if (wanted.length < 2) return false;
  return stored === wanted || (wanted.length >= shortestEnd && stored.endsWith(wanted));
}

/** Whether a search finds a record. Words are found whole, whatever their case and order. */
export function searchMatches(record: Stored, schema: Fields, term: string, scope: SearchScope): boolean {
  const kept = (...types: string[]) =>
    Object.entries(schema)
      .filter(([, { type }]) => types.includes(type))
      .map(([name]) => record.fields[name])
      .filter((value) => typeof value === "string");
  const phones = () => kept("phone").some((value) => phoneMatches(value, term));
  const words = (values: string[]) => {
    const there = new Set(values.flatMap(wordsOf));
    const wanted = wordsOf(term);
    return wanted.length > 0 && wanted.every((word) => there.has(word));
  };
  switch (scope) {
    case "PHONE":
      return phones();
    case "EMAIL":
      return words(kept("email"));
    case "NAME":
      return words([record.fields.Name, record.fields.Subject].filter((value) => typeof value === "string"));
    default:
      return (isNumber(term) && phones()) || words(kept("string", "textarea", "email"));
  }
}

/** Nothing but digits and what is written between them. */
export const isNumber = (text: string) => /^[\d\s()+./-]+$/.test(text) && digitsOf(text) !== "";

export const digitsOf = (text: string) => text.replace(/\D/g, "");

const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}@._']+/u)
    .filter((word) => word !== "");
