import type { Lease } from "../control/contract.ts";
import type { Store } from "../platform/sqlite.ts";

/** Leases outlive the worker: a shell does not know that the worker was restarted, and must not lose its agent for it. */
export function saveLeases(store: Store, agent: string, leases: readonly Lease[]): void {
  store.attempt((database) =>
    database.transaction(() => {
      database.query("DELETE FROM leases WHERE agent = ?").run(agent);
      for (const lease of leases)
        database
          .query("INSERT INTO leases (agent, id, json) VALUES (?, ?, ?)")
          .run(agent, lease.id, JSON.stringify(lease));
    })(),
  );
}

export function loadLeases(store: Store, agent: string): Lease[] {
  const rows = store.attempt((database) =>
    database.query<{ json: string }, [string]>("SELECT json FROM leases WHERE agent = ?").all(agent),
  );
  // Written by `saveLeases` of this schema's version.
  return (rows ?? []).map((row) => JSON.parse(row.json) as Lease);
}
