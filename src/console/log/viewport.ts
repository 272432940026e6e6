import type { HeldEvents } from "./held-events.ts";

/** Fewer rows than this have no place for a line that says that the journal begins here. */
const rowsForBeginning = 3;

export interface Layout {
  /** Index of the first event on the screen, and how many there is room for. */
  top: number;
  height: number;
  /** The first row says that the journal begins here. */
  beginning: boolean;
}

/** Which of the events are on the screen, which one is chosen, and what has come that nobody saw. */
export class Viewport {
  /** Rows of the screen. */
  rows = 20;
  /** The newest event is the chosen one, whatever comes. */
  following = true;
  /** Events that have come since following ended and were not on the screen. */
  fresh = 0;
  /** Id of the chosen event, or a place between two where that one is gone. */
  #cursor = "";
  /** The chosen row, from the top of the screen: what is read before it does not move it. */
  #line = 0;
  /** What comes after this id is fresh. */
  #seen = "";

  get place(): string {
    return this.#cursor;
  }

  /** Index of the chosen event; -1 when there are none. */
  index(held: HeldEvents): number {
    return this.following ? held.events.length - 1 : held.indexOf(this.#cursor);
  }

  /** `newest`: the newest event that is known, fitting or not. */
  pause(held: HeldEvents, newest: string): void {
    if (!this.following) return;
    this.#cursor = held.events.at(-1)?.id ?? newest;
    this.#seen = newest;
    this.following = false;
  }

  follow(): void {
    this.following = true;
    this.fresh = 0;
  }

  /** The chosen event stays chosen, by its id, whatever becomes of the others; from `newest` on all is fresh. */
  settle(held: HeldEvents, newest: string): void {
    this.#cursor = held.events[this.index(held)]?.id ?? this.#cursor;
    this.#seen = newest;
    this.fresh = 0;
  }

  /** Chooses an event. `scroll`: the screen moves instead of the chosen row. */
  choose(held: HeldEvents, index: number, scroll: boolean): void {
    const id = held.events[index]?.id;
    if (id === undefined) return;
    if (!scroll) this.#line += index - this.index(held);
    this.#cursor = id;
  }

  /** To the top of all there is. */
  toTop(id: string): void {
    this.#cursor = id;
    this.#line = 0;
  }

  /** Brings the chosen row onto the screen; no row stays empty as long as there are events to fill it. */
  layout(held: HeldEvents, startReached: boolean): Layout {
    const rows = Math.max(this.rows, 1);
    const marker = startReached && rows >= rowsForBeginning ? 1 : 0;
    const total = held.events.length + marker;
    const at = Math.max(this.index(held), 0) + marker;
    const line = this.following ? rows - 1 : Math.max(0, Math.min(this.#line, rows - 1));
    const wanted = at === marker ? 0 : at - line;
    const top = Math.max(0, Math.min(wanted, total - rows));
    this.#line = at - top;
    const beginning = marker === 1 && top === 0;
    return { top: Math.max(top - marker, 0), height: beginning ? rows - 1 : rows, beginning };
  }

  /** Keeps about `most` of them: what is farther from the screen goes, `room` events around it stay. */
  trim(held: HeldEvents, { top, height }: Layout, most: number, room: number): void {
    const count = held.events.length;
    if (count <= most) return;
    // Cut in large pieces: moving everything for each event would cost more than the event.
    const excess = count - Math.floor(most * 0.75);
    const below = count - top - height;
    if (top > below) held.dropOldest(Math.min(excess, top - room));
    else held.dropNewest(Math.min(excess, below - room));
  }

  /** This one and those before it were on the screen. */
  see(held: HeldEvents, id: string | undefined): void {
    if (this.following) this.fresh = 0;
    else if (id !== undefined && id > this.#seen) {
      const seen = held.countAfter(this.#seen) - held.countAfter(id);
      this.#seen = id;
      this.fresh = held.end === undefined ? held.countAfter(id) : Math.max(0, this.fresh - seen);
    }
  }
}
