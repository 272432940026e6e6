import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import {
  emptyLane,
  isDone,
  isDue,
  type Lane,
  type LaneEffect,
  type LaneEvent,
  nextLook,
  type Owed,
  transitionLane,
} from "./lane.ts";

export interface LanesOptions {
  clock: Clock;
  random: Random;
  /** Called synchronously. */
  onEffect: (effect: LaneEffect) => void;
  /** Time alone has changed a lane. */
  onLook: () => void;
}

interface OpenLane {
  lane: Lane;
  adapter: string;
  cancelLook: () => void;
  waiters: Set<() => void>;
}

/** Milliseconds between two looks at most: timers of a month overflow. */
const longestLook = 3_600_000;

/** All lanes, by adapter and key: looked at in time, and started in turn when there is room. */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #open = new Map<string, OpenLane>();
  /** Lanes that are due, by adapter, the one that waits longest first. */
  readonly #due = new Map<string, Set<string>>();
  #stopped = false;

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** What was owed before a restart: put behind the others, and nothing follows from it. */
  restore(item: Owed): void {
    const { open } = this.#of(item.adapter, item.key, true);
    open.lane = { ...open.lane, items: [...open.lane.items, item] };
  }

  /** `halted`: nobody is there to send. */
  add(item: Owed, halted: boolean): void {
    const { id } = this.#of(item.adapter, item.key, halted);
    this.#apply(id, { type: "add", item });
  }

  apply(adapter: string, key: string, event: LaneEvent): void {
    this.#apply(laneId(adapter, key), event);
  }

  /** To all lanes, or those of one adapter. */
  applyAll(event: LaneEvent, adapter?: string): void {
    for (const [id, open] of this.#open)
      if (adapter === undefined || open.adapter === adapter) this.#apply(id, event);
  }

  expirePops(adapter: string, interaction: string): void {
    for (const [id, open] of this.#open)
      if (open.adapter === adapter && open.lane.items.some((item) => item.interaction === interaction))
        this.#apply(id, { type: "expire-pops", interaction });
  }

  /** Starts what is due. `roomOf`: how many of an adapter may go. */
  start(roomOf: (adapter: string) => number): void {
    for (const [adapter, due] of this.#due) {
      let room = roomOf(adapter);
      for (const id of due) {
        if (room === 0) break;
        this.#apply(id, { type: "start" });
        if (this.#open.get(id)?.lane.sending !== undefined) room -= 1;
      }
    }
  }

  *items(): Iterable<Owed> {
    for (const { lane } of this.#open.values()) yield* lane.items;
  }

  get(adapter: string, key: string): Lane | undefined {
    return this.#open.get(laneId(adapter, key))?.lane;
  }

  /** Resolves when nothing is owed in it, when all ends, or after `patience` milliseconds. */
  async drained(adapter: string, key: string, patience: number): Promise<void> {
    const open = this.#open.get(laneId(adapter, key));
    if (open === undefined || open.lane.items.length === 0 || this.#stopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    open.waiters.add(resolve);
    const cancel = this.#options.clock.after(patience, resolve);
    await promise;
    cancel();
    open.waiters.delete(resolve);
  }

  /** No lane is looked at by itself any more. */
  stop(): void {
    this.#stopped = true;
    for (const open of this.#open.values()) {
      open.cancelLook();
      for (const waiter of open.waiters) waiter();
    }
  }

  #of(adapter: string, key: string, halted: boolean): { id: string; open: OpenLane } {
    const id = laneId(adapter, key);
    let open = this.#open.get(id);
    if (open === undefined) {
      open = { lane: { ...emptyLane, halted }, adapter, cancelLook: () => {}, waiters: new Set() };
      this.#open.set(id, open);
    }
    return { id, open };
  }

  #apply(id: string, event: LaneEvent): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    const { clock, random, onEffect } = this.#options;
    const now = clock.now();
    const { lane, effects } = transitionLane(open.lane, event, now, random);
    open.lane = lane;
    this.#queue(id, open.adapter, isDue(lane, now));
    this.#plan(id, open, now);
    if (lane.items.length === 0) for (const waiter of open.waiters) waiter();
    if (isDone(lane)) this.#open.delete(id);
    for (const effect of effects) onEffect(effect);
  }

  #queue(id: string, adapter: string, due: boolean): void {
    let queue = this.#due.get(adapter);
    if (queue === undefined) {
      if (!due) return;
      queue = new Set();
      this.#due.set(adapter, queue);
    }
    if (due) queue.add(id);
    else queue.delete(id);
  }

  #plan(id: string, open: OpenLane, now: number): void {
    open.cancelLook();
    open.cancelLook = () => {};
    const look = nextLook(open.lane, now);
    if (look === undefined || this.#stopped) return;
    open.cancelLook = this.#options.clock.after(Math.min(Math.max(0, look - now), longestLook), () => {
      this.#apply(id, { type: "look" });
      this.#options.onLook();
    });
  }
}

function laneId(adapter: string, key: string): string {
  return `${adapter}\0${key}`;
}
