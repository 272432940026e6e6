import { dirname } from "node:path";
import { Command } from "clipanion";
import type { Config } from "../platform/config.ts";
import { systemKeyStore } from "../platform/password.ts";
import type { Environment } from "../platform/paths.ts";
import { siteSettings } from "../platform/session-settings.ts";
import { ConnectorCommand } from "./base.ts";

/** `cti serve` */
export class ServeCommand extends ConnectorCommand {
  static override paths = [["serve"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "run the connector in the foreground, for many agents",
    details:
      "The same connector that cti login starts in the background, here for a terminal or a service manager, with the CRM adapters that the profile's [profiles.NAME.adapters] tables name. Its log goes to stderr; Ctrl-C ends it.",
    examples: [
      ["In a terminal or a systemd unit", "cti serve"],
      ["Agents then sign in from anywhere on the machine", "cti login -a 1001 -e 2001"],
    ],
  });

  protected async run(): Promise<void> {
    const config = await this.config();
    const { profile } = config;
    const adapters = await adaptersOf(config, this.context.env);
    const { serve } = await import("../connector/serve.ts");
    await serve({
      profile,
      recordVariables: config.settings.recordVariables,
      ...(adapters !== undefined && { adapters }),
      onServing: () => {
        const names = adapters?.adapters.map(({ name }) => name) ?? [];
        if (this.json) this.printJson({ serving: true, profile, pid: process.pid, adapters: names });
        const crm =
          names.length === 0 ? "" : ` with ${names.join(" and ")} (cti adapters tells how they are)`;
        this.progress(`serving profile ${profile}${crm}; Ctrl-C ends it`);
      },
    });
  }
}

/** What the worker needs for the profile's CRM adapters; `undefined` without any. Throws `config-invalid`, or `usage` where Finesse is missing. */
async function adaptersOf(config: Config, environment: Environment) {
  const tables = Object.entries(config.adapters);
  if (tables.length === 0) return undefined;
  const { readAdapter } = await import("../crm/catalogue.ts");
  const adapters = await Promise.all(
    tables.map(([name, table]) =>
      readAdapter({
        name,
        table,
        place: { label: `${config.path}: adapters.${name}`, folder: dirname(config.path) },
        profile: config.profile,
        environment,
        keyStore: systemKeyStore,
      }),
    ),
  );
  // CRMs protect their agents as consoles do (design §2).
  return { site: await siteSettings(config, "not-ready"), adapters };
}
