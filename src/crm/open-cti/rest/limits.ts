import { CtiError } from "../../../model/errors.ts";
import type { Answer } from "./http.ts";

/** The part of the org's requests of a day after which records alone are written: they cannot wait until tomorrow, a search can go without. */
const searchShare = 0.95;
/** Milliseconds after which what was heard of the limit is asked anew, by one search: the day goes on, and the count with it. */
const hearsay = 5 * 60_000;
/** Milliseconds of rest after REQUEST_LIMIT_EXCEEDED, doubled each time: requests that are refused harm all the org's programs. */
const firstRest = 60_000;
const longestRest = 15 * 60_000;

/** The org's allowance of API requests, as `Sforce-Limit-Info` tells it with each answer. */
export class Limits {
  readonly #now: () => number;
  #heard: { used: number; most: number; at: number } | undefined;
  #rest = firstRest;
  #until = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Requests used, and how many there are, of any 24 hours. */
  get heard(): { used: number; most: number } | undefined {
    if (this.#heard === undefined) return undefined;
    const { used, most } = this.#heard;
    return { used, most };
  }

  /** Milliseconds since the epoch until which nothing is asked; `undefined`: it may be. */
  get restsUntil(): number | undefined {
    return this.#until > this.#now() ? this.#until : undefined;
  }

  /** `api-usage=18/15000`, perhaps with more behind. */
  read({ status, headers }: Pick<Answer, "status" | "headers">): void {
    const text = [headers["sforce-limit-info"] ?? []].flat().join(";");
    const [, used, most] = /(?:^|[;,\s])api-usage=(\d+)\/(\d+)/.exec(text) ?? [];
    if (used !== undefined && most !== undefined)
      this.#heard = { used: Number(used), most: Number(most), at: this.#now() };
    if (status < 400) this.#rest = firstRest;
  }

  /** Salesforce has said REQUEST_LIMIT_EXCEEDED. Answers until when nothing is asked. */
  exceeded(): number {
    // Requests that were under way together are one refusal.
    if (this.restsUntil !== undefined) return this.#until;
    this.#until = this.#now() + this.#rest;
    this.#rest = Math.min(2 * this.#rest, longestRest);
    return this.#until;
  }

  /** Throws `refused`, to be tried again, where a request should not be made; `details.searchesStopped` where a record may go all the same. */
  check(kind: "search" | "record"): void {
    const until = this.restsUntil;
    if (until !== undefined) throw used("the org has used up its API requests", until);
    if (kind === "record" || this.#heard === undefined) return;
    const { used: spent, most, at } = this.#heard;
    if (spent < most * searchShare || this.#now() - at > hearsay) return;
    throw used(
      `${spent} of the org's ${most} API requests are used, the rest is for records of calls`,
      at + hearsay,
      { searchesStopped: true },
    );
  }
}

function used(why: string, until: number, more: { searchesStopped?: true } = {}): CtiError {
  return new CtiError({
    code: "refused",
    message: "Salesforce is not asked now",
    why,
    hint: "see Setup, Company Information, API Requests, Last 24 Hours, and which program uses them",
    details: {
      retry: true,
      unsent: true,
      errorCode: "REQUEST_LIMIT_EXCEEDED",
      until: new Date(until).toISOString(),
      ...more,
    },
  });
}
