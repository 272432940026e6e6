import { CtiError } from "../model/errors.ts";
import type { CrmAdapter } from "./adapter.ts";

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
}

export type CreateAdapter = (parts: AdapterParts) => Promise<MadeAdapter>;

/** Loads the one adapter asked for. Throws `config-invalid` for a name nobody knows. */
export const createAdapter: CreateAdapter = async ({ name, settings, secrets }) => {
  switch (name) {
    case "generic-connector": {
      const { createGenericConnector } = await import("./generic-connector/adapter.ts");
      return { adapter: createGenericConnector(settings, secrets), lease: "gc" };
    }
    default:
      throw new CtiError({
        code: "config-invalid",
        message: `there is no adapter "${name}" in this version`,
        hint: "remove its table from the configuration file: cti config show",
      });
  }
};
