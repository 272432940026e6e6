import type { CtiError } from "../../../model/errors.ts";
import type { CtiPort } from "../../adapter.ts";
import type { CallLog, Match, SalesforceRest, SalesforceSettings } from "../contract.ts";
import { SalesforceClient } from "./client.ts";
import { lightningOrigin } from "./hosts.ts";
import { SalesforceHttp } from "./http.ts";
import { type Identity, identityOf } from "./identity.ts";
import { Limits } from "./limits.ts";
import { Access } from "./oauth/access.ts";
import { rsaKey } from "./oauth/jwt.ts";
import { memoryStore, type TokenStore } from "./oauth/token-store.ts";
import { Owners } from "./owners.ts";
import { NumberSearch } from "./search.ts";
import { Tasks } from "./tasks.ts";
import { recordTo } from "./trace.ts";
import { Secret } from "../../../platform/secret.ts";

export interface SalesforceParts {
  settings: SalesforceSettings;
  /** Of `jwt`: the private key, PEM (`salesforceSecrets`). */
  key: string | undefined;
  /** Where a person's sign-in is kept; of `jwt` none is. */
  store: TokenStore;
  port: Pick<CtiPort, "clock" | "log" | "trace" | "addSecret">;
  /** Milliseconds for one request; default 15 s. */
  requestTime?: number;
  /** What an agent is called besides, id before login name: of whom the settings name by another. */
  namesOf?: (agent: string) => readonly string[];
  /** What each request to Salesforce's API came to. */
  onResult?: (error: CtiError | undefined) => void;
}

export interface SalesforceBackEnd extends SalesforceRest {
  /**
   * Signs in now, or finds out that it cannot: for health. Throws `credentials-missing` (nobody has signed in), `credentials-refused` (the
   * sign-in is over), `salesforce-unreachable`…
   */
  connect(signal?: AbortSignal): Promise<Identity>;
  /** Ends what is under way, and the connections. */
  close(): Promise<void>;
}

/** Salesforce without a page (open-cti.md §6). Throws `config-invalid` for a key that is none; asks nothing before it is asked. */
export function createSalesforceRest({
  settings,
  key,
  store,
  port,
  requestTime,
  namesOf = () => [],
  onResult,
}: SalesforceParts): SalesforceBackEnd {
  const now = (): number => port.clock.now();
  const { log } = port;
  const http = new SalesforceHttp({
    ca: settings.ca,
    ...(requestTime !== undefined && { time: requestTime }),
    onAsk: recordTo(port.trace),
  });
  const isJwt = settings.flow === "jwt";
  if (key !== undefined) port.addSecret(key);
  const access = new Access({
    settings,
    http,
    now,
    key:
      isJwt && key !== undefined
        ? rsaKey(new Secret(key), "the key of the sign-in at Salesforce")
        : undefined,
    store: isJwt ? memoryStore() : store,
    onSecret: (text) => port.addSecret(text),
    onProblem: (words) => log("warn", words),
  });
  const limits = new Limits(now);
  const client = new SalesforceClient({
    version: settings.version,
    http,
    access,
    limits,
    log,
    ...(onResult !== undefined && { onResult }),
  });
  const { country, lastDigits, owners, ownerField, externalId, zone } = settings;
  const numbers = new NumberSearch({ client, plan: { country, lastDigits }, log });
  const tasks = new Tasks({
    client,
    owners: new Owners({ client, rules: { owners, ownerField }, namesOf, now, log }),
    externalId,
    zone,
    now,
    log,
  });
  const lightning = (): string => `${lightningOrigin(access.known()?.instance ?? settings.login)}/lightning`;
  return {
    search: (number, signal) => numbers.search(number, signal),
    saveTask: (entry: CallLog, signal) => tasks.save(entry, signal),
    recordUrl: ({ id, type }: Match) =>
      `${lightning()}/r/${encodeURIComponent(type)}/${encodeURIComponent(id)}/view`,
    newContactUrl: (number) =>
      `${lightning()}/o/Contact/new?defaultFieldValues=${encodeURIComponent(`Phone=${number}`)}`,
    limits: () => limits.heard,
    connect: async (signal) => identityOf(client, await access.current(signal), signal),
    close: () => http.close(),
  };
}
