import type { Advisory } from "../../openwire/contract.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Presence } from "./contract.ts";

export interface PresenceOptions {
  clock: Clock;
  /** Milliseconds; setting `heartbeat`. */
  heartbeat: number;
  /** Milliseconds a topic may be without a listener: clients make their consumer anew after Connect and Login (generic-connector.md §3). */
  grace?: number;
  bus: PresenceBus;
}

/** What presence asks of the broker. */
export interface PresenceBus {
  /** Consumers of `topic://NAME`, the present ones first, on every connection there will be; the returned function ends it. */
  watchConsumers(destination: string, onAdvisory: (advisory: Advisory) => void): () => void;
  /** Told at every change: the connection's id, or `undefined` without one. */
  watchLink(onLink: (connection: string | undefined) => void): () => void;
  /** Whether this broker tells of consumers at all. */
  readonly advisoriesWork: boolean;
  /** Milliseconds since the epoch since when there has been a connection; `undefined` without one. */
  readonly upSince: number | undefined;
}

/** Always true. Who listens on a client's topic with it looks on, and is not the client. */
export const observerSelector = "'observer' <> 'client'";

interface Watched {
  since: number;
  /** Beats since somebody was attached; one of them is a greeting, two are a habit. */
  beats: number;
  lastBeat: number;
  lastSeen: number;
  listeners: Set<string>;
  /** Since when nobody listens; `undefined` while somebody does. */
  deserted: number | undefined;
  stop: () => void;
}

const defaultGrace = 3000;
/** Destinations nobody is attached to whose last sign of life is remembered. */
const strangers = 1000;

/**
 * Who listens and beats (generic-connector.md §3, §14). A client that beats is gone when it stops; Hello before Connect is no beat, since
 * some stop at signing in. Any client is gone when nobody listens on its topic any more, unless it beats all the same. What the broker
 * cannot have told, because we were not connected or it tells nothing, counts against nobody.
 */
export class ClientPresence implements Presence {
  readonly #options: PresenceOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #strangers = new Map<string, number>();

  constructor(options: PresenceOptions) {
    this.#options = options;
    // At the end of a connection, since who listens may be told before we hear that there is a new one.
    options.bus.watchLink((connection) => {
      if (connection === undefined) this.#unlearn();
    });
  }

  beat(destination: string): void {
    const now = this.#options.clock.now();
    const watched = this.#watched.get(destination);
    if (watched === undefined) {
      this.#strangers.delete(destination);
      this.#strangers.set(destination, now);
      const [oldest] = this.#strangers.keys();
      if (this.#strangers.size > strangers && oldest !== undefined) this.#strangers.delete(oldest);
      return;
    }
    watched.beats += 1;
    watched.lastBeat = now;
    watched.lastSeen = now;
  }

  watch(destination: string): void {
    const now = this.#options.clock.now();
    const before = this.#watched.get(destination);
    if (before !== undefined) {
      // Attached anew: whoever it is now need not beat because the last one did.
      before.since = now;
      before.beats = 0;
      before.lastSeen = now;
      return;
    }
    const watched: Watched = {
      since: now,
      beats: 0,
      lastBeat: 0,
      lastSeen: now,
      listeners: new Set(),
      deserted: now,
      stop: () => {},
    };
    this.#watched.set(destination, watched);
    this.#strangers.delete(destination);
    watched.stop = this.#options.bus.watchConsumers(`topic://${destination}`, (advisory) =>
      this.#onAdvisory(watched, advisory),
    );
  }

  forget(destination: string): void {
    this.#watched.get(destination)?.stop();
    this.#watched.delete(destination);
  }

  /** Without a connection everybody is as present as when it was lost: nobody could say otherwise. */
  isPresent(destination: string): boolean {
    const watched = this.#watched.get(destination);
    const { clock, heartbeat, bus, grace = defaultGrace } = this.#options;
    const { upSince } = bus;
    if (watched === undefined)
      return clock.now() - (this.#strangers.get(destination) ?? -Infinity) <= heartbeat;
    if (upSince === undefined) return true;
    const now = clock.now();
    const beating = watched.beats >= 2;
    // Nothing could be heard before the connection.
    if (beating && now - Math.max(watched.lastBeat, upSince) > heartbeat) return false;
    if (watched.deserted === undefined || !bus.advisoriesWork) return true;
    if (watched.beats > 0 && watched.lastBeat > watched.deserted + grace) return true;
    return now - Math.max(watched.deserted, watched.since, upSince) <= grace;
  }

  /** Milliseconds since the epoch of the last beat, attachment or new listener; 0 for never. */
  lastSeen(destination: string): number {
    return this.#watched.get(destination)?.lastSeen ?? this.#strangers.get(destination) ?? 0;
  }

  /** Who listens will be told anew. */
  #unlearn(): void {
    const now = this.#options.clock.now();
    for (const watched of this.#watched.values()) {
      watched.listeners.clear();
      watched.deserted = now;
    }
  }

  #onAdvisory(watched: Watched, advisory: Advisory): void {
    if (advisory.kind === "other") return;
    const now = this.#options.clock.now();
    if (advisory.kind === "consumer-added") {
      if (advisory.selector === observerSelector) return;
      watched.listeners.add(advisory.consumerId);
      watched.lastSeen = now;
    } else {
      watched.listeners.delete(advisory.consumerId);
      // The broker's count knows of those who were there before we looked.
      if (advisory.count === 0) watched.listeners.clear();
    }
    if (watched.listeners.size > 0) watched.deserted = undefined;
    else watched.deserted ??= now;
  }
}
