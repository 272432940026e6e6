import type { ErrorData } from "./errors.ts";

/** How a CRM adapter is, for `cti status`, `cti adapters` and the monitor. No secrets. */
export interface AdapterHealth {
  adapter: string;
  /** `starting`: not connected for the first time yet; `down`: was, or cannot. */
  state: "starting" | "up" | "down" | "stopped";
  /** ISO 8601 UTC; since when it is so. */
  since: string;
  /** One line for a person: where it is connected to, or what it waits for. */
  summary: string;
  error?: ErrorData;
  /** Numbers and names by what they are: `{"requests": 12, "clients": 1}`. */
  figures: Record<string, number | string>;
  /** Who is there, one line each at most a hundred: the CRM's clients with the agents they work. */
  clients: { name: string; agents: string[]; /** ISO 8601 UTC. */ lastSeen: string }[];
  /** Other connectors at the same work. */
  peers: { name: string; role: string; agents: number }[];
}
