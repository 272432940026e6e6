import { Command, type CommandClass, Option } from "clipanion";
import { CtiError } from "../model/errors.ts";
import { systemClock } from "../platform/clock.ts";
import { systemKeyStore } from "../platform/password.ts";
import { jsonText } from "../platform/terminal.ts";
import { version } from "../platform/version.ts";
import { ConnectorCommand } from "./base.ts";
import type { CtiContext } from "./context.ts";
import { WebhooksListenCommand } from "./webhooks-listen.ts";
import { makeSecret, newSigningSecret, newToken, type SecretMode } from "./webhooks-secret.ts";
import { chosenTarget, shownWebhooks, type WebhookTable, webhookTable } from "./webhooks-settings.ts";
import { madeText, pingedText, webhooksText } from "./webhooks-text.ts";

/** `cti webhooks` */
class WebhooksCommand extends ConnectorCommand {
  static override paths = [["webhooks"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "who is told of events, and where commands come in",
    details: `
      Targets as they are configured: of an address host and port alone, of a secret where it comes from. How each is doing: cti adapters.
      What is owed to them: cti deliveries.

      More: cti help webhooks
    `,
    examples: [
      ["At a glance", "cti webhooks"],
      [
        "Which secrets are missing?",
        "cti webhooks --json | jq -r '.targets[] | select(.secret.from == \"missing\").name'",
      ],
    ],
  });

  protected async run(): Promise<void> {
    const config = await this.config();
    const shown = await shownWebhooks(config.profile, await webhookTable(config), {
      environment: this.context.env,
      keyStore: this.context.keyStore ?? systemKeyStore,
    });
    if (this.json) this.printJson(shown);
    else this.print(webhooksText(shown, this.paint));
  }
}

/** `cti webhooks list`: the same, said in full. */
class WebhooksListCommand extends WebhooksCommand {
  static override paths = [["webhooks", "list"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "list targets and the port of commands",
    examples: [["Another profile's", "cti webhooks list --profile site"]],
  });
}

/** `cti webhooks secret` */
class WebhooksSecretCommand extends ConnectorCommand {
  static override paths = [["webhooks", "secret"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "make a target's secret, or those of commands (inbound)",
    details: `
      The secret is of chance and goes to the key store; it is shown once, on a terminal or with --print. "inbound" means the token and the
      secret of commands that come in.

      To change one that is in use: --rotate makes a new one beside it and signs with both; when the other side knows the new one, --retire
      forgets the old.
    `,
    examples: [
      ["The first one of the only target", "cti webhooks secret"],
      ["Into another secret store", "cti webhooks secret crm --no-store --print --quiet"],
      ["Change it without a gap", "cti webhooks secret crm --rotate"],
    ],
  });

  target = Option.String({ required: false });
  rotate = Option.Boolean("--rotate", false, { description: "A new one beside the one there is" });
  replace = Option.Boolean("--replace", false, { description: "A new one in the place of the one there is" });
  retire = Option.Boolean("--retire", false, { description: "Keep the newest alone; makes none" });
  shown = Option.Boolean("--print", false, { description: "Show it, also where this is no terminal" });
  store = Option.Boolean("--store", true, {
    description: "Keep it in the key store; --no-store only makes it",
  });

  protected async run(): Promise<void> {
    const mode = this.mode();
    const table = await webhookTable(await this.config());
    const { inboundSecret, inboundToken, targetSecret } = await import("../crm/open-cti/webhooks/secrets.ts");
    const keyStore = this.context.keyStore ?? systemKeyStore;
    const make = { keyStore, store: this.store };
    const places =
      this.target === "inbound"
        ? [
            { place: inboundToken, fresh: newToken },
            { place: inboundSecret, fresh: newSigningSecret },
          ]
        : [{ place: targetSecret(chosenTarget(table, this.target).name), fresh: newSigningSecret }];
    if (this.target === "inbound") needInbound(table);
    const made = [];
    for (const { place, fresh } of places) made.push(await makeSecret(place, mode, { ...make, fresh }));
    const isTerminal = "isTTY" in this.context.stdout && this.context.stdout.isTTY === true;
    if (this.json) {
      this.printJson(made.map(({ secret, ...rest }) => ({ ...rest, ...(this.shown && { secret }) })));
      return;
    }
    if (this.quiet && this.shown) {
      // Alone, for what it is piped into.
      const texts = made.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
      this.context.stdout.write(texts.map((text) => `${text}\n`).join(""));
      return;
    }
    this.print(madeText(made, this.shown || isTerminal, this.paint));
    const inForce = places.filter(({ place }) => (this.context.env[place.variable] ?? "") !== "");
    for (const { place } of inForce)
      this.progress(`${place.variable} is set, and comes before the key store: unset it`);
  }

  private mode(): SecretMode {
    const { rotate, replace, retire, store } = this;
    const asked = Object.entries({ rotate, replace, retire }).flatMap(([name, given]) =>
      given ? [name] : [],
    );
    const [mode = "new", other] = asked;
    if (other !== undefined || (!store && asked.length > 0))
      throw new CtiError({
        code: "usage",
        message: `${[...asked.map((name) => `--${name}`), ...(store ? [] : ["--no-store"])].join(" and ")} exclude each other`,
        hint: "leave all but one out",
      });
    return mode as SecretMode;
  }
}

function needInbound(table: WebhookTable | undefined): void {
  if (table?.inbound !== undefined) return;
  throw new CtiError({
    code: "config-invalid",
    message: "no commands come in: the table webhooks.inbound is not there",
    hint: "see how it is written: cti help webhooks",
  });
}

/** `cti webhooks test` */
class WebhooksTestCommand extends ConnectorCommand {
  static override paths = [["webhooks", "test"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "post one signed test event, and say what came back",
    details: `
      The event is cti.ping, posted and signed as events are, from this machine and without a connector. Exits 4 when the receiver answered
      with anything but success, 5 when it could not be reached or may not be called, 6 when it did not answer in 10 seconds.
    `,
    examples: [["Is the way open, and the secret right?", "cti webhooks test crm"]],
  });

  target = Option.String({ required: false });

  protected async run(): Promise<number> {
    const table = await webhookTable(await this.config());
    const target = chosenTarget(table, this.target);
    const { signingSecret, targetSecret } = await import("../crm/open-cti/webhooks/secrets.ts");
    const { connectorSource } = await import("../crm/open-cti/webhooks/cloud-event.ts");
    const { ping } = await import("../crm/open-cti/webhooks/ping.ts");
    const keyStore = this.context.keyStore ?? systemKeyStore;
    const secret = await signingSecret(this.context.env, keyStore, targetSecret(target.name));
    const pinged = await ping({
      target,
      allowNetworks: table?.allowNetworks ?? [],
      secret,
      source: connectorSource(),
      clock: systemClock,
      id: `ping-${this.context.newKey()}`,
    });
    const error = pingError(pinged);
    if (this.json) this.printJson(pinged);
    else if (error !== undefined) throw error;
    else this.print(pingedText(pinged, this.paint));
    return error?.exitCode ?? 0;
  }
}

type Pinged = import("../crm/open-cti/webhooks/ping.ts").Pinged;

/** What a ping that was not taken means; `undefined` for one that was. */
export function pingError({
  target,
  host,
  taken,
  status,
  why = "did not take it",
}: Pinged): CtiError | undefined {
  if (taken) return undefined;
  const late = why.startsWith("did not answer");
  return new CtiError({
    code: status !== undefined ? "refused" : late ? "timeout" : "webhook-unreachable",
    message: `the receiver of ${target} at ${host} ${why}`,
    hint:
      status === undefined
        ? "check the address, the name's DNS, the firewall, and allow-networks: cti help webhooks"
        : status === 401 || status === 403
          ? "both sides must know the same secret, and their clocks the same time: cti webhooks secret"
          : "see the receiver's own log",
    ...(status !== undefined && { details: { status } }),
  });
}

/** `cti webhooks openapi` */
class WebhooksOpenApiCommand extends ConnectorCommand {
  static override paths = [["webhooks", "openapi"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "print the OpenAPI 3.1 description of webhooks and commands",
    examples: [["For a generator of clients", "cti webhooks openapi > cti-webhooks.json"]],
  });

  protected async run(): Promise<void> {
    const { openApi } = await import("../crm/open-cti/webhooks/openapi.ts");
    this.context.stdout.write(`${jsonText(openApi({ version }), this.json ? undefined : 2)}\n`);
  }
}

/** `cti webhooks schema` */
class WebhooksSchemaCommand extends ConnectorCommand {
  static override paths = [["webhooks", "schema"]];
  static override usage = Command.Usage({
    category: "Connector",
    description: "print the JSON Schema of all events",
    examples: [["For a validator", "cti webhooks schema > cti-events.schema.json"]],
  });

  protected async run(): Promise<void> {
    const { eventsSchema } = await import("../crm/open-cti/webhooks/openapi.ts");
    this.context.stdout.write(`${jsonText(eventsSchema(), this.json ? undefined : 2)}\n`);
  }
}

/** The commands below `cti webhooks`. */
export const webhooksCommands: CommandClass<CtiContext>[] = [
  WebhooksCommand,
  WebhooksListCommand,
  WebhooksSecretCommand,
  WebhooksTestCommand,
  WebhooksListenCommand,
  WebhooksOpenApiCommand,
  WebhooksSchemaCommand,
];
