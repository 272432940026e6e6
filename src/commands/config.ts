import { dirname } from "node:path";
import { Command } from "clipanion";
import { isTable } from "../platform/adapter-table.ts";
import type { Table } from "../platform/config-file.ts";
import { type Config, loadConfig, readConfigFile } from "../platform/config.ts";
import { otherVariables, secretFamily, settingNames, settingRules } from "../platform/config-settings.ts";
import { nearest } from "../platform/nearest.ts";
import { configFile, type Environment } from "../platform/paths.ts";
import type { Paint } from "../platform/terminal.ts";
import { type ConsoleConfig, consoleNames } from "../platform/console-settings.ts";
import { ConnectorCommand } from "./base.ts";
import { consoleSettings, keyWarnings } from "./console-settings.ts";

/** One line of `cti config show`. */
export interface ShownSetting {
  key: string;
  value: unknown;
  /** `--flag`, `CTI_NAME`, `path:line` or `default`. */
  from: string;
}

/** The settings in force and where each came from. Holds no secret: what looks like one in an adapter's table is masked. */
export function shownSettings(
  config: Config,
  environment: Environment,
  console: ConsoleConfig,
): ShownSetting[] {
  const settings = settingNames.map((name) => ({
    key: settingRules[name].key.join("."),
    value: config.settings[name] ?? null,
    from: config.origins[name].label,
  }));
  const adapters = Object.entries(config.adapters).flatMap(([adapter, table]) =>
    leavesOf(table).map(([key, value]) => ({
      key: `adapters.${adapter}.${key}`,
      value,
      from: config.path,
    })),
  );
  const place = (key: string): string => console.places.get(key) ?? "default";
  const shown = consoleNames.map((name) => ({
    key: `console.${name}`,
    value: console.settings[name],
    from: place(name),
  }));
  const keys = Object.entries(console.settings.keys).map(([id, value]) => ({
    key: `console.keys.${id}`,
    value,
    from: place(`keys.${id}`),
  }));
  const password =
    (environment.CTI_PASSWORD ?? "") === "" ? [] : [{ key: "password", value: "•••", from: "CTI_PASSWORD" }];
  return [...settings, ...adapters, ...shown, ...keys, ...password];
}

/** The entries of a table and of those inside it, `data.callVariable1`, with what looks like a secret masked. */
function leavesOf(table: Table, before = ""): [string, unknown][] {
  return Object.entries(table).flatMap(([key, value]) =>
    isTable(value)
      ? leavesOf(value, `${before}${key}.`)
      : [[`${before}${key}`, masked(`${before}${key}`, value)]],
  );
}

function masked(key: string, value: unknown): unknown {
  // `key = "site-key.pem"` names a file.
  const names = /^key$/i.test(key) && typeof value === "string" && /[./\\]/.test(value);
  if (!names && /pass|secret|token|credential|(^|[-_])key$/i.test(key)) return "•••";
  if (Array.isArray(value)) return value.map((each) => masked("", each));
  // A broker's address may carry a user and password: tcp://user:password@host.
  if (typeof value === "string") return value.replaceAll(/(\/\/)[^/@\s]+@/g, "$1•••@");
  return value;
}

function settingsText(config: Config, shown: readonly ShownSetting[], paint: Paint): string {
  const width = Math.max(...shown.map((setting) => setting.key.length));
  const values = shown.map((setting) => valueText(setting.value));
  const valueWidth = Math.min(50, Math.max(...values.map((value) => value.length)));
  const lines = shown.map((setting, index) => {
    const value = (values[index] ?? "").padEnd(valueWidth);
    const line = `${setting.key.padEnd(width)}  ${value}  ${setting.from}`;
    return setting.from === "default" ? paint("dim", line) : line;
  });
  const state = config.exists ? config.path : `${config.path} (does not exist)`;
  return [`profile ${paint("bold", config.profile)} of ${state}`, "", ...lines].join("\n");
}

function valueText(value: unknown): string {
  if (value === null) return "-";
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `cti config show` */
export class ConfigShowCommand extends ConnectorCommand {
  static override paths = [["config", "show"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "the settings in force, and where each came from",
    examples: [
      ["Why does it sign in there?", "cti config show"],
      ["For a program", "cti config show --json"],
    ],
  });

  protected async run(): Promise<void> {
    const config = await this.config();
    const shown = shownSettings(config, this.context.env, await consoleSettings(config));
    if (this.json)
      this.printJson({ profile: config.profile, path: config.path, exists: config.exists, settings: shown });
    else this.print(settingsText(config, shown, this.paint));
  }
}

export interface ConfigCheck {
  path: string;
  exists: boolean;
  profiles: string[];
  /** What is no error but probably not meant. */
  warnings: string[];
}

/** Reads every profile of the file and the environment. Throws `config-invalid` for the first thing that is wrong. */
export async function checkConfig(environment: Environment, folder: string): Promise<ConfigCheck> {
  const path = configFile(environment);
  const file = await readConfigFile(path);
  const { readAuthority } = await import("../platform/session-settings.ts");
  const profiles = [...(file?.profiles.keys() ?? [])];
  for (const profile of profiles.length === 0 ? [undefined] : profiles) {
    const config = await loadConfig({ environment, folder, flags: { profile } });
    for (const ca of config.settings.ca) await readAuthority(ca, config.origins.ca.label);
    await checkAdapters(config, environment);
  }
  const known = [...settingNames.map((name) => settingRules[name].variable), ...otherVariables];
  const warnings = Object.keys(environment)
    .filter((name) => name.startsWith("CTI_") && !known.includes(name) && !secretFamily.test(name))
    .map((name) => {
      const near = nearest(name, known);
      return `the variable ${name} is not ours${near === undefined ? "" : `; did you mean ${near}?`}`;
    });
  const console = await consoleSettings({ console: file?.console, path });
  warnings.push(...(await keyWarnings(console)));
  return { path, exists: file !== undefined, profiles, warnings };
}

async function checkAdapters({ adapters, path, profile }: Config, environment: Environment): Promise<void> {
  const tables = Object.entries(adapters);
  if (tables.length === 0) return;
  const { readAdapterSettings } = await import("../crm/catalogue.ts");
  for (const [name, table] of tables)
    await readAdapterSettings({
      name,
      table,
      place: { label: `${path}: adapters.${name}`, folder: dirname(path) },
      profile,
      environment,
    });
}

/** `cti config check` */
export class ConfigCheckCommand extends ConnectorCommand {
  static override paths = [["config", "check"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "find mistakes in the configuration",
    details:
      "Reads all profiles with their adapters' tables, the console's table, the CTI_ variables and the certificate files. Exits 2 when something is wrong.",
    examples: [["Before a roll-out", "cti config check"]],
  });

  protected async run(): Promise<void> {
    const found = await checkConfig(this.context.env, this.context.folder);
    if (this.json) {
      this.printJson(found);
      return;
    }
    for (const warning of found.warnings)
      this.progress(`${this.context.paint.err("yellow", "!")} ${warning}`);
    const what = found.exists
      ? `${found.path} is right: ${found.profiles.length === 0 ? "no profiles" : found.profiles.join(", ")}`
      : `there is no ${found.path}; flags, CTI_ variables and defaults serve`;
    this.print(`${this.paint("green", "✓")} ${what}`);
  }
}

/** `cti config path` */
export class ConfigPathCommand extends ConnectorCommand {
  static override paths = [["config", "path"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "where the configuration file is",
    examples: [["Edit it", '"$EDITOR" "$(cti config path)"']],
  });

  protected run(): Promise<void> {
    const path = configFile(this.context.env);
    if (this.json) this.printJson({ path });
    else this.context.stdout.write(`${path}\n`);
    return Promise.resolve();
  }
}
