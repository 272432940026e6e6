import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CtiError } from "../model/errors.ts";
import { parseConfigFile } from "../platform/config-file.ts";

export interface NewProfile {
  profile: string;
  finesse: string;
  /** SHA-256 of the certificate that was compared. */
  pin: string | undefined;
}

/**
 * Writes a profile: into a new file (0600, its folder 0700), or as a table at the end of the one that is there, which has to be right.
 * Throws `config-invalid` where it is not, cannot be written, or has that profile already; nothing is changed then.
 */
export async function writeProfile(path: string, entry: NewProfile): Promise<void> {
  const lines = [
    `finesse = [${JSON.stringify(entry.finesse)}]`,
    ...(entry.pin === undefined ? [] : [`pin = ${JSON.stringify(entry.pin)}`]),
  ];
  const table = `[profiles.${/^[A-Za-z0-9_-]+$/.test(entry.profile) ? entry.profile : JSON.stringify(entry.profile)}]\n${lines.join("\n")}\n`;
  const before = await textOf(path);
  try {
    if (before === undefined) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // Never over a file that somebody else has made meanwhile.
      return await writeFile(path, table, { flag: "wx", mode: 0o600 });
    }
    const { profiles } = await parseConfigFile(before, path);
    if (profiles.has(entry.profile))
      throw new CtiError({
        code: "config-invalid",
        message: `${path} has a profile "${entry.profile}" already, which names no Finesse`,
        hint: `add to it: ${lines.join(" and ")}`,
      });
    const addition = `${before === "" || before.endsWith("\n") ? "" : "\n"}\n${table}`;
    // As a whole it has to be right too.
    await parseConfigFile(before + addition, path);
    await appendFile(path, addition);
  } catch (error) {
    if (error instanceof CtiError) throw error;
    throw new CtiError(
      {
        code: "config-invalid",
        message: `the configuration file ${path} cannot be written`,
        why: error instanceof Error ? error.message : String(error),
        hint: `write it by hand: [profiles.${entry.profile}] with ${lines.join(" and ")}`,
      },
      { cause: error },
    );
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
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
}
