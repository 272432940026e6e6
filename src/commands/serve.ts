import { Command } from "clipanion";
import { ConnectorCommand } from "./base.ts";

/** `cti serve` */
export class ServeCommand extends ConnectorCommand {
  static override paths = [["serve"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "run the connector in the foreground, for many agents",
    details:
      "The same connector that cti login starts in the background, under a service manager's eyes. Ctrl-C ends it.",
    examples: [["In a terminal or a systemd unit", "cti serve"]],
  });

  protected async run(): Promise<void> {
    const config = await this.config();
    const { runGuardian } = await import("../connector/guardian.ts");
    await runGuardian(["--profile", config.profile, "--foreground"]);
  }
}
