import type { Contact } from "../../../../model/agent.ts";

/** Phone books may hold thousands, and calls are drawn ten times a second. */
const byNumber = new WeakMap<readonly Contact[], ReadonlyMap<string, string>>();

/** What the phone books call the one at this number; empty when they do not know him. */
export function contactName(contacts: readonly Contact[] | undefined, number: string): string {
  if (contacts === undefined) return "";
  let names = byNumber.get(contacts);
  if (names === undefined) {
    // The first book that has a number names it.
    names = new Map([...contacts].reverse().map((contact) => [dialled(contact.number), fullName(contact)]));
    byNumber.set(contacts, names);
  }
  return names.get(dialled(number)) ?? "";
}

export function fullName({ firstName, lastName }: Pick<Contact, "firstName" | "lastName">): string {
  return [firstName, lastName].filter((part) => part !== undefined && part !== "").join(" ");
}

/** As it is dialled: without the signs that people write for reading. */
function dialled(number: string): string {
  return number.replace(/[\s().\-/]/g, "");
}
