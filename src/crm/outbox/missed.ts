import type { Missed, OutboxRows } from "./rows.ts";

/** Deliveries that were missed are kept so long, in milliseconds, and so many. */
const longest = 7 * 24 * 3_600_000;
const most = 10_000;

/** What was given up, to be looked at: the newest, for a week. */
export class MissedList {
  readonly #rows: OutboxRows;
  readonly #items = new Map<string, Missed>();

  constructor(rows: OutboxRows) {
    this.#rows = rows;
  }

  add(missed: Missed): void {
    this.#items.set(missed.id, missed);
    this.#rows.put(missed.id, { item: missed, state: "missed" });
    this.#trim(missed.missedAt);
  }

  /** From disk. `now`: milliseconds since the epoch. */
  restore(missed: Missed, now: number): void {
    this.#items.set(missed.id, missed);
    this.#trim(now);
  }

  /** It is not missed any more; of its row the caller takes care. */
  take(id: string): void {
    this.#items.delete(id);
  }

  get all(): ReadonlyMap<string, Missed> {
    return this.#items;
  }

  #trim(now: number): void {
    for (const [id, { missedAt }] of this.#items) {
      if (this.#items.size <= most && now - missedAt < longest) break;
      this.#items.delete(id);
      this.#rows.put(id, undefined);
    }
  }
}
