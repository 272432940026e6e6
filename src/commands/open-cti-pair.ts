import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { chooseAgent } from "./agents.ts";
import { ConnectorCommand } from "./base.ts";
import type { Control } from "./control.ts";

/** As the adapter answers it; crm/open-cti/page/contract.ts. */
interface Pairing {
  agent: string;
  token: string;
  url: string;
  expiresAt: string;
}

/** `cti open-cti pair` */
export class OpenCtiPairCommand extends ConnectorCommand {
  static override paths = [["open-cti", "pair"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "let a browser's softphone page in, as an agent",
    details: `
      Prints the page's address with a code that lets one browser in, once, within two minutes: open it, or paste the code into the softphone
      inside Salesforce. From then on the browser is let in by itself, until it was away for twelve hours. Whoever has the code has the agent's
      phone: show it to nobody.
    `,
    examples: [
      ["The only agent signed in", "cti open-cti pair"],
      ["Another agent's page", "cti open-cti pair -a 1002"],
      ["For a program that opens the browser", "cti open-cti pair --json | jq -r .url"],
    ],
  });

  agent = Option.String("-a,--agent", {
    description: "Whose page (CTI_AGENT); else the only one signed in",
  });

  protected async run(): Promise<void> {
    const config = await this.config({ agent: this.agent });
    const control = await this.context.control.connect(config.profile);
    const pairing = await pair(control, await chooseAgent(control, config.settings.agent));
    if (this.json) return this.printJson(pairing);
    // What was asked for: --quiet leaves the words out.
    this.progress(`Good for one browser until ${timeOf(pairing.expiresAt)}, as agent ${pairing.agent}:`);
    this.context.stdout.write(`${pairing.url}\n`);
    this.progress(`Or paste this into the softphone in Salesforce: ${pairing.token}`);
  }
}

/** A one-time address of the agent's softphone page. Throws CtiError, `no-connector` where the adapter does not run. */
export async function pair(control: Pick<Control, "askAdapter">, agent: string): Promise<Pairing> {
  const answer = await control.askAdapter("open-cti", { what: "pair", given: { agent } });
  if (!isPairing(answer))
    throw new CtiError({
      code: "connector-version",
      message: "the connector answers in another form than this command knows",
      hint: "end it when it suits (cti stop --leave) and start it again: cti serve",
    });
  return answer;
}

function isPairing(value: unknown): value is Pairing {
  if (typeof value !== "object" || value === null) return false;
  return ["agent", "token", "url", "expiresAt"].every((name) => typeof Reflect.get(value, name) === "string");
}

/** Hours and minutes here. */
function timeOf(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
