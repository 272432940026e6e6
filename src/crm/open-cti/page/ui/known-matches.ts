import type { Match } from "../../contract.ts";
import type { FromPage, PageState } from "../protocol.ts";

/** So many calls are remembered: more than a connector shows. */
const most = 50;

/**
 * What was found of calls, by callObject: a connector whose worker starts anew has their names no more, since it keeps none on disk. It is told once
 * for each greeting, and only what was known before that: what it takes away while we watch is meant.
 */
export class KnownMatches {
  readonly #known = new Map<string, Match[]>();
  readonly #shown = new Set<string>();
  #owed = new Set<string>();

  /** The connector has greeted this page, as before or, `anew`, as somebody else. */
  greeted(anew: boolean): void {
    if (anew) this.#known.clear();
    this.#owed = new Set(this.#known.keys());
    this.#shown.clear();
  }

  found(callObject: string, matches: Match[]): void {
    this.#owed.delete(callObject);
    this.#known.delete(callObject);
    if (matches.length === 0) return;
    this.#known.set(callObject, matches);
    const [oldest] = this.#known.keys();
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest);
  }

  /** Takes note of what the connector shows; answers what it is to be told again. */
  seen({ logs }: PageState): (FromPage & { type: "matches" })[] {
    return logs.flatMap(({ log: { callObject }, matches }) => {
      const known = this.#known.get(callObject);
      if (matches.length > 0) {
        this.#shown.add(callObject);
        this.found(callObject, matches);
      } else if (this.#shown.delete(callObject)) this.found(callObject, []);
      else if (known !== undefined && this.#owed.delete(callObject))
        return [{ type: "matches" as const, callObject, matches: known }];
      return [];
    });
  }
}
