import type { ControlClient } from "../../control/client.ts";
import { type ErrorData, toCtiError } from "../../model/errors.ts";
import type { CtiEvent } from "../../model/events.ts";
import { firstId } from "./event-place.ts";
import { isNarrower, type LogFilter, noFilter, parseFilter } from "./filter.ts";
import { HeldEvents } from "./held-events.ts";
import { maxId, PageReader, type Stretch, type Wanted } from "./page-reader.ts";
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
  readonly #listeners = new Set<(calm: boolean) => void>();
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

  /** Called after every change; `calm`: nobody waits to see it, a search goes on. The returned function ends that. */
  subscribe = (listener: (calm: boolean) => void): (() => void) => {
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
    if (this.#held.startReached && this.#fromAnew === undefined) this.#arriveAtOldest();
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

  #changed(calm = false): void {
    this.#snapshot = undefined;
    for (const listener of this.#listeners) listener(calm);
  }

  #retry(): void {
    this.#error = undefined;
    this.#fill();
    this.#changed();
  }

  #layout(): Layout {
    return this.#view.layout(this.#held, this.#held.startReached && this.#fromAnew === undefined);
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

  #trim(): void {
    this.#view.trim(this.#held, this.#layout(), this.#most, this.#ahead() + this.#page);
  }

  /** So many events beyond the screen are held: the next keys need not wait. */
  #ahead(): number {
    const { rows } = this.#view;
    // Where every event must be looked at, only what is wanted soon.
    return this.#filter.local ? Math.max(8, rows) : Math.max(50, rows * 3);
  }

  /** What is to be read next, if anything. */
  #wanted(): Wanted | undefined {
    if (this.#fromAnew !== undefined) return { read: "newest", upTo: this.#fromAnew.around };
    if (this.#toOldest) return { read: "oldest", known: this.#newest ?? firstId };
    if (this.#checkAfter !== undefined) return { read: "newest", since: this.#checkAfter };
    const { start, startReached, end, events } = this.#held;
    const { top, height } = this.#layout();
    if (events.length - top - height < this.#ahead() && end !== undefined)
      return { read: "newer", from: end, newest: this.#newest };
    return top < this.#ahead() && !startReached ? { read: "older", before: start ?? firstId } : undefined;
  }

  /** Begins the next read, if one is needed and none is under way. */
  #fill(): void {
    if (this.#loading !== undefined || this.#error !== undefined) return;
    const wanted = this.#wanted();
    if (wanted === undefined) return;
    this.#loading = wanted.read;
    void this.#load(wanted, this.#epoch);
  }

  async #load(wanted: Wanted, epoch: number): Promise<void> {
    let stretch: Stretch | undefined;
    let failed: ErrorData | undefined;
    try {
      stretch = await this.#reader.read(wanted);
    } catch (thrown) {
      failed = toCtiError(thrown).toJSON();
    }
    // Nobody waits for it any more.
    if (epoch !== this.#epoch) return;
    this.#loading = undefined;
    this.#error = failed;
    if (stretch !== undefined) this.#take(wanted, stretch);
    if (wanted.read === "oldest" && failed === undefined) this.#arriveAtOldest();
    this.#trim();
    this.#fill();
    // A page after the other is looked through: a picture of each would hold up keys, and the search.
    this.#changed(this.#filter.local && this.#loading !== undefined);
  }

  #take(wanted: Wanted, stretch: Stretch): void {
    const last = stretch.events.at(-1)?.id;
    const back = wanted.read === "older" || wanted.read === "newest";
    this.#newest = maxId(this.#newest, last);
    this.#searched = {
      events: this.#searched.events + stretch.events.length,
      at: stretch.events.at(back ? 0 : -1)?.at ?? this.#searched.at,
    };
    if (wanted.read === "older") this.#held.prepend(stretch);
    else if (wanted.read === "newer") this.#held.append(stretch);
    else if (wanted.read === "oldest" || wanted.since === undefined) this.#begin(stretch);
    else {
      this.#checkAfter = undefined;
      if (!this.#held.catchUp(stretch, wanted.since, this.#view.following)) this.#begin(stretch);
      return;
    }
    // It was told while this was read, and may not be in it.
    const known = last ?? stretch.start;
    if (this.#held.end === undefined && stretch.end === undefined && this.#newestLive > known)
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
