import type { Agent } from "./agent.ts";
import type { Call } from "./call.ts";
import type { ErrorData } from "./errors.ts";

/** Where a session's life stands. `conflict`: signed in elsewhere, for good until the next login. */
export type LinkState = "connecting" | "connected" | "disconnected" | "conflict" | "closed";

export interface LinkStatus {
  state: LinkState;
  /** ISO 8601 UTC. */
  since: string;
  /** Host and port of the Finesse node. */
  node: string;
  /** `websocket`, `tls`, `bosh`; absent while there is no link. */
  transport?: string;
  /** Last answered ping, milliseconds. */
  roundTrip?: number;
  error?: ErrorData;
  /** ISO 8601 UTC of the next attempt. */
  retryAt?: string;
}

/** One agent's session as it is now; what `cti status` and the console draw. */
export interface SessionStatus {
  agent: string;
  /** As given at sign-in. */
  extension: string;
  link: LinkStatus;
  service: "in-service" | "out-of-service" | "unknown";
  /** Last known state; `undefined` before the first read. Stale while the link is not `connected`. */
  state: Agent | undefined;
  calls: Call[];
  /** `UCCE`, `UCCX`; open set. Absent until Finesse has said it. */
  deployment?: string;
  /** The agent's other XMPP resources, e.g. Cisco's desktop. */
  shared: string[];
}
