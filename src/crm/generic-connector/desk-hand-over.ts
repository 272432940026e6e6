import { toCtiError } from "../../model/errors.ts";
import type { PeersEvents } from "./contract.ts";
import type { DeskNews } from "./desk-news.ts";
import type { DeskParts } from "./desk-parts.ts";

type Held = ReadonlyMap<string, readonly string[]>;

/** Agents that go from one connector to another, and clients that go for good (generic-connector.md §8). */
export class DeskHandOver implements PeersEvents {
  readonly #parts: DeskParts;
  readonly #news: DeskNews;

  constructor(parts: DeskParts, news: DeskNews) {
    this.#parts = parts;
    this.#news = news;
  }

  onLost({ name, held }: { name: string; held: Held }): void {
    const { roster, options } = this.#parts;
    options.port.log("warn", `generic-connector: ${name} is gone, its ${held.size} agents are sent here`);
    // Those who have come already need no call.
    const missing = [...held].map(([agent, destinations]): [string, string[]] => [
      agent,
      destinations.filter((each) => roster.get(agent)?.destinations.has(each) !== true),
    ]);
    this.#reconnect(new Map(missing));
  }

  onTaken(agent: string, by: string): void {
    const { port, peers } = this.#parts.options;
    port.log("info", `taken up by ${by}`, agent);
    this.#detach(agent);
    peers.update(this.#parts.roster.held());
    port.release(agent).catch((error: unknown) => {
      port.log("warn", `letting go failed: ${toCtiError(error).message}`, agent);
    });
  }

  onBeat(destination: string): void {
    this.#parts.options.presence.beat(destination);
  }

  onPreferred(peer: string): void {
    const { roster, options } = this.#parts;
    options.port.log("info", `generic-connector: ${peer} is back, clients are sent there`);
    this.#reconnect(roster.held());
  }

  /** A client has been away for so long that it will not come back under this name. */
  clientGone(destination: string): void {
    const { roster, options } = this.#parts;
    options.port.log("info", `generic-connector: the client at ${destination} is gone for good`);
    for (const agent of roster.agentsAt(destination)) this.#detach(agent, [destination]);
    options.peers.update(roster.held());
  }

  /** The agent works at another client now: where he worked before his last sign-out, somebody else may sit. */
  leaveBehind(agent: string, lapsed: ReadonlySet<string>): void {
    if (lapsed.size > 0) this.#detach(agent, [...lapsed]);
  }

  /** By agent for clients who look at their own lines, then once for the whole destination. */
  #reconnect(held: Held): void {
    const { voice, rule } = this.#parts;
    const all = new Set<string>();
    for (const [agent, destinations] of held) {
      // What a peer says came over a topic anybody may write to.
      for (const destination of destinations) {
        if (!rule.allows(destination)) continue;
        all.add(destination);
        voice.to(destination, { event: "RECONNECT", agent });
      }
    }
    for (const destination of all) voice.to(destination, { event: "RECONNECT" });
  }

  #detach(agent: string, destinations?: string[]): void {
    const { roster, service, leases, options } = this.#parts;
    for (const destination of destinations ?? roster.get(agent)?.destinations ?? [])
      options.port.endLease(agent, `gc:${destination}`);
    const empty = roster.detach(agent, destinations);
    if (roster.get(agent) === undefined) this.#news.forget(agent);
    for (const each of empty) {
      options.presence.forget(each);
      service.forgetDestination(each);
      leases.forget(each);
    }
  }
}
