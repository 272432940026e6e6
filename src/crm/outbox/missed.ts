import type { Missed, OutboxRows } from "./rows.ts";

/** Deliveries that were missed are kept so long, in milliseconds, and so many. */
const longest = 7 * 24 * 3_600_000;
const most = 10_000;
/** Of them pops: they are never tried again, and must not push out what can be. */
const mostPops = 1000;

/** What was given up, to be looked at: the newest, for a week, and of pops fewer. */
export class MissedList {
  readonly #rows: OutboxRows;
  readonly #items = new Map<string, Missed>();
  /** Ids of those that are pops, oldest first. */
  readonly #pops = new Set<string>();

  constructor(rows: OutboxRows) {
    this.#rows = rows;
  }

  add(missed: Missed): void {
    this.#put(missed);
    this.#rows.put(missed.id, { item: missed, state: "missed" });
    this.#trim(missed.missedAt);
  }

  /** From disk. `now`: milliseconds since the epoch. */
  restore(missed: Missed, now: number): void {
    this.#put(missed);
    this.#trim(now);
  }

  /** It is not missed any more; of its row the caller takes care. */
  take(id: string): void {
    this.#items.delete(id);
    this.#pops.delete(id);
  }

  get all(): ReadonlyMap<string, Missed> {
    return this.#items;
  }

  #put(missed: Missed): void {
    this.#items.set(missed.id, missed);
    if (missed.policy === "pop") this.#pops.add(missed.id);
  }

  #drop(id: string): void {
    this.take(id);
    this.#rows.put(id, undefined);
  }

  #trim(now: number): void {
    for (const id of this.#pops) {
      if (this.#pops.size <= mostPops) break;
      this.#drop(id);
    }
    for (const [id, { missedAt }] of this.#items) {
      if (this.#items.size <= most && now - missedAt < longest) break;
      this.#drop(id);
    }
  }
}
