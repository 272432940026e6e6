import type { CallLog, Match } from "./contract.ts";

/** Which field of a log a record goes into: a person (Contact, Lead) or a thing. */
export function linkOf({ id, type }: Pick<Match, "id" | "type">): Pick<CallLog, "who" | "what"> {
  return type === "Contact" || type === "Lead" ? { who: id, what: undefined } : { who: undefined, what: id };
}

/** What a call is about when its number was looked up: of several an agent has to say it (open-cti.md §10). */
export function onlyLink(matches: readonly Match[]): Pick<CallLog, "who" | "what"> | undefined {
  const [only, ...others] = matches;
  return only === undefined || others.length > 0 ? undefined : linkOf(only);
}

/** Fewest digits that two ways of writing one number have in common. */
const fewest = 3;

/** Numbers as people and switches write them: `+1 (555) 123-4567` and `95551234567` may be one. */
export function mayBeSame(one: string, other: string): boolean {
  const [left, right] = [digitsOf(one), digitsOf(other)].sort((a, b) => a.length - b.length);
  if (left === undefined || right === undefined || left.length < fewest) return false;
  // A leading zero is dropped by a country code, and a country code is often not dialled.
  return right.endsWith(left.replace(/^0+/, "") || left) || right.endsWith(left.slice(-9));
}

function digitsOf(number: string): string {
  return number.replace(/\D/g, "");
}
