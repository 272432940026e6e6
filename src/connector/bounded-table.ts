import type { Store } from "../platform/sqlite.ts";

/** Milliseconds between two looks at the age. */
const ageEvery = 600_000;

/** Keeps a table with columns `id`, `at`, `bytes` under a size and an age by deleting the oldest rows. */
export class BoundedTable {
  readonly #store: Store;
  readonly #table: "events" | "trace";
  readonly #most: number;
  readonly #age: number;
  #bytes: number;
  #agedAt = 0;

  /** `most`: bytes; `age`: milliseconds. */
  constructor(store: Store, table: "events" | "trace", most: number, age: number) {
    this.#store = store;
    this.#table = table;
    this.#most = most;
    this.#age = age;
    this.#bytes = this.#measure();
  }

  /** A row was written. `now`: milliseconds. */
  added(bytes: number, now: number): void {
    this.#bytes += bytes;
    if (now - this.#agedAt > ageEvery) {
      this.#agedAt = now;
      const deleted = this.#store.attempt((database) =>
        database.query(`DELETE FROM ${this.#table} WHERE at < ?`).run(now - this.#age),
      );
      if ((deleted?.changes ?? 0) > 0) this.#bytes = this.#measure();
    }
    if (this.#bytes > this.#most) this.#shrink();
  }

  /** Deletes the oldest fifth, so that this happens rarely. */
  #shrink(): void {
    this.#store.attempt((database) => {
      const row = database.query<{ rows: number }, []>(`SELECT count(*) AS rows FROM ${this.#table}`).get();
      const rows = Math.ceil((row?.rows ?? 0) / 5);
      database
        .query(`DELETE FROM ${this.#table} WHERE id IN (SELECT id FROM ${this.#table} ORDER BY id LIMIT ?)`)
        .run(rows);
    });
    this.#bytes = this.#measure();
  }

  #measure(): number {
    const row = this.#store.attempt((database) =>
      database.query<{ bytes: number | null }, []>(`SELECT sum(bytes) AS bytes FROM ${this.#table}`).get(),
    );
    return row?.bytes ?? 0;
  }
}
