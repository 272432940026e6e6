import type { Outcome } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Store } from "../platform/sqlite.ts";
import { limits } from "./limits.ts";
import { maskOutcome } from "./mask.ts";

interface Memory {
  at: number;
  fingerprint: string;
  outcome: Promise<Outcome>;
}

interface Row {
  at: number;
  cause: string;
  command: string;
  outcome: string | null;
}

export interface Attempt {
  agent: string;
  key: string;
  /** What is asked, to notice a key that is used twice for different things. Only a hash of it is kept. */
  asked: string;
  cause: string;
  work: () => Promise<Outcome>;
  /** Answers for an attempt that the worker before this one began and did not finish; undefined: do it again. */
  interrupted: (cause: string) => Outcome | undefined;
}

/**
 * Remembers commands by their idempotency key, across a restart of the worker too, so that a retried `dial` never dials twice. A command
 * that failed before anything was sent (it threw) is not remembered.
 */
export class CommandMemory {
  readonly #store: Store;
  readonly #clock: Clock;
  /** Commands under way, and finished ones that the store could not take. */
  readonly #known = new Map<string, Memory>();
  #lookedAt = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#store.attempt((database) =>
      database.query("DELETE FROM commands WHERE at < ?").run(clock.now() - limits.keyAge),
    );
  }

  /** What came of this key, if it was seen in the last ten minutes. Rejects when it was used for something else. */
  recall(attempt: Pick<Attempt, "agent" | "key" | "asked" | "interrupted">): Promise<Outcome> | undefined {
    this.#forgetOld();
    const name = nameOf(attempt);
    const known = this.#known.get(name) ?? this.#fromDisk(attempt);
    if (known === undefined) return undefined;
    if (known.fingerprint === fingerprintOf(attempt)) return known.outcome;
    return Promise.reject(
      new CtiError({
        code: "usage",
        message: "the idempotency key was used for another command before",
        hint: "give each command a key of its own",
      }),
    );
  }

  /** Runs `work` unless the key is known; then answers what came of it. */
  run(attempt: Attempt): Promise<Outcome> {
    const known = this.recall(attempt);
    if (known !== undefined) return known;
    const name = nameOf(attempt);
    const fingerprint = fingerprintOf(attempt);
    const outcome = this.#begin(attempt, fingerprint, name);
    this.#known.set(name, { at: this.#clock.now(), fingerprint, outcome });
    return outcome;
  }

  async #begin(attempt: Attempt, fingerprint: string, name: string): Promise<Outcome> {
    const { agent, key, cause } = attempt;
    this.#store.attempt((database) =>
      database
        .query("INSERT OR REPLACE INTO commands (agent, key, at, cause, command) VALUES (?, ?, ?, ?, ?)")
        .run(agent, key, this.#clock.now(), cause, fingerprint),
    );
    try {
      const outcome = await attempt.work();
      const stored = this.#store.attempt((database) =>
        database
          .query("UPDATE commands SET outcome = ? WHERE agent = ? AND key = ?")
          .run(JSON.stringify(maskOutcome(outcome)), agent, key),
      );
      // On disk it is remembered well enough: whole outcomes of ten minutes would fill the memory of a busy connector.
      if (stored !== undefined) this.#known.delete(name);
      return outcome;
    } catch (error) {
      this.#known.delete(name);
      this.#store.attempt((database) =>
        database.query("DELETE FROM commands WHERE agent = ? AND key = ?").run(agent, key),
      );
      throw error;
    }
  }

  #fromDisk({ agent, key, interrupted }: Pick<Attempt, "agent" | "key" | "interrupted">): Memory | undefined {
    const row = this.#store.attempt((database) =>
      database
        .query<Row, [string, string]>(
          "SELECT at, cause, command, outcome FROM commands WHERE agent = ? AND key = ?",
        )
        .get(agent, key),
    );
    if (row === undefined || row === null || row.at < this.#clock.now() - limits.keyAge) return undefined;
    // Written by `#begin` of this schema's version.
    const outcome = row.outcome === null ? interrupted(row.cause) : (JSON.parse(row.outcome) as Outcome);
    if (outcome === undefined) return undefined;
    return { at: row.at, fingerprint: row.command, outcome: Promise.resolve(outcome) };
  }

  /** Looks once a minute at most: keys come with every command. */
  #forgetOld(): void {
    const now = this.#clock.now();
    if (now - this.#lookedAt < limits.keyAge / 10) return;
    this.#lookedAt = now;
    const before = now - limits.keyAge;
    for (const [name, memory] of this.#known) if (memory.at < before) this.#known.delete(name);
    this.#store.attempt((database) => database.query("DELETE FROM commands WHERE at < ?").run(before));
  }
}

function nameOf({ agent, key }: Pick<Attempt, "agent" | "key">): string {
  return JSON.stringify([agent, key]);
}

function fingerprintOf({ asked }: Pick<Attempt, "asked">): string {
  return Bun.hash(asked).toString(36);
}
