import type { CtiError } from "../../model/errors.ts";
import type { CtiPort } from "../adapter.ts";

export interface SalesforceState {
  /** Who is signed in there; `undefined`: nobody yet. */
  user: string | undefined;
  /** Why requests fail, where that says something of Salesforce or of the way there. */
  problem: CtiError | undefined;
  /** It did something once. */
  answered: boolean;
}

/** Failures one after the other after which Salesforce counts as away: one request that got lost among thousands is no news. */
const enough = 2;

/** How Salesforce is, as its answers tell it. */
export class SalesforceWatch {
  readonly #log: CtiPort["log"];
  readonly #changed: () => void;
  #state: SalesforceState = { user: undefined, problem: undefined, answered: false };
  #failures = 0;
  /** Codes of what was logged since it answered last. */
  readonly #told = new Set<string>();

  /** `changed`: there is a problem, or there is none any more. */
  constructor(log: CtiPort["log"], changed: () => void) {
    this.#log = log;
    this.#changed = changed;
  }

  get state(): SalesforceState {
    return this.#state;
  }

  signedIn(user: string | undefined): void {
    this.#state = { ...this.#state, user };
    this.heard(undefined);
  }

  /** What a request came to; `undefined`: it was answered. */
  heard(error: CtiError | undefined): void {
    if (error !== undefined && !isAboutSalesforce(error)) return;
    const { problem, answered } = this.#state;
    if (error === undefined) {
      this.#failures = 0;
      this.#told.clear();
      this.#state = { ...this.#state, problem: undefined, answered: true };
      if (problem === undefined) return;
      this.#log("info", "Salesforce answers again");
      this.#changed();
      return;
    }
    this.#failures += 1;
    if (isPassing(error) && answered && this.#failures < enough) return;
    this.#state = { ...this.#state, problem: error };
    // Of thousands that wait each may fail in its own way.
    if (!this.#told.has(error.code))
      this.#log("warn", `${error.message}${error.why === undefined ? "" : `: ${error.why}`}`);
    this.#told.add(error.code);
    if (problem === undefined) this.#changed();
  }
}

/** A sign-in that is missing or refused stays so until somebody does something. */
function isPassing({ code }: CtiError): boolean {
  return code !== "credentials-missing" && code !== "credentials-refused";
}

/** A call that ended during its search, a refusal of one record, and one that has to wait, say nothing of Salesforce. */
function isAboutSalesforce({ code, details, why }: CtiError): boolean {
  if (code === "interrupted") return false;
  if (code !== "refused") return true;
  if (details?.retry !== true || details.waits === true || details.searchesStopped === true) return false;
  return !/UNABLE_TO_LOCK_ROW/.test(why ?? "");
}
