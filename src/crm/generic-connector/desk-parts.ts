import type { CtiPort } from "../adapter.ts";
import type { ClientLeases } from "./client-leases.ts";
import type { Complaints } from "./complaints.ts";
import type { GcBus, GcMessage, GcSettings, Presence } from "./contract.ts";
import type { DestinationRule } from "./destinations.ts";
import type { Envelope } from "./requests.ts";
import type { Roster } from "./roster.ts";
import type { ServiceWatch } from "./service-watch.ts";
import type { Voice } from "./voice.ts";

/** What the desk asks of the other connectors. */
export interface DeskPeers {
  /** Destinations of the agent's clients at another connector. */
  destinationsOf(agent: string): readonly string[];
  /** Another connector has clients at this destination. */
  isTheirs(destination: string): boolean;
  beat(destination: string): void;
  update(held: ReadonlyMap<string, readonly string[]>): void;
  took(agent: string): void;
}

export interface DeskOptions {
  settings: Pick<GcSettings, "queue" | "staleAfter" | "flavour" | "securePassword">;
  /** 24 bytes; with `securePassword`. */
  passwordKey: Buffer | undefined;
  port: CtiPort;
  bus: GcBus;
  presence: Presence;
  peers: DeskPeers;
  /** Names that no client may give its topic. */
  reserved: readonly string[];
}

/** A request that came. */
export interface Asked extends Envelope {
  /** JMSMessageID. */
  id: string;
  cause: string;
}

/** What the parts of the desk share. */
export interface DeskParts {
  options: DeskOptions;
  roster: Roster;
  voice: Voice;
  leases: ClientLeases;
  service: ServiceWatch;
  rule: DestinationRule;
  complaints: Complaints;
}

/** Where Finesse's side of a session stands, for the service watch. */
export function noteService({ options, service }: DeskParts, agent: string): void {
  const status = options.port.status(agent);
  if (status === undefined) return service.forget(agent);
  service.note(agent, {
    link: status.link.state !== "disconnected",
    service: status.service !== "out-of-service",
  });
}

/** A message's id as an idempotency key, which also a restarted worker knows again. */
export function requestKey(id: string): string {
  return `gc:${id.replace(/[^A-Za-z0-9:._-]/g, "_").slice(0, 240)}`;
}

/** Older than may be done: in the broker, or waiting here. */
export function isStale({ waited, receivedAt }: GcMessage, { port, settings }: DeskOptions): boolean {
  return Math.max(waited, 0) + (port.clock.now() - receivedAt) > settings.staleAfter;
}
