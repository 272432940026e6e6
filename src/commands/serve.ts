import { Command } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { ConnectorCommand } from "./base.ts";

/** `cti serve` */
export class ServeCommand extends ConnectorCommand {
  static override paths = [["serve"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "run the connector in the foreground, for many agents",
    details:
      "The same connector that cti login starts in the background, here for a terminal or a service manager. Its log goes to stderr; Ctrl-C ends it.",
    examples: [
      ["In a terminal or a systemd unit", "cti serve"],
      ["Agents then sign in from anywhere on the machine", "cti login -a 1001 -e 2001"],
    ],
  });

  protected async run(): Promise<void> {
    const config = await this.config();
    const { profile } = config;
    const { guard } = await import("../connector/guardian.ts");
    const options = {
      profile,
      foreground: true,
      recordVariables: config.settings.recordVariables,
      // Only a connector in the background ends by itself.
      grace: 0,
    };
    const how = await guard(options, () => {
      if (this.json) this.printJson({ serving: true, profile, pid: process.pid });
      this.progress(`serving profile ${profile}; Ctrl-C ends it`);
    });
    if (how === "ended") return;
    throw new CtiError({
      code: "connector-start",
      message: `another connector serves profile ${profile} already`,
      hint: "see it with cti status, end it with cti stop, or serve another one with --profile NAME",
    });
  }
}
