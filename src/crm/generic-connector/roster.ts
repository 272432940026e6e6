import type { Agent } from "../../model/agent.ts";
import type { SessionStatus } from "../../model/status.ts";
import { ToldCalls } from "./told-calls.ts";

/** An agent whom clients work, by the name they use. */
export interface RosterEntry {
  readonly agent: string;
  /** In the order in which they attached. */
  readonly destinations: Set<string>;
  /** Those attached before the last sign-out: a Login without Connect takes them back, a Connect elsewhere leaves them behind. */
  lapsed: Set<string>;
  readonly calls: ToldCalls;
  /** State events published so far: whether one went out since is asked by comparing. */
  states: number;
  /** The last state told. */
  toldState: string | undefined;
  /** As last seen: for a session that is gone. */
  last: Agent | undefined;
  extension: string;
}

export type Flavour = "text" | "json";

/** Destinations that only greet are remembered up to this number. */
const strangers = 2000;

/** Who works whom: agents and the destinations of their clients, many to many. */
export class Roster {
  readonly #fallback: Flavour;
  readonly #entries = new Map<string, RosterEntry>();
  /** A session's own name for its agent → the names clients use. */
  readonly #aliases = new Map<string, Set<string>>();
  readonly #agentsAt = new Map<string, Set<string>>();
  readonly #flavours = new Map<string, Flavour>();

  constructor(fallback: Flavour) {
    this.#fallback = fallback;
  }

  get(agent: string): RosterEntry | undefined {
    return this.#entries.get(agent);
  }

  all(): RosterEntry[] {
    return [...this.#entries.values()];
  }

  destinations(): string[] {
    return [...this.#agentsAt.keys()];
  }

  agentsAt(destination: string): string[] {
    return [...(this.#agentsAt.get(destination) ?? [])];
  }

  /** Those whom an event of a session is about. */
  ofSession(name: string): RosterEntry[] {
    const names = new Set([name, ...(this.#aliases.get(name) ?? [])]);
    return [...names].flatMap((each) => this.#entries.get(each) ?? []);
  }

  attach(agent: string, destination: string): RosterEntry {
    let entry = this.#entries.get(agent);
    if (entry === undefined) {
      entry = {
        agent,
        destinations: new Set(),
        lapsed: new Set(),
        calls: new ToldCalls(agent),
        states: 0,
        toldState: undefined,
        last: undefined,
        extension: "",
      };
      this.#entries.set(agent, entry);
    }
    entry.destinations.add(destination);
    const agents = this.#agentsAt.get(destination) ?? new Set();
    this.#agentsAt.set(destination, agents.add(agent));
    return entry;
  }

  /** What the session calls the agent, who may have several names (id, login name). */
  learn(entry: RosterEntry, status: SessionStatus | undefined): void {
    if (status === undefined) return;
    if (status.state !== undefined) entry.last = status.state;
    entry.extension = status.extension;
    if (status.agent === entry.agent) return;
    const names = this.#aliases.get(status.agent) ?? new Set();
    this.#aliases.set(status.agent, names.add(entry.agent));
  }

  /** Answers the destinations that nobody is attached to any more. */
  detach(agent: string, destinations = [...(this.#entries.get(agent)?.destinations ?? [])]): string[] {
    const entry = this.#entries.get(agent);
    if (entry === undefined) return [];
    const empty: string[] = [];
    for (const destination of destinations) {
      entry.destinations.delete(destination);
      const agents = this.#agentsAt.get(destination);
      agents?.delete(agent);
      if (agents?.size !== 0) continue;
      this.#agentsAt.delete(destination);
      empty.push(destination);
    }
    if (entry.destinations.size > 0) return empty;
    this.#entries.delete(agent);
    for (const [name, names] of this.#aliases) {
      names.delete(agent);
      if (names.size === 0) this.#aliases.delete(name);
    }
    return empty;
  }

  flavour(destination: string): Flavour {
    return this.#flavours.get(destination) ?? this.#fallback;
  }

  /** A client has shown which it speaks. */
  speaks(destination: string, flavour: Flavour): void {
    this.#flavours.delete(destination);
    if (flavour === this.#fallback) return;
    this.#flavours.set(destination, flavour);
    for (const old of this.#flavours.keys()) {
      if (this.#flavours.size <= strangers + this.#agentsAt.size) break;
      if (!this.#agentsAt.has(old)) this.#flavours.delete(old);
    }
  }

  held(): Map<string, readonly string[]> {
    return new Map([...this.#entries.values()].map(({ agent, destinations }) => [agent, [...destinations]]));
  }
}
