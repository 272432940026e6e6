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
  target: "webhook target ",
  token: "webhook inbound token",
  inbound: "webhook inbound secret",
} as const;

/** Where a secret may be: its variable, else under this name in the key store. */
export interface SecretPlace {
  variable: string;
  stored: string;
  /** For people. */
  what: string;
}

/** Characters; a shorter token could be guessed. */
const shortestToken = 24;

export function targetSecret(name: string): SecretPlace {
  const stored = `${webhookSecretNames.target}${name}`;
  return { variable: secretVariable(name), stored, what: `the secret of webhook target ${name}` };
}

export const inboundSecret: SecretPlace = {
  variable: "CTI_WEBHOOK_INBOUND_SECRET",
  stored: webhookSecretNames.inbound,
  what: "the secret of inbound commands",
};

export const inboundToken: SecretPlace = {
  variable: "CTI_WEBHOOK_TOKEN",
  stored: webhookSecretNames.token,
  what: "the token of inbound commands",
};

/** What is there, unjudged, and where; an empty variable is none. */
export async function lookUpSecret(
  environment: Environment,
  keyStore: Pick<KeyStore, "get">,
  { variable, stored }: SecretPlace,
): Promise<{ text: string; from: "variable" | "key store" } | undefined> {
  const given = environment[variable]?.trim() ?? "";
  if (given !== "") return { text: given, from: "variable" };
  const kept = (await keyStore.get(stored))?.reveal().trim() ?? "";
  return kept === "" ? undefined : { text: kept, from: "key store" };
}

/** The secret at a place, which signs. Throws `config-invalid` where it is missing or cannot be one; never repeats any of it. */
export async function signingSecret(
  environment: Environment,
  keyStore: Pick<KeyStore, "get">,
  place: SecretPlace,
): Promise<string> {
  const found = await needed(environment, keyStore, place);
  try {
    signingKeys(found);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    throw refused(`${place.what} (${place.variable}) ${error.message}`, error.hint);
  }
  return found;
}

/**
 * The secrets of all targets, and those of inbound commands: from CTI_WEBHOOK_NAME_SECRET, CTI_WEBHOOK_TOKEN and CTI_WEBHOOK_INBOUND_SECRET,
 * else from the key store. Throws `config-invalid` for one that is missing or cannot be one; never repeats any of it.
 */
export async function webhookSecrets(
  environment: Environment,
  keyStore: Pick<KeyStore, "get">,
  { targets, inbound }: Pick<WebhookSettings, "targets" | "inbound">,
): Promise<WebhookSecrets> {
  const pairs = await Promise.all(
    targets.map(
      async ({ name }) => [name, await signingSecret(environment, keyStore, targetSecret(name))] as const,
    ),
  );
  if (inbound === undefined) return { targets: Object.fromEntries(pairs), inbound: undefined };
  const token = await needed(environment, keyStore, inboundToken);
  const tokens = token.split(/\s+/);
  if (tokens.some((each) => each.length < shortestToken || !/^[\x21-\x2b\x2d-\x7e]+$/.test(each)))
    throw refused(
      `${inboundToken.what} (${inboundToken.variable}) cannot be one`,
      `write at least ${shortestToken} characters of chance, without commas; several with a space between. One is made by: cti webhooks secret inbound`,
    );
  return {
    targets: Object.fromEntries(pairs),
    inbound: { token, secret: await signingSecret(environment, keyStore, inboundSecret) },
  };
}

async function needed(
  environment: Environment,
  keyStore: Pick<KeyStore, "get">,
  place: SecretPlace,
): Promise<string> {
  const found = await lookUpSecret(environment, keyStore, place);
  if (found !== undefined) return found.text;
  const { variable, stored, what } = place;
  const name = stored.startsWith(webhookSecretNames.target)
    ? stored.slice(webhookSecretNames.target.length)
    : "inbound";
  throw new CtiError({
    code: "config-invalid",
    message: `${what} is missing`,
    hint: `make one with: cti webhooks secret ${name}; or set ${variable}, or keep it in the key store as "${stored}"`,
  });
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
