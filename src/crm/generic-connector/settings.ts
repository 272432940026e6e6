import { readFile } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { resolve } from "node:path";
import { CtiError } from "../../model/errors.ts";
import { OpenWireError } from "../../openwire/errors.ts";
import { parseAddress } from "../../openwire/address.ts";
import type { Table } from "../../platform/config-file.ts";
import { Invalid } from "../../platform/invalid.ts";
import { nearest } from "../../platform/nearest.ts";
import { choice, seconds } from "../../platform/values.ts";
import type { GcSettings } from "./contract.ts";
import { DestinationRule } from "./destinations.ts";
import { readSecurePassword } from "./secure-password-settings.ts";
import { parseHome } from "./selectors.ts";

/** Where a table stands: for messages, and what relative paths are relative to. */
export interface TablePlace {
  /** `/etc/cti/config.toml: adapters.generic-connector`. */
  label: string;
  folder: string;
}

const keys = [
  "broker",
  "username",
  "ca",
  "cert",
  "key",
  "insecure",
  "queue",
  "name",
  "role",
  "home",
  "flavour",
  "stale-after",
  "heartbeat",
  "unattended-after",
  "secure-password",
] as const;
type Key = (typeof keys)[number];

/** Reads the adapter's table, and the PEM files it names. Throws `config-invalid`, which names key and form. */
export async function readGcSettings(table: Table, place: TablePlace): Promise<GcSettings> {
  for (const key of Object.keys(table)) refuseUnknown(key, place);
  /** Calls `read` with what stands there; what it throws is given its place. */
  const take = <Value>(key: Key, fallback: Value, read: (value: unknown) => Value): Value => {
    const value = table[key];
    if (value === undefined) return fallback;
    try {
      return read(value);
    } catch (error) {
      throw error instanceof Invalid ? at(place, key, error) : error;
    }
  };
  const broker = take("broker", undefined, (value) => brokerAddress(text(value)));
  if (broker === undefined)
    throw new CtiError({
      code: "config-invalid",
      message: `${place.label}: "broker" is missing`,
      hint: 'write broker = "failover:(tcp://HOST:61616)"',
    });
  const role = take("role", "active", (value) =>
    choice(["active", "standby", "shared"] as const)(text(value)),
  );
  const pem = (key: "ca" | "cert" | "key"): Promise<string[]> =>
    Promise.all(take(key, [], texts).map((path) => readPem(path, key, place)));
  const [ca, [cert], [key]] = await Promise.all([pem("ca"), pem("cert"), pem("key")]);
  if ((cert === undefined) !== (key === undefined))
    throw at(
      place,
      cert === undefined ? "key" : "cert",
      new Invalid(`needs "${cert === undefined ? "cert" : "key"}" beside it`),
    );
  return {
    broker,
    username: take("username", undefined, filled),
    tls: { ca, cert, key, insecure: take("insecure", false, truth) },
    queue: take("queue", "Connector1", queueName),
    name: take("name", `${hostname()}-${process.pid}`, connectorName),
    role,
    home: homeOf(take("home", [], texts), role, place),
    flavour: take("flavour", "text", (value) => choice(["text", "json"] as const)(text(value))),
    staleAfter: take("stale-after", 10_000, milliseconds),
    heartbeat: take("heartbeat", 15_000, milliseconds),
    unattendedAfter: take("unattended-after", 60, (value) => milliseconds(value) / 1000),
    securePassword: take("secure-password", undefined, readSecurePassword),
  };
}

/** Hosts that are reached over plain TCP and are not this machine: what goes there can be read on the way. */
export function plainHosts(broker: string): string[] {
  return parseAddress(broker)
    .brokers.filter(({ tls, host }) => !tls && !isLoopback(host))
    .map(({ host, port }) => `${host}:${port}`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function refuseUnknown(key: string, place: TablePlace): void {
  if (keys.some((known) => known === key)) return;
  if (/pass(word|wd|phrase)?$|^pwd$|secret/i.test(key))
    throw new CtiError({
      code: "config-invalid",
      message: `${place.label}: passwords are not read from the configuration file ("${key}")`,
      hint: "remove the line; set CTI_GC_BROKER_PASSWORD for the broker's password",
    });
  const near = nearest(key.replaceAll("_", "-"), keys);
  throw new CtiError({
    code: "config-invalid",
    message: `${place.label}: there is no setting "${key}"`,
    hint: near === undefined ? `it may be one of: ${keys.join(", ")}` : `did you mean "${near}"?`,
  });
}

function at(place: TablePlace, key: Key, error: Invalid): CtiError {
  return new CtiError(
    {
      code: "config-invalid",
      message: `${place.label}: "${key}" ${error.message}`,
      ...(error.hint !== undefined && { hint: error.hint }),
    },
    { cause: error },
  );
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Invalid('must be text in quotes ("…")');
  return value;
}

function filled(value: unknown): string {
  const given = text(value).trim();
  if (given === "") throw new Invalid("is empty");
  return given;
}

function texts(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.map((each) => {
    if (typeof each !== "string") throw new Invalid('must be a text or a list of texts (["…", "…"])');
    return each.trim();
  });
}

function truth(value: unknown): boolean {
  if (typeof value !== "boolean") throw new Invalid("must be true or false");
  return value;
}

function milliseconds(value: unknown): number {
  if (typeof value !== "number" && typeof value !== "string")
    throw new Invalid('must be a number of seconds (10) or a text like "2m"');
  return seconds(String(value)) * 1000;
}

/** Never repeats what it is given: a password may stand in it. */
function brokerAddress(value: string): string {
  if (/\/\/[^/,()?]*@/.test(value) || /password\s*=/i.test(value))
    throw new Invalid(
      "holds a password",
      'take it out of the address and set CTI_GC_BROKER_PASSWORD; the user goes into username = "…"',
    );
  try {
    parseAddress(value);
  } catch (error) {
    if (!(error instanceof OpenWireError)) throw error;
    throw new Invalid(
      `is no address of a broker: ${error.why ?? error.message}`,
      'write "tcp://HOST:61616", "ssl://HOST:61617" or "failover:(…,…)?randomize=false"',
    );
  }
  return value.trim();
}

function queueName(value: unknown): string {
  const name = filled(value);
  if (!new DestinationRule([]).allows(name))
    throw new Invalid(`"${name}" is no name of a queue`, "use letters, digits, and . _ : -");
  return name;
}

function connectorName(value: unknown): string {
  const name = filled(value);
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(name))
    throw new Invalid(`"${name}" is no name of a connector`, "use letters, digits, and . _ -, at most 100");
  return name;
}

function homeOf(home: string[], role: GcSettings["role"], place: TablePlace): string[] {
  if (role === "shared" && home.length === 0)
    throw at(place, "home", new Invalid('is missing, which role = "shared" needs', 'write home = "1/2"'));
  if (role !== "shared" && home.length > 0)
    throw at(place, "home", new Invalid('goes with role = "shared" alone', "remove one of the two"));
  try {
    if (home.length > 0) parseHome(home);
  } catch (error) {
    if (!(error instanceof CtiError)) throw error;
    throw at(place, "home", new Invalid(`is not right: ${error.message}`, error.hint));
  }
  return home;
}

async function readPem(path: string, key: Key, place: TablePlace): Promise<string> {
  const full = path.startsWith("~/") ? resolve(homedir(), path.slice(2)) : resolve(place.folder, path);
  let pem: string;
  try {
    pem = await readFile(full, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw at(place, key, new Invalid(`cannot be read: ${why}`));
  }
  if (!pem.includes("-----BEGIN "))
    throw at(place, key, new Invalid(`names a file that is not PEM: ${full}`));
  return pem;
}
