import type { Clock } from "../../platform/clock.ts";
import type { GcEvent } from "./events.ts";
import type { Roster } from "./roster.ts";

export interface ServiceWatchOptions {
  clock: Clock;
  /** Milliseconds an outage may last untold: a link that comes straight back froze nobody's controls. */
  grace: number;
  roster: Roster;
  tell: (destination: string, event: GcEvent) => void;
  /** The agent is in service again and was told to be out. */
  onBack: (agent: string) => void;
}

interface Watched {
  link: boolean;
  service: boolean;
  /** Told to be out. */
  out: boolean;
  cancel: () => void;
}

/**
 * Finesse in and out of service, as clients are told. A destination whose agents are all out hears it of `System`; where others work on,
 * one agent's trouble is told by the agent's name.
 */
export class ServiceWatch {
  readonly #options: ServiceWatchOptions;
  readonly #agents = new Map<string, Watched>();
  /** Destinations told that the system is out. */
  readonly #out = new Set<string>();

  constructor(options: ServiceWatchOptions) {
    this.#options = options;
  }

  /** What is known of an agent's link or of Finesse behind it; what is not said stays. */
  note(agent: string, news: { link?: boolean; service?: boolean }): void {
    const watched = this.#agents.get(agent) ?? { link: true, service: true, out: false, cancel: () => {} };
    this.#agents.set(agent, watched);
    const was = watched.link && watched.service;
    Object.assign(watched, news);
    const is = watched.link && watched.service;
    if (was === is) return;
    watched.cancel();
    if (!is)
      watched.cancel = this.#options.clock.after(this.#options.grace, () => this.#goOut(agent, watched));
    else if (watched.out) this.#comeBack(agent, watched);
  }

  /** The session is over: nothing more to watch. */
  forget(agent: string): void {
    const watched = this.#agents.get(agent);
    if (watched === undefined) return;
    watched.cancel();
    this.#agents.delete(agent);
    for (const destination of this.#destinations(agent)) this.#settle(destination);
  }

  /** Whether all agents at a destination are out; who asks is about to tell it. */
  isOut(destination: string): boolean {
    if (this.#allOut(destination)) this.#out.add(destination);
    return this.#out.has(destination);
  }

  isAgentOut(agent: string): boolean {
    return this.#agents.get(agent)?.out === true;
  }

  /** A destination that nobody is attached to any more. */
  forgetDestination(destination: string): void {
    this.#out.delete(destination);
  }

  close(): void {
    for (const { cancel } of this.#agents.values()) cancel();
  }

  #goOut(agent: string, watched: Watched): void {
    watched.out = true;
    for (const destination of this.#destinations(agent)) {
      if (this.#out.has(destination)) continue;
      if (!this.#allOut(destination)) {
        this.#options.tell(destination, { event: "OUT_OF_SERVICE", agent });
        continue;
      }
      this.#out.add(destination);
      this.#options.tell(destination, { event: "OUT_OF_SERVICE" });
    }
  }

  #comeBack(agent: string, watched: Watched): void {
    watched.out = false;
    for (const destination of this.#destinations(agent))
      if (!this.#settle(destination)) this.#options.tell(destination, { event: "IN_SERVICE", agent });
    this.#options.onBack(agent);
  }

  /** Tells a destination that is not all out any more; true when it was. */
  #settle(destination: string): boolean {
    if (!this.#out.has(destination) || this.#allOut(destination)) return false;
    this.#out.delete(destination);
    this.#options.tell(destination, { event: "IN_SERVICE" });
    for (const agent of this.#options.roster.agentsAt(destination))
      if (this.isAgentOut(agent)) this.#options.tell(destination, { event: "OUT_OF_SERVICE", agent });
    return true;
  }

  #allOut(destination: string): boolean {
    const watched = this.#options.roster
      .agentsAt(destination)
      .flatMap((agent) => this.#agents.get(agent) ?? []);
    return watched.length > 0 && watched.every(({ out }) => out);
  }

  #destinations(agent: string): string[] {
    return [...(this.#options.roster.get(agent)?.destinations ?? [])];
  }
}
