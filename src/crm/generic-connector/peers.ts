import type { AdapterHealth } from "../../model/adapter.ts";
import type { Advisory } from "../../openwire/contract.ts";
import type { PeerNews, PeersOptions } from "./contract.ts";
import { peersTopic, readPeerMessage, writePeerMessage } from "./peers-messages.ts";
import {
  initialPeers,
  type PeersEffect,
  type PeersInput,
  type PeersState,
  reducePeers,
} from "./peers-state.ts";

/** What peers ask of the broker; all of it goes on over every connection there will be. The returned functions end it. */
export interface PeersBus {
  publish(destination: string, text: string): void;
  subscribe(topic: string, onText: (text: string | null) => void): () => void;
  watchConsumers(destination: string, onAdvisory: (advisory: Advisory) => void): () => void;
  /** Told at once how it is, then at every change: the connection's id, or `undefined` without one. */
  watchLink(onLink: (connection: string | undefined) => void): () => void;
}

/** Milliseconds. */
const announceEvery = 5000;
const announceSoon = 100;
const beatSoon = 300;

/**
 * The other connectors at the same request queue, over a topic of their own beside it: who they are and whom they work for. A dead one is
 * noticed by its consumers going, else by its silence.
 */
export class Peers {
  readonly #options: PeersOptions & { bus: PeersBus; boot: string };
  #state: PeersState;
  #connection: string | undefined;
  #announcement: (() => void) | undefined;
  #beats = new Set<string>();
  #cancelBeats: (() => void) | undefined;
  #cancelTick: () => void = () => {};
  #ends: (() => void)[] = [];

  /** `boot` is unique to this run of the connector. */
  constructor(options: PeersOptions & { bus: PeersBus; boot: string }) {
    this.#options = options;
    this.#state = initialPeers(options.boot, options.settings.role);
  }

  start(): void {
    const { bus, settings } = this.#options;
    this.#ends = [
      bus.subscribe(peersTopic(settings.queue), (text) => {
        const message = readPeerMessage(text);
        if (message !== undefined) this.#take({ type: "message", message });
      }),
      bus.watchConsumers(`queue://${settings.queue}`, (advisory) => {
        if (advisory.kind === "other") return;
        const change = advisory.kind === "consumer-added" ? "added" : "removed";
        const { connectionId: connection, consumerId: consumer } = advisory;
        this.#take({ type: "consumer", change, connection, consumer });
      }),
      bus.watchLink((connection) => {
        this.#connection = connection;
        this.#take({ type: "link", connected: connection !== undefined });
      }),
    ];
    this.#tick();
  }

  /** The agents this connector works from now on. */
  update({ held }: PeerNews): void {
    this.#take({ type: "held", held });
  }

  /** An agent whom we hold signed in anew here: we have him, whoever else believes to. */
  took(agent: string): void {
    this.#take({ type: "took", agent });
  }

  /** A Hello or Beat came here: peers with agents at that destination are told. */
  beat(destination: string): void {
    if (!this.isTheirs(destination)) return;
    this.#beats.add(destination);
    this.#cancelBeats ??= this.#options.clock.after(beatSoon, () => {
      this.#cancelBeats = undefined;
      const destinations = [...this.#beats];
      this.#beats = new Set();
      this.#publish(writePeerMessage({ kind: "beats", boot: this.#options.boot, destinations }));
    });
  }

  /** Who else says that he works this agent. */
  holderOf(agent: string): string | undefined {
    return [...this.#state.peers.values()].find(({ held }) => held.has(agent))?.name;
  }

  /** Where another connector says that the agent's clients are. */
  destinationsOf(agent: string): readonly string[] {
    return [...this.#state.peers.values()].flatMap(({ held }) => held.get(agent)?.destinations ?? []);
  }

  /** Another connector has clients at this destination. */
  isTheirs(destination: string): boolean {
    return [...this.#state.peers.values()].some(({ held }) =>
      [...held.values()].some(({ destinations }) => destinations.includes(destination)),
    );
  }

  /** For health. */
  list(): AdapterHealth["peers"] {
    return [...this.#state.peers.values()].map(({ name, role, held }) => ({ name, role, agents: held.size }));
  }

  /** Takes leave of the others; their clients' turn to go to them. */
  stop(): void {
    this.#cancelTick();
    this.#cancelBeats?.();
    this.#announcement?.();
    if (this.#ends.length > 0) this.#announce(true);
    for (const end of this.#ends.splice(0)) end();
  }

  #take(input: PeersInput): void {
    const [state, effects] = reducePeers(this.#state, input, this.#options.clock.now());
    this.#state = state;
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: PeersEffect): void {
    const { events, clock } = this.#options;
    switch (effect.type) {
      case "announce":
        this.#announcement ??= clock.after(announceSoon, () => this.#announce(false));
        return;
      case "lost": {
        const { name, held } = effect.peer;
        return events.onLost({
          name,
          held: new Map([...held].map(([agent, { destinations }]) => [agent, destinations])),
        });
      }
      case "taken":
        return events.onTaken(effect.agent, effect.by);
      case "preferred":
        return events.onPreferred(effect.peer);
      case "beat":
        return events.onBeat(effect.destination);
    }
  }

  #tick(): void {
    this.#cancelTick = this.#options.clock.after(announceEvery, () => {
      this.#announce(false);
      this.#take({ type: "tick" });
      this.#tick();
    });
  }

  #announce(leaving: boolean): void {
    this.#announcement?.();
    this.#announcement = undefined;
    if (this.#connection === undefined) return;
    const { boot, settings } = this.#options;
    const { name, role } = settings;
    const { held } = this.#state;
    const connection = this.#connection;
    this.#publish(writePeerMessage({ kind: "announcement", boot, name, role, connection, held, leaving }));
  }

  #publish(text: string): void {
    this.#options.bus.publish(peersTopic(this.#options.settings.queue), text);
  }
}
