import type { Database } from "bun:sqlite";
import type { CtiEventBody } from "../../model/events.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { Store } from "../../platform/sqlite.ts";
import type { CrmAdapter, DeliveryDraft, Json, Outbox } from "../adapter.ts";
import {
  emptyLane,
  type Lane,
  type LaneEffect,
  type LaneEvent,
  nextLook,
  type Owed,
  transitionLane,
} from "./lane.ts";
import { brief } from "./brief.ts";
import { type Missed, OutboxRows } from "./rows.ts";
import { Sender } from "./sender.ts";

export type DeliveryEvent = CtiEventBody & { type: `delivery.${string}` };

export interface DeliveriesOptions {
  store: Store;
  /** Of this start of the worker; makes ids unique. */
  boot: string;
  clock: Clock;
  random: Random;
  tell: (event: DeliveryEvent, agent: string | undefined, cause: string | undefined) => void;
}

/** Milliseconds after which a pop is of no use: the next customer may be on the line (design §5.4). */
const popLifetime = 15_000;
/** Deliveries that were missed are kept so long, in milliseconds, and so many. */
const missedAge = 7 * 24 * 3_600_000;
const missedKept = 10_000;

interface Room {
  keepRecords: number;
  send: CrmAdapter["send"];
  kept: Map<string, Json>;
}

interface OpenLane {
  lane: Lane;
  adapter: string;
  cancelLook: () => void;
  waiters: Set<() => void>;
}

/**
 * What is owed to CRMs (design §5.4): put on disk in one transaction with what it tells of, delivered in order per key, and never silently
 * gone. Memory is what counts; the disk follows, and is what a restarted worker begins with.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #rows: OutboxRows;
  readonly #rooms = new Map<string, Room>();
  readonly #lanes = new Map<string, OpenLane>();
  readonly #missed = new Map<string, Missed>();
  readonly #sender: Sender;
  #untold: { event: DeliveryEvent; item: Owed }[] = [];
  #count = 0;
  #settling = false;
  #ended = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#rows = new OutboxRows(options.store);
    this.#sender = new Sender({
      clock: options.clock,
      sendOf: (adapter) => this.#rooms.get(adapter)?.send,
      onResult: (key, id, result) => {
        this.#apply(key, { type: "result", id, result });
        this.#settle();
      },
    });
    const now = options.clock.now();
    for (const row of this.#rows.load()) {
      if (row.state === "missed") {
        if (now - row.item.missedAt < missedAge) this.#missed.set(row.item.id, row.item);
        else this.#rows.put(row.item.id, undefined);
      } else if (row.tried && row.item.policy === "pop") {
        this.#miss(row.item, "the connector ended while it was being sent: it is not sent twice");
      } else {
        const key = laneKey(row.item.adapter, row.item.key);
        const open = this.#laneOf(key, row.item.adapter);
        open.lane = { ...open.lane, items: [...open.lane.items, row.item] };
      }
    }
    for (const key of this.#lanes.keys()) this.#apply(key, { type: "look" });
    this.#settle();
  }

  /** An adapter is made: from now on it may owe. `keepRecords`: milliseconds. */
  addAdapter(adapter: Pick<CrmAdapter, "name">, keepRecords: number): void {
    this.#rooms.set(adapter.name, {
      keepRecords,
      send: undefined,
      kept: this.#rows.loadKept(adapter.name),
    });
  }

  /** It has started: what is owed goes out. */
  begin(adapter: CrmAdapter): void {
    const room = this.#rooms.get(adapter.name);
    if (this.#ended || room === undefined || adapter.send === undefined) return;
    room.send = adapter.send.bind(adapter);
    for (const [key, open] of this.#lanes)
      if (open.adapter === adapter.name) this.#apply(key, { type: "halt", halted: false });
    this.#settle();
  }

  /** Lets what is under way finish, for `patience` milliseconds, and sends nothing more. What is owed stays owed. */
  async end(patience: number): Promise<void> {
    const { clock } = this.#options;
    this.#ended = true;
    for (const room of this.#rooms.values()) room.send = undefined;
    for (const key of this.#lanes.keys()) this.#apply(key, { type: "halt", halted: true });
    const late = Promise.withResolvers<void>();
    const cancel = clock.after(patience, late.resolve);
    await Promise.race([
      late.promise,
      Promise.all([...this.#lanes.values()].map((open) => this.#quiet(open))),
    ]);
    cancel();
    this.#sender.abort();
    for (const open of this.#lanes.values()) open.cancelLook();
    this.#rows.flush();
  }

  /** Collects what `work` owes and remembers; it is on disk with the next transaction, or with `flush`. */
  run(adapter: string, work: (out: Outbox) => void): void {
    const room = this.#rooms.get(adapter);
    if (room === undefined) return;
    const deeds: (() => void)[] = [];
    work({
      add: (draft) => deeds.push(() => this.#add(adapter, draft, room.keepRecords)),
      expirePops: (interaction) => deeds.push(() => this.#expirePops(adapter, interaction)),
      keep: (name, value) =>
        deeds.push(() => {
          if (value === undefined) room.kept.delete(name);
          else room.kept.set(name, value);
          this.#rows.keep(adapter, name, value);
        }),
    });
    // All or nothing, also when `work` throws half way.
    for (const deed of deeds) deed();
  }

  /** To disk at once, where no event will take it there. */
  flush(): void {
    this.#rows.flush();
  }

  kept(adapter: string): ReadonlyMap<string, Json> {
    return this.#rooms.get(adapter)?.kept ?? new Map();
  }

  wake(adapter: string, key: string): void {
    this.#apply(laneKey(adapter, key), { type: "wake" });
    this.#settle();
  }

  async drained(adapter: string, key: string, patience: number): Promise<void> {
    const open = this.#lanes.get(laneKey(adapter, key));
    if (open === undefined || open.lane.items.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    open.waiters.add(resolve);
    const cancel = this.#options.clock.after(patience, resolve);
    await promise;
    cancel();
    open.waiters.delete(resolve);
  }

  /** Part of an event's transaction. */
  write(database: Database): void {
    this.#rows.write(database);
  }

  /** That transaction is on disk. */
  written(): void {
    this.#rows.written();
  }

  /** Everything owed. */
  *owed(): Iterable<Owed> {
    for (const { lane } of this.#lanes.values()) yield* lane.items;
  }

  get missed(): ReadonlyMap<string, Missed> {
    return this.#missed;
  }

  /** When an owed one that failed is tried again, milliseconds since the epoch. */
  retryAt(item: Owed): number | undefined {
    const lane = this.#lanes.get(laneKey(item.adapter, item.key))?.lane;
    return lane?.sending === undefined && item.attempts > 0 ? lane?.notBefore : undefined;
  }

  /** A missed one is owed again, as if it were new. */
  revive(missed: Missed): void {
    const { missedAt: _missedAt, ...owed } = missed;
    const lifetime = this.#rooms.get(missed.adapter)?.keepRecords ?? missed.expiresAt - missed.createdAt;
    this.#missed.delete(missed.id);
    this.#enqueue({ ...owed, attempts: 0, expiresAt: this.#options.clock.now() + lifetime, why: undefined });
  }

  forget(item: Owed): void {
    this.#missed.delete(item.id);
    this.#rows.put(item.id, undefined);
    this.#apply(laneKey(item.adapter, item.key), { type: "discard", id: item.id });
    this.#settle();
  }

  #add(adapter: string, draft: DeliveryDraft, keepRecords: number): void {
    const now = this.#options.clock.now();
    const lifetime = draft.lifetime ?? (draft.policy === "pop" ? popLifetime : keepRecords);
    this.#count += 1;
    this.#enqueue({
      ...draft,
      adapter,
      id: `d-${this.#options.boot.replace(/^0+/, "")}-${this.#count}`,
      createdAt: now,
      expiresAt: now + lifetime,
      attempts: 0,
      why: undefined,
    });
  }

  #enqueue(item: Owed): void {
    this.#rows.put(item.id, { item, state: "owed", tried: false });
    const key = laneKey(item.adapter, item.key);
    this.#laneOf(key, item.adapter);
    this.#apply(key, { type: "add", item });
    this.#settle();
  }

  #expirePops(adapter: string, interaction: string): void {
    for (const [key, open] of this.#lanes)
      if (open.adapter === adapter && open.lane.items.some((item) => item.interaction === interaction))
        this.#apply(key, { type: "expire-pops", interaction });
  }

  #laneOf(key: string, adapter: string): OpenLane {
    let open = this.#lanes.get(key);
    if (open === undefined) {
      const halted = this.#rooms.get(adapter)?.send === undefined;
      open = { lane: { ...emptyLane, halted }, adapter, cancelLook: () => {}, waiters: new Set() };
      this.#lanes.set(key, open);
    }
    return open;
  }

  /** Changes a lane and does what follows from it; what goes out or is told does so after the transaction, see `#settle`. */
  #apply(key: string, event: LaneEvent): void {
    const open = this.#lanes.get(key);
    if (open === undefined) return;
    const { clock, random } = this.#options;
    const { lane, effects } = transitionLane(open.lane, event, clock.now(), random);
    open.lane = lane;
    for (const effect of effects) this.#effect(key, effect);
    open.cancelLook();
    const look = nextLook(lane);
    open.cancelLook =
      look === undefined || this.#ended
        ? () => {}
        : clock.after(Math.max(0, look - clock.now()), () => {
            this.#apply(key, { type: "look" });
            this.#settle();
          });
    if (lane.sending !== undefined) return;
    if (lane.items.length === 0 || this.#ended) for (const waiter of open.waiters) waiter();
    if (lane.items.length === 0 && lane.failures === 0) this.#lanes.delete(key);
  }

  #effect(key: string, effect: LaneEffect): void {
    const { item } = effect;
    switch (effect.type) {
      case "send":
        if (item.policy === "pop") this.#rows.put(item.id, { item, state: "owed", tried: true });
        this.#sender.add({ lane: key, item });
        return;
      case "sent":
        this.#rows.put(item.id, undefined);
        this.#untold.push({
          item,
          event: {
            type: "delivery.sent",
            delivery: brief(item),
            elapsed: Math.round(this.#options.clock.now() - item.createdAt),
            ...(effect.note !== undefined && { note: effect.note }),
          },
        });
        return;
      case "delayed":
        this.#rows.put(item.id, { item, state: "owed", tried: false });
        this.#untold.push({
          item,
          event: {
            type: "delivery.delayed",
            delivery: brief(item),
            why: item.why ?? "",
            retryAt: iso(effect.retryAt),
          },
        });
        return;
      case "failed-again":
        this.#rows.put(item.id, { item, state: "owed", tried: false });
        return;
      case "expired":
        this.#miss(item, effect.why);
        return;
      case "rejected":
        this.#miss(item, effect.why, "delivery.failed");
    }
  }

  #miss(item: Owed, why: string, type: "delivery.expired" | "delivery.failed" = "delivery.expired"): void {
    const missed: Missed = { ...item, why, missedAt: this.#options.clock.now() };
    this.#missed.set(item.id, missed);
    this.#rows.put(item.id, { item: missed, state: "missed" });
    for (const id of this.#missed.keys()) {
      if (this.#missed.size <= missedKept) break;
      this.#missed.delete(id);
      this.#rows.put(id, undefined);
    }
    this.#untold.push({ item, event: { type, delivery: brief(item), why } });
  }

  /** After the transaction that this belongs to, in the same turn of the event loop: tells, and sends. */
  #settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    queueMicrotask(() => {
      this.#settling = false;
      if (this.#ended) return;
      const untold = this.#untold;
      this.#untold = [];
      for (const { event, item } of untold) this.#options.tell(event, item.agent, item.cause);
      const going = this.#sender.next();
      // A pop that is on its way must be known as tried whatever happens next.
      if (going.some(({ item }) => item.policy === "pop")) this.#rows.flush();
      this.#sender.go(going);
    });
  }

  async #quiet(open: OpenLane): Promise<void> {
    if (open.lane.sending === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    open.waiters.add(resolve);
    await promise;
  }
}

function laneKey(adapter: string, key: string): string {
  return `${adapter} ${key}`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
