import { CtiError } from "../model/errors.ts";
import type { Table } from "../platform/config-file.ts";
import type { KeyStore } from "../platform/password.ts";
import type { Environment } from "../platform/paths.ts";
import type { CrmAdapter } from "./adapter.ts";
import type { EbsSettings } from "./ebs/contract.ts";
import type { GcSettings } from "./generic-connector/contract.ts";
import type { OpenCtiTable } from "./open-cti/settings.ts";

/** What an adapter is made from: settings as its own reader made them in the face, and secrets by name. */
export interface AdapterParts {
  name: string;
  settings: unknown;
  secrets: Record<string, string>;
}

/** An adapter, and what its presence with an agent is called (a `LeaseKind` of the control API). */
export interface MadeAdapter {
  adapter: CrmAdapter;
  lease: "gc" | "ebs" | "page";
  /** Seconds an agent is left as he is when nobody of this CRM is there any more; the profile's when absent. */
  unattendedAfter?: number;
  /** Milliseconds for which its records are owed; a day when absent. */
  keepRecords?: number;
}

export type CreateAdapter = (parts: AdapterParts) => Promise<MadeAdapter>;

export interface AdapterSource {
  name: string;
  /** As it stands in the configuration file. */
  table: Table;
  /** For messages, and what relative paths are relative to. */
  place: { label: string; folder: string };
  profile: string;
  environment: Environment;
  keyStore: Pick<KeyStore, "get">;
}

/** Reads and checks an adapter's settings and secrets, in the face that starts it. Throws `config-invalid`, which names key and form. */
export async function readAdapter(source: AdapterSource): Promise<AdapterParts> {
  const { name } = source;
  const settings = await readAdapterSettings(source);
  return { name, settings, secrets: await adapterSecrets(source, settings) };
}

/** `settings` as `readAdapterSettings` made them. */
async function adapterSecrets(
  { name, environment, keyStore }: AdapterSource,
  settings: unknown,
): Promise<Record<string, string>> {
  switch (name) {
    case "generic-connector": {
      const { gcSecrets, secretsRecord } = await import("./generic-connector/secrets.ts");
      return secretsRecord(await gcSecrets(environment, keyStore, settings as GcSettings));
    }
    case "open-cti": {
      const { openCtiSecrets } = await import("./open-cti/secrets.ts");
      return openCtiSecrets(environment, keyStore, settings as OpenCtiTable);
    }
    default:
      return {};
  }
}

/** Settings alone: what a check of the configuration can say without asking for a secret. Throws as `readAdapter`. */
export async function readAdapterSettings({
  name,
  table,
  place,
  profile,
  environment,
}: Omit<AdapterSource, "keyStore">): Promise<unknown> {
  switch (name) {
    case "generic-connector": {
      const { readGcSettings } = await import("./generic-connector/settings.ts");
      return readGcSettings(table, place);
    }
    case "ebs": {
      const { readEbsSettings } = await import("./ebs/settings.ts");
      return readEbsSettings(table, place);
    }
    case "open-cti": {
      const { readOpenCtiSettings } = await import("./open-cti/settings.ts");
      const { homeOf } = await import("./open-cti/home.ts");
      return readOpenCtiSettings(table, place, homeOf(environment, profile));
    }
    default:
      throw noSuchAdapter(name);
  }
}

/** Loads the one adapter asked for. Throws `config-invalid` for a name nobody knows. */
export const createAdapter: CreateAdapter = async ({ name, settings, secrets }) => {
  switch (name) {
    case "generic-connector": {
      const { createGenericConnector } = await import("./generic-connector/adapter.ts");
      // Made by `readAdapter` of this very program.
      const { unattendedAfter } = settings as GcSettings;
      return { adapter: createGenericConnector(settings, secrets), lease: "gc", unattendedAfter };
    }
    case "ebs": {
      const { createEbs } = await import("./ebs/adapter.ts");
      const { unattendedAfter, keepRecords } = settings as EbsSettings;
      return { adapter: createEbs(settings), lease: "ebs", unattendedAfter, keepRecords };
    }
    case "open-cti": {
      const { createOpenCti } = await import("./open-cti/adapter.ts");
      const { unattendedAfter, keepRecords } = settings as OpenCtiTable;
      return { adapter: createOpenCti(settings, secrets), lease: "page", unattendedAfter, keepRecords };
    }
    default:
      throw noSuchAdapter(name);
  }
};

function noSuchAdapter(name: string): CtiError {
  return new CtiError({
    code: "config-invalid",
    message: `there is no adapter "${name}" in this version`,
    hint: "remove its table from the configuration file: cti config path",
  });
}
