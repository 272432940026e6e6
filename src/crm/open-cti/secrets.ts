import type { KeyStore } from "../../platform/password.ts";
import type { Environment } from "../../platform/paths.ts";
import { salesforceKey } from "./rest/secrets.ts";
import type { OpenCtiTable } from "./settings.ts";
import { webhookSecrets, webhookSecretsRecord } from "./webhooks/secrets.ts";

/** What is never in the configuration: the key that signs in at Salesforce, the secrets of webhooks. Throws `config-invalid` for what is missing. */
export async function openCtiSecrets(
  environment: Environment,
  keyStore: Pick<KeyStore, "get">,
  { salesforce, webhooks }: OpenCtiTable,
): Promise<Record<string, string>> {
  const [key, hooks] = await Promise.all([
    salesforce === undefined ? undefined : salesforceKey(environment, keyStore, salesforce),
    webhookSecrets(environment, keyStore, webhooks),
  ]);
  return {
    ...webhookSecretsRecord(hooks),
    ...(key !== undefined && { salesforceKey: key.pem.reveal() }),
  };
}
