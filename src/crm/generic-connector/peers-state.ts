import type { GcSettings } from "./contract.ts";
import type { HeldAgent, PeerMessage } from "./peers-messages.ts";

/** Another connector, as far as it has told. */
export interface Peer {
  boot: string;
  name: string;
  role: GcSettings["role"];
  connection: string;
  held: ReadonlyMap<string, HeldAgent>;
  /** Milliseconds since the epoch of its last word. */
  heard: number;
}

export interface PeersState {
  readonly boot: string;
  readonly role: GcSettings["role"];
  /** The agents of this connector. */
  readonly held: ReadonlyMap<string, HeldAgent>;
  readonly peers: ReadonlyMap<string, Peer>;
  /** Consumers of the request queue by connection. */
  readonly consumers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Connections whose consumers have gone: what still comes from them was said before. */
  readonly dead: ReadonlySet<string>;
  /** Of the agents somebody else took: who and when, so that it is told once. */
  readonly told: ReadonlyMap<string, string>;
  readonly connected: boolean;
}

export type PeersInput =
  | { type: "held"; held: ReadonlyMap<string, readonly string[]> }
  /** The agent signed in anew here. */
  | { type: "took"; agent: string }
  | { type: "message"; message: PeerMessage }
  | { type: "consumer"; change: "added" | "removed"; connection: string; consumer: string }
  | { type: "link"; connected: boolean }
  | { type: "tick" };

export type PeersEffect =
  /** Everybody should hear soon who we are and whom we work for. */
  | { type: "announce" }
  | { type: "lost"; peer: Peer }
  | { type: "taken"; agent: string; by: string }
  | { type: "preferred"; peer: string }
  | { type: "beat"; destination: string };

/** Milliseconds without a word after which a peer is dead. */
export const peerSilence = 15_000;
/** Other connectors and connections that are remembered: more are somebody's mischief. */
const most = 256;

export function initialPeers(boot: string, role: GcSettings["role"]): PeersState {
  return {
    boot,
    role,
    held: new Map(),
    peers: new Map(),
    consumers: new Map(),
    dead: new Set(),
    told: new Map(),
    connected: false,
  };
}

type Step = [PeersState, PeersEffect[]];

/** What news means. Pure; `now` in milliseconds since the epoch. */
export function reducePeers(state: PeersState, input: PeersInput, now: number): Step {
  switch (input.type) {
    case "held":
      return changeHeld(state, input.held, now);
    case "took": {
      const agent = state.held.get(input.agent);
      if (agent === undefined) return [state, []];
      const since = takenAt(state, input.agent, now);
      return [
        { ...state, held: new Map(state.held).set(input.agent, { ...agent, since }) },
        [{ type: "announce" }],
      ];
    }
    case "message":
      return input.message.boot === state.boot ? [state, []] : hear(state, input.message, now);
    case "consumer":
      return changeConsumer(state, input);
    case "link":
      return changeLink(state, input.connected, now);
    case "tick":
      return lookForSilence(state, now);
  }
}

function changeHeld(state: PeersState, wanted: ReadonlyMap<string, readonly string[]>, now: number): Step {
  const held = new Map<string, HeldAgent>();
  for (const [agent, destinations] of wanted) {
    const before = state.held.get(agent);
    held.set(agent, { destinations, since: before?.since ?? takenAt(state, agent, now) });
  }
  const told = new Map([...state.told].filter(([agent]) => held.has(agent)));
  const same =
    held.size === state.held.size &&
    [...held].every(([agent, { destinations }]) =>
      sameList(state.held.get(agent)?.destinations, destinations),
    );
  return same ? [state, []] : [{ ...state, held, told }, [{ type: "announce" }]];
}

function sameList(one: readonly string[] | undefined, other: readonly string[]): boolean {
  return (
    one !== undefined && one.length === other.length && one.every((each, index) => each === other[index])
  );
}

/** Now, but after everybody else's time for this agent: clocks differ by seconds. */
function takenAt({ peers }: PeersState, agent: string, now: number): number {
  return Math.max(now, ...[...peers.values()].map(({ held }) => (held.get(agent)?.since ?? -1) + 1));
}

function hear(state: PeersState, message: PeerMessage, now: number): Step {
  const before = state.peers.get(message.boot);
  if (message.kind === "beats") {
    const ours = new Set([...state.held.values()].flatMap(({ destinations }) => destinations));
    const beats: PeersEffect[] = message.destinations
      .filter((destination) => ours.has(destination))
      .map((destination) => ({ type: "beat", destination }));
    return [before === undefined ? state : withPeer(state, { ...before, heard: now }), beats];
  }
  if (state.dead.has(message.connection)) return [state, []];
  const { boot, name, role, connection, held } = message;
  if (message.leaving) return bury({ ...state, dead: added(state.dead, connection) }, before);
  if (before === undefined && state.peers.size >= most) return [state, []];
  const next = withPeer(state, { boot, name, role, connection, held, heard: now });
  const effects: PeersEffect[] = [];
  if (before === undefined) {
    effects.push({ type: "announce" });
    if (state.role === "standby" && role === "active") effects.push({ type: "preferred", peer: name });
  }
  const told = new Map(next.told);
  for (const [agent, theirs] of held) {
    const ours = state.held.get(agent);
    if (ours === undefined || !isNewer(theirs.since, boot, ours.since, state.boot)) continue;
    const which = `${boot} ${theirs.since}`;
    if (told.get(agent) === which) continue;
    told.set(agent, which);
    effects.push({ type: "taken", agent, by: name });
  }
  return [{ ...next, told }, effects];
}

/** Equal times are settled by the names of the runs, alike on both sides. */
function isNewer(theirs: number, their: string, ours: number, our: string): boolean {
  return theirs > ours || (theirs === ours && their > our);
}

function withPeer(state: PeersState, peer: Peer): PeersState {
  return { ...state, peers: new Map(state.peers).set(peer.boot, peer) };
}

function changeConsumer(
  state: PeersState,
  { change, connection, consumer }: Extract<PeersInput, { type: "consumer" }>,
): Step {
  const known = state.consumers.get(connection);
  if (change === "added") {
    if (known === undefined && state.consumers.size >= most) return [state, []];
    const dead = new Set(state.dead);
    dead.delete(connection);
    const consumers = new Map(state.consumers).set(connection, new Set(known).add(consumer));
    return [{ ...state, consumers, dead }, []];
  }
  if (known === undefined) return [state, []];
  const left = new Set(known);
  left.delete(consumer);
  const consumers = new Map(state.consumers);
  if (left.size > 0) return [{ ...state, consumers: consumers.set(connection, left) }, []];
  consumers.delete(connection);
  const gone = [...state.peers.values()].find((peer) => peer.connection === connection);
  return bury({ ...state, consumers, dead: added(state.dead, connection) }, gone);
}

/** The oldest makes room. */
function added(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  return new Set([...set, member].slice(-most));
}

function bury(state: PeersState, peer: Peer | undefined): Step {
  if (peer === undefined) return [state, []];
  const peers = new Map(state.peers);
  peers.delete(peer.boot);
  // Nobody misses a connector that worked for nobody.
  return [{ ...state, peers }, peer.held.size === 0 ? [] : [{ type: "lost", peer }]];
}

function changeLink(state: PeersState, connected: boolean, now: number): Step {
  // Who consumes is told anew, perhaps before we are told that we are connected.
  if (!connected) return [{ ...state, connected, consumers: new Map(), dead: new Set() }, []];
  // Nobody could be heard meanwhile.
  const peers = new Map([...state.peers].map(([boot, peer]) => [boot, { ...peer, heard: now }]));
  return [{ ...state, connected, peers }, [{ type: "announce" }]];
}

function lookForSilence(state: PeersState, now: number): Step {
  if (!state.connected) return [state, []];
  const silent = [...state.peers.values()].filter(({ heard }) => now - heard > peerSilence);
  let next = state;
  const effects: PeersEffect[] = [];
  for (const peer of silent) {
    const [buried, lost] = bury(next, peer);
    next = buried;
    effects.push(...lost);
  }
  return [next, effects];
}
