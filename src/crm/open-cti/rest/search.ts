import type { LogLevel } from "../../../platform/log.ts";
import { CtiError } from "../../../model/errors.ts";
import type { Match } from "../contract.ts";
import type { SalesforceClient } from "./client.ts";
import { errorCodeOf, listOf } from "./errors.ts";
import { isRecord, type JsonRecord, textOf } from "./json.ts";
import { type NumberPlan, searchForms } from "./numbers.ts";
import { soslText } from "./query-text.ts";

/** Records of one object at most: a person who has to choose reads no more. */
const most = 10;

/** What is looked in, the most telling first. */
const objects = ["Contact", "Lead", "Account"] as const;
type ObjectName = (typeof objects)[number];
const fields: Readonly<Record<ObjectName, string>> = {
  Contact: "Id,Name,AccountId",
  Lead: "Id,Name",
  Account: "Id,Name",
};

interface Found extends Match {
  account: string | undefined;
}

/** Looks a number up (open-cti.md §6, §10). */
export class NumberSearch {
  readonly #client: SalesforceClient;
  readonly #plan: NumberPlan;
  readonly #log: (level: LogLevel, words: string) => void;
  /** Salesforce has no parameterizedSearch by phone here. */
  #sosl = false;
  /** Objects that the org has not, or the user may not see, are not asked for again. */
  #objects: readonly ObjectName[] = objects;

  constructor(parts: {
    client: SalesforceClient;
    plan: NumberPlan;
    log: (level: LogLevel, words: string) => void;
  }) {
    this.#client = parts.client;
    this.#plan = parts.plan;
    this.#log = parts.log;
  }

  /**
   * Contacts, then Leads, then Accounts. The whole number in each way of writing it; only where nobody has it, its end. Nothing is asked for
   * extensions and withheld numbers. Throws as `SalesforceClient.ask`.
   */
  async search(number: string, signal: AbortSignal): Promise<Match[]> {
    const { whole, ends } = searchForms(number, this.#plan);
    const found = (await Promise.all(whole.map((digits) => this.#find(digits, signal)))).flat();
    if (found.length > 0) return ranked(found);
    for (const digits of ends) {
      const some = await this.#find(digits, signal);
      if (some.length > 0) return ranked(some);
    }
    return [];
  }

  async #find(digits: string, signal: AbortSignal): Promise<Found[]> {
    const asked = this.#objects;
    if (asked.length === 0) return [];
    const bySosl = this.#sosl;
    const common = { method: "GET", kind: "search", what: "the search for a number", signal } as const;
    try {
      const answer = await this.#client.ask(
        bySosl
          ? { ...common, path: "/search/", query: new URLSearchParams({ q: sosl(digits, asked) }) }
          : { ...common, path: "/parameterizedSearch/", query: parameters(digits, asked) },
      );
      return listOf(answer, "searchRecords").flatMap(matchOf);
    } catch (error) {
      if (!this.#learnFrom(error, bySosl, asked)) throw error;
      return this.#find(digits, signal);
    }
  }

  /** True where the same number may be asked for in another way. */
  #learnFrom(error: unknown, bySosl: boolean, asked: readonly ObjectName[]): boolean {
    if (!(error instanceof CtiError) || error.code !== "refused" || error.details?.retry === true)
      return false;
    if (errorCodeOf(error) === "INVALID_TYPE") {
      const gone = asked.find((name) => new RegExp(`\\b${name}\\b`).test(error.why ?? ""));
      if (gone === undefined) return false;
      if (this.#objects.includes(gone)) {
        this.#objects = this.#objects.filter((name) => name !== gone);
        this.#log("warn", `Salesforce: ${gone}s are not looked in: ${error.why ?? ""}`);
      }
      return true;
    }
    const status = error.details?.status;
    if (bySosl || (status !== 400 && status !== 404 && status !== 405)) return false;
    if (!this.#sosl) this.#log("info", `Salesforce: numbers are searched by SOSL: ${error.why ?? ""}`);
    this.#sosl = true;
    return true;
  }
}

function parameters(digits: string, asked: readonly ObjectName[]): URLSearchParams {
  const query = new URLSearchParams({ q: digits, in: "PHONE" });
  for (const name of asked) {
    query.append("sobject", name);
    query.append(`${name}.fields`, fields[name]);
    query.append(`${name}.limit`, String(most));
  }
  return query;
}

function sosl(digits: string, asked: readonly ObjectName[]): string {
  const returning = asked.map((name) => `${name}(${fields[name]} LIMIT ${most})`).join(",");
  return `FIND {${soslText(digits)}} IN PHONE FIELDS RETURNING ${returning}`;
}

function matchOf(record: JsonRecord): Found[] {
  const id = textOf(record.Id);
  const type = isRecord(record.attributes) ? textOf(record.attributes.type) : undefined;
  // They become part of an address.
  if (id === undefined || !/^[A-Za-z0-9]{15,18}$/.test(id) || type === undefined || !/^\w+$/.test(type))
    return [];
  return [{ id, type, name: textOf(record.Name) ?? id, account: textOf(record.AccountId) }];
}

/** By object, each record once; who is there as a Contact is left out as Lead, and as the Account that the Contact is of. */
function ranked(found: readonly Found[]): Match[] {
  const rank = ({ type }: Match): number => {
    const at = objects.findIndex((name) => name === type);
    return at === -1 ? objects.length : at;
  };
  const kept = new Map<string, Found>();
  for (const each of found.toSorted((one, other) => rank(one) - rank(other))) {
    const before = [...kept.values()].filter((other) => rank(other) < rank(each));
    const same = before.some(
      ({ account, name }) => account === each.id || name.toLowerCase() === each.name.toLowerCase(),
    );
    if (!same && !kept.has(each.id)) kept.set(each.id, each);
  }
  return [...kept.values()].map(({ id, type, name }) => ({ id, type, name }));
}
