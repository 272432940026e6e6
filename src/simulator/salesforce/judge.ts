import type { Pop, Problem } from "./contract.ts";
import { digitsOf, phoneMatches } from "./records/search.ts";
import type { Stored } from "./records/store.ts";

/** What tests say of the calls behind the pops: only they know when a call ended. */
interface KnownCall {
  number: string;
  ended: boolean;
  /** Pops while it was up, by page. */
  pops: Map<string, number>;
}

/** Calls that the judge was told of; a pop for one that has ended, or a second one for one, is complained of. */
export class KnownCalls {
  #calls: KnownCall[] = [];

  /** From now on pops for `number` are of a new call. */
  began(number: string): void {
    this.#forget(number);
    this.#calls.push({ number, ended: false, pops: new Map() });
  }

  /** From now on a pop for `number` is a late one, until another call begins. */
  ended(number: string): void {
    const call = this.#calls.find((each) => sameNumber(each.number, number));
    if (call === undefined) this.#calls.push({ number, ended: true, pops: new Map() });
    else call.ended = true;
  }

  /** What is wrong with a pop; `phones` are those of the records it showed. */
  judge(pop: Pop, phones: readonly string[]): Problem | undefined {
    const meant = [...(pop.search === undefined ? [] : [pop.search]), ...phones];
    const call = this.#calls.find(({ number }) => meant.some((text) => sameNumber(text, number)));
    if (call === undefined || pop.deferred || pop.url === null) return undefined;
    if (call.ended) return { kind: "late-pop", text: `a pop for ${call.number} after the call ended` };
    const before = call.pops.get(pop.page) ?? 0;
    call.pops.set(pop.page, before + 1);
    if (before === 0) return undefined;
    return { kind: "repeated-pop", text: `pop number ${before + 1} for one call of ${call.number}` };
  }

  #forget(number: string): void {
    this.#calls = this.#calls.filter((each) => !sameNumber(each.number, number));
  }
}

/** The same number in any two notations: one may lack the prefixes. */
const sameNumber = (one: string, other: string) =>
  digitsOf(one) !== "" && (phoneMatches(one, other) || phoneMatches(other, one) || sameEnd(one, other));

const sameEnd = (one: string, other: string) => {
  const [left, right] = [digitsOf(one).slice(-9), digitsOf(other).slice(-9)];
  return left.length === 9 && left === right;
};

/** Two Tasks with one CallObject: the second call log of one leg. */
export function twoTasks(record: Stored, tasks: readonly Stored[]): Problem | undefined {
  const callObject = record.fields.CallObject;
  if (typeof callObject !== "string" || callObject === "") return undefined;
  const others = tasks.filter((task) => task.id !== record.id && task.fields.CallObject === callObject);
  if (others.length === 0) return undefined;
  const ids = [...others.map(({ id }) => id), record.id].join(", ");
  return {
    kind: "two-tasks",
    text: `${others.length + 1} Tasks have the CallObject ${callObject}: ${ids}`,
    record: record.id,
  };
}

/** Names of parameters that are secrets: none belongs into an address. */
const secretNames =
  /^(?:access_token|refresh_token|oauth_token|sid|token|assertion|client_secret|code_verifier)$/i;

/** A secret that stands in an address; `issued` are the tokens given out. */
export function tokenInUrl(address: string, issued: Iterable<string>): Problem | undefined {
  const query = /\?([^#]*)/.exec(address)?.[1] ?? "";
  const names = [...new URLSearchParams(query)].filter(
    ([name, value]) => secretNames.test(name) && value !== "",
  );
  const name = names[0]?.[0];
  const where = address.split(/[?#]/)[0];
  if (name !== undefined)
    return { kind: "token-in-url", text: `a secret stands in an address: ${name} of ${where}` };
  const plain = decoded(address);
  for (const token of issued)
    if (address.includes(token) || plain.includes(token))
      return { kind: "token-in-url", text: `a token stands in the address ${where}` };
  return undefined;
}

/** With the escapes of addresses undone; as it is, where there is one that is none. */
export function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/** An address as it may be kept and shown. */
export function maskedUrl(address: string): string {
  return address.replace(/([?&#]([^=&#]*)=)([^&#]*)/g, (whole, start: string, name: string, value: string) =>
    secretNames.test(name) && value !== "" ? `${start}•••` : whole,
  );
}

/** A form's or query's fields as they may be kept and shown. */
export function maskedFields(fields: Iterable<[string, string]>): Record<string, string> {
  return Object.fromEntries(
    [...fields].map(([name, value]) => [
      name,
      value !== "" && (secretNames.test(name) || name === "code" || name === "device_code") ? "•••" : value,
    ]),
  );
}
