import type { GcMessage } from "./contract.ts";
import { type DeskParts, isStale } from "./desk-parts.ts";
import { isJsonBody } from "./request-arguments.ts";
import type { Envelope } from "./requests.ts";

/** Milliseconds for which the answer to strangers is believed. */
const memory = 1000;
const sentBackKept = 10_000;

/** Hello and Beat: is anybody there, and is Finesse. */
export class DeskGreetings {
  readonly #parts: DeskParts;
  /** Destinations that beat without anybody being attached, and were told so. */
  readonly #sentBack = new Set<string>();
  #anyService = { at: -Infinity, out: false };

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  answer({ command, key: destination }: Envelope, message: GcMessage): void {
    const { options, rule, roster, voice, service, complaints } = this.#parts;
    const { presence, peers } = options;
    if (!rule.allows(destination)) {
      voice.counts.refused++;
      return complaints.about("destination", `${command} names a destination that no client may have`);
    }
    if (isStale(message, options)) {
      voice.counts.stale++;
      return;
    }
    presence.beat(destination);
    peers.beat(destination);
    if (isJsonBody(message.body)) roster.speaks(destination, "json");
    const isOurs = roster.agentsAt(destination).length > 0;
    const out = isOurs ? service.isOut(destination) : this.#isAllOut();
    voice.to(destination, { event: out ? "OUT_OF_SERVICE" : "IN_SERVICE" });
    // Whoever beats believes to be signed in: a restart here has forgotten it. Once, since some beat before they sign in.
    if (command !== "beat" || isOurs || peers.isTheirs(destination) || this.#sentBack.has(destination))
      return;
    if (this.#sentBack.size >= sentBackKept) this.#sentBack.clear();
    this.#sentBack.add(destination);
    voice.to(destination, { event: "RECONNECT" });
  }

  /** A client connects there. */
  welcome(destination: string): void {
    this.#sentBack.delete(destination);
  }

  /** Every session is without Finesse. */
  #isAllOut(): boolean {
    const { port } = this.#parts.options;
    const now = port.clock.now();
    if (now - this.#anyService.at > memory) {
      const sessions = port.agents();
      const out = sessions.every(
        ({ link, service }) => link.state === "disconnected" || service === "out-of-service",
      );
      this.#anyService = { at: now, out: sessions.length > 0 && out };
    }
    return this.#anyService.out;
  }
}
