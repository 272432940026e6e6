import { readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Database } from "bun:sqlite";

export interface StoreOptions {
  path: string;
  /**
   * Statements that make the schema, version by version; an older file is given those it lacks. A file of a higher version comes from a newer
   * program and is moved aside.
   */
  schema: readonly string[];
  /** Told when the file had to be moved aside, when writing fails, and when it works again. */
  onTrouble: (message: string) => void;
}

/**
 * A SQLite file that never stops the program: a corrupt or newer one is moved aside, one that cannot be opened is replaced by memory, a
 * failing write is reported once and left out. WAL with synchronous=NORMAL: what is written survives the death of the process at once,
 * that of the machine up to the last checkpoint.
 */
export class Store {
  readonly #options: StoreOptions;
  #database: Database;
  #failing = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#database = this.#open();
  }

  /** Runs `work`; answers undefined when the database could not do it. */
  attempt<Result>(work: (database: Database) => Result): Result | undefined {
    try {
      const result = work(this.#database);
      if (this.#failing) {
        this.#failing = false;
        this.#options.onTrouble("writing works again");
      }
      return result;
    } catch (error) {
      if (isCorrupt(error)) {
        this.#database.close();
        this.#database = this.#replace(messageOf(error));
        return undefined;
      }
      if (!isSqliteError(error)) throw error;
      if (!this.#failing) {
        this.#failing = true;
        this.#options.onTrouble(
          `cannot write (${messageOf(error)}): what happens from now on is not recorded until this is mended`,
        );
      }
      return undefined;
    }
  }

  close(): void {
    this.#database.close();
  }

  #open(): Database {
    try {
      return this.#openFile();
    } catch (error) {
      const reason = messageOf(error);
      if (isCorrupt(error) || error instanceof NewerSchema) return this.#replace(reason);
      this.#options.onTrouble(
        `cannot open ${this.#options.path} (${reason}): records are kept in memory only`,
      );
      return this.#prepare(new Database(":memory:"));
    }
  }

  #openFile(): Database {
    const database = new Database(this.#options.path, { create: true, readwrite: true });
    try {
      return this.#prepare(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  #prepare(database: Database): Database {
    database.run("PRAGMA busy_timeout = 2000");
    const row = database.query<{ user_version: number }, []>("PRAGMA user_version").get();
    const found = row?.user_version ?? 0;
    const { schema } = this.#options;
    if (found > schema.length)
      throw new NewerSchema(`it has schema ${found}, this program knows ${schema.length}`);
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = NORMAL");
    // Bounds what the worker keeps in memory; the default of 2 MB is more than its reads need.
    database.run("PRAGMA cache_size = -512");
    database.run("PRAGMA journal_size_limit = 4000000");
    if (found < schema.length) {
      database.transaction(() => {
        for (const statements of schema.slice(found)) database.run(statements);
        database.run(`PRAGMA user_version = ${schema.length}`);
      })();
    }
    return database;
  }

  #replace(reason: string): Database {
    const { path } = this.#options;
    const aside = `${path}.aside-${Date.now()}`;
    try {
      // One set of remains is enough to look at; more would fill the disk.
      for (const name of readdirSync(dirname(path)))
        if (name.startsWith(`${basename(path)}.aside-`)) rmSync(join(dirname(path), name));
      for (const suffix of ["", "-wal", "-shm"]) {
        try {
          renameSync(path + suffix, aside + suffix);
        } catch (error) {
          if (Reflect.get(Object(error), "code") !== "ENOENT") throw error;
        }
      }
      this.#options.onTrouble(
        `${path} cannot be used (${reason}): moved aside to ${aside}, starting a new one`,
      );
      return this.#openFile();
    } catch (error) {
      this.#options.onTrouble(`${path} cannot be used (${reason}), nor replaced (${messageOf(error)})`);
      return this.#prepare(new Database(":memory:"));
    }
  }
}

class NewerSchema extends Error {}

function isSqliteError(error: unknown): boolean {
  return error instanceof Error && String(Reflect.get(error, "code")).startsWith("SQLITE_");
}

function isCorrupt(error: unknown): boolean {
  return isSqliteError(error) && /^SQLITE_(CORRUPT|NOTADB)/.test(String(Reflect.get(Object(error), "code")));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
