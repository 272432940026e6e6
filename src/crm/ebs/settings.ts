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
import { nearest } from "../../platform/nearest.ts";
import { choice } from "../../platform/values.ts";
import type { EbsSettings } from "./contract.ts";
import { callVariable, dataKey } from "./data-keys.ts";
import { eventHost } from "./event-host.ts";
import { isLoopback, Networks } from "../../platform/networks.ts";

const keys = [
  "listen",
  "cert",
  "key",
  "hosts",
  "allow",
  "origins",
  "event-hosts",
  "login-timeout",
  "stale-after",
  "unattended-after",
  "keep-records",
  "dnis",
  "direct",
  "data",
  "fixed",
  "misspelt-campaign",
  "rate",
] as const;

/** Milliseconds; what EBS waits is not known, and Bun keeps no connection open for much longer. */
const longestLogin = 120_000;

/** Reads the adapter's table, and the PEM files it names. Throws `config-invalid`, which names key and form. */
export async function readEbsSettings(table: Table, place: TablePlace): Promise<EbsSettings> {
  const given = new AdapterTable(table, place, keys, "EBS sends each agent's password in its Login");
  const listen = given.take("listen", { host: "127.0.0.1", port: 3107 }, listenAddress(3107));
  const allow = given.take("allow", [], networks);
  const [cert, key] = await Promise.all([given.pem("cert"), given.pem("key")]);
  if (cert === undefined && key !== undefined)
    throw given.invalid("key", new Invalid('needs "cert" beside it'));
  if (cert !== undefined && key === undefined)
    throw given.invalid("cert", new Invalid('needs "key" beside it'));
  const tls = cert === undefined || key === undefined ? undefined : { cert, key };
  if (!isLoopback(listen.host)) {
    const beyond = `${listen.host} can be reached from other computers`;
    if (tls === undefined)
      throw given.invalid(
        "listen",
        new Invalid(
          `needs "cert" and "key": ${beyond}, and agents' passwords come in the address of the request`,
          "name PEM files, or listen on 127.0.0.1:3107, which the agent's own computer alone reaches",
        ),
      );
    if (allow.length === 0)
      throw given.invalid(
        "listen",
        new Invalid(
          `needs "allow": ${beyond}, and whoever may call can sign in and dial`,
          'name the networks that EBS calls from: allow = ["10.1.0.0/16"]',
        ),
      );
  }
  return {
    listen,
    tls,
    hosts: given.take("hosts", [], (value) => texts(value).map(hostName)),
    allow,
    origins: given.take("origins", [], (value) => texts(value).map(origin)),
    eventHosts: given.take("event-hosts", [], networks),
    loginTimeout: given.take("login-timeout", 8000, loginTimeout),
    staleAfter: given.take("stale-after", 300_000, milliseconds),
    unattendedAfter: given.take("unattended-after", 60, (value) => milliseconds(value) / 1000),
    keepRecords: given.take("keep-records", 86_400_000, keptFor),
    dnis: given.take("dnis", "extension", (value) =>
      choice(["extension", "dialed-number"] as const)(text(value)),
    ),
    direct: given.take("direct", false, truth),
    data: given.take("data", [], dataRules),
    fixed: given.take("fixed", [], fixedRules),
    misspeltCampaign: given.take("misspelt-campaign", true, truth),
    rate: given.take("rate", { perSecond: 20, burst: 100 }, rate),
  };
}

function networks(value: unknown): string[] {
  const list = texts(value);
  new Networks(list);
  return list;
}

function hostName(given: string): string {
  const host = eventHost(given);
  if (host === undefined)
    throw new Invalid(
      `"${given}" is no name of a host`,
      "write it without scheme and port: softphone.example.com",
    );
  return host;
}

function origin(given: string): string {
  const form = "write scheme and host of the page's address, nothing after it: https://ebs.example.com";
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol))
    throw new Invalid(given.includes("@") ? "holds no origin" : `"${given}" is no origin`, form);
  if (`${url.origin}/` !== url.href) throw new Invalid("holds more than origins", form);
  return url.origin;
}

function loginTimeout(value: unknown): number {
  const time = milliseconds(value);
  if (time > longestLogin) throw new Invalid("is more than 2 minutes", "EBS waits for the answer: write 8s");
  return time;
}

/** `callVariable1 = "CustomerNum"`, `"user.account" = ["AccountNum"]`; TOML makes a table of `user.account` without quotes. */
function dataRules(value: unknown): EbsSettings["data"] {
  const form = 'write data = { callVariable1 = "CustomerNum" }';
  if (!isTable(value)) throw new Invalid("must be a table", form);
  return Object.entries(value).flatMap(([name, entry]) => {
    if (isTable(entry))
      return dataRules(
        Object.fromEntries(Object.entries(entry).map(([rest, each]) => [`${name}.${rest}`, each])),
      );
    const variable = callVariable(name);
    return [{ variable, keys: naming(variable, () => texts(entry).map(dataKey)) }];
  });
}

/** `occtClassification = "SR"`, or `{ value = "SR", when = "ServiceRequestNum" }`. */
function fixedRules(value: unknown): EbsSettings["fixed"] {
  const form = 'write fixed = { occtClassification = { value = "SR", when = "ServiceRequestNum" } }';
  if (!isTable(value)) throw new Invalid("must be a table", form);
  return Object.entries(value).map(([name, entry]) => {
    const key = dataKey(name);
    if (!isTable(entry)) return { key, value: naming(key, () => filled(entry)), when: undefined };
    const { value: fixed, when, ...rest } = entry;
    refuseUnknown(key, Object.keys(rest), ["value", "when"]);
    return {
      key,
      value: naming(`${key}.value`, () => filled(fixed)),
      when: when === undefined ? undefined : naming(`${key}.when`, () => dataKey(filled(when))),
    };
  });
}

/** `20`, or `{ per-second = 20, burst = 100 }`. */
function rate(value: unknown): EbsSettings["rate"] {
  const number = (given: unknown): number => {
    if (typeof given !== "number" || !(given >= 1) || given > 100_000)
      throw new Invalid("must be a number from 1 to 100000");
    return given;
  };
  if (!isTable(value)) {
    const perSecond = number(value);
    return { perSecond, burst: 5 * perSecond };
  }
  const { "per-second": each, burst, ...rest } = value;
  refuseUnknown("", Object.keys(rest), ["per-second", "burst"]);
  const perSecond = each === undefined ? 20 : naming("per-second", () => number(each));
  return { perSecond, burst: burst === undefined ? 5 * perSecond : naming("burst", () => number(burst)) };
}

/** Says which entry of a table it is that is wrong. */
function naming<Value>(entry: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof Invalid ? new Invalid(`(${entry}) ${error.message}`, error.hint) : error;
  }
}

function refuseUnknown(entry: string, given: readonly string[], allowed: readonly string[]): void {
  const [stranger] = given;
  if (stranger === undefined) return;
  const near = nearest(stranger.replaceAll("_", "-"), allowed);
  throw new Invalid(
    `${entry === "" ? "" : `(${entry}) `}has no "${stranger}"`,
    near === undefined ? `it may be ${allowed.join(" or ")}` : `did you mean "${near}"?`,
  );
}
