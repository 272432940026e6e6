import { dirname } from "node:path";
import { CtiError } from "../model/errors.ts";
import type { Config } from "../platform/config.ts";
import type { Environment } from "../platform/paths.ts";

export type OpenCtiTable = import("../crm/open-cti/settings.ts").OpenCtiTable;

/** The table `[adapters.open-cti]` of a profile. Throws `config-invalid` for one that is wrong, and where there is none. */
export async function openCtiTable(config: Config, environment: Environment): Promise<OpenCtiTable> {
  const { adapters, path, profile } = config;
  const table = adapters["open-cti"];
  if (table === undefined)
    throw new CtiError({
      code: "config-invalid",
      message: `profile ${profile} has no Salesforce: there is no table adapters.open-cti`,
      hint: "see how it is written: cti help open-cti",
    });
  const { readAdapterSettings } = await import("../crm/catalogue.ts");
  const settings = await readAdapterSettings({
    name: "open-cti",
    table,
    place: { label: `${path}: adapters.open-cti`, folder: dirname(path) },
    profile,
    environment,
  });
  // Made by its own reader.
  return settings as OpenCtiTable;
}
