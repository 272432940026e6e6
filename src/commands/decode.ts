import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { jsonText } from "../platform/terminal.ts";
import { BaseCommand } from "./base.ts";
import { readStdin } from "./read-stdin.ts";

/** `cti decode` */
export class DecodeCommand extends BaseCommand {
  static override paths = [["decode"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "read Finesse's XML from standard input, print it as JSON",
    details:
      "Takes a notification stanza, an Update (escaped or not), a REST body or an error. Unknown fields are kept. Exits 2 when it is none of these.",
    examples: [
      ["From a support case", "cti decode < stanza.xml"],
      ["What happened to whom", "cti decode < stanza.xml | jq .updates[0].event"],
    ],
  });

  kind = Option.String("--kind", "finesse", { description: "What the input is: finesse" });

  protected async run(): Promise<void> {
    if (this.kind !== "finesse") {
      throw new CtiError({
        code: "usage",
        message: `there is no decoder for "${this.kind}"`,
        hint: "--kind finesse is the only one",
      });
    }
    const { stdin } = this.context;
    if ("isTTY" in stdin && stdin.isTTY === true) this.progress("paste the XML, then press Ctrl-D");
    const text = await readStdin(stdin);
    const { decodeFinesse } = await import("../finesse/decode.ts");
    const decoded = decodeFinesse(text);
    // A person reads it too: JSON either way, on one line only for a program that asked for that.
    if (this.json) this.printJson(decoded);
    else this.context.stdout.write(`${jsonText(decoded, 2)}\n`);
  }
}
