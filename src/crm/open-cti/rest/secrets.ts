import { lstat, readFile } from "node:fs/promises";
import { CtiError } from "../../../model/errors.ts";
import type { KeyStore } from "../../../platform/password.ts";
import type { Environment } from "../../../platform/paths.ts";
import { Secret } from "../../../platform/secret.ts";
import type { SalesforceSettings } from "../contract.ts";
import { rsaKey } from "./oauth/jwt.ts";

/** Where the key of a JWT sign-in may be. */
export const keyVariable = "CTI_SALESFORCE_KEY";

/** The key store's name for the key of an app. */
export function keyStoreEntry(clientId: string): string {
  return `salesforce key ${clientId}`;
}

export interface FoundKey {
  /** PEM. */
  pem: Secret;
  from: "CTI_SALESFORCE_KEY" | "file" | "key store";
}

/**
 * The private key that JWTs are signed with: from CTI_SALESFORCE_KEY, else the file that `key` names, else the key store; `undefined` for the
 * flows that need none. Throws `config-invalid`, without a word of it, for none, for one that is no RSA key, for a file that others can read.
 */
export async function salesforceKey(
  environment: Environment,
  keyStore: Pick<KeyStore, "get">,
  { flow, clientId, keyFile }: Pick<SalesforceSettings, "flow" | "clientId" | "keyFile">,
): Promise<FoundKey | undefined> {
  if (flow !== "jwt") return undefined;
  const variable = environment[keyVariable];
  // An environment file holds one line.
  if (variable !== undefined && variable.trim() !== "")
    return checked({ pem: new Secret(variable.replaceAll("\\n", "\n")), from: keyVariable }, keyVariable);
  if (keyFile !== undefined) return checked({ pem: await readPrivately(keyFile), from: "file" }, keyFile);
  const name = keyStoreEntry(clientId);
  const kept = await keyStore.get(name);
  if (kept !== undefined) return checked({ pem: kept, from: "key store" }, `"${name}" of the key store`);
  throw new CtiError({
    code: "config-invalid",
    message: "there is no key to sign in at Salesforce with",
    hint: `set ${keyVariable} to it in PEM form, or name its file: key = "salesforce.pem" in [adapters.open-cti.salesforce]`,
  });
}

function checked(found: FoundKey, place: string): FoundKey {
  rsaKey(found.pem, place);
  return found;
}

async function readPrivately(path: string): Promise<Secret> {
  const problem = (words: string, hint: string, cause?: unknown): CtiError =>
    new CtiError({ code: "config-invalid", message: `${path} ${words}`, hint }, { cause });
  try {
    const found = await lstat(path);
    const uid = process.getuid?.();
    // A link says nothing of who may read what it points at.
    if (!found.isFile())
      throw problem("is no file", "name the file itself: key = … in [adapters.open-cti.salesforce]");
    if (uid !== undefined && (found.uid !== uid || (found.mode & 0o077) !== 0))
      throw problem(
        "can be read or changed by others than you",
        `it is the key of the sign-in at Salesforce: chmod 600 ${path}, as its owner; and make a new key if somebody may have read it`,
      );
    return new Secret(await readFile(path, "utf8"));
  } catch (error) {
    if (error instanceof CtiError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw problem(`cannot be read: ${why}`, "check key in [adapters.open-cti.salesforce]", error);
  }
}
