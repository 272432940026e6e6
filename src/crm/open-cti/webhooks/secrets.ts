import { CtiError } from "../../../model/errors.ts";
import { Invalid } from "../../../platform/invalid.ts";
import type { KeyStore } from "../../../platform/password.ts";
import type { Environment } from "../../../platform/paths.ts";
import type { WebhookSettings } from "../contract.ts";
import { secretVariable } from "./settings.ts";
import { signingKeys } from "./signature.ts";

export interface WebhookSecrets {
  /** By target: `whsec_…`, or several with white space between. */
  targets: Record<string, string>;
  /** Both: or several with white space between. */
  inbound: { token: string; secret: string } | undefined;
}

/** The key store's names for them; of a target with its name behind. */
export const webhookSecretNames = {
  target: "open-cti webhook target ",
  token: "open-cti webhook token",
  inbound: "open-cti webhook inbound",
} as const;

/** What begins the names of variables that hold secrets of webhooks: CTI_WEBHOOK_TOKEN, CTI_WEBHOOK_NAME_SECRET. */
export const secretVariables = /^CTI_WEBHOOK_/;

/** Characters; a shorter token could be guessed. */
const shortestToken = 24;

/**
 * The secrets of all targets, and those of inbound commands: from CTI_WEBHOOK_NAME_SECRET, CTI_WEBHOOK_TOKEN and CTI_WEBHOOK_INBOUND_SECRET,
 * else from the key store. Throws `config-invalid` for one that is missing or cannot be one; never repeats any of it.
 */
export async function webhookSecrets(
  environment: Environment,
  keyStore: Pick<KeyStore, "get">,
  { targets, inbound }: Pick<WebhookSettings, "targets" | "inbound">,
): Promise<WebhookSecrets> {
  const find = async (variable: string, name: string, what: string): Promise<string> => {
    const given = environment[variable];
    const found = given !== undefined && given !== "" ? given : (await keyStore.get(name))?.reveal();
    if (found !== undefined) return found.trim();
    throw new CtiError({
      code: "config-invalid",
      message: `${what} is missing`,
      hint: `set ${variable}, or keep it in the key store as "${name}"`,
    });
  };
  const secret = async (name: string, stored: string, what: string): Promise<string> => {
    const variable = secretVariable(name);
    const found = await find(variable, stored, what);
    try {
      signingKeys(found);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      throw refused(`${what} (${variable}) ${error.message}`, error.hint);
    }
    return found;
  };
  const pairs = await Promise.all(
    targets.map(
      async ({ name }) =>
        [
          name,
          await secret(name, `${webhookSecretNames.target}${name}`, `the secret of webhook target ${name}`),
        ] as const,
    ),
  );
  if (inbound === undefined) return { targets: Object.fromEntries(pairs), inbound: undefined };
  const token = await find("CTI_WEBHOOK_TOKEN", webhookSecretNames.token, "the token of inbound commands");
  const tokens = token.split(/\s+/);
  if (tokens.some((each) => each.length < shortestToken || !/^[\x21-\x2b\x2d-\x7e]+$/.test(each)))
    throw refused(
      "the token of inbound commands (CTI_WEBHOOK_TOKEN) cannot be one",
      `write at least ${shortestToken} characters of chance, without commas: cti webhooks secret inbound makes one; several with a space between`,
    );
  return {
    targets: Object.fromEntries(pairs),
    inbound: {
      token,
      secret: await secret("inbound", webhookSecretNames.inbound, "the secret of inbound commands"),
    },
  };
}

/** As `AdapterParts.secrets` carries them. */
export function webhookSecretsRecord({ targets, inbound }: WebhookSecrets): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(targets).map(([name, secret]) => [`webhook ${name}`, secret])),
    ...(inbound !== undefined && { webhookToken: inbound.token, webhookInbound: inbound.secret }),
  };
}

export function webhookSecretsOf(record: Readonly<Record<string, string>>): WebhookSecrets {
  const { webhookToken: token, webhookInbound: secret } = record;
  const prefix = "webhook ";
  return {
    targets: Object.fromEntries(
      Object.entries(record).flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
    ),
    inbound: token === undefined || secret === undefined ? undefined : { token, secret },
  };
}

/** Every text that must be in no log, trace or journal: for `CtiPort.addSecret`. */
export function secretTexts({ targets, inbound }: WebhookSecrets): string[] {
  const all = [...Object.values(targets), ...(inbound === undefined ? [] : [inbound.token, inbound.secret])];
  return all.flatMap((text) => text.split(/\s+/)).filter((text) => text !== "");
}

function refused(message: string, hint: string | undefined): CtiError {
  return new CtiError({ code: "config-invalid", message, ...(hint !== undefined && { hint }) });
}
