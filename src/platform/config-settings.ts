import { homedir } from "node:os";
import { resolve } from "node:path";
import type { MobileAgentLogin } from "../model/commands.ts";
import type { UnattendedAction } from "../model/events.ts";
import type { TransportChoice } from "../model/settings.ts";
import { finesseOrigin } from "./finesse-address.ts";
import { Invalid } from "./invalid.ts";
import {
  choice,
  fingerprint,
  mobileAgent,
  name,
  resolveEntry,
  seconds,
  transportChoice,
  truth,
} from "./values.ts";

/** What a profile can say, as the program uses it. Paths are absolute, durations seconds. */
export interface Settings {
  finesse: string[];
  ca: string[];
  pin: string | undefined;
  insecure: boolean;
  resolve: string[];
  transport: TransportChoice | undefined;
  agent: string | undefined;
  extension: string | undefined;
  mobile: MobileAgentLogin | undefined;
  device: string | undefined;
  timeout: number;
  unattendedThen: UnattendedAction | undefined;
  unattendedAfter: number;
  notReadyReason: string | undefined;
  logoutReason: string | undefined;
  recordVariables: boolean;
}

export type SettingName = keyof Settings;

/** One setting: where it may be written, how each form is read, and what it is when nobody says anything. */
export interface SettingRule<Value> {
  /** Path inside `[profiles.X]`. */
  key: readonly string[];
  variable: string;
  /** The flag, for messages; only some commands have it. */
  flag: string | undefined;
  /** What the file must hold, for messages. */
  form: string;
  fallback: Value;
  /** From a flag (repeated ones give several texts) or a variable. `folder` is what relative paths are relative to. */
  fromText: (texts: readonly string[], folder: string) => Value;
  /** From the file. */
  fromFile: (value: unknown, folder: string) => Value;
}

type Places = Pick<SettingRule<unknown>, "key" | "variable"> & { flag?: string };

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function wrongType(value: unknown, form: string): Invalid {
  const found = Array.isArray(value) ? "a list" : value instanceof Date ? "a date" : `a ${typeName(value)}`;
  const quoted = typeof value === "number" ? `put it in quotes: "${value}"` : undefined;
  return new Invalid(`must be ${form}, not ${found}`, quoted);
}

function typeName(value: unknown): string {
  if (typeof value === "object") return "table";
  if (typeof value === "boolean") return "true or false";
  return typeof value === "bigint" ? "number" : typeof value === "string" ? "text" : typeof value;
}

/** A single text; read by `read`. */
function single<Value>(places: Places, read: (text: string) => Value): SettingRule<Value | undefined> {
  const form = 'text in quotes ("…")';
  return {
    ...places,
    flag: places.flag,
    form,
    fallback: undefined,
    // As everywhere on a command line the last one wins.
    fromText: (texts) => read(texts.at(-1) ?? ""),
    fromFile: (value) => {
      if (!isText(value)) throw wrongType(value, form);
      return read(value);
    },
  };
}

/** Several texts: a flag is repeated or holds commas, the file holds a list or one text. */
function several(places: Places, read: (text: string, folder: string) => string): SettingRule<string[]> {
  const form = 'a list of texts (["…", "…"])';
  const unique = (values: string[]): string[] => [...new Set(values)];
  return {
    ...places,
    flag: places.flag,
    form,
    fallback: [],
    fromText: (texts, folder) => {
      const parts = texts.flatMap((text) => text.split(",")).filter((part) => part.trim() !== "");
      return unique(parts.map((part) => read(part, folder)));
    },
    fromFile: (value, folder) => {
      const values: unknown[] = Array.isArray(value) ? value : [value];
      if (!values.every(isText))
        throw wrongType(
          values.find((each) => !isText(each)),
          form,
        );
      return unique(values.map((text) => read(text, folder)));
    },
  };
}

function toggle(places: Places): SettingRule<boolean> {
  return {
    ...places,
    flag: places.flag,
    form: "true or false",
    fallback: false,
    fromText: (texts) => truth(texts.at(-1) ?? ""),
    fromFile: (value) => {
      if (typeof value !== "boolean") throw wrongType(value, "true or false");
      return value;
    },
  };
}

function duration(places: Places, fallback: number): SettingRule<number> {
  const form = 'a number of seconds (10) or a text like "2m"';
  return {
    ...places,
    flag: places.flag,
    form,
    fallback,
    fromText: (texts) => seconds(texts.at(-1) ?? ""),
    fromFile: (value) => {
      if (typeof value !== "number" && !isText(value)) throw wrongType(value, form);
      return seconds(String(value));
    },
  };
}

function path(text: string, folder: string): string {
  const trimmed = text.trim();
  if (trimmed === "~" || trimmed.startsWith("~/")) return resolve(homedir(), trimmed.slice(2));
  return resolve(folder, trimmed);
}

function words(text: string): string {
  if (text.trim() === "") throw new Invalid("is empty");
  return text.trim();
}

/** Checked here, handed on as text: the Finesse client reads it as curl does. */
function resolveText(text: string): string {
  const { host, port, address } = resolveEntry(text.trim());
  return port === undefined ? `${host}:${address}` : `${host}:${port}:${address}`;
}

type Rules = { [Name in SettingName]: SettingRule<Settings[Name]> };

/** The one table of settings: configuration file, environment, flags, help and `cti config show` all read it. */
export const settingRules: Rules = {
  finesse: several({ key: ["finesse"], variable: "CTI_FINESSE", flag: "--finesse" }, finesseOrigin),
  ca: several({ key: ["ca"], variable: "CTI_CA", flag: "--ca" }, path),
  pin: single({ key: ["pin"], variable: "CTI_PIN", flag: "--pin" }, fingerprint),
  insecure: toggle({ key: ["insecure"], variable: "CTI_INSECURE", flag: "--insecure" }),
  resolve: several({ key: ["resolve"], variable: "CTI_RESOLVE", flag: "--resolve" }, resolveText),
  transport: single({ key: ["transport"], variable: "CTI_TRANSPORT", flag: "--transport" }, transportChoice),
  agent: single({ key: ["agent"], variable: "CTI_AGENT", flag: "--agent" }, name),
  extension: single({ key: ["extension"], variable: "CTI_EXTENSION", flag: "--extension" }, name),
  mobile: single({ key: ["mobile"], variable: "CTI_MOBILE", flag: "--mobile" }, mobileAgent),
  device: single({ key: ["device"], variable: "CTI_DEVICE", flag: "--device" }, words),
  timeout: duration({ key: ["timeout"], variable: "CTI_TIMEOUT", flag: "--timeout" }, 10),
  unattendedThen: single(
    { key: ["unattended", "then"], variable: "CTI_UNATTENDED_THEN", flag: "--unattended" },
    choice(["not-ready", "logout", "keep"] as const),
  ),
  unattendedAfter: duration({ key: ["unattended", "after"], variable: "CTI_UNATTENDED_AFTER" }, 60),
  notReadyReason: single({ key: ["default-reasons", "not-ready"], variable: "CTI_NOT_READY_REASON" }, words),
  logoutReason: single({ key: ["default-reasons", "logout"], variable: "CTI_LOGOUT_REASON" }, words),
  recordVariables: toggle({ key: ["record-variables"], variable: "CTI_RECORD_VARIABLES" }),
};

export const settingNames = Object.keys(settingRules) as SettingName[];

/** What begins the names of variables that hold secrets of webhooks: there is one for each target. */
export const secretFamily = /^CTI_WEBHOOK_/;

/** Variables that are read but are no settings of a profile. */
export const otherVariables = [
  "CTI_PASSWORD",
  "CTI_PROFILE",
  "CTI_CONFIG",
  "CTI_DEBUG",
  "CTI_SIM_PASSWORD",
  "CTI_GC_BROKER",
  "CTI_GC_BROKER_PASSWORD",
  "CTI_GC_PASSWORD_KEY",
  "CTI_SALESFORCE_KEY",
] as const;
