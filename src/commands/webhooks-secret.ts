import { CtiError } from "../model/errors.ts";
import type { KeyStore } from "../platform/password.ts";
import { Secret } from "../platform/secret.ts";

type SecretPlace = import("../crm/open-cti/webhooks/secrets.ts").SecretPlace;

/**
 * `new`: there must be none. `rotate`: the one there is goes on beside it. `replace`: takes its place at once. `retire`: makes none, and only the
 * newest stays.
 */
export type SecretMode = "new" | "rotate" | "replace" | "retire";

export interface MadeSecret {
  variable: string;
  /** Its name in the key store; absent when it was not to be kept. */
  stored?: string;
  /** That was made; absent when none was. */
  secret?: string;
  /** Of the place, now. */
  count: number;
}

/**
 * Makes a secret for a place and keeps it in the key store; with `store` false it is only made. Throws `usage` where the mode does not fit what is
 * there, `config-invalid` where the key store takes nothing.
 */
export async function makeSecret(
  place: SecretPlace,
  mode: SecretMode,
  { keyStore, store, fresh }: { keyStore: KeyStore; store: boolean; fresh: () => string },
): Promise<MadeSecret> {
  const { variable, stored, what } = place;
  if (!store) return { variable, secret: fresh(), count: 1 };
  const before =
    (await keyStore.get(stored))
      ?.reveal()
      .split(/\s+/)
      .filter((each) => each !== "") ?? [];
  if (mode === "new" && before.length > 0)
    throw new CtiError({
      code: "usage",
      message: `${what} is in the key store already`,
      hint: "--rotate keeps it beside a new one until the other side knows that; --replace puts a new one in its place at once",
    });
  if (mode === "retire" && before.length === 0)
    throw new CtiError({
      code: "usage",
      message: `${what} is not in the key store`,
      hint: "leave --retire out",
    });
  const secret = mode === "retire" ? undefined : fresh();
  const kept = [...(secret === undefined ? [] : [secret]), ...(mode === "replace" ? [] : before.slice(0, 1))];
  try {
    await keyStore.set(stored, new Secret(kept.join(" ")));
  } catch (error) {
    throw new CtiError(
      {
        code: "config-invalid",
        message: `${what} cannot be kept in the key store`,
        why: error instanceof Error ? error.message : String(error),
        hint: `this machine may have none: add --no-store --print, and set ${variable} for cti serve`,
      },
      { cause: error },
    );
  }
  return { variable, stored, ...(secret !== undefined && { secret }), count: kept.length };
}

/** As Standard Webhooks writes them: 32 bytes of chance. */
export function newSigningSecret(): string {
  return `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`;
}

export function newToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
}
