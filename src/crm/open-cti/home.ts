import { join } from "node:path";
import { systemKeyStore } from "../../platform/password.ts";
import { type Environment, statePath } from "../../platform/paths.ts";
import { type TokenStore, tokenStore } from "./rest/oauth/token-store.ts";
import type { OpenCtiTable } from "./settings.ts";

/** Where files of ours lie: as the face found it that read the settings. */
export interface Home {
  profile: string;
  environment: Environment;
}

/** What decides that; nothing else of an environment goes on. */
export function homeOf(environment: Environment, profile: string): Home {
  const { HOME, XDG_STATE_HOME, XDG_CONFIG_HOME } = environment;
  return { profile, environment: { HOME, XDG_STATE_HOME, XDG_CONFIG_HOME } };
}

/** Where the connector keeps a certificate of its own for the softphone page. */
export function certificateDirectory({ environment, profile }: Home): string {
  return join(statePath(environment, profile), "softphone");
}

export function tokenStoreOf({ salesforce, home }: Pick<OpenCtiTable, "salesforce" | "home">): TokenStore {
  if (salesforce === undefined) throw new Error("there is no Salesforce to sign in at");
  return tokenStore({ ...home, settings: salesforce, keyStore: systemKeyStore });
}
