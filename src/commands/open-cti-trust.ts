import { Command } from "clipanion";
import { ConnectorCommand } from "./base.ts";
import { openCtiTable } from "./open-cti-settings.ts";

/** `cti open-cti trust` */
export class OpenCtiTrustCommand extends ConnectorCommand {
  static override paths = [["open-cti", "trust"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "what browsers have to trust before the softphone page works",
    details:
      "For the configuration as it is: the certificate, Chrome's Local Network Access, Salesforce's own settings, and what works without any of it. Changes nothing.",
    examples: [
      ["Before a roll-out", "cti open-cti trust"],
      ["The authority's file", "cti open-cti trust --json | jq -r .certificate.file"],
    ],
  });

  protected async run(): Promise<void> {
    const settings = await openCtiTable(await this.config(), this.context.env);
    const { trustReport } = await import("../crm/open-cti/trust.ts");
    const report = trustReport(settings);
    if (this.json) return this.printJson(report);
    const { trustText } = await import("./open-cti-trust-text.ts");
    this.print(trustText(report, { paint: this.paint, platform: process.platform, now: this.context.now() }));
  }
}
