import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { CtiError } from "../model/errors.ts";
import type { Table } from "./config-file.ts";
import { Invalid } from "./invalid.ts";
import { nearest } from "./nearest.ts";
import { seconds } from "./values.ts";

/** Where a table stands: for messages, and what relative paths are relative to. */
export interface TablePlace {
  /** `/etc/cti/config.toml: adapters.ebs`. */
  label: string;
  folder: string;
}

/** Reads an adapter's table of the configuration, key by key. What is wrong is `config-invalid` and names key and form. */
export class AdapterTable<Key extends string> {
  readonly #table: Table;
  readonly #place: TablePlace;

  /** Throws for keys that are not among `keys`; `passwordHint` says where a password goes that somebody put here. */
  constructor(table: Table, place: TablePlace, keys: readonly Key[], passwordHint: string) {
    this.#table = table;
    this.#place = place;
    for (const key of Object.keys(table)) {
      if (keys.some((known) => known === key)) continue;
      if (/pass(word|wd|phrase)?$|^pwd$|secret/i.test(key))
        throw this.#problem(
          `passwords are not read from the configuration file ("${key}")`,
          `remove the line; ${passwordHint}`,
        );
      const near = nearest(key.replaceAll("_", "-"), keys);
      throw this.#problem(
        `there is no setting "${key}"`,
        near === undefined ? `it may be one of: ${keys.join(", ")}` : `did you mean "${near}"?`,
      );
    }
  }

  /** What stands there, as `read` takes it; the `Invalid` that it throws is given its place. */
  take<Value>(key: Key, fallback: Value, read: (value: unknown) => Value): Value {
    const value = this.#table[key];
    if (value === undefined) return fallback;
    try {
      return read(value);
    } catch (error) {
      throw error instanceof Invalid ? this.invalid(key, error) : error;
    }
  }

  /** The text of the PEM file that a key names. */
  async pem(key: Key): Promise<string | undefined> {
    const path = this.take<string | undefined>(key, undefined, filled);
    if (path === undefined) return undefined;
    const full = path.startsWith("~/")
      ? resolve(homedir(), path.slice(2))
      : resolve(this.#place.folder, path);
    let text: string;
    try {
      text = await readFile(full, "utf8");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw this.invalid(key, new Invalid(`cannot be read: ${why}`));
    }
    if (!text.includes("-----BEGIN "))
      throw this.invalid(key, new Invalid(`names a file that is not PEM: ${full}`));
    return text;
  }

  /** The error for a key that does not fit the others. */
  invalid(key: Key, error: Invalid): CtiError {
    return this.#problem(`"${key}" ${error.message}`, error.hint, error);
  }

  #problem(words: string, hint: string | undefined, cause?: unknown): CtiError {
    return new CtiError(
      {
        code: "config-invalid",
        message: `${this.#place.label}: ${words}`,
        ...(hint !== undefined && { hint }),
      },
      { cause },
    );
  }
}

/** Readers of single values of a table. Each throws `Invalid`. */

export function text(value: unknown): string {
  if (typeof value !== "string") throw new Invalid('must be text in quotes ("…")');
  return value;
}

/** Trimmed, and not empty. */
export function filled(value: unknown): string {
  const given = text(value).trim();
  if (given === "") throw new Invalid("is empty");
  return given;
}

/** A list, or one text that stands for a list of one. Trimmed, none empty. */
export function texts(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.map((each) => {
    if (typeof each !== "string" || each.trim() === "")
      throw new Invalid('must be a text or a list of texts (["…", "…"])');
    return each.trim();
  });
}

export function truth(value: unknown): boolean {
  if (typeof value !== "boolean") throw new Invalid("must be true or false");
  return value;
}

/** From seconds (`10`) or a text (`"2m"`). */
export function milliseconds(value: unknown): number {
  if (typeof value !== "number" && typeof value !== "string")
    throw new Invalid('must be a number of seconds (10) or a text like "2m"');
  return seconds(String(value)) * 1000;
}

export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
