import { CtiError } from "../../model/errors.ts";
import type { KeyStore } from "../../platform/password.ts";
import type { Environment } from "../../platform/paths.ts";
import type { GcSecrets, GcSettings } from "./contract.ts";
import { passwordKey, SecurePasswordError } from "./secure-password.ts";

/** The key store's names for them. */
export const secretNames = {
  brokerPassword: "generic-connector broker",
  passwordKey: "generic-connector password key",
} as const;

/**
 * The adapter's secrets: from CTI_GC_BROKER_PASSWORD and CTI_GC_PASSWORD_KEY, else from the key store. Throws `config-invalid` for a key
 * that is none, or that `secure-password` needs and nobody gives.
 */
export async function gcSecrets(
  environment: Environment,
  keyStore: Pick<KeyStore, "get">,
  settings?: Pick<GcSettings, "securePassword">,
): Promise<GcSecrets> {
  const find = async (variable: string, name: string): Promise<string | undefined> => {
    const given = environment[variable];
    if (given !== undefined && given !== "") return given;
    return (await keyStore.get(name))?.reveal();
  };
  const [brokerPassword, key] = await Promise.all([
    find("CTI_GC_BROKER_PASSWORD", secretNames.brokerPassword),
    find("CTI_GC_PASSWORD_KEY", secretNames.passwordKey),
  ]);
  if (key !== undefined) checkKey(key);
  else if (settings?.securePassword !== undefined)
    throw new CtiError({
      code: "config-invalid",
      message: "secure-password needs a key, and there is none",
      hint: "set CTI_GC_PASSWORD_KEY to the clients' key: 48 hex digits, or Base64 of 24 bytes",
    });
  return { brokerPassword, passwordKey: key };
}

/** As `AdapterStart.secrets` carries them. */
export function secretsRecord({ brokerPassword, passwordKey: key }: GcSecrets): Record<string, string> {
  return {
    ...(brokerPassword !== undefined && { brokerPassword }),
    ...(key !== undefined && { passwordKey: key }),
  };
}

export function secretsOf(record: Record<string, string>): GcSecrets {
  return { brokerPassword: record.brokerPassword, passwordKey: record.passwordKey };
}

function checkKey(key: string): void {
  try {
    passwordKey(key);
  } catch (error) {
    if (!(error instanceof SecurePasswordError)) throw error;
    throw new CtiError({
      code: "config-invalid",
      message: `CTI_GC_PASSWORD_KEY: ${error.message}`,
      hint: "give 48 (or 32) hex digits, or Base64 of 24 (or 16) bytes",
    });
  }
}
