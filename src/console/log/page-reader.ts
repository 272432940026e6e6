import type { ControlClient } from "../../control/client.ts";
import type { CtiEvent } from "../../model/events.ts";
import type { ServerFilter } from "./filter.ts";
import { firstEventFrom, firstId, idAfter } from "./event-place.ts";

/** Events of the connector that fit its half of the filter, oldest first, and how far they are all that there are. */
export interface Stretch {
  events: readonly CtiEvent[];
  /** Nothing that fits is missing from here… */
  start: string;
  /** …and nothing is kept before it. */
  startReached: boolean;
  /** …up to here, this id not included; `undefined`: to the newest. */
  end: string | undefined;
}

/** A stretch to be read. */
export type Wanted =
  /** The newest events, or those up to a place; `since`: to see what came after what is known. */
  | { read: "newest"; upTo?: string | undefined; since?: string }
  | { read: "older"; before: string }
  /** `newest`: the newest event that is known. */
  | { read: "newer"; from: string; newest: string | undefined }
  /** `known`: an event that is kept. */
  | { read: "oldest"; known: string };

/** Ids of one boot without a gap between them: as many events as fit a page, so none is missed. */
const mostStep = 10_000_000;

/** Reads the journal by stretches, backwards as the control API pages it, and forwards. Every method throws what the client throws. */
export class PageReader {
  readonly #client: Pick<ControlClient, "eventPage">;
  readonly #filter: ServerFilter;
  readonly #limit: number;
  /** How many ids a page forwards may span: more where few fit. */
  #step: number;

  constructor(client: Pick<ControlClient, "eventPage">, filter: ServerFilter, limit: number) {
    this.#client = client;
    this.#filter = filter;
    this.#limit = limit;
    this.#step = limit;
  }

  /** `undefined`: it cannot be found. */
  read(wanted: Wanted): Promise<Stretch | undefined> {
    switch (wanted.read) {
      case "newest":
        return this.#before(wanted.upTo === undefined ? undefined : idAfter(wanted.upTo, 1));
      case "older":
        return this.#before(wanted.before);
      case "newer":
        return this.#from(wanted.from, wanted.newest);
      case "oldest":
        return this.#oldest(wanted.known);
    }
  }

  /** The stretch that ends before `end`, or at the newest event. */
  async #before(end: string | undefined): Promise<Stretch> {
    const { events, more } = await this.#page(end);
    const start = more ? events[0]?.id : undefined;
    return { events, start: start ?? firstId, startReached: start === undefined, end };
  }

  /** The stretch that begins at `start`. */
  async #from(start: string, newest: string | undefined): Promise<Stretch> {
    for (;;) {
      const bound = idAfter(start, this.#step);
      const end = bound === undefined || newest === undefined || bound > newest ? undefined : bound;
      const { events: found, more } = await this.#page(end);
      const first = found[0]?.id;
      if (more && first !== undefined && first > start && bound !== undefined) {
        // More than one page fits in between.
        this.#step = Math.max(this.#limit, Math.floor(this.#step / 4));
        newest = maxId(newest, found.at(-1)?.id);
        continue;
      }
      const events = found.filter(({ id }) => id >= start);
      if (end !== undefined && events.length === 0 && newest !== undefined) {
        this.#step = Math.min(this.#step * 4, mostStep);
        // Its boot has ended, or what fits is far away.
        const next = await firstEventFrom(
          (query) => this.#client.eventPage(query),
          this.#filter,
          start,
          newest,
        );
        const rest = next ?? idAfter(newest, 1);
        return { events, start, startReached: false, end: rest === undefined || rest <= end ? end : rest };
      }
      if (events.length * 4 < this.#limit) this.#step = Math.min(this.#step * 2, mostStep);
      return { events, start, startReached: false, end };
    }
  }

  /** The first stretch of what is kept. */
  async #oldest(known: string): Promise<Stretch | undefined> {
    const first = await firstEventFrom(
      (query) => this.#client.eventPage(query),
      this.#filter,
      firstId,
      known,
    );
    if (first === undefined) return undefined;
    return { ...(await this.#from(first, known)), startReached: true };
  }

  #page(before: string | undefined): ReturnType<ControlClient["eventPage"]> {
    return this.#client.eventPage({
      ...this.#filter,
      limit: this.#limit,
      ...(before !== undefined && { before }),
    });
  }
}

export function maxId(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
