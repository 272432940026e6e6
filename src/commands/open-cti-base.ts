import { dirname } from "node:path";
import { CtiError } from "../model/errors.ts";
import type { Config } from "../platform/config.ts";
import type { KeyStore } from "../platform/password.ts";
import type { Environment } from "../platform/paths.ts";
import { isTable } from "../platform/adapter-table.ts";
import { ConnectorCommand } from "./base.ts";

type Settings = Awaited<ReturnType<typeof import("../crm/open-cti/rest/settings.ts").readSalesforceSettings>>;
type TokenStore = ReturnType<typeof import("../crm/open-cti/rest/oauth/token-store.ts").tokenStore>;
type FoundKey = NonNullable<
  Awaited<ReturnType<typeof import("../crm/open-cti/rest/secrets.ts").salesforceKey>>
>;

/** The Salesforce that a profile means. */
export interface SalesforceTarget {
  settings: Settings;
  store: TokenStore;
  /** Of `jwt`. */
  key: FoundKey | undefined;
}

/** Throws `config-invalid` where the profile has none, or it is wrong. `flow`: in place of the profile's. */
export async function salesforceTarget(
  config: Config,
  { environment, keyStore }: { environment: Environment; keyStore: KeyStore },
  change: Partial<Pick<Settings, "flow" | "port">> = {},
): Promise<SalesforceTarget> {
  const { readSalesforceSettings } = await import("../crm/open-cti/rest/settings.ts");
  const { tokenStore } = await import("../crm/open-cti/rest/oauth/token-store.ts");
  const { salesforceKey } = await import("../crm/open-cti/rest/secrets.ts");
  const { profile, path } = config;
  const table = config.adapters["open-cti"]?.salesforce;
  if (!isTable(table))
    throw new CtiError({
      code: "config-invalid",
      message: `profile ${profile} says nothing of Salesforce`,
      why: `${path} has no table [profiles.${profile}.adapters.open-cti.salesforce]`,
      hint: `write it, with login = "https://NAME.my.salesforce.com" and client-id = "…", the consumer key of your app there`,
    });
  const place = { label: `${path}: adapters.open-cti.salesforce`, folder: dirname(path) };
  const settings = { ...(await readSalesforceSettings(table, place)), ...change };
  return {
    settings,
    store: tokenStore({ environment, profile, settings, keyStore }),
    key: await salesforceKey(environment, keyStore, settings),
  };
}

/** What the commands of Salesforce have in common. */
export abstract class SalesforceCommand extends ConnectorCommand {
  protected async keyStore(): Promise<KeyStore> {
    const { systemKeyStore } = await import("../platform/password.ts");
    return this.context.keyStore ?? systemKeyStore;
  }

  protected async target(
    config: Config,
    change?: Parameters<typeof salesforceTarget>[2],
  ): Promise<SalesforceTarget> {
    return salesforceTarget(
      config,
      { environment: this.context.env, keyStore: await this.keyStore() },
      change,
    );
  }

  protected notice(words: string): void {
    this.progress(`${this.context.paint.err("yellow", "!")} ${words}`);
  }
}
