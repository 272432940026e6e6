import type { CtiEvent } from "../../model/events.ts";
import { firstId, idAfter } from "./event-place.ts";
import type { Stretch } from "./page-reader.ts";

/**
 * A stretch of what fits a filter, in memory: nothing that fits is missing between `start` and `end`. Bounded by whoever calls `trim`;
 * counts its hits beyond what it still holds.
 */
export class HeldEvents {
  readonly #matches: (event: CtiEvent) => boolean;
  #events: CtiEvent[] = [];
  #start: string | undefined;
  #startReached = false;
  #end: string | undefined;
  /** How many fit between these two, held or not any more. */
  #hits = 0;
  #hitsStart: string | undefined;
  #hitsEnd: string | undefined;

  constructor(matches: (event: CtiEvent) => boolean, stretch?: Stretch) {
    this.#matches = matches;
    if (stretch === undefined) return;
    this.#events = stretch.events.filter(matches);
    this.#start = stretch.start;
    this.#startReached = stretch.startReached;
    this.#end = stretch.end;
    this.#countAll();
  }

  /** What of it fits a narrower filter. */
  sieved(matches: (event: CtiEvent) => boolean): HeldEvents {
    const sieved = new HeldEvents(matches);
    sieved.#events = this.#events.filter(matches);
    sieved.#start = this.#start;
    sieved.#startReached = this.#startReached;
    sieved.#end = this.#end;
    sieved.#countAll();
    return sieved;
  }

  /** The same from another stretch on, with the live events that came after it. */
  renewed(stretch: Stretch): HeldEvents {
    const renewed = new HeldEvents(this.#matches, stretch);
    const last = stretch.events.at(-1)?.id ?? stretch.start;
    if (stretch.end !== undefined || this.#end !== undefined) return renewed;
    for (const event of this.#events.slice(this.#events.length - this.countAfter(last))) renewed.push(event);
    return renewed;
  }

  get events(): readonly CtiEvent[] {
    return this.#events;
  }

  /** `undefined` before anything was read. */
  get start(): string | undefined {
    return this.#start;
  }

  get startReached(): boolean {
    return this.#startReached;
  }

  /** `undefined`: it reaches to the newest event. */
  get end(): string | undefined {
    return this.#end;
  }

  /** Of all that was read. */
  get hits(): number {
    return this.#hits;
  }

  /** Everything was read. */
  get hitsComplete(): boolean {
    return this.#hitsStart === firstId && this.#hitsEnd === undefined;
  }

  /** The index of the event with this id; without one of the last one before it, or the first. -1 when empty. */
  indexOf(id: string): number {
    const after = this.#indexFrom(id);
    if (this.#events[after]?.id === id) return after;
    return this.#events.length === 0 ? -1 : Math.max(after - 1, 0);
  }

  /** How many come after this id. */
  countAfter(id: string): number {
    const at = this.#indexFrom(id);
    return this.#events.length - at - (this.#events[at]?.id === id ? 1 : 0);
  }

  /** A live event that fits; only while it reaches to the newest. Known ones are left out. */
  push(event: CtiEvent): void {
    const last = this.#events.at(-1);
    if (last === undefined || last.id < event.id) this.#events.push(event);
    else {
      const at = this.#indexFrom(event.id);
      if (event.id < (this.#start ?? "")) return;
      if (this.#events[at]?.id === event.id) return;
      this.#events.splice(at, 0, event);
    }
    this.#hits += 1;
  }

  /** A live event that fits and comes after `end`: counted only. */
  count(): void {
    if (this.#hitsEnd === undefined) this.#hits += 1;
  }

  /** What comes before `start`. Left out when it no longer adjoins. */
  prepend(stretch: Stretch): void {
    if (stretch.end !== this.#start) return;
    const found = stretch.events.filter(this.#matches);
    this.#events = [...found, ...this.#events];
    this.#start = stretch.start;
    this.#startReached = stretch.startReached;
    const counted = this.#hitsStart;
    if (counted === undefined || stretch.start >= counted) return;
    for (const { id } of found) if (id < counted) this.#hits += 1;
    this.#hitsStart = stretch.start;
  }

  /** What comes from `end` on. Left out when it no longer adjoins. */
  append(stretch: Stretch): void {
    if (stretch.start !== this.#end) return;
    const found = stretch.events.filter(this.#matches);
    for (const event of found) this.#events.push(event);
    this.#end = stretch.end;
    const counted = this.#hitsEnd;
    if (counted === undefined || (stretch.end !== undefined && stretch.end <= counted)) return;
    for (const { id } of found) if (id >= counted) this.#hits += 1;
    this.#hitsEnd = stretch.end;
  }

  /**
   * Puts in what came after `since` while nobody listened; `newest` is the stretch at the journal's end. Where it does not reach back so
   * far, what is held ends at `since`, or, to follow, false: it is to begin from anew.
   */
  catchUp(newest: Stretch, since: string, following: boolean): boolean {
    if (this.#end !== undefined) return true;
    const rest = idAfter(since, 1);
    if (newest.startReached || newest.start <= since || rest === undefined) {
      for (const event of newest.events) if (event.id > since && this.#matches(event)) this.push(event);
      return true;
    }
    if (following) return false;
    this.#events.length -= this.countAfter(since);
    this.#end = rest;
    this.#countAll();
    return true;
  }

  /** Forgets the oldest ones. */
  dropOldest(count: number): void {
    if (count <= 0) return;
    this.#events = this.#events.slice(count);
    this.#start = this.#events[0]?.id ?? this.#start;
    this.#startReached = false;
  }

  /** Forgets the newest ones; it does not reach to the newest any more. */
  dropNewest(count: number): void {
    const first = this.#events[this.#events.length - count];
    if (count <= 0 || first === undefined) return;
    this.#events.length -= count;
    this.#end = first.id;
  }

  #countAll(): void {
    this.#hits = this.#events.length;
    this.#hitsStart = this.#startReached ? firstId : this.#start;
    this.#hitsEnd = this.#end;
  }

  /** The index of the first event that is not before `id`. */
  #indexFrom(id: string): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.id ?? "") < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
