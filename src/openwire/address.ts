import { nearest } from "../platform/nearest.ts";
import { OpenWireError } from "./errors.ts";

/** One broker door. */
export interface BrokerAddress {
  tls: boolean;
  host: string;
  port: number;
}

/** The connection part of an address: `jms.*` (openwire.md §16). */
export interface JmsOptions {
  username?: string;
  password?: string;
  clientId?: string;
  queuePrefetch?: number;
  topicPrefetch?: number;
  durableTopicPrefetch?: number;
  browserPrefetch?: number;
  useCompression?: boolean;
  producerWindowSize?: number;
  maximumRedeliveries?: number;
  /** Milliseconds. */
  initialRedeliveryDelay?: number;
  redeliveryBackOff?: boolean;
  redeliveryMultiplier?: number;
  maximumRedeliveryDelay?: number;
}

/** The `wireFormat.*` options. */
export interface WireOptions {
  tight?: boolean;
  cache?: boolean;
  cacheSize?: number;
  stackTraces?: boolean;
  version?: number;
  maxInactivityDuration?: number;
  maxInactivityDurationInitialDelay?: number;
  maxFrameSize?: number;
}

/** How a failover address reconnects (openwire.md §14). Times in milliseconds; -1 stands for "for ever". */
export interface FailoverOptions {
  randomize: boolean;
  initialReconnectDelay: number;
  maxReconnectDelay: number;
  backOffMultiplier: number;
  useExponentialBackOff: boolean;
  maxReconnectAttempts: number;
  startupMaxReconnectAttempts: number;
  /** How long a send may wait for a connection. */
  timeout: number;
  priorityBackup: boolean;
}

export interface Address {
  brokers: BrokerAddress[];
  /** Absent: one broker, no reconnecting. */
  failover: FailoverOptions | undefined;
  jms: JmsOptions;
  wire: WireOptions;
  /** Milliseconds for one attempt; 0: no limit. */
  connectionTimeout: number;
}

const failoverDefaults: FailoverOptions = {
  randomize: true,
  initialReconnectDelay: 10,
  maxReconnectDelay: 30_000,
  backOffMultiplier: 2,
  useExponentialBackOff: true,
  maxReconnectAttempts: -1,
  startupMaxReconnectAttempts: -1,
  timeout: -1,
  priorityBackup: false,
};

type Take = (address: Address, value: string, name: string) => void;

/** What timers and the fields of the protocol can hold. */
const most = 2 ** 31 - 1;

/** A whole number of `least` or more. */
function number(apply: (address: Address, value: number) => void, least = 0): Take {
  return (address, value, name) => {
    const number = /^-?\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= least && number <= most))
      throw invalid(`${name} must be a whole number from ${least} to ${most}`);
    apply(address, number);
  };
}

/** What something is multiplied by, again and again. */
function factor(apply: (address: Address, value: number) => void): Take {
  return (address, value, name) => {
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
    if (!(number >= 1 && number <= 1000)) throw invalid(`${name} must be a number from 1 to 1000`);
    apply(address, number);
  };
}

function flag(apply: (address: Address, value: boolean) => void): Take {
  return (address, value, name) => {
    if (value !== "true" && value !== "false") throw invalid(`${name} must be true or false`);
    apply(address, value === "true");
  };
}

const text =
  (apply: (address: Address, value: string) => void): Take =>
  (address, value) =>
    apply(address, value);
/** Known to the stock client, without a meaning here. */
const nothing: Take = () => {};

/** Options of a broker's own address. */
const brokerOptions: Record<string, Take> = {
  "wireFormat.tightEncodingEnabled": flag((to, value) => (to.wire.tight = value)),
  "wireFormat.cacheEnabled": flag((to, value) => (to.wire.cache = value)),
  "wireFormat.cacheSize": number((to, value) => (to.wire.cacheSize = value)),
  "wireFormat.stackTraceEnabled": flag((to, value) => (to.wire.stackTraces = value)),
  "wireFormat.version": number((to, value) => (to.wire.version = value), 1),
  "wireFormat.maxInactivityDuration": number((to, value) => (to.wire.maxInactivityDuration = value)),
  "wireFormat.maxInactivityDurationInitalDelay": number(
    (to, value) => (to.wire.maxInactivityDurationInitialDelay = value),
  ),
  "wireFormat.maxFrameSize": number((to, value) => (to.wire.maxFrameSize = value)),
  "wireFormat.tcpNoDelayEnabled": nothing,
  "wireFormat.sizePrefixDisabled": nothing,
  "wireFormat.host": nothing,
  connectionTimeout: number((to, value) => (to.connectionTimeout = value)),
  soTimeout: nothing,
  soWriteTimeout: nothing,
  keepAlive: nothing,
  tcpNoDelay: nothing,
  useInactivityMonitor: flag((to, value) => {
    if (!value) to.wire.maxInactivityDuration = 0;
  }),
  "socket.verifyHostName": nothing,
};

/** Options of the connection, at the outermost address. */
const jmsOptions: Record<string, Take> = {
  "jms.userName": text((to, value) => (to.jms.username = value)),
  "jms.password": text((to, value) => (to.jms.password = value)),
  "jms.clientID": text((to, value) => (to.jms.clientId = value)),
  "jms.useCompression": flag((to, value) => (to.jms.useCompression = value)),
  "jms.producerWindowSize": number((to, value) => (to.jms.producerWindowSize = value)),
  "jms.prefetchPolicy.queuePrefetch": number((to, value) => (to.jms.queuePrefetch = value)),
  "jms.prefetchPolicy.topicPrefetch": number((to, value) => (to.jms.topicPrefetch = value)),
  "jms.prefetchPolicy.durableTopicPrefetch": number((to, value) => (to.jms.durableTopicPrefetch = value)),
  "jms.prefetchPolicy.queueBrowserPrefetch": number((to, value) => (to.jms.browserPrefetch = value)),
  "jms.prefetchPolicy.all": number((to, value) => {
    to.jms.queuePrefetch = value;
    to.jms.topicPrefetch = value;
    to.jms.durableTopicPrefetch = value;
    to.jms.browserPrefetch = value;
  }),
  "jms.redeliveryPolicy.maximumRedeliveries": number((to, value) => (to.jms.maximumRedeliveries = value), -1),
  "jms.redeliveryPolicy.initialRedeliveryDelay": number(
    (to, value) => (to.jms.initialRedeliveryDelay = value),
  ),
  "jms.redeliveryPolicy.redeliveryDelay": number((to, value) => (to.jms.initialRedeliveryDelay = value)),
  "jms.redeliveryPolicy.useExponentialBackOff": flag((to, value) => (to.jms.redeliveryBackOff = value)),
  "jms.redeliveryPolicy.backOffMultiplier": factor((to, value) => (to.jms.redeliveryMultiplier = value)),
  "jms.redeliveryPolicy.maximumRedeliveryDelay": number(
    (to, value) => (to.jms.maximumRedeliveryDelay = value),
    -1,
  ),
  "jms.useAsyncSend": nothing,
  "jms.watchTopicAdvisories": nothing,
  "jms.optimizeAcknowledge": nothing,
  "jms.alwaysSessionAsync": nothing,
  "jms.dispatchAsync": nothing,
};

function failoverOption(
  apply: (failover: FailoverOptions, value: number) => void,
  take: typeof factor = (to) => number(to, -1),
): Take {
  return take(({ failover }, value) => {
    if (failover !== undefined) apply(failover, value);
  });
}

function failoverFlag(apply: (failover: FailoverOptions, value: boolean) => void): Take {
  return flag(({ failover }, value) => {
    if (failover !== undefined) apply(failover, value);
  });
}

const failoverOptions: Record<string, Take> = {
  randomize: failoverFlag((to, value) => (to.randomize = value)),
  initialReconnectDelay: failoverOption((to, value) => (to.initialReconnectDelay = value)),
  maxReconnectDelay: failoverOption((to, value) => (to.maxReconnectDelay = value)),
  backOffMultiplier: failoverOption((to, value) => (to.backOffMultiplier = value), factor),
  reconnectDelayExponent: failoverOption((to, value) => (to.backOffMultiplier = value), factor),
  useExponentialBackOff: failoverFlag((to, value) => (to.useExponentialBackOff = value)),
  maxReconnectAttempts: failoverOption((to, value) => (to.maxReconnectAttempts = value)),
  startupMaxReconnectAttempts: failoverOption((to, value) => (to.startupMaxReconnectAttempts = value)),
  timeout: failoverOption((to, value) => (to.timeout = value)),
  priorityBackup: failoverFlag((to, value) => (to.priorityBackup = value)),
  priorityURIs: nothing,
  backup: nothing,
  backupPoolSize: nothing,
  trackMessages: nothing,
  maxCacheSize: nothing,
  updateURIsSupported: nothing,
  rebalanceUpdateSupported: nothing,
  warnAfterReconnectAttempts: nothing,
};

const defaultPorts: Record<string, number> = { tcp: 61_616, nio: 61_616, auto: 61_616, ssl: 61_617 };
const tlsSchemes = new Set(["ssl", "nio+ssl", "auto+ssl"]);

/**
 * Reads `tcp://host:port?options`, `ssl://…` and `failover:(…,…)?options` (openwire.md §14, §16). An unknown option is an error, as with the
 * stock client. Throws `address-invalid`, without what may be a password.
 */
export function parseAddress(source: string): Address {
  const address: Address = { brokers: [], failover: undefined, jms: {}, wire: {}, connectionTimeout: 30_000 };
  const whole = source.trim();
  const failover = /^failover:(?:\/\/)?(?:\((.*)\)|([^?]*))(?:\?(.*))?$/s.exec(whole);
  if (failover === null) {
    readBroker(address, whole, { ...brokerOptions, ...jmsOptions });
    return address;
  }
  address.failover = { ...failoverDefaults };
  const inner = failover[1] ?? failover[2] ?? "";
  for (const each of inner.split(","))
    if (each.trim() !== "") readBroker(address, each.trim(), brokerOptions);
  if (address.brokers.length === 0) throw invalid("it names no broker: failover:(tcp://HOST:61616)");
  const nested = Object.fromEntries(
    Object.entries(brokerOptions).map(([name, take]) => [`nested.${name}`, take]),
  );
  readOptions(address, failover[3], { ...failoverOptions, ...jmsOptions, ...nested });
  return address;
}

/** As people write it: without options and secrets. */
export function describeAddress({ tls, host, port }: BrokerAddress): string {
  return `${tls ? "ssl" : "tcp"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function readBroker(address: Address, source: string, options: Record<string, Take>): void {
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
  address.brokers.push({ tls, host: host.replace(/^\[|\]$/g, ""), port: number });
  readOptions(address, query, options);
}

function readOptions(address: Address, query: string | undefined, options: Record<string, Take>): void {
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
    take(address, value, name);
  }
}

/** What follows a password with a bare & looks like an option, and is a piece of the password. */
const behindSecret = "there is an unknown option behind the password: an & inside a value is written %26";

/** What is near no option is not shown: it may be a secret that came to stand there. */
function unknownOption(name: string, options: Record<string, Take>): string {
  const near = nearest(name, Object.keys(options));
  if (near !== undefined && /^[\w.]+$/.test(name))
    return `there is no option "${name}"; did you mean "${near}"?`;
  const [start = ""] =
    /^(jms|wireFormat|nested|socket|transport)\.[A-Za-z.]{1,40}(?=$|[^\w.])/.exec(name) ?? [];
  return start === "" ? "there is an option that nobody knows" : `there is no option "${start}"`;
}

function invalid(why: string): OpenWireError {
  return new OpenWireError({ code: "address-invalid", message: "this is no address of a broker", why });
}
