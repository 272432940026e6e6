import type { Clock } from "../../platform/clock.ts";

/**
 * The seams between the parts of this adapter. `settings.ts` reads `GcSettings`; `bus.ts` is the broker; `presence.ts` knows who listens and
 * beats; `peers.ts` knows the other connector; `desk.ts` works requests and makes events.
 */

export interface GcSettings {
  /** Failover, tcp or ssl address. */
  broker: string;
  username: string | undefined;
  /** PEM texts. */
  tls: { ca: string[]; cert: string | undefined; key: string | undefined; insecure: boolean };
  /** The request queue. Default `Connector1`. */
  queue: string;
  /** This connector's name among its peers. Default host name and process id. */
  name: string;
  /**
   * `active` takes every request at consumer priority 127; `standby` at 100, so only while no active one lives; `shared` works a home
   * partition of agents at 120, the rest at 100, agents held away from home at 127.
   */
  role: "active" | "standby" | "shared";
  /** With `shared`: `1/2` (agents by the last character of their id), or patterns of agent ids with `*`. */
  home: string[];
  /** How events are written where a client has not shown which it speaks. */
  flavour: "text" | "json";
  /** Milliseconds after which a request is too old to be done. Default 10 s. */
  staleAfter: number;
  /** Milliseconds without a beat after which a client that beats is gone. Default 15 s. */
  heartbeat: number;
  /** Seconds an agent without a client is left as he is. */
  unattendedAfter: number;
  securePassword: SecurePasswordSettings | undefined;
}

/** generic-connector.md §10. The key comes from the secret store, never from the configuration. */
export interface SecurePasswordSettings {
  /** Where passwords come encrypted. Default both. */
  applies: ("connect" | "login")[];
  cipher: "des-ede3-cbc" | "des-ede3";
  /** `random`: 8 bytes before the ciphertext; else 16 hex digits. */
  iv: "random" | { fixed: string };
  padding: "pkcs7" | "zero" | "none";
  text: "utf8" | "utf16le" | "latin1";
  encoding: "base64" | "hex";
}

export interface GcSecrets {
  brokerPassword: string | undefined;
  /** Hex or Base64 of 16 or 24 bytes. */
  passwordKey: string | undefined;
}

/** A request as it came from the queue. */
export interface GcMessage {
  /** JMSMessageID. */
  id: string;
  /** JMSType. */
  type: string | null;
  body: string | null;
  redelivered: boolean;
  /** Milliseconds it waited in the broker, by the broker's clock; 0 when not told. */
  waited: number;
  /** Milliseconds since the epoch by our clock. */
  receivedAt: number;
}

/** The broker, as the rest of the adapter needs it. */
export interface GcBus {
  /**
   * Publishes a line to a client's topic, in order per destination; never throws, never waits. What cannot be sent while the broker is away is
   * dropped and counted, since a topic has no memory either: answers false then.
   */
  publish(destination: string, text: string): boolean;
}

/** Who is there at a destination. */
export interface Presence {
  /** A Hello or Beat came for it. */
  beat(destination: string): void;
  /** A client is attached to it from now on: watched until `forget`. */
  watch(destination: string): void;
  forget(destination: string): void;
  /** False once a client that used to beat has been silent for too long, or nobody listens on its topic any more. */
  isPresent(destination: string): boolean;
  lastSeen(destination: string): number;
}

/** What this connector tells its peers, and learns from them, over a topic of their own beside the queue. */
export interface PeerNews {
  /** The agents this connector works, with their clients' destinations. */
  held: ReadonlyMap<string, readonly string[]>;
}

export interface PeersEvents {
  /** A peer has died: its clients' destinations and agents as far as it had told. */
  onLost(peer: { name: string; held: ReadonlyMap<string, readonly string[]> }): void;
  /** A peer took an agent up that we work too. */
  onTaken(agent: string, by: string): void;
  /** A Hello or Beat that a peer received, for a destination of ours. */
  onBeat(destination: string): void;
  /** An active peer is back while we stand by: our clients belong there. */
  onPreferred(peer: string): void;
}

export interface PeersOptions {
  settings: Pick<GcSettings, "queue" | "name" | "role" | "home">;
  clock: Clock;
  events: PeersEvents;
}
