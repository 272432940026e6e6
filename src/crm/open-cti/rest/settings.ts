import { homedir } from "node:os";
import { resolve } from "node:path";
import {
  AdapterTable,
  filled,
  isTable,
  type TablePlace,
  text,
  texts,
} from "../../../platform/adapter-table.ts";
import type { Table } from "../../../platform/config-file.ts";
import { Invalid } from "../../../platform/invalid.ts";
import { choice } from "../../../platform/values.ts";
import type { SalesforceSettings } from "../contract.ts";
import { isLocal } from "./hosts.ts";

const keys = [
  "login",
  "client-id",
  "flow",
  "user",
  "key",
  "version",
  "country",
  "last-digits",
  "zone",
  "external-id",
  "owners",
  "owner-field",
  "port",
  "ca",
] as const;

/** Where the browser comes back to: Salesforce takes a callback only as the app has it, port and all. */
const callbackPort = 8114;

/** The oldest API version whose upserts say what they did. */
const oldestVersion = 46;

/** Reads `[adapters.open-cti.salesforce]` and the PEM file it names; not the key, which is a secret. Throws `config-invalid`. */
export async function readSalesforceSettings(table: Table, place: TablePlace): Promise<SalesforceSettings> {
  const given = new AdapterTable(
    table,
    place,
    keys,
    'the app needs no secret: it proves itself by PKCE or a key; switch off "Require Secret" in its settings',
  );
  const need = (key: "login" | "client-id", hint: string): never => {
    throw given.invalid(key, new Invalid("is missing", hint));
  };
  const clientId =
    given.take<string | undefined>("client-id", undefined, consumerKey) ??
    need("client-id", "it is the app's consumer key: Setup, App Manager, the app, Manage Consumer Details");
  const user = given.take<string | undefined>("user", undefined, filled);
  const keyFile = given.take<string | undefined>("key", undefined, (value) =>
    path(filled(value), place.folder),
  );
  const flow = given.take("flow", keyFile === undefined && user === undefined ? "pkce" : "jwt", (value) =>
    choice(["jwt", "device", "pkce"] as const)(text(value)),
  );
  if (flow === "jwt" && user === undefined)
    throw given.invalid(
      "user",
      new Invalid("is missing", 'name the user that acts: user = "integration@example.com"'),
    );
  if (flow !== "jwt" && keyFile !== undefined)
    throw given.invalid(
      "key",
      new Invalid(`is of no use with flow = "${flow}"`, 'write flow = "jwt", or remove it'),
    );
  const ca = await given.pem("ca");
  return {
    login: given.take("login", "https://login.salesforce.com", login),
    clientId,
    flow,
    user,
    keyFile,
    version: given.take("version", "v62.0", version),
    country: given.take<string | undefined>("country", undefined, country),
    lastDigits: given.take("last-digits", [9, 7], lastDigits),
    zone: given.take<string | undefined>("zone", undefined, zone),
    externalId: given.take<string | undefined>("external-id", undefined, (value) => fieldName(value, true)),
    owners: given.take("owners", {}, owners),
    ownerField: given.take<string | undefined>("owner-field", undefined, (value) => fieldName(value, false)),
    port: given.take("port", callbackPort, port),
    ca: ca === undefined ? [] : [ca],
  };
}

function login(value: unknown): string {
  const form =
    "write https://login.salesforce.com, https://test.salesforce.com, or https://NAME.my.salesforce.com";
  const given = filled(value);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  // Never shown where it may hold a password.
  if (given.includes("@")) throw new Invalid("holds a user name or password", form);
  if (url === undefined || !["https:", "http:"].includes(url.protocol))
    throw new Invalid(`"${given}" is no address`, form);
  if (url.protocol === "http:" && !isLocal(url.hostname))
    throw new Invalid("is without TLS: whoever listens on the way would have the sign-in", form);
  if (/\.lightning\.force\.com$/.test(url.hostname))
    throw new Invalid(
      `"${url.hostname}" is where people work, not where programs sign in`,
      `write https://${url.hostname.replace(/\.lightning\.force\.com$/, ".my.salesforce.com")}`,
    );
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    throw new Invalid("holds more than scheme and host", `write ${url.origin}`);
  return url.origin;
}

function consumerKey(value: unknown): string {
  const given = filled(value);
  if (!/^[\w.~-]{3,512}$/.test(given))
    throw new Invalid("is no consumer key", "copy it again, without spaces");
  return given;
}

function version(value: unknown): string {
  const given = typeof value === "number" ? value.toFixed(1) : filled(value);
  const number = /^v?(\d{2,3})(?:\.0)?$/.exec(given)?.[1];
  if (number === undefined) throw new Invalid(`"${given}" is no API version`, 'write "v62.0"');
  if (Number(number) < oldestVersion) throw new Invalid(`is older than v${oldestVersion}.0`, 'write "v62.0"');
  return `v${number}.0`;
}

function country(value: unknown): string {
  const given = typeof value === "number" ? String(value) : filled(value);
  const digits = /^(?:\+|00)?([1-9]\d{0,2})$/.exec(given)?.[1];
  if (digits === undefined)
    throw new Invalid(`"${given}" is no country's calling code`, 'write country = "49"');
  return digits;
}

function lastDigits(value: unknown): number[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const numbers = list.map((each) => {
    if (typeof each === "number" && Number.isInteger(each) && each >= 6 && each <= 14) return each;
    throw new Invalid(
      "must be a list of whole numbers from 6 to 14",
      "write last-digits = [9, 7]; [] looks for whole numbers alone",
    );
  });
  return [...new Set(numbers)].toSorted((one, other) => other - one);
}

function zone(value: unknown): string {
  const given = filled(value);
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: given }).resolvedOptions().timeZone;
  } catch {
    throw new Invalid(`"${given}" is no time zone`, 'write zone = "Europe/Berlin"');
  }
}

/** The name becomes part of queries and addresses. */
function fieldName(value: unknown, custom: boolean): string {
  const given = filled(value);
  if (!/^[A-Za-z]\w{0,79}$/.test(given)) throw new Invalid(`"${given}" is no API name of a field`);
  if (custom && !/__c$/i.test(given))
    throw new Invalid(
      `"${given}" is no field of your own: their names end in __c`,
      "make a text field of Task, External ID and Unique, 255 long, and write its API name",
    );
  return given;
}

/** `{ "1001" = "ana@example.com", "1002" = "005…" }`. */
function owners(value: unknown): Record<string, string> {
  if (!isTable(value)) throw new Invalid("must be a table", 'write owners = { "1001" = "ana@example.com" }');
  return Object.fromEntries(
    Object.entries(value).map(([agent, user]) => {
      if (typeof user === "string" && user.trim() !== "") return [agent, user.trim()];
      throw new Invalid(
        `(${agent}) must be a user name or id in quotes`,
        'write owners = { "1001" = "ana@example.com" }',
      );
    }),
  );
}

function port(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw new Invalid(
    "must be a port, 1 to 65535",
    "it is that of the callback in the app: http://localhost:PORT/callback",
  );
}

function path(given: string, folder: string): string {
  return given.startsWith("~/") ? resolve(homedir(), given.slice(2)) : resolve(folder, given);
}
