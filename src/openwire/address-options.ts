import { OpenWireError } from "./errors.ts";

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

/** What belongs to one broker's door. */
export interface DoorOptions {
  wire: WireOptions;
  /** Milliseconds for one attempt; 0: no limit. */
  connectionTimeout: number;
  /** The system asks now and then whether the other side is still there. */
  keepAlive: boolean;
}

export const failoverDefaults: FailoverOptions = {
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

/** Puts the text of an option where it belongs. Throws `address-invalid`. */
export type Take<To> = (to: To, value: string, name: string) => void;
export type Takes<To> = Record<string, Take<To>>;

export const doorDefaults = (): DoorOptions => ({ wire: {}, connectionTimeout: 30_000, keepAlive: false });

/** What timers and the fields of the protocol can hold. */
const most = 2 ** 31 - 1;

/** A whole number of `least` or more. */
function number<To>(apply: (to: To, value: number) => void, least = 0): Take<To> {
  return (to, value, name) => {
    const number = /^-?\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= least && number <= most))
      throw invalid(`${name} must be a whole number from ${least} to ${most}`);
    apply(to, number);
  };
}

/** What something is multiplied by, again and again. */
function factor<To>(apply: (to: To, value: number) => void): Take<To> {
  return (to, value, name) => {
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
    if (!(number >= 1 && number <= 1000)) throw invalid(`${name} must be a number from 1 to 1000`);
    apply(to, number);
  };
}

function flag<To>(apply: (to: To, value: boolean) => void): Take<To> {
  return (to, value, name) => {
    if (value !== "true" && value !== "false") throw invalid(`${name} must be true or false`);
    apply(to, value === "true");
  };
}

const text =
  <To>(apply: (to: To, value: string) => void): Take<To> =>
  (to, value) =>
    apply(to, value);
/** Known to the stock client, without a meaning here. */
const nothing = (): void => {};

/** Options of a broker's own address. */
export const doorOptions: Takes<DoorOptions> = {
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
  keepAlive: flag((to, value) => (to.keepAlive = value)),
  "socket.keepAlive": flag((to, value) => (to.keepAlive = value)),
  tcpNoDelay: nothing,
  useInactivityMonitor: flag((to, value) => {
    if (!value) to.wire.maxInactivityDuration = 0;
  }),
  "socket.verifyHostName": nothing,
};

/** Options of the connection, at the outermost address. */
export const jmsOptions: Takes<JmsOptions> = {
  "jms.userName": text((to, value) => (to.username = value)),
  "jms.password": text((to, value) => (to.password = value)),
  "jms.clientID": text((to, value) => (to.clientId = value)),
  "jms.useCompression": flag((to, value) => (to.useCompression = value)),
  "jms.producerWindowSize": number((to, value) => (to.producerWindowSize = value)),
  "jms.prefetchPolicy.queuePrefetch": number((to, value) => (to.queuePrefetch = value)),
  "jms.prefetchPolicy.topicPrefetch": number((to, value) => (to.topicPrefetch = value)),
  "jms.prefetchPolicy.durableTopicPrefetch": number((to, value) => (to.durableTopicPrefetch = value)),
  "jms.prefetchPolicy.queueBrowserPrefetch": number((to, value) => (to.browserPrefetch = value)),
  "jms.prefetchPolicy.all": number((to, value) => {
    to.queuePrefetch = value;
    to.topicPrefetch = value;
    to.durableTopicPrefetch = value;
    to.browserPrefetch = value;
  }),
  "jms.redeliveryPolicy.maximumRedeliveries": number((to, value) => (to.maximumRedeliveries = value), -1),
  "jms.redeliveryPolicy.initialRedeliveryDelay": number((to, value) => (to.initialRedeliveryDelay = value)),
  "jms.redeliveryPolicy.redeliveryDelay": number((to, value) => (to.initialRedeliveryDelay = value)),
  "jms.redeliveryPolicy.useExponentialBackOff": flag((to, value) => (to.redeliveryBackOff = value)),
  "jms.redeliveryPolicy.backOffMultiplier": factor((to, value) => (to.redeliveryMultiplier = value)),
  "jms.redeliveryPolicy.maximumRedeliveryDelay": number(
    (to, value) => (to.maximumRedeliveryDelay = value),
    -1,
  ),
  "jms.useAsyncSend": nothing,
  "jms.watchTopicAdvisories": nothing,
  "jms.optimizeAcknowledge": nothing,
  "jms.alwaysSessionAsync": nothing,
  "jms.dispatchAsync": nothing,
};

export const failoverOptions: Takes<FailoverOptions> = {
  randomize: flag((to, value) => (to.randomize = value)),
  initialReconnectDelay: number((to, value) => (to.initialReconnectDelay = value), -1),
  maxReconnectDelay: number((to, value) => (to.maxReconnectDelay = value), -1),
  backOffMultiplier: factor((to, value) => (to.backOffMultiplier = value)),
  reconnectDelayExponent: factor((to, value) => (to.backOffMultiplier = value)),
  useExponentialBackOff: flag((to, value) => (to.useExponentialBackOff = value)),
  maxReconnectAttempts: number((to, value) => (to.maxReconnectAttempts = value), -1),
  startupMaxReconnectAttempts: number((to, value) => (to.startupMaxReconnectAttempts = value), -1),
  timeout: number((to, value) => (to.timeout = value), -1),
  priorityBackup: flag((to, value) => (to.priorityBackup = value)),
  priorityURIs: nothing,
  backup: nothing,
  backupPoolSize: nothing,
  trackMessages: nothing,
  maxCacheSize: nothing,
  updateURIsSupported: nothing,
  rebalanceUpdateSupported: nothing,
  warnAfterReconnectAttempts: nothing,
};

export function invalid(why: string): OpenWireError {
  return new OpenWireError({ code: "address-invalid", message: "this is no address of a broker", why });
}
