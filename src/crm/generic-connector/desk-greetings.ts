import type { GcMessage } from "./contract.ts";
import { type DeskParts, isStale } from "./desk-parts.ts";
import { isJsonBody } from "./request-arguments.ts";
import type { Envelope } from "./requests.ts";

/** Milliseconds for which the answer to strangers is believed. */
const memory = 1000;
const sentBackKept = 10_000;
/** Milliseconds after a start in which a greeting may be that of a client whom the one before knew. */
const forgotten = 120_000;

/** Hello and Beat: is anybody there, and is Finesse. */
export class DeskGreetings {
  readonly #parts: DeskParts;
  /** Destinations that beat without anybody being attached, and were told so. */
  readonly #sentBack = new Set<string>();
  /** Sessions that went on through a restart: their clients were forgotten by it. */
  readonly #restored: string[];
  readonly #startedAt: number;
  #anyService = { at: -Infinity, out: false };

  constructor(parts: DeskParts) {
    this.#parts = parts;
    const { port } = parts.options;
    this.#startedAt = port.clock.now();
    this.#restored = port.agents().map(({ agent }) => agent);
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
    if (!isOurs && this.#mayBeForgotten(command, destination)) voice.to(destination, { event: "RECONNECT" });
  }

  /** A client connects there. */
  welcome(destination: string): void {
    this.#sentBack.delete(destination);
  }

  /**
   * Whoever beats believes to be signed in, and who greets just after a restart that sessions outlived may be: they are sent back to Connect.
   * Once each, since some beat before they sign in.
   */
  #mayBeForgotten(command: string, destination: string): boolean {
    const { port, peers } = this.#parts.options;
    const { roster } = this.#parts;
    const isFresh =
      port.clock.now() - this.#startedAt < forgotten &&
      this.#restored.some(
        (agent) => port.status(agent) !== undefined && roster.ofSession(agent).length === 0,
      );
    if (command !== "beat" && !isFresh) return false;
    if (peers.isTheirs(destination) || this.#sentBack.has(destination)) return false;
    if (this.#sentBack.size >= sentBackKept) this.#sentBack.clear();
    this.#sentBack.add(destination);
    return true;
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
