import { chmodSync, existsSync } from "node:fs";
import { Database } from "bun:sqlite";
import { CtiError } from "../model/errors.ts";

/** A lock held until `release`, or until the process ends in whatever way: the kernel gives it back. */
export interface Lock {
  release(): void;
}

// A Database that nothing refers to is collected, and its lock with it.
const held = new Set<Database>();

/**
 * Takes the lock at `path` for this process, or answers undefined when another process has it.
 * SQLite's exclusive transaction is used because it works alike on Linux and macOS and cannot outlive its process.
 * `patience`: milliseconds to wait (blocking) for a holder that only looks, see `isLocked`.
 */
export function tryLock(path: string, patience = 100): Lock | undefined {
  const database = open(path, { create: true, readwrite: true });
  try {
    chmodSync(path, 0o600);
    database.run(`PRAGMA busy_timeout = ${patience}`);
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw unusable(path, error);
  }
  held.add(database);
  return {
    release: () => {
      if (held.delete(database)) database.close();
    },
  };
}

/** Whether some process holds the lock at `path`. Changes nothing, and does not create the file. */
export function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const database = open(path, { readonly: true });
  try {
    database.run("PRAGMA busy_timeout = 0");
    database.query("SELECT count(*) FROM sqlite_master").get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw unusable(path, error);
  } finally {
    database.close();
  }
}

function open(path: string, options: ConstructorParameters<typeof Database>[1]): Database {
  try {
    return new Database(path, options);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Something else stands where the lock has to be. */
function unusable(path: string, error: unknown): CtiError {
  return new CtiError(
    {
      code: "connector-start",
      message: `${path} cannot be used as a lock`,
      why: error instanceof Error ? error.message : String(error),
      hint: "remove it if it is not a lock of cti, or set XDG_RUNTIME_DIR to a directory of your own",
    },
    { cause: error },
  );
}

function isBusy(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    String(Reflect.get(error, "code")).startsWith("SQLITE_BUSY")
  );
}
