import type { Database } from "bun:sqlite";
import type { CtiEvent } from "../model/events.ts";
import type { Store } from "../platform/sqlite.ts";
import { BoundedTable } from "./bounded-table.ts";
import { type EventFilter, filterClause, interactionOf } from "./event-filter.ts";
import { limits } from "./limits.ts";
import { maskEvent } from "./mask.ts";

/** What goes to disk together with an event, all or nothing. */
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

  append(event: CtiEvent): void {
    const json = JSON.stringify(this.#recordVariables ? event : maskEvent(event));
    const at = Date.parse(event.at);
    const stored = this.#store.attempt((database) =>
      database.transaction(() => {
        for (const rider of this.#riders) rider.write(database);
        return database
          .query(
            "INSERT INTO events (id, at, agent, type, cause, interaction, bytes, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          )
          .run(
            event.id,
            at,
            event.agent ?? null,
            event.type,
            event.cause ?? null,
            interactionOf(event) ?? null,
            json.length,
            json,
          );
      })(),
    );
    if (stored !== undefined) for (const rider of this.#riders) rider.written();
    this.#bound.added(json.length, at);
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
}

function parseEvent(json: string): CtiEvent {
  // Written by `append` of this schema's version.
  return JSON.parse(json) as CtiEvent;
}
