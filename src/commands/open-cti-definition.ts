import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { Invalid } from "../platform/invalid.ts";
import { ConnectorCommand } from "./base.ts";
import { openCtiTable } from "./open-cti-settings.ts";

/** `cti open-cti definition` */
export class OpenCtiDefinitionCommand extends ConnectorCommand {
  static override paths = [["open-cti", "definition"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "the call center that Salesforce imports, as XML",
    details: `
      For the softphone page of the configuration. In Salesforce: Setup, Call Centers, Import; then Manage Call Center Users, and a Softphone
      Layout for them. What browsers have to trust: cti open-cti trust.
    `,
    examples: [
      ["Into a file, to be imported", "cti open-cti definition > call-center.xml"],
      [
        "For a site's own address",
        "cti open-cti definition --url https://cti.example.com/softphone --name ciscoFinesse",
      ],
    ],
  });

  url = Option.String("--url", {
    description: "Address of the softphone page; else the configuration's",
  });
  name = Option.String("--name", "ciscoFinesse", {
    description: "Internal name: letters and digits",
  });
  display = Option.String("--display", "Cisco Finesse (cti)", { description: "Name that people see" });
  width = Option.String("--width", "300", { description: "Pixels" });
  height = Option.String("--height", "560", { description: "Pixels" });

  protected async run(): Promise<void> {
    const url = this.url === undefined ? await this.#configured() : securely(this.url);
    const { callCenterXml } = await import("../crm/open-cti/definition.ts");
    try {
      const xml = callCenterXml({
        adapterUrl: url,
        internalName: this.name,
        displayName: this.display,
        description: undefined,
        width: pixels("--width", this.width),
        height: pixels("--height", this.height),
        standby: undefined,
      });
      if (this.json) this.printJson({ url, xml });
      else this.print(xml.trimEnd());
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      throw usage(error.message, error.hint);
    }
  }

  async #configured(): Promise<string> {
    const { trustReport } = await import("../crm/open-cti/trust.ts");
    const settings = await openCtiTable(await this.config(), this.context.env);
    const { url } = trustReport(settings);
    if (url !== undefined) return url;
    throw new CtiError({
      code: "config-invalid",
      message: "this profile serves no softphone page",
      hint: 'write listen = "127.0.0.1:8112" in [adapters.open-cti], or give --url',
    });
  }
}

function securely(given: string): string {
  if (URL.canParse(given) && new URL(given).protocol === "https:") return given;
  throw usage(
    `"${given}" is no https address`,
    "Lightning frames nothing else: https://cti.example.com/softphone",
  );
}

function pixels(flag: string, given: string): number {
  const number = Number(given);
  if (Number.isInteger(number) && number >= 100 && number <= 4000) return number;
  throw usage(`${flag} is a number of pixels from 100 to 4000`);
}

function usage(message: string, hint?: string): CtiError {
  return new CtiError({ code: "usage", message, ...(hint !== undefined && { hint }) });
}
