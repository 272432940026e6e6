import { CtiError } from "../model/errors.ts";
import { Invalid } from "./invalid.ts";
import { choice } from "./values.ts";

/** What the table `[console]` of the configuration file says; it is for all profiles. */
export interface ConsoleSettings {
  /** `auto`: the terminal's own colours, by its background where it tells that; `none`: no colour. */
  theme: "auto" | "dark" | "light" | "none";
  /** Ring the terminal's bell with a call. */
  bell: boolean;
  /** Ask the terminal to announce a call on the desktop. */
  notifications: boolean;
  mouse: boolean;
  /** Of the event log: times of day, or how long ago. */
  times: "absolute" | "relative";
  /** Action → its keys, in place of the usual ones. Ids and keys are for the console to judge. */
  keys: Readonly<Record<string, readonly string[]>>;
}

type SimpleName = Exclude<keyof ConsoleSettings, "keys">;

/** A value as it stands in the file, with its line. */
export interface Written {
  value: unknown;
  line: number | undefined;
}

/** The table as it stands there, by names that are known; values are checked when a console is opened. */
export interface FileConsole {
  values: ReadonlyMap<SimpleName, Written>;
  keys: ReadonlyMap<string, Written>;
}

interface ConsoleRule<Value> {
  /** What the file must hold, for messages. */
  form: string;
  fallback: Value;
  read: (value: unknown) => Value;
}

function word<Word extends string>(words: readonly Word[], fallback: Word): ConsoleRule<Word> {
  const form = words.map((each) => `"${each}"`).join(", ");
  return {
    form,
    fallback,
    read: (value) => {
      if (typeof value !== "string") throw new Invalid(`must be one of ${form}`);
      return choice(words)(value);
    },
  };
}

function toggle(fallback: boolean): ConsoleRule<boolean> {
  const form = "true or false";
  return {
    form,
    fallback,
    read: (value) => {
      if (typeof value !== "boolean") throw new Invalid(`must be ${form}`);
      return value;
    },
  };
}

/** The one table of these settings: file, help and `cti config show` read it. */
export const consoleRules: { [Name in SimpleName]: ConsoleRule<ConsoleSettings[Name]> } = {
  theme: word(["auto", "dark", "light", "none"], "auto"),
  bell: toggle(true),
  notifications: toggle(true),
  mouse: toggle(false),
  times: word(["absolute", "relative"], "absolute"),
};

export const consoleNames = Object.keys(consoleRules) as SimpleName[];

export function isConsoleName(name: string): name is SimpleName {
  return Object.hasOwn(consoleRules, name);
}

/** What is in force, and the place of each value that is not the usual one: `theme`, `keys.answer` → `config.toml:3`. */
export interface ConsoleConfig {
  settings: ConsoleSettings;
  places: ReadonlyMap<string, string>;
}

/** Reads the values. Throws `config-invalid`, which names file, line and key. */
export function readConsoleSettings(file: FileConsole | undefined, path: string): ConsoleConfig {
  const places = new Map<string, string>();
  const read = <Value>(key: string, written: Written, reader: (value: unknown) => Value): Value => {
    const place = written.line === undefined ? path : `${path}:${written.line}`;
    places.set(key, place);
    try {
      return reader(written.value);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      throw new CtiError(
        {
          code: "config-invalid",
          message: error.message.startsWith('"')
            ? `${place}: console.${key}: ${error.message}`
            : `${place}: "console.${key}" ${error.message}`,
          ...(error.hint !== undefined && { hint: error.hint }),
        },
        { cause: error },
      );
    }
  };
  const simple = <Name extends SimpleName>(name: Name): ConsoleSettings[Name] => {
    const written = file?.values.get(name);
    const { fallback, read: reader } = consoleRules[name];
    return written === undefined ? fallback : read(name, written, reader);
  };
  const keys = [...(file?.keys ?? [])].map(([id, written]): [string, string[]] => [
    id,
    read(`keys.${id}`, written, keyList),
  ]);
  return {
    settings: {
      theme: simple("theme"),
      bell: simple("bell"),
      notifications: simple("notifications"),
      mouse: simple("mouse"),
      times: simple("times"),
      keys: Object.fromEntries(keys),
    },
    places,
  };
}

function keyList(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((each) => typeof each === "string"))
    throw new Invalid("must be a key or a list of keys", 'write answer = "a" or answer = ["a", "enter"]');
  return [...new Set(list)];
}
