import { readFile } from "node:fs/promises";
import { CtiError } from "../model/errors.ts";
import { type ConfigFile, type Table, folderOf, parseConfigFile } from "./config-file.ts";
import { type SettingName, type Settings, settingNames, settingRules } from "./config-settings.ts";
import type { FileConsole } from "./console-settings.ts";
import { Invalid } from "./invalid.ts";
import { nearest } from "./nearest.ts";
import { type Environment, configFile } from "./paths.ts";
import { profileName } from "./values.ts";

export type { SettingName, Settings } from "./config-settings.ts";

/** Where a value came from, for people: `--finesse`, `CTI_FINESSE`, `config.toml:3`, `default`. */
export interface Origin {
  kind: "flag" | "environment" | "file" | "default";
  label: string;
}

export interface Config {
  profile: string;
  profileOrigin: Origin;
  /** The file, whether it exists or not. */
  path: string;
  exists: boolean;
  settings: Settings;
  origins: Record<SettingName, Origin>;
  adapters: Record<string, Table>;
  /** The table `[console]`, read by `readConsoleSettings` where a console is meant. */
  console: FileConsole | undefined;
}

/** What the command line said; a flag that was not given is absent. */
export type ConfigFlags = { profile?: string | undefined } & {
  [Name in SettingName]?: string | readonly string[] | boolean | undefined;
};

export interface ConfigSource {
  environment: Environment;
  /** The caller's directory: relative paths in flags and variables are relative to it, those in the file to the file's folder. */
  folder: string;
  flags?: ConfigFlags;
}

/**
 * The settings of one profile: flags over `CTI_*` variables over the file over defaults. Throws `config-invalid` (or `usage` for a flag)
 * which names the place, what is wrong and what would be right.
 */
export async function loadConfig(source: ConfigSource): Promise<Config> {
  const { environment, folder, flags = {} } = source;
  const path = configFile(environment);
  const file = await readConfigFile(path);
  if (file === undefined && (environment.CTI_CONFIG ?? "") !== "") throw noSuchFile(path);
  const { profile, origin: profileOrigin } = chooseProfile(environment, flags, file);
  const values = file?.profiles.get(profile);

  const origins: Partial<Record<SettingName, Origin>> = {};
  const read = <Name extends SettingName>(name: Name): Settings[Name] => {
    const rule = settingRules[name];
    const flag = flags[name];
    const variable = environment[rule.variable];
    const written = values?.values.get(name);
    if (flag !== undefined && flag !== false) {
      const label = rule.flag ?? name;
      origins[name] = { kind: "flag", label };
      const texts = typeof flag === "object" ? flag : [String(flag)];
      return checked(label, "usage", () => rule.fromText(texts, folder));
    }
    if (variable !== undefined && variable !== "") {
      origins[name] = { kind: "environment", label: rule.variable };
      return checked(rule.variable, "config-invalid", () => rule.fromText([variable], folder));
    }
    if (file !== undefined && written !== undefined) {
      const label = written.line === undefined ? path : `${path}:${written.line}`;
      origins[name] = { kind: "file", label };
      return checked(`${label}: "${rule.key.join(".")}"`, "config-invalid", () =>
        rule.fromFile(written.value, folderOf(file)),
      );
    }
    origins[name] = { kind: "default", label: "default" };
    return rule.fallback;
  };
  const settings = Object.fromEntries(settingNames.map((name) => [name, read(name)]));
  return {
    profile,
    profileOrigin,
    path,
    exists: file !== undefined,
    // Each entry was read by its own rule, whose type `Rules` fixes; Object.fromEntries forgets that.
    settings: settings as unknown as Settings,
    origins: origins as Record<SettingName, Origin>,
    adapters: values?.adapters ?? {},
    console: file?.console,
  };
}

/** Who names a file means it; only the usual place may be empty. */
function noSuchFile(path: string): CtiError {
  return new CtiError({
    code: "config-invalid",
    message: `the configuration file ${path}, which CTI_CONFIG names, does not exist`,
    hint: "correct CTI_CONFIG, or unset it: cti config path then shows the usual place",
  });
}

/** The file, or `undefined` when there is none. */
export async function readConfigFile(path: string): Promise<ConfigFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) {
      return undefined;
    }
    throw new CtiError(
      {
        code: "config-invalid",
        message: `the configuration file ${path} cannot be read`,
        why: error instanceof Error ? error.message : String(error),
        hint: "make it readable for you, or name another one in CTI_CONFIG",
      },
      { cause: error },
    );
  }
  return parseConfigFile(text, path);
}

function chooseProfile(
  environment: Environment,
  flags: ConfigFlags,
  file: ConfigFile | undefined,
): { profile: string; origin: Origin } {
  const chosen: { profile: string; origin: Origin } =
    flags.profile !== undefined
      ? { profile: flags.profile, origin: { kind: "flag", label: "--profile" } }
      : (environment.CTI_PROFILE ?? "") !== ""
        ? { profile: environment.CTI_PROFILE ?? "", origin: { kind: "environment", label: "CTI_PROFILE" } }
        : { profile: "default", origin: { kind: "default", label: "default" } };
  const { profile, origin } = chosen;
  const code = origin.kind === "flag" ? "usage" : "config-invalid";
  checked(origin.label, code, () => profileName(profile));
  // Without profiles in a file any name may be used: flags and variables say the rest. With them a strange name is a typing mistake.
  if (file !== undefined && file.profiles.size > 0 && profile !== "default" && !file.profiles.has(profile)) {
    const names = [...file.profiles.keys()];
    const near = nearest(profile, names);
    throw new CtiError({
      code: "config-invalid",
      message: `there is no profile "${profile}" in ${file.path}`,
      hint: near === undefined ? `there are: ${names.join(", ")}` : `did you mean "${near}"?`,
    });
  }
  return chosen;
}

/** Names the place of a bad value. */
function checked<Value>(label: string, code: "usage" | "config-invalid", read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    throw new CtiError(
      {
        code,
        message: error.message.startsWith('"') ? `${label}: ${error.message}` : `${label} ${error.message}`,
        ...(error.hint !== undefined && { hint: error.hint }),
      },
      { cause: error },
    );
  }
}
