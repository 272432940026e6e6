import type { Call } from "../model/call.ts";
import type { Clock } from "../platform/clock.ts";
import type { Store } from "../platform/sqlite.ts";
import type { InteractionStore } from "../session/contract.ts";
import { limits } from "./limits.ts";
import { maskCall } from "./mask.ts";

interface Kept {
  call: Call;
  released: boolean;
}

export interface InteractionsOptions {
  store: Store;
  clock: Clock;
  recordVariables: boolean;
}

/**
 * Open interactions, written through to disk. Memory is what counts while the worker lives: a full disk must not give one call two ids.
 */
export class Interactions implements InteractionStore {
  readonly #options: InteractionsOptions;
  readonly #agents = new Map<string, Map<string, Kept>>();

  constructor(options: InteractionsOptions) {
    this.#options = options;
    this.#load();
  }

  find(agent: string, dialogId: string): string | undefined {
    return this.#agents.get(agent)?.get(dialogId)?.call.interaction;
  }

  keep(agent: string, call: Call, phase: "open" | "released" | "ended"): void {
    const { store, clock, recordVariables } = this.#options;
    if (phase === "ended") {
      this.#agents.get(agent)?.delete(call.id);
      store.attempt((database) =>
        database.query("DELETE FROM interactions WHERE agent = ? AND dialog = ?").run(agent, call.id),
      );
      return;
    }
    const released = phase === "released";
    this.#leaveOldDialog(agent, call);
    this.#of(agent).set(call.id, { call, released });
    const json = JSON.stringify(recordVariables ? call : maskCall(call));
    store.attempt((database) =>
      database
        .query(
          "INSERT OR REPLACE INTO interactions (agent, dialog, at, released, call) VALUES (?, ?, ?, ?, ?)",
        )
        .run(agent, call.id, clock.now(), Number(released), json),
    );
  }

  open(agent: string): Kept[] {
    return [...this.#of(agent).values()];
  }

  /** After a transfer the interaction goes on in another dialog; the old one must not bring it back after a restart. */
  #leaveOldDialog(agent: string, call: Call): void {
    const kept = this.#of(agent);
    for (const [dialog, other] of kept) {
      if (dialog === call.id || other.call.interaction !== call.interaction) continue;
      kept.delete(dialog);
      this.#options.store.attempt((database) =>
        database.query("DELETE FROM interactions WHERE agent = ? AND dialog = ?").run(agent, dialog),
      );
    }
  }

  #load(): void {
    const { store, clock } = this.#options;
    const rows = store.attempt((database) => {
      // Of an agent who never came back: nobody will ever see its end.
      database.query("DELETE FROM interactions WHERE at < ?").run(clock.now() - limits.interactionAge);
      return database
        .query<{ agent: string; dialog: string; released: number; call: string }, []>(
          "SELECT agent, dialog, released, call FROM interactions ORDER BY at",
        )
        .all();
    });
    for (const { agent, dialog, released, call } of rows ?? [])
      // Written by `keep` of this schema's version.
      this.#of(agent).set(dialog, { call: JSON.parse(call) as Call, released: released !== 0 });
  }

  #of(agent: string): Map<string, Kept> {
    let kept = this.#agents.get(agent);
    if (kept === undefined) {
      kept = new Map();
      this.#agents.set(agent, kept);
    }
    return kept;
  }
}
