import type { Database } from "bun:sqlite";
import type { Store } from "../../platform/sqlite.ts";
import type { Json } from "../adapter.ts";
import type { Owed } from "./lane.ts";

/** A delivery given up, kept to be looked at. */
export interface Missed extends Owed {
  /** Milliseconds since the epoch. */
  missedAt: number;
}

/** What of a delivery is on disk. `tried`: a pop that is being sent, or was when the process died. */
export type Row = { item: Owed; state: "owed"; tried: boolean } | { item: Missed; state: "missed" };

/** The tables of the connector's database that this part writes. */
export const outboxSchema = `
CREATE TABLE deliveries (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, adapter TEXT NOT NULL, state TEXT NOT NULL, tried INTEGER NOT NULL, json TEXT NOT NULL
);
CREATE TABLE adapter_state (adapter TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (adapter, name)) WITHOUT ROWID;
`;

/** Changes that are not on disk yet: memory is what counts while the process lives, and a full disk loses nothing until it ends. */
export class OutboxRows {
  readonly #store: Store;
  readonly #putAll: () => void;
  /** `last`: it goes behind all that is on disk, whatever there was of it. */
  readonly #deliveries = new Map<string, { row: Row | undefined; last: boolean }>();
  readonly #kept = new Map<string, { adapter: string; name: string; value: Json | undefined }>();
  /** Pops that a restart would send, as far as the disk knows. */
  readonly #untried = new Set<string>();
  #database: Database | undefined;

  /** `putAll`: puts and keeps everything there is; called when the database has been replaced by an empty one. */
  constructor(store: Store, putAll: () => void) {
    this.#store = store;
    this.#putAll = putAll;
  }

  /** `undefined`: gone. */
  put(id: string, row: Row | undefined): void {
    this.#deliveries.set(id, { row, last: this.#deliveries.get(id)?.last ?? false });
  }

  /** Owed again: behind all that is owed already. */
  putLast(id: string, row: Row): void {
    this.#deliveries.delete(id);
    this.#deliveries.set(id, { row, last: true });
  }

  keep(adapter: string, name: string, value: Json | undefined): void {
    this.#kept.set(`${adapter}\0${name}`, { adapter, name, value });
  }

  /** The disk would send it (again) after a restart, and cannot be told otherwise. */
  wouldSend(id: string): boolean {
    return this.#untried.has(id);
  }

  get isDirty(): boolean {
    return this.#deliveries.size > 0 || this.#kept.size > 0;
  }

  /** Inside somebody's transaction. */
  write(database: Database): void {
    if (database !== this.#database) {
      if (this.#database !== undefined) this.#renew();
      this.#database = database;
    }
    for (const [id, { row, last }] of this.#deliveries) {
      if (row === undefined || last) database.query("DELETE FROM deliveries WHERE id = ?").run(id);
      if (row === undefined) continue;
      const { item, state } = row;
      database
        .query(
          `INSERT INTO deliveries (id, adapter, state, tried, json) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET state = excluded.state, tried = excluded.tried, json = excluded.json`,
        )
        .run(id, item.adapter, state, Number(state === "owed" && row.tried), JSON.stringify(item));
    }
    for (const { adapter, name, value } of this.#kept.values()) {
      if (value === undefined)
        database.query("DELETE FROM adapter_state WHERE adapter = ? AND name = ?").run(adapter, name);
      else
        database
          .query("INSERT OR REPLACE INTO adapter_state (adapter, name, json) VALUES (?, ?, ?)")
          .run(adapter, name, JSON.stringify(value));
    }
  }

  /** That transaction is on disk. */
  written(): void {
    for (const [id, { row }] of this.#deliveries) this.#note(id, row);
    this.#deliveries.clear();
    this.#kept.clear();
  }

  /** In a transaction of its own. */
  flush(): void {
    if (!this.isDirty) return;
    const done = this.#store.attempt((database) => {
      database.transaction(() => this.write(database))();
      return true;
    });
    if (done === true) this.written();
  }

  /** In the order in which they were owed. */
  load(): Row[] {
    const found = this.#store.attempt((database) => {
      this.#database = database;
      return database
        .query<{ state: string; tried: number; json: string }, []>(
          "SELECT state, tried, json FROM deliveries ORDER BY ord",
        )
        .all();
    });
    // Written by `write` of this schema's version.
    const rows = (found ?? []).map(({ state, tried, json }): Row =>
      state === "missed"
        ? { state, item: JSON.parse(json) as Missed }
        : { state: "owed", tried: tried !== 0, item: JSON.parse(json) as Owed },
    );
    for (const row of rows) this.#note(row.item.id, row);
    return rows;
  }

  loadKept(adapter: string): Map<string, Json> {
    const rows = this.#store.attempt((database) =>
      database
        .query<{ name: string; json: string }, [string]>(
          "SELECT name, json FROM adapter_state WHERE adapter = ?",
        )
        .all(adapter),
    );
    return new Map((rows ?? []).map(({ name, json }) => [name, JSON.parse(json) as Json]));
  }

  #note(id: string, row: Row | undefined): void {
    if (row?.state === "owed" && row.item.policy === "pop" && !row.tried) this.#untried.add(id);
    else this.#untried.delete(id);
  }

  /** The database was moved aside: what it held is in memory still. */
  #renew(): void {
    this.#deliveries.clear();
    this.#kept.clear();
    this.#untried.clear();
    this.#putAll();
  }
}
