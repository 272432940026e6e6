import type { CtiEvent, CtiEventBody } from "../model/events.ts";
import type { Clock } from "../platform/clock.ts";
import { type EventFilter, interactionOf, matchesFilter } from "./event-filter.ts";
import { formatEventId } from "./event-id.ts";
import type { Journal } from "./journal.ts";
import { limits } from "./limits.ts";

export interface EventLogOptions {
  journal: Journal;
  boot: string;
  clock: Clock;
  /** Called with an event before it is recorded: what it leads to can be recorded with it. Must not append. */
  prepare?: (event: CtiEvent) => void;
  /** How many events stay in memory. */
  ring?: number;
}

/** An event to be, whose it is and what led to it. */
export interface News {
  body: CtiEventBody;
  agent: string | undefined;
  cause: string | undefined;
}

/**
 * An event in memory. Kept as JSON bytes: as objects its strings would be slices of the notifications they came in and hold these, ten
 * times as large, for as long.
 */
interface Kept {
  id: string;
  agent: string | undefined;
  cause: string | undefined;
  interaction: string | undefined;
  type: CtiEvent["type"];
  json: Buffer;
}

const read = ({ json }: Kept): CtiEvent => JSON.parse(json.toString()) as CtiEvent;

/** Events read from the journal in one go. */
const chunk = 200;

/**
 * The one order of events. An event is in the journal before anybody is told of it: what a face has seen, a restarted worker knows too, and
 * a reader who resumes after it misses nothing. The newest ones stay in memory with their call variables as they are.
 */
export class EventLog {
  readonly #options: EventLogOptions;
  readonly #most: number;
  #ring: Kept[] = [];
  #bytes = 0;
  readonly #agents = new Set<string>();
  #sequence = 0;
  readonly #listeners = new Set<(event: CtiEvent) => void>();
  #untold: CtiEvent[] = [];
  #telling = false;

  constructor(options: EventLogOptions) {
    this.#options = options;
    this.#most = options.ring ?? limits.ringEvents;
  }

  /** Stamps an event, records it and tells the listeners, in this order. */
  append(body: CtiEventBody, agent: string | undefined, cause: string | undefined): CtiEvent {
    const event = this.#stamp({ body, agent, cause });
    this.#record([event]);
    return event;
  }

  /** The same for several, in their order: all are on disk, in one transaction, before anybody is told of the first. */
  appendAll(news: readonly News[]): void {
    if (news.length > 0) this.#record(news.map((each) => this.#stamp(each)));
  }

  /** The id of the newest event; before the first one an id that sorts before it. */
  get position(): string {
    return formatEventId(this.#options.boot, this.#sequence);
  }

  /** Called synchronously with every event from now on; the returned function ends that. */
  listen(listener: (event: CtiEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The newest event that a command led to, while it is in memory. */
  newestOf(agent: string, cause: string): string | undefined {
    return this.#ring.findLast((event) => event.cause === cause && event.agent === agent)?.id;
  }

  /** Some events after the id `cursor`, oldest first; empty when there are none yet. */
  after(cursor: string): CtiEvent[] {
    const first = this.#ring[0]?.id ?? this.#next();
    if (cursor < first) {
      const older = this.#options.journal.between(cursor, first, chunk);
      if (older.length > 0) return older;
    }
    const start = this.#indexAfter(cursor);
    return this.#ring.slice(start, start + chunk).map(read);
  }

  /** One page, newest last: from memory as far as it reaches, then from the journal. */
  page(
    filter: EventFilter,
    before: string | undefined,
    limit: number,
  ): { events: CtiEvent[]; more: boolean } {
    const recent = this.#ring
      .filter((event) => (before === undefined || event.id < before) && matchesFilter(event, filter))
      .slice(-limit - 1)
      .map(read);
    if (recent.length > limit) return { events: recent.slice(-limit), more: true };
    const oldest = this.#ring[0]?.id ?? this.#next();
    const until = before === undefined || before > oldest ? oldest : before;
    const older = this.#options.journal.page(filter, until, Math.max(limit - recent.length, 1));
    if (recent.length === limit) return { events: recent, more: older.events.length > 0 };
    return { events: [...older.events, ...recent], more: older.more };
  }

  #stamp({ body, agent, cause }: News): CtiEvent {
    const { boot, clock, prepare } = this.#options;
    this.#sequence += 1;
    const event: CtiEvent = {
      id: formatEventId(boot, this.#sequence),
      at: new Date(clock.now()).toISOString(),
      ...(agent !== undefined && { agent }),
      ...(cause !== undefined && { cause }),
      ...body,
    };
    prepare?.(event);
    return event;
  }

  #record(events: readonly CtiEvent[]): void {
    this.#options.journal.append(events);
    for (const event of events) this.#keep(event);
    this.#untold.push(...events);
    // A listener's own event is told by the loop that it was called from: after those that came before it.
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let event = this.#untold.shift(); event !== undefined; event = this.#untold.shift())
        for (const listener of this.#listeners) listener(event);
    } finally {
      this.#telling = false;
    }
  }

  #keep(event: CtiEvent): void {
    const { id, agent, cause, type } = event;
    const json = Buffer.from(JSON.stringify(event));
    this.#ring.push({ id, agent, cause, interaction: interactionOf(event), type, json });
    this.#bytes += json.length;
    if (agent !== undefined) this.#agents.add(agent);
    const room = limits.ringBytes + limits.ringBytesPerAgent * this.#agents.size;
    // Cut in large pieces: shifting an array for every event would cost more than the event.
    if (this.#ring.length <= this.#most * 1.25 && this.#bytes <= room * 1.25) return;
    let from = this.#ring.length;
    let bytes = 0;
    while (this.#ring.length - from < this.#most) {
      const next = this.#ring[from - 1]?.json.length;
      if (next === undefined || bytes + next > room) break;
      bytes += next;
      from -= 1;
    }
    this.#ring = this.#ring.slice(from);
    this.#bytes = bytes;
    this.#agents.clear();
    for (const kept of this.#ring) if (kept.agent !== undefined) this.#agents.add(kept.agent);
  }

  #next(): string {
    return formatEventId(this.#options.boot, this.#sequence + 1);
  }

  #indexAfter(cursor: string): number {
    let low = 0;
    let high = this.#ring.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ring[middle]?.id ?? "") <= cursor) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
