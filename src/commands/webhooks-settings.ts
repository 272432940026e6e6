import { dirname } from "node:path";
import { CtiError } from "../model/errors.ts";
import { isTable } from "../platform/adapter-table.ts";
import type { Config } from "../platform/config.ts";
import type { KeyStore } from "../platform/password.ts";
import type { Environment } from "../platform/paths.ts";

export type WebhookTable = import("../crm/open-cti/webhooks/settings.ts").WebhookTable;
type SecretPlace = import("../crm/open-cti/webhooks/secrets.ts").SecretPlace;

/** What secrets are looked for in. */
export interface SecretSources {
  environment: Environment;
  keyStore: Pick<KeyStore, "get">;
}

/** The table `[adapters.open-cti.webhooks]` of a profile; `undefined` where there is none. Throws `config-invalid`. */
export async function webhookTable({ adapters, path }: Config): Promise<WebhookTable | undefined> {
  const table = adapters["open-cti"]?.webhooks;
  if (table === undefined) return undefined;
  const label = `${path}: adapters.open-cti.webhooks`;
  if (!isTable(table))
    throw new CtiError({ code: "config-invalid", message: `${label} must be a table`, hint: howTo });
  const { readWebhooks } = await import("../crm/open-cti/webhooks/settings.ts");
  return readWebhooks(table, { label, folder: dirname(path) });
}

const howTo = "see how it is written: cti help webhooks";

/** One that is listed; never the secret, never the whole URL. */
export interface ShownTarget {
  name: string;
  /** Of its URL, host and port alone: the rest may be a secret. */
  host: string;
  tls: boolean;
  events: string[];
  variables: boolean;
  secret: ShownSecret;
}

export interface ShownSecret {
  from: "variable" | "key store" | "missing";
  variable: string;
  stored: string;
  /** While it is changed there are several. */
  count: number;
}

export interface ShownWebhooks {
  profile: string;
  targets: ShownTarget[];
  inbound?: { listen: string; tls: boolean; hosts: string[]; token: ShownSecret; secret: ShownSecret };
  allowNetworks: string[];
}

/** What `cti webhooks list` tells. */
export async function shownWebhooks(
  profile: string,
  table: WebhookTable | undefined,
  sources: SecretSources,
): Promise<ShownWebhooks> {
  if (table === undefined) return { profile, targets: [], allowNetworks: [] };
  const { inboundSecret, inboundToken, targetSecret } = await import("../crm/open-cti/webhooks/secrets.ts");
  const { targets, inbound, allowNetworks } = table;
  const shown = await Promise.all(
    targets.map(async ({ name, url, events, variables }) => {
      const { host, protocol } = new URL(url);
      const secret = await shownSecret(targetSecret(name), sources);
      return { name, host, tls: protocol === "https:", events, variables, secret };
    }),
  );
  if (inbound === undefined) return { profile, targets: shown, allowNetworks };
  const { host, port, tls, hosts } = inbound;
  return {
    profile,
    targets: shown,
    inbound: {
      listen: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
      tls: tls !== undefined,
      hosts,
      token: await shownSecret(inboundToken, sources),
      secret: await shownSecret(inboundSecret, sources),
    },
    allowNetworks,
  };
}

async function shownSecret(
  place: SecretPlace,
  { environment, keyStore }: SecretSources,
): Promise<ShownSecret> {
  const { lookUpSecret } = await import("../crm/open-cti/webhooks/secrets.ts");
  const found = await lookUpSecret(environment, keyStore, place);
  const { variable, stored } = place;
  return {
    from: found?.from ?? "missing",
    variable,
    stored,
    count: found === undefined ? 0 : found.text.split(/\s+/).length,
  };
}

/** The target of that name, or the only one. Throws `config-invalid` where there is none, `usage` where there are several. */
export function chosenTarget(
  table: WebhookTable | undefined,
  name: string | undefined,
): WebhookTable["targets"][number] {
  const targets = table?.targets ?? [];
  const [first] = targets;
  if (first === undefined)
    throw new CtiError({
      code: "config-invalid",
      message: "no webhook target is configured",
      hint: howTo,
    });
  const found =
    name === undefined && targets.length === 1 ? first : targets.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = targets.map((each) => each.name).join(", ");
  // What is no name may be a secret.
  const shown = name !== undefined && /^[\w-]{1,40}$/.test(name) ? `"${name}"` : "of that name";
  throw new CtiError({
    code: "usage",
    message: name === undefined ? "which webhook target?" : `there is no webhook target ${shown}`,
    hint: `there are: ${names}`,
  });
}
