import type { ControlClient } from "../../control/client.ts";
import { type ErrorData, toCtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import { firstId, idAfter } from "./event-place.ts";
import { isNarrower, type LogFilter, noFilter, parseFilter } from "./filter.ts";
import { HeldEvents } from "./held-events.ts";
import { maxId, PageReader, type Stretch } from "./page-reader.ts";
import type { Loading, LogSnapshot } from "./snapshot.ts";
import { type Layout, Viewport } from "./viewport.ts";

export interface EventWindowOptions {
  /** Events in memory, about; 2,000 unless told otherwise. */
  most?: number;
  /** Events a page; 200 unless told otherwise: a larger one would hold up keys while it is parsed. */
  page?: number;
}

/**
 * A window over the journal: the events around the chosen one, read by pages as keys come near their ends, and live ones as they are
 * told. Keys act at once on what is held; only `start`, and `end` from afar, take effect when their page is there. One read at a time.
 */
export class EventWindow {
  readonly #client: Pick<ControlClient, "eventPage">;
  readonly #most: number;
  readonly #page: number;
  readonly #listeners = new Set<() => void>();
  readonly #view = new Viewport();
  #filter = noFilter;
  #reader: PageReader;
  #held: HeldEvents;
  /** Set: what is held is only shown until the stretch that ends at this place (or the newest one) is read. */
  #fromAnew: { around: string | undefined } | undefined = { around: undefined };
  /** Set: the newest ones are to be read again, what came up to this event is known. */
  #checkAfter: string | undefined;
  /** The first live event shows whether the stream began before the first page was read. */
  #streaming = false;
  #toOldest = false;
  #loading: Loading | undefined;
  /** Answers to what was asked in an earlier one are of no use any more. */
  #epoch = 0;
  #newest: string | undefined;
  /** The newest live event that fits. */
  #newestLive = "";
  #searched = { events: 0, at: undefined as string | undefined };
  #error: ErrorData | undefined;
  #agentWidth = 4;
  #snapshot: LogSnapshot | undefined;

  constructor(client: Pick<ControlClient, "eventPage">, options: EventWindowOptions = {}) {
    this.#client = client;
    this.#most = options.most ?? 2000;
    this.#page = options.page ?? 200;
    this.#reader = new PageReader(client, noFilter.server, this.#page);
    this.#held = new HeldEvents(noFilter.matches);
  }

  /** Called after every change; the returned function ends that. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * Reads the first page. To be called again whenever the stream of live events was opened anew, before its first event: what came in
   * between is read too.
   */
  refresh(): void {
    if (this.#fromAnew === undefined) this.#checkAfter ??= this.#newest ?? firstId;
    this.#retry();
  }

  /** A live event, whether it fits the filter or not. */
  add(event: CtiEvent): void {
    const before = this.#newest ?? firstId;
    this.#newest = maxId(before, event.id);
    if (!this.#streaming && this.#fromAnew === undefined) {
      this.#streaming = true;
      this.#checkAfter ??= before;
      this.#fill();
    }
    if (!this.#filter.matches(event)) return;
    this.#newestLive = event.id;
    if (this.#held.end === undefined) this.#held.push(event);
    else this.#held.count();
    if (!this.#view.following) this.#view.fresh += 1;
    this.#trim();
    this.#changed();
  }

  /** The chosen event. */
  get current(): CtiEvent | undefined {
    return this.#held.events[this.#view.index(this.#held)];
  }

  get filter(): LogFilter {
    return this.#filter;
  }

  get following(): boolean {
    return this.#view.following;
  }

  /** Steps down, or up when negative; up ends following. */
  move(by: number): void {
    this.#step(by, false);
  }

  /** Screens down, or up when negative; half a one is 0.5. */
  movePage(by: number): void {
    this.#step(Math.trunc(by * Math.max(this.#view.rows - 1, 2)), true);
  }

  /** Chooses a row on the screen, by its index in the snapshot's rows. */
  choose(row: number): void {
    const { chosen, rows } = this.snapshot(this.#view.rows);
    if (chosen >= 0 && row >= 0 && row < rows.length) this.move(row - chosen);
  }

  /** To the oldest event that fits. */
  start(): void {
    this.#view.pause(this.#held, this.#newest ?? "");
    this.#toOldest = true;
    if (this.#startReached) this.#arriveAtOldest();
    this.#retry();
  }

  /** To the newest event, and on with every new one. */
  end(): void {
    this.#toOldest = false;
    this.#view.follow();
    if (this.#held.end !== undefined || this.#fromAnew !== undefined) this.#readAnew();
    this.#retry();
  }

  togglePause(): void {
    if (!this.#view.following) return this.end();
    this.#view.pause(this.#held, this.#newest ?? "");
    this.#changed();
  }

  /** What was typed after `/`; empty for none. The chosen event stays chosen if it fits, else the one before it. */
  setFilter(text: string): void {
    const filter = parseFilter(text);
    const narrower = isNarrower(filter, this.#filter);
    this.#view.settle(this.#held, this.#newest ?? "");
    this.#filter = filter;
    this.#reader = new PageReader(this.#client, filter.server, this.#page);
    this.#held = this.#held.sieved(filter.matches);
    this.#searched = { events: 0, at: undefined };
    this.#newestLive = "";
    if (narrower && this.#fromAnew === undefined) this.#abandon();
    else this.#readAnew();
    this.#retry();
  }

  /** What to draw in so many rows. Pages and reading ahead go by the number asked for last. */
  snapshot(rows: number): LogSnapshot {
    if (this.#snapshot !== undefined && this.#view.rows === rows) return this.#snapshot;
    this.#view.rows = rows;
    // A higher screen wants more.
    this.#fill();
    const { top, height, beginning } = this.#layout();
    const shown = rows <= 0 ? [] : this.#held.events.slice(top, top + height);
    for (const { agent } of shown) this.#agentWidth = Math.max(this.#agentWidth, agent?.length ?? 0);
    this.#view.see(this.#held, shown.at(-1)?.id);
    this.#snapshot = {
      rows: shown,
      chosen: shown.length === 0 ? -1 : this.#view.index(this.#held) - top,
      following: this.#view.following,
      fresh: this.#view.fresh,
      filter: this.#filter,
      hits: this.#filter.terms.length > 0 ? this.#held.hits : undefined,
      moreHits: this.#fromAnew !== undefined || !this.#held.hitsComplete,
      beginning,
      loading: this.#loading,
      searched: this.#loading !== undefined && this.#filter.local ? this.#searched : undefined,
      error: this.#error,
      agentWidth: this.#agentWidth,
    };
    return this.#snapshot;
  }

  #changed(): void {
    this.#snapshot = undefined;
    for (const listener of this.#listeners) listener();
  }

  #retry(): void {
    this.#error = undefined;
    this.#fill();
    this.#changed();
  }

  get #startReached(): boolean {
    return this.#held.startReached && this.#fromAnew === undefined;
  }

  #layout(): Layout {
    return this.#view.layout(this.#held, this.#startReached);
  }

  #step(by: number, scroll: boolean): void {
    // Whoever goes on from here does not want to be carried off to the beginning.
    if (this.#toOldest) this.#abandon();
    this.#toOldest = false;
    const from = this.#view.index(this.#held);
    const to = Math.max(0, Math.min(from + by, this.#held.events.length - 1));
    if (by < 0 && from >= 0) this.#view.pause(this.#held, this.#newest ?? "");
    if (!this.#view.following) this.#view.choose(this.#held, to, scroll);
    this.#layout();
    this.#retry();
  }

  /** What is being read is not wanted any more. */
  #abandon(): void {
    this.#loading = undefined;
    this.#epoch += 1;
  }

  #readAnew(): void {
    this.#abandon();
    this.#fromAnew = { around: this.#view.following ? undefined : this.#view.place };
    this.#checkAfter = undefined;
  }

  /** Keeps the memory bounded: what is farther from the screen goes. */
  #trim(): void {
    const count = this.#held.events.length;
    if (count <= this.#most) return;
    const { top, height } = this.#layout();
    const below = count - top - height;
    const excess = count - Math.floor(this.#most * 0.75);
    const room = this.#ahead() + this.#page;
    if (top > below) this.#held.dropOldest(Math.min(excess, top - room));
    else this.#held.dropNewest(Math.min(excess, below - room));
  }

  /** So many events beyond the screen are held: the next keys need not wait. */
  #ahead(): number {
    const { rows } = this.#view;
    // Where every event must be looked at, only what is wanted soon.
    return this.#filter.local ? Math.max(8, rows) : Math.max(50, rows * 3);
  }

  #needed(): Loading | undefined {
    if (this.#fromAnew !== undefined) return "newest";
    if (this.#toOldest) return "oldest";
    if (this.#checkAfter !== undefined) return "newest";
    const { top, height } = this.#layout();
    const below = this.#held.events.length - top - height;
    if (below < this.#ahead() && this.#held.end !== undefined) return "newer";
    return top < this.#ahead() && !this.#held.startReached ? "older" : undefined;
  }

  /** Begins the next read, if one is needed and none is under way. */
  #fill(): void {
    if (this.#loading !== undefined || this.#error !== undefined) return;
    this.#loading = this.#needed();
    if (this.#loading !== undefined) void this.#load(this.#loading, this.#epoch);
  }

  async #load(what: Loading, epoch: number): Promise<void> {
    let done: (() => void) | undefined;
    let failed: ErrorData | undefined;
    try {
      done = await this.#read(what);
    } catch (thrown) {
      failed = toCtiError(thrown).toJSON();
    }
    if (epoch !== this.#epoch) return;
    this.#loading = undefined;
    this.#error = failed;
    done?.();
    this.#trim();
    this.#fill();
    this.#changed();
  }

  /** Reads and says what to do with it, should it still be wanted then. */
  async #read(what: Loading): Promise<() => void> {
    const reader = this.#reader;
    if (what === "older") {
      const stretch = await reader.before(this.#held.start ?? firstId);
      return () => this.#take(stretch, stretch.events[0], () => this.#held.prepend(stretch));
    }
    if (what === "newer") {
      const stretch = await reader.from(this.#held.end ?? firstId, this.#newest);
      return () => this.#take(stretch, stretch.events.at(-1), () => this.#held.append(stretch));
    }
    if (what === "oldest") {
      const stretch = await reader.oldest(this.#newest ?? firstId);
      return () => {
        if (stretch !== undefined) this.#take(stretch, stretch.events.at(-1), () => this.#begin(stretch));
        this.#arriveAtOldest();
      };
    }
    if (this.#fromAnew === undefined) return this.#readSince(this.#checkAfter ?? firstId);
    const { around } = this.#fromAnew;
    const end = around === undefined ? undefined : idAfter(around, 1);
    const stretch = await (end === undefined ? reader.newest() : reader.before(end));
    return () => this.#take(stretch, stretch.events[0], () => this.#begin(stretch));
  }

  /** What came since while nobody listened. */
  async #readSince(since: string): Promise<() => void> {
    const stretch = await this.#reader.newest();
    return () => {
      this.#checkAfter = undefined;
      this.#newest = maxId(this.#newest, stretch.events.at(-1)?.id);
      if (!this.#held.catchUp(stretch, since, this.#view.following)) this.#begin(stretch);
    };
  }

  #take(stretch: Stretch, reached: CtiEvent | undefined, put: () => void): void {
    const last = stretch.events.at(-1)?.id;
    this.#newest = maxId(this.#newest, last);
    this.#searched = {
      events: this.#searched.events + stretch.events.length,
      at: reached?.at ?? this.#searched.at,
    };
    put();
    // It was told while this was read, and may not be in it.
    const known = last ?? stretch.start;
    if (this.#held.end === undefined && this.#newestLive > known && stretch.end === undefined)
      this.#checkAfter ??= known;
  }

  #begin(stretch: Stretch): void {
    this.#fromAnew = undefined;
    this.#held = this.#held.renewed(stretch);
  }

  #arriveAtOldest(): void {
    this.#toOldest = false;
    this.#view.toTop(this.#held.events[0]?.id ?? firstId);
  }
}
