import type { Database } from "bun:sqlite";
import type { CtiEvent } from "../model/events.ts";
import type { Store } from "../platform/sqlite.ts";
import { BoundedTable } from "./bounded-table.ts";
import { type EventFilter, filterClause, interactionOf } from "./event-filter.ts";
import { limits } from "./limits.ts";
import { maskEvent } from "./mask.ts";

/** What goes to disk together with an event, or with several, all or nothing. */
export interface Rider {
  write(database: Database): void;
  /** It is on disk. */
  written(): void;
}

export interface JournalOptions {
  store: Store;
  riders?: readonly Rider[];
  recordVariables: boolean;
  bytes?: number;
  age?: number;
}

/** `values`: of the table's columns. */
interface Row {
  at: number;
  bytes: number;
  values: (string | number | null)[];
}

/** The record of events on disk, bounded. Call-variable values are masked before they get here unless the user asked otherwise. */
export class Journal {
  readonly #store: Store;
  readonly #riders: readonly Rider[];
  readonly #recordVariables: boolean;
  readonly #bound: BoundedTable;

  constructor({
    store,
    riders = [],
    recordVariables,
    bytes = limits.journalBytes,
    age = limits.journalAge,
  }: JournalOptions) {
    this.#store = store;
    this.#riders = riders;
    this.#recordVariables = recordVariables;
    this.#bound = new BoundedTable(store, "events", bytes, age);
  }

  /** In one transaction with what the riders have. When that fails the riders keep theirs, and each event is tried alone. */
  append(events: readonly CtiEvent[]): void {
    const rows = events.map((event) => this.#row(event));
    if (!this.#write(rows) && rows.length > 1) for (const row of rows) this.#write([row]);
    for (const { bytes, at } of rows) this.#bound.added(bytes, at);
  }

  /** The newest `limit` events before the id `before`, oldest first, and whether there are more before them. */
  page(
    filter: EventFilter,
    before: string | undefined,
    limit: number,
  ): { events: CtiEvent[]; more: boolean } {
    const { clause, values } = filterClause(filter);
    const rows = this.#store.attempt((database) =>
      database
        .query<{ json: string }, (string | number)[]>(
          `SELECT json FROM events WHERE ${clause}${before === undefined ? "" : " AND id < ?"} ORDER BY id DESC LIMIT ?`,
        )
        .all(...values, ...(before === undefined ? [] : [before]), limit + 1),
    );
    const found = (rows ?? []).map((row) => parseEvent(row.json));
    return { events: found.slice(0, limit).reverse(), more: found.length > limit };
  }

  /** Up to `limit` events after `after` and before `before`, oldest first. */
  between(after: string, before: string | undefined, limit: number): CtiEvent[] {
    const rows = this.#store.attempt((database) =>
      database
        .query<{ json: string }, (string | number)[]>(
          `SELECT json FROM events WHERE id > ?${before === undefined ? "" : " AND id < ?"} ORDER BY id LIMIT ?`,
        )
        .all(after, ...(before === undefined ? [] : [before]), limit),
    );
    return (rows ?? []).map((row) => parseEvent(row.json));
  }

  /** False when nothing of it is on disk. */
  #write(rows: readonly Row[]): boolean {
    const stored = this.#store.attempt((database) => {
      database.transaction(() => {
        for (const rider of this.#riders) rider.write(database);
        const insert = database.query(
          "INSERT INTO events (id, at, agent, type, cause, interaction, bytes, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        );
        for (const { values } of rows) insert.run(...values);
      })();
      return true;
    });
    if (stored === undefined) return false;
    for (const rider of this.#riders) rider.written();
    return true;
  }

  #row(event: CtiEvent): Row {
    const { id, agent = null, type, cause = null } = event;
    const json = JSON.stringify(this.#recordVariables ? event : maskEvent(event));
    const at = Date.parse(event.at);
    const bytes = json.length;
    return { at, bytes, values: [id, at, agent, type, cause, interactionOf(event) ?? null, bytes, json] };
  }
}

function parseEvent(json: string): CtiEvent {
  // Written by `append` of this schema's version.
  return JSON.parse(json) as CtiEvent;
}
