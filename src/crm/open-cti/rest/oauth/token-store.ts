import { createHash, randomUUID } from "node:crypto";
import { chmod, lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CtiError } from "../../../../model/errors.ts";
import type { KeyStore } from "../../../../platform/password.ts";
import { type Environment, stateDirectory, statePath } from "../../../../platform/paths.ts";
import { Secret } from "../../../../platform/secret.ts";
import type { SalesforceSettings } from "../../contract.ts";
import { instanceOrigin } from "../hosts.ts";
import { isRecord, textOf } from "../json.ts";
import type { Token } from "./token.ts";

/** Where a sign-in is kept between two runs: never in the configuration, a log or an error. */
export interface TokenStore {
  /** The sign-in and where it was found. Throws `config-invalid` for a file that others can read. */
  load(): Promise<{ token: Token; where: "key store" | "file" } | undefined>;
  /** Answers where it went. Throws `config-invalid` when it can be kept nowhere. */
  save(token: Token): Promise<"key store" | "file">;
  remove(): Promise<void>;
}

export interface TokenPlace {
  environment: Environment;
  profile: string;
  settings: Pick<SalesforceSettings, "login" | "clientId">;
  keyStore: KeyStore;
}

/**
 * The system's key store, or, on machines without one, a file in the profile's state directory that its owner alone can read. Of two the
 * newer counts: a key store may be locked today that was open yesterday.
 */
export function tokenStore({ environment, profile, settings, keyStore }: TokenPlace): TokenStore {
  const { login, clientId } = settings;
  const name = `salesforce ${profile} ${clientId}@${new URL(login).host}`;
  const mark = createHash("sha256").update(`${login}\n${clientId}`).digest("hex").slice(0, 12);
  const file = `salesforce-${mark}.token`;
  return {
    async load() {
      const [kept, written] = await Promise.all([
        keyStore.get(name).then((found) => parse(found?.reveal(), login)),
        readPrivately(join(statePath(environment, profile), file)).then((text) => parse(text, login)),
      ]);
      if (kept !== undefined && kept.issuedAt >= (written?.issuedAt ?? 0))
        return { token: kept, where: "key store" };
      return written === undefined ? undefined : { token: written, where: "file" };
    },
    async save(token) {
      const text = new Secret(format(token));
      const path = join(statePath(environment, profile), file);
      try {
        await keyStore.set(name, text);
        // What cannot be read back was not kept: a locked store says nothing.
        if ((await keyStore.get(name))?.reveal() === text.reveal()) {
          await rm(path, { force: true });
          return "key store";
        }
      } catch {
        // Headless machines have none.
      }
      await writePrivately(join(stateDirectory(environment, profile), file), text.reveal());
      return "file";
    },
    async remove() {
      await Promise.all([
        keyStore.remove(name).catch(() => {}),
        rm(join(statePath(environment, profile), file), { force: true }),
      ]);
    },
  };
}

/** For a sign-in that needs no person: it is made anew by each process, and on no disk. */
export function memoryStore(): TokenStore {
  let kept: Token | undefined;
  return {
    load: async () => (kept === undefined ? undefined : { token: kept, where: "key store" }),
    save: async (token) => {
      kept = token;
      return "key store";
    },
    remove: async () => {
      kept = undefined;
    },
  };
}

async function writePrivately(path: string, text: string): Promise<void> {
  const fresh = `${path}.${randomUUID()}`;
  try {
    // Another process may read or write at the same time: it finds the old one or the new one, whole.
    await writeFile(fresh, text, { mode: 0o600, flag: "wx" });
    await chmod(fresh, 0o600);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw new CtiError(
      {
        code: "config-invalid",
        message: `the sign-in at Salesforce cannot be kept in ${path}`,
        why: error instanceof Error ? error.message : String(error),
        hint: "make the directory writable for you, or set XDG_STATE_HOME to another",
      },
      { cause: error },
    );
  }
}

async function readPrivately(path: string): Promise<string | undefined> {
  let found: Awaited<ReturnType<typeof lstat>>;
  try {
    found = await lstat(path);
  } catch {
    return undefined;
  }
  const uid = process.getuid?.();
  if (!found.isFile() || (uid !== undefined && (found.uid !== uid || (found.mode & 0o077) !== 0)))
    throw new CtiError({
      code: "config-invalid",
      message: `${path} is not a file of yours that only you can read`,
      why: "it holds the sign-in at Salesforce",
      hint: "remove it and sign in anew: cti open-cti sign-in; who else could read it may have a copy, so sign out first (cti open-cti sign-out)",
    });
  return readFile(path, "utf8");
}

function format({ access, refresh, ...rest }: Token): string {
  return JSON.stringify({ ...rest, access: access.reveal(), refresh: refresh?.reveal() });
}

/** What is not ours, or not for this host any more, counts as none. */
function parse(text: string | undefined, login: string): Token | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return undefined;
    const [access, refresh] = [textOf(value.access), textOf(value.refresh)];
    if (access === undefined) return undefined;
    return {
      access: new Secret(access),
      refresh: refresh === undefined ? undefined : new Secret(refresh),
      // Looked at again: the file may have been changed since.
      instance: instanceOrigin(value.instance, login),
      user: textOf(value.user),
      org: textOf(value.org),
      issuedAt: typeof value.issuedAt === "number" ? value.issuedAt : 0,
    };
  } catch {
    return undefined;
  }
}
