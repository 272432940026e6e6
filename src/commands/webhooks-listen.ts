import { Command, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import { systemKeyStore } from "../platform/password.ts";
import { ConnectorCommand } from "./base.ts";
import { wholeNumber } from "./sim-arguments.ts";
import { chosenTarget, webhookTable } from "./webhooks-settings.ts";
import { receivedJson, receivedText } from "./webhooks-text.ts";

/** `cti webhooks listen` */
export class WebhooksListenCommand extends ConnectorCommand {
  static override paths = [["webhooks", "listen"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "be a target's receiver on this machine, show what comes",
    details: `
      For trying things out. Takes what is posted to it, checks each signature with the target's secret, and prints a line for each event, with
      --json the whole event. Only this machine can reach it. Ctrl-C ends it.
    `,
    examples: [
      ["In one terminal", "cti webhooks listen dev"],
      ["In another: one event that means nothing", "cti webhooks test dev"],
      ["What is done about a receiver that is not well", "cti webhooks listen dev --answer 503"],
    ],
  });

  target = Option.String({ required: false });
  port = Option.String("--port", {
    description: "Port (that of the target's address, else 8114; 0: a free one)",
  });
  status = Option.String("--answer", "204", {
    description: "HTTP status to answer what is signed right with",
  });

  protected async run(): Promise<void> {
    const port = wholeNumber("--port", this.port, 65_535);
    const status = wholeNumber("--answer", this.status, 599) ?? 204;
    if (status < 200)
      throw new CtiError({
        code: "usage",
        message: "--answer wants a status from 200 to 599",
        hint: "--answer 503",
      });
    const table = await webhookTable(await this.config());
    const target = chosenTarget(table, this.target);
    const { signingSecret, targetSecret } = await import("../crm/open-cti/webhooks/secrets.ts");
    const { signingKeys } = await import("../crm/open-cti/webhooks/signature.ts");
    const { serveReceiver } = await import("../crm/open-cti/webhooks/receiver.ts");
    const keyStore = this.context.keyStore ?? systemKeyStore;
    const secret = await signingSecret(this.context.env, keyStore, targetSecret(target.name));
    const url = new URL(target.url);
    const ended = interrupted();
    let receiver: ReturnType<typeof serveReceiver>;
    try {
      receiver = serveReceiver({
        port: port ?? portOf(url) ?? 8114,
        keys: signingKeys(secret),
        status,
        clock: systemClock,
        onReceived: (received) => {
          const at = new Date(this.context.now());
          if (this.json) this.context.stdout.write(`${receivedJson(received, at.toISOString())}\n`);
          else this.print(receivedText(received, at.toTimeString().slice(0, 8), this.paint));
        },
      });
    } catch (error) {
      throw new CtiError(
        {
          code: "usage",
          message: "cannot listen there",
          why: error instanceof Error ? error.message : String(error),
          hint: "choose another port: --port 0 is a free one",
        },
        { cause: error },
      );
    }
    this.progress(`listening at ${receiver.url} for what target ${target.name} is sent; Ctrl-C ends it`);
    if (url.href !== receiver.url)
      this.progress(
        `its address in the configuration is another one; for this machine: url = "${receiver.url}", and allow-networks = ["127.0.0.1"]`,
      );
    if (this.json) this.printJson({ listening: receiver.url, target: target.name });
    await ended;
    await receiver.stop();
  }
}

/** Of an address on this machine. */
function portOf({ hostname, port }: URL): number | undefined {
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname) && port !== "" ? Number(port) : undefined;
}

/** Resolves on Ctrl-C, SIGTERM or a closed terminal: all are the ordinary end. */
function interrupted(): Promise<void> {
  return new Promise((end) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());
  });
}
