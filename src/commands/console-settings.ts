import { CtiError } from "../model/errors.ts";
import type { Config } from "../platform/config.ts";
import { type ConsoleConfig, readConsoleSettings } from "../platform/console-settings.ts";

/** The table `[console]`, its keys checked too. Throws `config-invalid` for the first thing that is wrong. */
export async function consoleSettings({
  console: file,
  path,
}: Pick<Config, "console" | "path">): Promise<ConsoleConfig> {
  const read = readConsoleSettings(file, path);
  const { keys } = read.settings;
  if (Object.keys(keys).length === 0) return read;
  const { keyProblems } = await import("../console/keys/configured.ts");
  const [problem] = keyProblems(keys);
  if (problem === undefined) return read;
  const { id, message, hint } = problem;
  throw new CtiError({
    code: "config-invalid",
    message: `${read.places.get(`keys.${id}`) ?? path}: console.keys.${id}: ${message}`,
    ...(hint !== undefined && { hint }),
    details: { path, key: `console.keys.${id}` },
  });
}

/** Keys that two actions want at the same moment, in words: no error, but surely not meant. */
export async function keyWarnings({ settings: { keys }, places }: ConsoleConfig): Promise<string[]> {
  if (Object.keys(keys).length === 0) return [];
  const { keyClashes } = await import("../console/keys/configured.ts");
  const { words } = await import("../console/words.ts");
  return keyClashes(keys).map(({ key, first, second }) => {
    const place = places.get(`keys.${first.id}`) ?? places.get(`keys.${second.id}`) ?? "";
    return `${place}: ${words.keys.clash(key, first.id, second.id)}; ${words.keys.clashHint(first.id)}`;
  });
}
