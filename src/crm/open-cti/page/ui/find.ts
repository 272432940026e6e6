import { numberToDial } from "../../../../model/dial-plan.ts";
import { CtiError } from "../../../../model/errors.ts";
import type { Contact } from "../../../../model/agent.ts";
import type { RecentCall } from "./calls.ts";
import { fullName } from "./contact-name.ts";

/** Somebody who can be called. */
export interface Callee {
  id: string;
  name: string;
  number: string;
  /** The phone book, or when the call was. */
  detail: string;
  group: "book" | "recent";
}

/** So many are shown; who seeks further types more. */
const mostShown = 50;

/** Whom one may mean: the latest calls first, then the phone books; each number once in its group. */
export function callees(contacts: readonly Contact[] | undefined, recent: readonly RecentCall[]): Callee[] {
  const calls = recent
    .filter(({ log }) => log.number !== "")
    .map(({ log, name, callObject }): Callee => ({
      id: `recent ${callObject}`,
      name,
      number: log.number,
      detail: "",
      group: "recent",
    }));
  const books = (contacts ?? []).map((contact, at): Callee => ({
    id: `book ${at}`,
    name: fullName(contact),
    number: contact.number,
    detail: contact.description ?? contact.book,
    group: "book",
  }));
  const seen = new Set<string>();
  return [...calls.filter(({ number }) => !seen.has(number) && seen.add(number)).slice(0, 8), ...books];
}

/** Those that the text finds: each of its words in the name or what is told of it, or its digits in the number. */
export function found(all: readonly Callee[], text: string): Callee[] {
  const dialled = /\p{L}/u.test(text) ? undefined : dialable(text);
  const number = dialled !== undefined && "number" in dialled ? dialled.number : undefined;
  return all
    .filter((callee) =>
      number === undefined
        ? isFound(text, `${callee.name} ${callee.number} ${callee.detail}`)
        : callee.number.includes(number),
    )
    .slice(0, mostShown);
}

/** Every word of the text is in the other, whatever its case and accents. */
export function isFound(text: string, within: string): boolean {
  const plain = folded(within);
  return folded(text)
    .split(/\s+/)
    .every((word) => plain.includes(word));
}

/** What is dialled for a text, in any notation. */
export function dialable(text: string): { number: string } | { why: string } {
  try {
    return { number: numberToDial(text) };
  } catch (thrown) {
    if (!(thrown instanceof CtiError)) throw thrown;
    return { why: thrown.message };
  }
}

/** Whoever the text means: a number as it is, a name the first that it finds. */
export function meant(
  text: string,
  shown: readonly Callee[],
): { number: string; name: string } | { why: string } | undefined {
  if (text.trim() === "") return undefined;
  const isName = /\p{L}/u.test(text.replace(/^\s*(?:tel|callto):/i, "")) && !/[@:]/.test(text);
  const [best] = shown;
  if (isName && best !== undefined) return { number: best.number, name: best.name };
  const direct = dialable(text);
  if ("why" in direct) return direct;
  return { number: direct.number, name: shown.find(({ number }) => number === direct.number)?.name ?? "" };
}

function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
