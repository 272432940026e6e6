import { join } from "node:path";
import { outboxSchema } from "../crm/outbox/rows.ts";
import { Store } from "../platform/sqlite.ts";

// Ids are text that sorts by time. `bytes` bounds the tables without reading them.
const schema = `
CREATE TABLE events (
  id TEXT PRIMARY KEY, at INTEGER NOT NULL, agent TEXT, type TEXT NOT NULL, cause TEXT, bytes INTEGER NOT NULL, json TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX events_at ON events (at, bytes);
CREATE INDEX events_agent ON events (agent, id);
CREATE INDEX events_cause ON events (cause, id) WHERE cause IS NOT NULL;
CREATE TABLE trace (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, agent TEXT, cause TEXT, bytes INTEGER NOT NULL, json TEXT NOT NULL
);
CREATE INDEX trace_at ON trace (at, bytes);
CREATE INDEX trace_agent ON trace (agent, id);
CREATE INDEX trace_cause ON trace (cause, id) WHERE cause IS NOT NULL;
CREATE TABLE interactions (
  agent TEXT NOT NULL, dialog TEXT NOT NULL, at INTEGER NOT NULL, released INTEGER NOT NULL, call TEXT NOT NULL,
  PRIMARY KEY (agent, dialog)
) WITHOUT ROWID;
CREATE TABLE commands (
  agent TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, cause TEXT NOT NULL, command TEXT NOT NULL, outcome TEXT,
  PRIMARY KEY (agent, key)
) WITHOUT ROWID;
CREATE TABLE leases (agent TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (agent, id)) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

// Of 100,000 events those of one interaction are found at once by it; reading them all for it takes a tenth of a second.
const interactionSchema = `
ALTER TABLE events ADD COLUMN interaction TEXT;
UPDATE events SET interaction = coalesce(json_extract(json, '$.call.interaction'), json_extract(json, '$.delivery.interaction'))
  WHERE type LIKE 'call.%' OR type LIKE 'delivery.%';
CREATE INDEX events_interaction ON events (interaction, id) WHERE interaction IS NOT NULL;
`;

/** The connector's one database, `journal.sqlite` in the state directory: an event and what it leads to can share a transaction. */
export function openConnectorStore(directory: string, onTrouble: (message: string) => void): Store {
  return new Store({
    path: join(directory, "journal.sqlite"),
    schema: [schema, outboxSchema, interactionSchema],
    onTrouble,
  });
}

/** A named value that outlives the worker. */
export function readMeta(store: Store, name: string): string | undefined {
  const row = store.attempt((database) =>
    database.query<{ value: string }, [string]>("SELECT value FROM meta WHERE name = ?").get(name),
  );
  return row?.value;
}

export function writeMeta(store: Store, name: string, value: string): void {
  store.attempt((database) =>
    database.query("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)").run(name, value),
  );
}
