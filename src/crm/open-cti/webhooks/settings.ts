import { isIP } from "node:net";
import { eventTypes } from "../../../model/events.ts";
import {
  AdapterTable,
  filled,
  isTable,
  type TablePlace,
  texts,
  truth,
} from "../../../platform/adapter-table.ts";
import type { Table } from "../../../platform/config-file.ts";
import { Invalid } from "../../../platform/invalid.ts";
import { nearest } from "../../../platform/nearest.ts";
import type { WebhookSettings, WebhookTarget } from "../contract.ts";
import { AllowedNetworks } from "./addresses.ts";
import { logType } from "./cloud-event.ts";

/** What the table holds; the contract's, and what the parts of this folder alone need. */
export interface WebhookTable extends WebhookSettings {
  /** `ca`: PEM texts of authorities besides the public ones. */
  targets: (WebhookTarget & { ca: string[] })[];
  /** `hosts`: names beside localhost and the listening address that a Host header may carry. */
  inbound: (NonNullable<WebhookSettings["inbound"]> & { hosts: string[] }) | undefined;
}

const targetKeys = ["url", "events", "variables", "ca"] as const;
const inboundKeys = ["listen", "cert", "key", "hosts"] as const;
const families = [...new Set(eventTypes.map((type) => type.slice(0, type.indexOf("."))))];
const defaultEvents = ["call", "agent"];
const nameForm = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/**
 * Reads `[adapters.open-cti.webhooks]`: `allow-networks`, the table `inbound`, and a table for each target. Nothing of a URL gets into an error.
 * Throws `config-invalid`, which names key and form.
 */
export async function readWebhooks(table: Table, place: TablePlace): Promise<WebhookTable> {
  const { inbound, ...rest } = table;
  const tables = Object.entries(rest).filter(([, value]) => isTable(value));
  const single = Object.fromEntries(Object.entries(rest).filter(([, value]) => !isTable(value)));
  const given = new AdapterTable(single, place, ["allow-networks", "inbound"], secretHint("NAME"));
  const allowNetworks = given.take("allow-networks", [], (value) => {
    const list = texts(value);
    new AllowedNetworks(list);
    return list;
  });
  if (inbound !== undefined && !isTable(inbound))
    throw given.invalid(
      "inbound",
      new Invalid("must be a table", '[…webhooks.inbound] with listen = "127.0.0.1:8113"'),
    );
  const targets = await Promise.all(
    tables.map(([name, value]) => readTarget(name, value as Table, allowNetworks, place)),
  );
  return {
    targets,
    inbound: inbound === undefined ? undefined : await readInbound(inbound, place),
    allowNetworks,
  };
}

/** The variable that a target's secret comes in; of `inbound` too. */
export function secretVariable(name: string): string {
  return `CTI_WEBHOOK_${name.toUpperCase().replaceAll("-", "_")}_SECRET`;
}

function secretHint(name: string): string {
  return `set ${name === "NAME" ? "CTI_WEBHOOK_NAME_SECRET" : secretVariable(name)}, or keep it in the key store`;
}

async function readTarget(
  name: string,
  table: Table,
  allowNetworks: readonly string[],
  { label, folder }: TablePlace,
): Promise<WebhookTable["targets"][number]> {
  const place = { label: `${label}.${name}`, folder };
  const given = new AdapterTable(table, place, targetKeys, secretHint(name));
  const url = given.take("url", "", (value) => targetUrl(value, allowNetworks));
  if (url === "")
    throw given.invalid("url", new Invalid("is missing", 'write url = "https://crm.example.com/cti"'));
  if (!nameForm.test(name))
    throw given.invalid(
      "url",
      new Invalid(
        "stands in a table whose name cannot be a target's",
        "name it with small letters, digits and dashes, at most 40: its secret's variable is made of it",
      ),
    );
  const ca = await given.pem("ca");
  return {
    name,
    url,
    events: given.take("events", defaultEvents, (value) => texts(value).map(eventName)),
    variables: given.take("variables", false, truth),
    ca: ca === undefined ? [] : [ca],
  };
}

async function readInbound(
  table: Table,
  { label, folder }: TablePlace,
): Promise<NonNullable<WebhookTable["inbound"]>> {
  const place = { label: `${label}.inbound`, folder };
  const given = new AdapterTable(
    table,
    place,
    inboundKeys,
    "set CTI_WEBHOOK_TOKEN and CTI_WEBHOOK_INBOUND_SECRET, or keep them in the key store",
  );
  const listen = given.take("listen", { host: "127.0.0.1", port: 8113 }, listenAddress);
  const [cert, key] = await Promise.all([given.pem("cert"), given.pem("key")]);
  if (cert === undefined && key !== undefined)
    throw given.invalid("key", new Invalid('needs "cert" beside it'));
  if (cert !== undefined && key === undefined)
    throw given.invalid("cert", new Invalid('needs "key" beside it'));
  const tls = cert === undefined || key === undefined ? undefined : { cert, key };
  if (tls === undefined && !new AllowedNetworks(["127.0.0.0/8", "::1"]).has(listen.host))
    throw given.invalid(
      "listen",
      new Invalid(
        `needs "cert" and "key": ${listen.host} can be reached from other computers, and the token comes in the request`,
        "name PEM files, or listen on 127.0.0.1:8113",
      ),
    );
  return { ...listen, tls, hosts: given.take("hosts", [], (value) => texts(value).map(hostName)) };
}

/** A webhook's URL often is a secret: it is never repeated. */
function targetUrl(value: unknown, allowNetworks: readonly string[]): string {
  const form = 'write url = "https://crm.example.com/cti"';
  const given = filled(value);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !["https:", "http:"].includes(url.protocol) || url.hostname === "")
    throw new Invalid("is no https address", form);
  if (url.username !== "" || url.password !== "")
    throw new Invalid("holds a user name or password", `webhooks are signed: ${form}`);
  if (url.hash !== "") throw new Invalid('holds a part after "#", which no server sees', form);
  if (url.protocol === "http:" && allowNetworks.length === 0)
    throw new Invalid(
      "is without TLS",
      'write https://…; http is only for addresses that "allow-networks" of the webhooks names',
    );
  return url.href;
}

/** An event's type, or a family: `call.started`, `call`. */
function eventName(given: string): string {
  const known: readonly string[] = [...families, ...eventTypes, logType];
  if (known.includes(given)) return given;
  const near = nearest(given.replace(/^cti\./, "").replace(/\.\*$/, ""), known);
  throw new Invalid(
    `"${given}" is no event`,
    near === undefined ? `families are ${families.join(", ")}` : `did you mean "${near}"?`,
  );
}

function listenAddress(value: unknown): { host: string; port: number } {
  const form = 'write listen = "127.0.0.1:8113" or "[::1]:8113"; port 0 is a free one';
  const given = filled(value).toLowerCase();
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(given);
  const host = match?.[1] ?? match?.[2] ?? "";
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new Invalid(`"${given}" is no address with a port`, form);
  if (host === "localhost") return { host: "127.0.0.1", port };
  if (isIP(host) !== (match[1] === undefined ? 4 : 6) || host.includes("%"))
    throw new Invalid(`"${given}" holds no IP address`, form);
  return { host, port };
}

function hostName(given: string): string {
  if (isIP(given) !== 0 || /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(given))
    return given.toLowerCase();
  throw new Invalid(`"${given}" is no name of a host`, "write it without scheme and port: cti.example.com");
}
