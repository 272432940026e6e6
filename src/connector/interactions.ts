import type { Database } from "bun:sqlite";
import type { Call } from "../model/call.ts";
import type { Clock } from "../platform/clock.ts";
import type { Store } from "../platform/sqlite.ts";
import type { InteractionStore } from "../session/contract.ts";
import type { Rider } from "./journal.ts";
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

interface Unwritten {
  agent: string;
  dialog: string;
  /** Undefined: it ended. */
  kept: Kept | undefined;
}

/**
 * Open interactions, on disk in one transaction with the event that tells of them: a worker killed in between must neither tell a start
 * twice nor forget to tell an end. Memory is what counts while the worker lives: a full disk must not give one call two ids.
 */
export class Interactions implements InteractionStore, Rider {
  readonly #options: InteractionsOptions;
  readonly #agents = new Map<string, Map<string, Kept>>();
  readonly #unwritten = new Map<string, Unwritten>();

  constructor(options: InteractionsOptions) {
    this.#options = options;
    this.#load();
  }

  find(agent: string, dialogId: string): string | undefined {
    return this.#agents.get(agent)?.get(dialogId)?.call.interaction;
  }

  keep(agent: string, call: Call, phase: "open" | "released" | "ended"): void {
    const kept = this.#of(agent);
    // After a transfer the interaction goes on in another dialog; the old one must not bring it back after a restart.
    for (const [dialog, other] of kept)
      if (dialog !== call.id && other.call.interaction === call.interaction) this.#forget(agent, dialog);
    if (phase === "ended") return this.#forget(agent, call.id);
    const entry = { call, released: phase === "released" };
    kept.set(call.id, entry);
    this.#unwritten.set(nameOf(agent, call.id), { agent, dialog: call.id, kept: entry });
  }

  write(database: Database): void {
    const { clock, recordVariables } = this.#options;
    for (const { agent, dialog, kept } of this.#unwritten.values()) {
      if (kept === undefined) {
        database.query("DELETE FROM interactions WHERE agent = ? AND dialog = ?").run(agent, dialog);
        continue;
      }
      const json = JSON.stringify(recordVariables ? kept.call : maskCall(kept.call));
      database
        .query(
          "INSERT OR REPLACE INTO interactions (agent, dialog, at, released, call) VALUES (?, ?, ?, ?, ?)",
        )
        .run(agent, dialog, clock.now(), Number(kept.released), json);
    }
  }

  written(): void {
    this.#unwritten.clear();
  }

  open(agent: string): Kept[] {
    return [...this.#of(agent).values()];
  }

  #forget(agent: string, dialog: string): void {
    this.#agents.get(agent)?.delete(dialog);
    this.#unwritten.set(nameOf(agent, dialog), { agent, dialog, kept: undefined });
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

function nameOf(agent: string, dialog: string): string {
  return `${agent} ${dialog}`;
}
