import { Command } from "clipanion";
import { SalesforceCommand } from "./open-cti-base.ts";

/** `cti open-cti sign-out` */
export class OpenCtiSignOutCommand extends SalesforceCommand {
  static override paths = [["open-cti", "sign-out"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "end the sign-in at Salesforce, here and there",
    details:
      "The kept sign-in is removed and revoked, and so is a key that --remember kept. A connector that runs cannot log calls at Salesforce from then on; what it owes stays owed until its time is over.",
    examples: [["End it", "cti open-cti sign-out"]],
  });

  protected async run(): Promise<void> {
    const { settings, store } = await this.target(await this.config());
    const { signOut } = await import("../crm/open-cti/rest/sign-in.ts");
    const { keyStoreEntry } = await import("../crm/open-cti/rest/secrets.ts");
    const keyStore = await this.keyStore();
    const name = keyStoreEntry(settings.clientId);
    const hadKey = (await keyStore.get(name)) !== undefined;
    if (hadKey) await keyStore.remove(name);
    const done = await signOut({ settings, store });
    if (done !== undefined && !done.revoked)
      this.notice(
        `it is gone from here, but was not revoked: ${done.why ?? ""}; where somebody may have a copy, revoke it in Setup, Connected Apps OAuth Usage`,
      );
    if (this.json)
      this.printJson({ signedOut: done !== undefined, revoked: done?.revoked ?? false, keyRemoved: hadKey });
    else if (done === undefined && !hadKey) this.print("nobody was signed in at Salesforce");
    else {
      const what = [
        done === undefined ? "" : "signed out at Salesforce",
        hadKey ? "the kept key is removed" : "",
      ];
      this.print(`${this.paint("green", "✓")} ${what.filter((words) => words !== "").join("; ")}`);
    }
  }
}
