import {
  AdapterTable,
  filled,
  isTable,
  milliseconds,
  type TablePlace,
  text,
  texts,
  truth,
} from "../../platform/adapter-table.ts";
import type { Table } from "../../platform/config-file.ts";
import { Invalid } from "../../platform/invalid.ts";
import { keptFor, listenAddress } from "../../platform/listen-address.ts";
import { isLoopback } from "../../platform/networks.ts";
import { choice } from "../../platform/values.ts";
import type { OpenCtiSettings } from "./contract.ts";
import type { Home } from "./home.ts";
import type { PageSettings } from "./page/contract.ts";
import { readSalesforceSettings } from "./rest/settings.ts";
import { readWebhooks, type WebhookTable } from "./webhooks/settings.ts";

/** What `readOpenCtiSettings` makes: the contract's, and what the parts alone need. */
export interface OpenCtiTable extends OpenCtiSettings {
  webhooks: WebhookTable;
  /** The program that opens a record's address on this computer, and its arguments; the address comes last. */
  open: string[] | undefined;
  home: Home;
}

const keys = [
  "listen",
  "page",
  "cert",
  "key",
  "url",
  "frame-ancestors",
  "sign-in",
  "script",
  "pop-at",
  "log-at",
  "log-missed",
  "open",
  "no-match",
  "unattended-after",
  "keep-records",
] as const;

/** Where Salesforce's own pages come from (open-cti.md §7). */
const salesforceFrames = [
  "https://*.lightning.force.com",
  "https://*.my.salesforce.com",
  "https://*.vf.force.com",
];

/** Reads `[adapters.open-cti]` with its tables `salesforce` and `webhooks`, and the PEM files they name. Throws `config-invalid`, which names key and form. */
export async function readOpenCtiSettings(
  table: Table,
  place: TablePlace,
  home: Home,
): Promise<OpenCtiTable> {
  const { salesforce, webhooks, ...own } = table;
  const given = new AdapterTable(
    own,
    place,
    [...keys, "salesforce", "webhooks"],
    "agents sign in in the page; Salesforce's tokens are kept by cti open-cti sign-in",
  );
  const below = (name: string): TablePlace => ({ label: `${place.label}.${name}`, folder: place.folder });
  for (const [name, value] of Object.entries({ salesforce, webhooks }))
    if (value !== undefined && !isTable(value))
      throw given.invalid(name as "salesforce" | "webhooks", new Invalid("must be a table", `[….${name}]`));
  const [org, hooks] = await Promise.all([
    salesforce === undefined ? undefined : readSalesforceSettings(salesforce as Table, below("salesforce")),
    readWebhooks((webhooks ?? {}) as Table, below("webhooks")),
  ]);
  const pageless = org !== undefined || hooks.targets.length > 0 || hooks.inbound !== undefined;
  const asksForPage = keys.slice(0, 8).some((key) => key !== "page" && own[key] !== undefined);
  const unattendedAfter = given.take("unattended-after", 60, (value) => milliseconds(value) / 1000);
  const popAt = given.take("pop-at", "ring", (value) => choice(["ring", "answer"] as const)(text(value)));
  const wanted = given.take("page", asksForPage || !pageless, truth);
  const page = wanted ? await readPage(given, popAt) : undefined;
  const open = given.take("open", undefined, openWith);
  if (open !== undefined) checkOpen(given, page, org, below("salesforce").label);
  const { inbound } = hooks;
  if (page !== undefined && page.port !== 0 && page.port === inbound?.port && page.host === inbound.host)
    throw given.invalid(
      "listen",
      new Invalid("is also where webhooks' commands come in", "give one of them another port"),
    );
  return {
    home,
    salesforce: org,
    webhooks: hooks,
    page,
    logAt: given.take("log-at", "end", (value) => choice(["answer", "end"] as const)(text(value))),
    logMissed: given.take("log-missed", false, truth),
    open,
    popAt,
    noMatch: given.take("no-match", "nothing", (value) =>
      choice(["nothing", "new-contact"] as const)(text(value)),
    ),
    keepRecords: given.take("keep-records", 86_400_000, keptFor),
    unattendedAfter,
  };
}

type Given = AdapterTable<(typeof keys)[number] | "salesforce" | "webhooks">;

async function readPage(given: Given, popAt: PageSettings["popAt"]): Promise<PageSettings> {
  const { host, port } = given.take("listen", { host: "127.0.0.1", port: 8112 }, listenAddress(8112));
  const [cert, key] = await Promise.all([given.pem("cert"), given.pem("key")]);
  if (cert === undefined && key !== undefined)
    throw given.invalid("key", new Invalid('needs "cert" beside it'));
  if (cert !== undefined && key === undefined)
    throw given.invalid("cert", new Invalid('needs "key" beside it'));
  const local = isLoopback(host);
  if (!local && cert === undefined)
    throw given.invalid(
      "listen",
      new Invalid(
        `needs "cert" and "key": ${host} can be reached from other computers, and agents sign in there`,
        "name PEM files of a certificate that the agents' browsers trust, or listen on 127.0.0.1:8112",
      ),
    );
  const url = given.take("url", undefined, softphoneUrl);
  // What a browser calls it by has to be known: any other name may be somebody's trick.
  if (url === undefined && (host === "0.0.0.0" || host === "::"))
    throw given.invalid(
      "listen",
      new Invalid(
        `needs "url" beside it: ${host} is no address that a browser opens`,
        'name where agents open it: url = "https://cti.example.com/softphone"',
      ),
    );
  return {
    popAt,
    host,
    port,
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
    url,
    frameAncestors: given.take("frame-ancestors", salesforceFrames, ancestors),
    signIn: given.take("sign-in", local && url === undefined ? "pairing" : "page", (value) =>
      choice(["page", "pairing", "both"] as const)(text(value)),
    ),
    script: given.take("script", undefined, scriptUrl),
  };
}

/** What opens records here is of use to one agent, who sits here, and finds them by REST. */
function checkOpen(
  given: Given,
  page: PageSettings | undefined,
  org: OpenCtiSettings["salesforce"],
  orgLabel: string,
): void {
  if (org === undefined)
    throw given.invalid(
      "open",
      new Invalid(`needs [${orgLabel}] beside it`, "records are looked for by Salesforce's REST interface"),
    );
  if (page !== undefined && (page.url !== undefined || !isLoopback(page.host)))
    throw given.invalid(
      "open",
      new Invalid(
        "opens records on this computer, and agents elsewhere use the softphone page",
        "remove it: records come up by the page, in each agent's own Salesforce",
      ),
    );
}

/** `https://cti.example.com/softphone`, with or without its path. */
function softphoneUrl(value: unknown): string {
  const form = 'write url = "https://cti.example.com/softphone"';
  const url = secure(value, form);
  if (!["/", "/softphone", "/softphone/"].includes(url.pathname))
    throw new Invalid(`has a path of its own: ${url.pathname}`, form);
  return `${url.origin}/softphone`;
}

function scriptUrl(value: unknown): string {
  const form =
    'write script = "https://MYDOMAIN.my.salesforce.com/support/api/62.0/lightning/opencti_min.js"';
  const url = secure(value, form);
  if (!url.pathname.endsWith("opencti_min.js"))
    throw new Invalid("is not the address of opencti_min.js", form);
  return url.href;
}

function secure(value: unknown, form: string): URL {
  const given = filled(value);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || url.protocol !== "https:" || url.hostname === "")
    throw new Invalid("is no https address", form);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new Invalid("holds more than scheme, host and path", form);
  return url;
}

function ancestors(value: unknown): string[] {
  const list = texts(value);
  if (list.length > 0) return list.map(ancestor);
  throw new Invalid("names nobody", "remove it: Salesforce's own pages may frame the softphone then");
}

/** An origin as Content-Security-Policy takes it; a star stands for names in front. */
function ancestor(given: string): string {
  const form = 'write frame-ancestors = ["https://*.lightning.force.com"]';
  if (!/^https:\/\/(\*\.)?[a-z0-9.-]+(:\d{1,5})?$/i.test(given))
    throw new Invalid(`"${given}" is no https origin`, form);
  return given.toLowerCase();
}

/** True: as this system opens addresses. */
function openWith(value: unknown): string[] | undefined {
  if (value === false) return undefined;
  if (value === true) return [process.platform === "darwin" ? "open" : "xdg-open"];
  const program = texts(value);
  if (program.length === 0 || program[0]?.trim() === "")
    throw new Invalid("names no program", 'write open = true, or open = ["firefox"]');
  return program;
}
