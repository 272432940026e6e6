import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { jsonText } from "../platform/terminal.ts";
import { BaseCommand } from "./base.ts";
import { decodeKinds } from "./decode-kinds.ts";

const kindNames = [...decodeKinds.keys()];

/** `cti decode` */
export class DecodeCommand extends BaseCommand {
  static override paths = [["decode"]];
  static override usage = Command.Usage({
    category: "Tools",
    description: "read Finesse's XML, recorded OpenWire or GC events from standard input, print them as JSON",
    details:
      "finesse: takes a notification stanza, an Update (escaped or not), a REST body or an error. Unknown fields are kept.\n\nopenwire: takes the bytes of one direction of a conversation with a broker, from its first one; --peer names a file with those of the other direction. Prints one object a line, passwords masked.\n\ngc: takes event lines of the Generic Connector's protocol, as text or JSON. Prints one object a line, with the fields by name.\n\nExits 2 when it is none of these, after what could be read.",
    examples: [
      ["From a support case", "cti decode < stanza.xml"],
      ["What happened to whom", "cti decode < stanza.xml | jq .updates[0].event"],
      ["What a CRM client was told", "echo '1001#State#READY#-1' | cti decode --kind gc"],
      ["What a broker said", "cti decode --kind openwire --peer sent.bin < received.bin"],
    ],
  });

  kind = Option.String("--kind", "finesse", { description: `What the input is: ${kindNames.join(", ")}` });

  peer = Option.String("--peer", { description: "File with the other direction's bytes, for openwire" });

  protected async run(): Promise<void> {
    const kind = decodeKinds.get(this.kind);
    if (kind === undefined) {
      throw new CtiError({
        code: "usage",
        message: `there is no decoder for "${this.kind}"`,
        hint: `--kind is one of ${kindNames.join(", ")}`,
      });
    }
    const { stdin } = this.context;
    if ("isTTY" in stdin && stdin.isTTY === true && kind.paste !== undefined)
      this.progress(`paste ${kind.paste}, then press Ctrl-D`);
    const input = { stdin, peer: this.peer, folder: this.context.folder };
    for await (const decoded of kind.decode(input)) {
      // A person reads it too: JSON either way, on one line only where there are many, or for a program that asked for that.
      if (this.json || kind.prints === "many") this.printJson(decoded);
      else this.context.stdout.write(`${jsonText(decoded, 2)}\n`);
    }
  }
}
