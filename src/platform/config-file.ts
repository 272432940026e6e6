import { dirname } from "node:path";
import { CtiError } from "../model/errors.ts";
import { type SettingName, settingNames, settingRules } from "./config-settings.ts";
import { consoleNames, type FileConsole, isConsoleName } from "./console-settings.ts";
import { Invalid } from "./invalid.ts";
import { nearest } from "./nearest.ts";
import { profileName } from "./values.ts";

export type Table = Record<string, unknown>;

/** A configuration file, every key of every profile known to be right by name; values are checked when a profile is used. */
export interface ConfigFile {
  path: string;
  profiles: Map<string, FileProfile>;
  /** The table `[console]`. */
  console: FileConsole | undefined;
}

export interface FileProfile {
  /** What stands there, with its line. */
  values: Map<SettingName, { value: unknown; line: number | undefined }>;
  /** By adapter; an adapter checks its own keys. */
  adapters: Record<string, Table>;
}

/** Reads TOML text. Throws `config-invalid`, which names file, line and key. */
export async function parseConfigFile(text: string, path: string): Promise<ConfigFile> {
  // Most commands run without a configuration file: they must not pay for its parser.
  const { parse, TomlError } = await import("smol-toml");
  let root: Table;
  try {
    root = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Only the first line: the rest quotes the file, which may hold what nobody should see.
    const why = (error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "");
    throw new CtiError(
      {
        code: "config-invalid",
        message: `${path}:${error.line}: this is not TOML`,
        why,
        hint: "correct the line; texts stand in quotes, tables begin with [profiles.NAME]",
        details: { path, line: error.line },
      },
      { cause: error },
    );
  }
  const report = (key: readonly string[], words: string, hint?: string): CtiError => {
    const line = lineOf(text, key);
    return new CtiError({
      code: "config-invalid",
      message: `${path}${line === undefined ? "" : `:${line}`}: ${words}`,
      ...(hint !== undefined && { hint }),
      details: { path, key: key.join("."), ...(line !== undefined && { line }) },
    });
  };

  const profiles = new Map<string, FileProfile>();
  for (const key of Object.keys(root)) {
    if (key === "profiles" || key === "console") continue;
    refusePassword([key], report);
    const known = settingNames.some((setting) => settingRules[setting].key[0] === key);
    if (known) throw report([key], `"${key}" stands outside a profile`, "put it below [profiles.default]");
    throw unknownKey([key], ["profiles", "console"], report);
  }
  const tables = root.profiles ?? {};
  if (!isTable(tables)) throw report(["profiles"], '"profiles" must be a table: [profiles.default]');
  for (const [name, table] of Object.entries(tables)) {
    const at = ["profiles", name];
    try {
      profileName(name);
    } catch (error) {
      throw error instanceof Invalid ? report(at, error.message, error.hint) : error;
    }
    if (!isTable(table)) throw report(at, `"${at.join(".")}" must be a table: [profiles.${name}]`);
    profiles.set(name, readProfile(table, at, text, report));
  }
  const console = root.console === undefined ? undefined : readConsole(root.console, text, report);
  return { path, profiles, console };
}

type Report = (key: readonly string[], words: string, hint?: string) => CtiError;

function readProfile(table: Table, at: readonly string[], text: string, report: Report): FileProfile {
  const known = new Map(settingNames.map((setting) => [settingRules[setting].key.join("."), setting]));
  const names = [...new Set([...[...known.keys()].map((key) => key.split(".")[0] ?? key), "adapters"])];
  const profile: FileProfile = { values: new Map(), adapters: {} };
  const take = (path: readonly string[], value: unknown): boolean => {
    const setting = known.get(path.join("."));
    if (setting === undefined) return false;
    profile.values.set(setting, { value, line: lineOf(text, [...at, ...path]) });
    return true;
  };
  for (const [key, value] of Object.entries(table)) {
    if (take([key], value)) continue;
    refusePassword([...at, key], report);
    if (key === "adapters") {
      profile.adapters = readAdapters(value, [...at, key], report);
      continue;
    }
    if (!names.includes(key)) throw unknownKey([...at, key], names, report);
    if (!isTable(value)) throw report([...at, key], `"${key}" must be a table`, tableExample(key));
    const members = [...known.keys()]
      .filter((path) => path.startsWith(`${key}.`))
      .map((path) => path.slice(key.length + 1));
    for (const [member, inner] of Object.entries(value)) {
      if (!take([key, member], inner)) throw unknownKey([...at, key, member], members, report);
    }
  }
  return profile;
}

/** Names only; which actions there are the console knows. */
function readConsole(table: unknown, text: string, report: Report): FileConsole {
  const at = ["console"];
  if (!isTable(table)) throw report(at, '"console" must be a table: [console]');
  const written = (path: readonly string[], value: unknown) => ({ value, line: lineOf(text, path) });
  const read = { values: new Map(), keys: new Map() } satisfies FileConsole;
  for (const [key, value] of Object.entries(table)) {
    const path = [...at, key];
    if (isConsoleName(key)) read.values.set(key, written(path, value));
    else if (key !== "keys") throw unknownKey(path, [...consoleNames, "keys"], report);
    else if (!isTable(value)) throw report(path, '"keys" must be a table', 'write: keys = { answer = "a" }');
    else for (const [id, keys] of Object.entries(value)) read.keys.set(id, written([...path, id], keys));
  }
  return read;
}

const ownAdapters = ["generic-connector", "ebs", "open-cti"];

/** Names only: an adapter of ours, or a site's own, which says by `module` where it is. */
function readAdapters(value: unknown, at: readonly string[], report: Report): Record<string, Table> {
  if (!isTable(value)) throw report(at, '"adapters" must hold tables');
  const adapters: Record<string, Table> = {};
  for (const [name, table] of Object.entries(value)) {
    if (!isTable(table)) throw report([...at, name], `"${name}" must be a table`);
    if (!ownAdapters.includes(name) && table.module === undefined) {
      throw unknownKey([...at, name], ownAdapters, report);
    }
    for (const key of Object.keys(table)) refusePassword([...at, name, key], report);
    adapters[name] = table;
  }
  return adapters;
}

function tableExample(key: string): string {
  return key === "unattended"
    ? 'write: unattended = { then = "not-ready", after = 60 }'
    : 'write: default-reasons = { not-ready = "Break", logout = "End of shift" }';
}

function unknownKey(path: readonly string[], candidates: readonly string[], report: Report): CtiError {
  const key = path.at(-1) ?? "";
  const near = nearest(key.replaceAll("_", "-"), candidates);
  const hint = near === undefined ? `it may be one of: ${candidates.join(", ")}` : `did you mean "${near}"?`;
  return report(path, `there is no setting "${key}"`, hint);
}

function refusePassword(path: readonly string[], report: Report): void {
  const key = path.at(-1) ?? "";
  if (!/^(pass(word|wd|phrase)?|pwd)$/i.test(key)) return;
  throw report(
    path,
    "passwords are not read from the configuration file",
    "remove the line; give the password at the prompt, by --password-stdin, in CTI_PASSWORD, or keep it in the system's key store (cti login --remember)",
  );
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The folder that relative paths of a file are relative to: a file cannot know where its reader stands. */
export function folderOf(file: ConfigFile): string {
  return dirname(file.path);
}

/**
 * The line (from 1) where a key is written, found by looking, since the parser tells only of syntax errors; the nearest table above it
 * when the key itself is inside an inline table or written in a way this does not see.
 */
export function lineOf(text: string, path: readonly string[]): number | undefined {
  let table: string[] = [];
  let best: { line: number; depth: number } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const header = /^\s*\[+([^\]]+)\]+\s*(#.*)?$/.exec(line)?.[1];
    const key = /^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+|\s*\.\s*)+?)\s*=/.exec(line)?.[1];
    if (header !== undefined) table = keyParts(header);
    const here = header !== undefined ? table : key !== undefined ? [...table, ...keyParts(key)] : undefined;
    if (here === undefined || here.length > path.length) continue;
    const matches = here.every((part, depth) => part === path[depth]);
    if (matches && here.length > (best?.depth ?? 0)) best = { line: index + 1, depth: here.length };
  }
  return best?.line;
}

function keyParts(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
}
