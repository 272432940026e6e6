import { nearest } from "../platform/nearest.ts";
import {
  doorDefaults,
  type DoorOptions,
  doorOptions,
  failoverDefaults,
  type FailoverOptions,
  failoverOptions,
  invalid,
  type JmsOptions,
  jmsOptions,
  type Takes,
} from "./address-options.ts";

export type { FailoverOptions, JmsOptions, WireOptions } from "./address-options.ts";

/** One broker door, with options of its own. */
export interface BrokerAddress {
  tls: boolean;
  host: string;
  port: number;
  door: DoorOptions;
}

export interface Address {
  brokers: BrokerAddress[];
  /** Absent: one broker, no reconnecting. */
  failover: FailoverOptions | undefined;
  jms: JmsOptions;
}

const defaultPorts: Record<string, number> = { tcp: 61_616, nio: 61_616, auto: 61_616, ssl: 61_617 };
const tlsSchemes = new Set(["ssl", "nio+ssl", "auto+ssl"]);

/**
 * Reads `tcp://host:port?options`, `ssl://…` and `failover:(…,…)?options` (openwire.md §14, §16). An unknown option is an error, as with the
 * stock client. Throws `address-invalid`, without what may be a password.
 */
export function parseAddress(source: string): Address {
  const whole = source.trim();
  const jms: JmsOptions = {};
  const found = /^failover:(?:\/\/)?(?:\((.*)\)|([^?]*))(?:\?(.*))?$/s.exec(whole);
  const usual = doorDefaults();
  if (found === null)
    return { brokers: [readBroker(whole, usual, into(jmsOptions, jms))], failover: undefined, jms };
  const failover = { ...failoverDefaults };
  readOptions(found[3], {
    ...into(failoverOptions, failover),
    ...into(jmsOptions, jms),
    ...into(doorOptions, usual, "nested."),
  });
  const brokers = (found[1] ?? found[2] ?? "")
    .split(",")
    .filter((each) => each.trim() !== "")
    .map((each) => readBroker(each.trim(), usual));
  if (brokers.length === 0) throw invalid("it names no broker: failover:(tcp://HOST:61616)");
  return { brokers, failover, jms };
}

/** As people write it: without options and secrets. */
export function describeAddress({ tls, host, port }: BrokerAddress): string {
  return `${tls ? "ssl" : "tcp"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** `usual` holds for what the address itself does not say; `more` are options beside those of the door. */
function readBroker(source: string, usual: DoorOptions, more: Options = {}): BrokerAddress {
  const [, scheme = "", user, host = "", port, query] =
    /^([a-z+]+):\/\/(?:([^@/?]*)@)?(\[[^\]]+\]|[^:/?]+)(?::(\d+))?\/?(?:\?(.*))?$/is.exec(source) ?? [];
  const kind = scheme.toLowerCase();
  const tls = tlsSchemes.has(kind);
  if (kind === "" || (!tls && defaultPorts[kind] === undefined))
    throw invalid("write tcp://HOST:61616, ssl://HOST:61617 or failover:(…,…)");
  if (user !== undefined) throw invalid("user name and password do not belong into the address");
  const number = port === undefined ? (tls ? 61_617 : 61_616) : Number(port);
  // Not shown: in an address written wrongly it may be the password.
  if (number < 1 || number > 65_535) throw invalid("a port is a number from 1 to 65535");
  const door = { ...usual, wire: { ...usual.wire } };
  readOptions(query, { ...into(doorOptions, door), ...more });
  return { tls, host: host.replace(/^\[|\]$/g, ""), port: number, door };
}

type Options = Record<string, (value: string, name: string) => void>;

function into<To>(takes: Takes<To>, to: To, prefix = ""): Options {
  return Object.fromEntries(
    Object.entries(takes).map(([name, take]) => [
      `${prefix}${name}`,
      (value: string, given: string) => take(to, value, given),
    ]),
  );
}

function readOptions(query: string | undefined, options: Options): void {
  let secret = false;
  for (const part of (query ?? "").split("&")) {
    if (part === "") continue;
    const [name = "", ...rest] = part.split("=");
    const take = Object.hasOwn(options, name) ? options[name] : undefined;
    if (take === undefined) throw invalid(secret ? behindSecret : unknownOption(name, options));
    secret ||= /password/i.test(name);
    let value: string;
    try {
      value = decodeURIComponent(rest.join("="));
    } catch {
      throw invalid(`the value of "${name}" is not percent-encoded rightly`);
    }
    take(value, name);
  }
}

/** What follows a password with a bare & looks like an option, and is a piece of the password. */
const behindSecret = "there is an unknown option behind the password: an & inside a value is written %26";

/** What is near no option is not shown: it may be a secret that came to stand there. */
function unknownOption(name: string, options: Options): string {
  const near = nearest(name, Object.keys(options));
  if (near !== undefined && /^[\w.]+$/.test(name))
    return `there is no option "${name}"; did you mean "${near}"?`;
  const [start = ""] =
    /^(jms|wireFormat|nested|socket|transport)\.[A-Za-z.]{1,40}(?=$|[^\w.])/.exec(name) ?? [];
  return start === "" ? "there is an option that nobody knows" : `there is no option "${start}"`;
}
