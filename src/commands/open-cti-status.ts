import { Command } from "clipanion";
import { systemClock } from "../platform/clock.ts";
import { SalesforceCommand } from "./open-cti-base.ts";
import { identityText, keptText } from "./open-cti-text.ts";

/** `cti open-cti status` */
export class OpenCtiStatusCommand extends SalesforceCommand {
  static override paths = [["open-cti", "status"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "who is signed in at Salesforce, and how much of the org's API is used",
    details:
      "Asks Salesforce. Exits 7 when nobody has signed in, 3 when the sign-in is over, 5 when Salesforce cannot be reached.",
    examples: [
      ["Does the sign-in still hold?", "cti open-cti status"],
      ["API requests used, for a program", "cti open-cti status --json | jq .limits.used"],
    ],
  });

  protected async run(): Promise<void> {
    const config = await this.config();
    const { settings, store, key } = await this.target(config);
    const { signInStatus } = await import("../crm/open-cti/rest/sign-in.ts");
    const found = await signInStatus({
      settings,
      key: key?.pem.reveal(),
      store,
      clock: systemClock,
      signal: AbortSignal.timeout(config.settings.timeout * 1000),
    });
    const { identity, kept, limits } = found;
    if (this.json) {
      this.printJson({ signedIn: identity, flow: settings.flow, kept: kept ?? null, limits: limits ?? null });
      return;
    }
    const used =
      limits === undefined
        ? ""
        : `\n  ${limits.used} of the org's ${limits.most} API requests of 24 hours are used`;
    this.print(`${this.paint("green", "●")} ${identityText(identity)}\n  ${keptText(kept)}${used}`);
  }
}
