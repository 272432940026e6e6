import type { GcSettings } from "./contract.ts";

/** The topic on which connectors of one request queue talk to each other. */
export function peersTopic(queue: string): string {
  return `${queue}.peers`;
}

/** An agent as a connector holds him. */
export interface HeldAgent {
  destinations: readonly string[];
  /** Milliseconds since the epoch when he was taken up there. */
  since: number;
}

/** Who I am, and whom I work for. */
export interface Announcement {
  kind: "announcement";
  /** Unique to one run of a connector. */
  boot: string;
  name: string;
  role: GcSettings["role"];
  /** The OpenWire connection its consumers of the request queue are on. */
  connection: string;
  held: ReadonlyMap<string, HeldAgent>;
  leaving: boolean;
}

/** Destinations a Hello or Beat came for: it reaches one connector only. */
export interface ForwardedBeats {
  kind: "beats";
  boot: string;
  destinations: readonly string[];
}

export type PeerMessage = Announcement | ForwardedBeats;

/** Characters of a message; some 10,000 agents. */
const longest = 1024 * 1024;
const version = 1;

export function writePeerMessage(message: PeerMessage): string {
  if (message.kind === "beats")
    return JSON.stringify({ gcPeer: version, boot: message.boot, beats: message.destinations });
  const { boot, name, role, connection, held, leaving } = message;
  return JSON.stringify({
    gcPeer: version,
    boot,
    name,
    role,
    connection,
    held: [...held].map(([agent, { destinations, since }]) => [agent, since, ...destinations]),
    ...(leaving && { leaving }),
  });
}

/** What a peer says; `undefined` for anything else, since anybody may write to a topic. */
export function readPeerMessage(text: string | null): PeerMessage | undefined {
  if (text === null || text.length > longest) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { gcPeer, boot, beats, name, role, connection, held, leaving } = value as Record<string, unknown>;
  if (gcPeer !== version || !isWord(boot)) return undefined;
  if (beats !== undefined) {
    return Array.isArray(beats) && beats.every(isWord)
      ? { kind: "beats", boot, destinations: beats }
      : undefined;
  }
  if (!isWord(name) || !isRole(role) || !isWord(connection) || !Array.isArray(held)) return undefined;
  const agents = new Map<string, HeldAgent>();
  for (const entry of held) {
    if (!Array.isArray(entry)) return undefined;
    const [agent, since, ...destinations] = entry as unknown[];
    if (!isWord(agent) || typeof since !== "number" || !Number.isFinite(since)) return undefined;
    if (!destinations.every(isWord)) return undefined;
    agents.set(agent, { destinations, since });
  }
  return { kind: "announcement", boot, name, role, connection, held: agents, leaving: leaving === true };
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 255;
}

function isRole(value: unknown): value is GcSettings["role"] {
  return value === "active" || value === "standby" || value === "shared";
}
