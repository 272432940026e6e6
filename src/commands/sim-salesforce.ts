import { Command, type CommandClass, Option } from "clipanion";
import { printable } from "../platform/terminal.ts";
import { BaseCommand } from "./base.ts";
import type { CtiContext } from "./context.ts";
import { wholeNumber } from "./sim-arguments.ts";
import { simSalesforceControlCommands } from "./sim-salesforce-control.ts";

type Happening = import("../simulator/salesforce/contract.ts").Happening;

/** `cti sim salesforce`: a Salesforce org, in the foreground. */
class SimSalesforceCommand extends BaseCommand {
  static override paths = [["sim", "salesforce"]];
  static override usage = Command.Usage({
    description: "run a simulated Salesforce org (a stub) in the foreground",
    details: `
      REST and OAuth, host pages that frame a softphone as Lightning does, and Open CTI's script, on one HTTPS port of this machine with a
      certificate authority of its own that is new at every start. It keeps every call, pop and Task, and complains of what Salesforce would not
      like. It is a stub: only a real org proves behaviour. Ctrl-C ends it.

      From another terminal: cti sim salesforce state, calls, tasks, pops, complaints, records, click, open, softphone, approve, fail and heal;
      each has its own --help.
    `,
    examples: [
      ["Start it and write the certificate authority to a file", "cti sim salesforce --ca-out ca.pem"],
      [
        "With the softphone page in its pages",
        "cti sim salesforce --softphone https://127.0.0.1:8112/softphone",
      ],
      ["An unattended client signs in with this key", "cti sim salesforce --key-out salesforce-key.pem"],
      ["For tests: free ports, URLs in a file", "cti sim salesforce --port 0 --ready-file salesforce.json"],
    ],
  });

  port = Option.String("--port", "8443", { description: "Port of all that Salesforce has; 0: a free one" });
  controlPort = Option.String("--control-port", "0", {
    description: "Port of the control API; 0: a free one",
  });
  readyFile = Option.String("--ready-file", { description: "File for the URLs, written when it serves" });
  caOut = Option.String("--ca-out", { description: "File for the certificate authority, PEM" });
  keyOut = Option.String("--key-out", { description: "File for a key of the app cti-sim, for JWT bearer" });
  users = Option.Array("--user", { description: "User name, ana@example.com; may be repeated" });
  softphone = Option.String("--softphone", { description: "URL of the softphone page that its pages frame" });
  records = Option.String("--records", { description: "JSON file: records to find" });
  customFields = Option.Array("--custom-field", {
    description: "Field for upserts, Task.CTI_Key__c; may be repeated",
  });
  autoApprove = Option.String("--auto-approve", {
    description: "User who approves at once whatever asks in a browser",
  });
  tokenLife = Option.String("--token-life", "7200", {
    description: "Seconds that an access token is good for",
  });
  dailyLimit = Option.String("--daily-limit", "15000", { description: "API requests of a day" });
  seed = Option.String("--seed", { description: "Number that makes it the same every time" });

  protected async run(): Promise<void> {
    const seed = wholeNumber("--seed", this.seed);
    const given = { users: this.users, softphone: this.softphone, autoApprove: this.autoApprove, seed };
    const options = {
      port: wholeNumber("--port", this.port, 65_535) ?? 0,
      controlPort: wholeNumber("--control-port", this.controlPort, 65_535) ?? 0,
      accessTokenLife: (wholeNumber("--token-life", this.tokenLife, 86_400) ?? 0) * 1000,
      dailyLimit: wholeNumber("--daily-limit", this.dailyLimit) ?? 0,
      customFields: this.customFields ?? [],
      ...defined(given),
      readyFile: this.readyFile,
      caOut: this.caOut,
      keyOut: this.keyOut,
      recordsFile: this.records,
      directory: this.context.folder,
    };
    const { runSalesforce } = await import("../simulator/salesforce/cli/foreground.ts");
    await runSalesforce(options, {
      environment: this.context.env,
      ready: (text, facts) => {
        this.progress(text);
        if (this.json) this.printJson(facts);
      },
      happened: (happening) => this.tell(happening),
      ended: interrupted(),
    });
    this.progress("the simulated Salesforce ended");
  }

  private tell(happening: Happening): void {
    const at = new Date(this.context.now());
    const { user, text } = happening;
    this.progress(`${at.toTimeString().slice(0, 8)}  ${printable(user)}  ${printable(text)}`);
    if (this.json) this.printJson({ at: at.toISOString(), ...happening });
  }
}

/** Only what was given. */
function defined<Values extends object>(
  values: Values,
): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Values]?: Exclude<Values[Name], undefined>;
  };
}

/** Resolves on Ctrl-C, SIGTERM or a closed terminal: all are the ordinary end. */
function interrupted(): Promise<void> {
  return new Promise((end) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());
  });
}

/** The classes of `cti sim salesforce …`. */
export const simSalesforceCommands: CommandClass<CtiContext>[] = [
  SimSalesforceCommand,
  ...simSalesforceControlCommands,
];
