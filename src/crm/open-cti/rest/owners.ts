import { CtiError } from "../../../model/errors.ts";
import type { LogLevel } from "../../../platform/log.ts";
import type { SalesforceClient } from "./client.ts";
import { isRetryable, listOf } from "./errors.ts";
import { textOf } from "./json.ts";
import { soqlText } from "./query-text.ts";

export interface OwnerRules {
  /** Agent to user, by id (005…) or user name. */
  owners: Readonly<Record<string, string>>;
  /** A field of User that holds the agent's id: `EmployeeNumber`. */
  ownerField: string | undefined;
}

/** Milliseconds for which a user is remembered, and that there is none. */
const remembered = 3_600_000;
const missing = 600_000;

/** Which user of Salesforce an agent is. */
export class Owners {
  readonly #parts: {
    client: SalesforceClient;
    rules: OwnerRules;
    namesOf: (agent: string) => readonly string[];
    now: () => number;
    log: (level: LogLevel, words: string) => void;
  };
  readonly #known = new Map<string, { id: string | undefined; until: number }>();

  constructor(parts: {
    client: SalesforceClient;
    rules: OwnerRules;
    namesOf: (agent: string) => readonly string[];
    now: () => number;
    log: (level: LogLevel, words: string) => void;
  }) {
    this.#parts = parts;
  }

  /** The id of the agent's user; `undefined` where none is named or found: whoever signed in owns the Task then. Throws what may go later. */
  async of(agent: string, signal: AbortSignal): Promise<string | undefined> {
    const { rules, now, namesOf } = this.#parts;
    const names = [...new Set([...namesOf(agent), agent])];
    const named = names.map((name) => (Object.hasOwn(rules.owners, name) ? rules.owners[name] : undefined));
    const owner = named.find((each) => each !== undefined);
    if (owner !== undefined && /^005[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?$/.test(owner)) return owner;
    if (owner === undefined && rules.ownerField === undefined) return undefined;
    const known = this.#known.get(agent);
    if (known !== undefined && known.until > now()) return known.id;
    const id = await this.#find(agent, owner === undefined ? names : [owner], owner !== undefined, signal);
    this.#known.set(agent, { id, until: now() + (id === undefined ? missing : remembered) });
    return id;
  }

  async #find(
    agent: string,
    values: readonly string[],
    areUserNames: boolean,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { log, rules } = this.#parts;
    const field = areUserNames ? "Username" : (rules.ownerField ?? "");
    let why = "";
    for (const value of values) {
      const found = await this.#ask(agent, field, value, signal);
      if ("id" in found) return found.id;
      ({ why } = found);
    }
    log(
      "warn",
      `Salesforce: no active user with ${field} ${values.join(" or ")}, who would own the calls of agent ${agent}: ${why}`,
    );
    return undefined;
  }

  async #ask(
    agent: string,
    field: string,
    value: string,
    signal: AbortSignal,
  ): Promise<{ id: string } | { why: string }> {
    const { client } = this.#parts;
    try {
      const answer = await client.ask({
        method: "GET",
        path: "/query/",
        query: new URLSearchParams({
          q: `SELECT Id FROM User WHERE ${field} = ${soqlText(value)} AND IsActive = TRUE LIMIT 2`,
        }),
        kind: "record",
        what: "the search for the agent's user",
        agent,
        signal,
      });
      const ids = listOf(answer, "records").map(({ Id }) => textOf(Id));
      if (ids.length === 1 && ids[0] !== undefined) return { id: ids[0] };
      return { why: ids.length === 0 ? "there is none" : "there are several" };
    } catch (error) {
      if (isRetryable(error)) throw error;
      return { why: error instanceof CtiError ? (error.why ?? error.message) : String(error) };
    }
  }
}
