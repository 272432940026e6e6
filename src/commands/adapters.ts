import { Command } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { adapterText } from "./adapter-text.ts";
import { ConnectorCommand } from "./base.ts";

/** `cti adapters` */
export class AdaptersCommand extends ConnectorCommand {
  static override paths = [["adapters"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "the CRM adapters of the connector: connected to what, and who is there",
    details:
      "Adapters run in cti serve, as the profile's [profiles.NAME.adapters] say. Exits 5 when one of them is down, 7 when there is none.",
    examples: [
      ["At one glance", "cti adapters"],
      ["Is the broker there?", "cti adapters --json | jq -r '.adapters[0].state'"],
    ],
  });

  protected async run(): Promise<number> {
    const { profile } = await this.config();
    const control = await this.context.control.connect(profile);
    const adapters = await control.adapters();
    if (adapters.length === 0) throw noAdapters(profile);
    if (this.json) this.printJson({ adapters });
    else {
      const view = { paint: this.paint, now: this.context.now() };
      this.print(adapters.map((adapter) => adapterText(adapter, view)).join("\n\n"));
    }
    return adapters.some(({ state }) => state === "down" || state === "stopped") ? 5 : 0;
  }
}

function noAdapters(profile: string): CtiError {
  return new CtiError({
    code: "no-connector",
    message: `the connector of profile ${profile} has no CRM adapters`,
    hint: "write a table like [profiles.default.adapters.generic-connector] and start the connector with cti serve; see cti help generic-connector",
  });
}
