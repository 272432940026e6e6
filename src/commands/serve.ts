import { Command } from "clipanion";
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
    const { serve } = await import("../connector/serve.ts");
    await serve({
      profile,
      recordVariables: config.settings.recordVariables,
      onServing: () => {
        if (this.json) this.printJson({ serving: true, profile, pid: process.pid });
        this.progress(`serving profile ${profile}; Ctrl-C ends it`);
      },
    });
  }
}
