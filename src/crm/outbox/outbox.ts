import type { Database } from "bun:sqlite";
import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { Store } from "../../platform/sqlite.ts";
import type { CrmAdapter, DeliveryDraft, Json, Outbox, SendResult } from "../adapter.ts";
import { collect, longestLifetime } from "./collect.ts";
import { expired, type LaneEffect, type Owed } from "./lane.ts";
import { Lanes } from "./lanes.ts";
import { MissedList } from "./missed.ts";
import { type DeliveryNews, newsOf } from "./news.ts";
import { type Missed, OutboxRows } from "./rows.ts";
import { Sender, type Tried } from "./sender.ts";

export interface DeliveriesOptions {
  store: Store;
  /** Of this start of the worker; makes ids unique. */
  boot: string;
  clock: Clock;
  random: Random;
  /** Called with what happened in one turn: to disk in one transaction, with what is owed since. */
  tell: (news: readonly DeliveryNews[]) => void;
}

/** Milliseconds after which a disk that failed is tried again, were there nothing else to write. */
const flushAgain = 5000;
/** Milliseconds that a try gets to end when it is ended. */
const lastWords = 250;

const unwritten: SendResult = { result: "retry", why: "that it is sent cannot be written to the disk" };

interface Room {
  keepRecords: number;
  send: CrmAdapter["send"];
  kept: Map<string, Json>;
}

/**
 * What is owed to CRMs (design §5.4): put on disk in one transaction with what it tells of, delivered in order per key, and never silently
 * gone. Memory is what counts; the disk follows, and is what a restarted worker begins with.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #rows: OutboxRows;
  readonly #missed: MissedList;
  readonly #rooms = new Map<string, Room>();
  readonly #lanes: Lanes;
  readonly #sender: Sender;
  readonly #untold: DeliveryNews[] = [];
  #going: Owed[] = [];
  /** What is being sent and of no use any more. */
  #useless: string[] = [];
  #count = 0;
  #settling = false;
  #phase: "open" | "ending" | "ended" = "open";
  #ending: Promise<void> | undefined;
  #cancelFlush: (() => void) | undefined;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    const { clock, random } = options;
    this.#rows = new OutboxRows(options.store, () => this.#putAll());
    this.#missed = new MissedList(this.#rows);
    this.#lanes = new Lanes({
      clock,
      random,
      onEffect: (effect) => this.#effect(effect),
      onLook: () => this.#settle(),
    });
    this.#sender = new Sender({
      clock,
      sendOf: (adapter) => this.#rooms.get(adapter)?.send,
      onResults: (tries) => this.#results(tries),
    });
    const now = clock.now();
    for (const row of this.#rows.load()) {
      if (row.state === "missed") this.#missed.restore(row.item, now);
      else if (row.tried && row.item.policy === "pop")
        this.#effect(expired("the connector ended while it was being sent: it is not sent twice")(row.item));
      else this.#lanes.restore(row.item);
    }
    this.#lanes.applyAll({ type: "look" });
    this.#settle();
  }

  /** An adapter is made: from now on it may owe. `keepRecords`: milliseconds. */
  addAdapter(adapter: Pick<CrmAdapter, "name">, keepRecords: number): void {
    const kept = this.#rows.loadKept(adapter.name);
    this.#rooms.set(adapter.name, { keepRecords, send: undefined, kept });
  }

  /** It has started: what is owed goes out. */
  begin(adapter: CrmAdapter): void {
    const room = this.#rooms.get(adapter.name);
    if (this.#phase !== "open" || room === undefined || adapter.send === undefined) return;
    room.send = adapter.send.bind(adapter);
    this.#lanes.applyAll({ type: "halt", halted: false }, adapter.name);
    this.#settle();
  }

  /** Lets what is under way finish, for `patience` milliseconds, and sends nothing more. What is owed stays owed. */
  end(patience: number): Promise<void> {
    this.#ending ??= this.#end(patience);
    return this.#ending;
  }

  async #end(patience: number): Promise<void> {
    this.#phase = "ending";
    this.#lanes.applyAll({ type: "halt", halted: true });
    await this.#quiet(patience);
    this.#sender.abort();
    await this.#quiet(lastWords);
    this.#sender.handOver();
    this.#phase = "ended";
    this.#lanes.stop();
    this.#tell();
    this.#cancelFlush?.();
    this.#rows.flush();
  }

  /**
   * Collects what `work` owes and remembers; it is on disk with the next transaction, or with `flush`. All or nothing, also when `work`
   * throws half way; throws what it does, and for what no disk can keep.
   */
  run(adapter: string, work: (out: Outbox) => void): void {
    const room = this.#rooms.get(adapter);
    if (room === undefined) return;
    for (const deed of collect(work, room.keepRecords)) {
      if (deed.type === "add") this.#add(adapter, deed.draft, deed.lifetime);
      else if (deed.type === "expire-pops") this.#lanes.expirePops(adapter, deed.interaction);
      else {
        if (deed.value === undefined) room.kept.delete(deed.name);
        else room.kept.set(deed.name, deed.value);
        this.#rows.keep(adapter, deed.name, deed.value);
      }
    }
    this.#settle();
  }

  /** To disk at once, where no event will take it there. */
  flush(): void {
    this.#rows.flush();
    if (!this.#rows.isDirty || this.#cancelFlush !== undefined || this.#phase === "ended") return;
    this.#cancelFlush = this.#options.clock.after(flushAgain, () => {
      this.#cancelFlush = undefined;
      this.flush();
    });
  }

  /** What the adapter remembers, by name; not what a piece of work under way keeps. */
  kept(adapter: string): ReadonlyMap<string, Json> {
    return this.#rooms.get(adapter)?.kept ?? new Map();
  }

  wake(adapter: string, key: string): void {
    this.#lanes.apply(adapter, key, { type: "wake" });
    this.#settle();
  }

  drained(adapter: string, key: string, patience: number): Promise<void> {
    return this.#lanes.drained(adapter, key, patience);
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
  owed(): Iterable<Owed> {
    return this.#lanes.items();
  }

  get missed(): ReadonlyMap<string, Missed> {
    return this.#missed.all;
  }

  /** When an owed one that failed is tried again, milliseconds since the epoch; `undefined` when nothing but chance or news can tell. */
  retryAt({ adapter, key, attempts }: Owed): number | undefined {
    const lane = this.#lanes.get(adapter, key);
    if (lane === undefined || lane.sending !== undefined || lane.halted || attempts === 0) return undefined;
    return lane.notBefore > this.#options.clock.now() ? lane.notBefore : undefined;
  }

  /** A missed one is owed again, as if it were new. */
  revive(missed: Missed): void {
    const { missedAt: _missedAt, ...owed } = missed;
    const kept = this.#rooms.get(missed.adapter)?.keepRecords ?? missed.expiresAt - missed.createdAt;
    const lifetime = Math.min(missed.lifetime ?? kept, longestLifetime);
    this.#missed.take(missed.id);
    const item = {
      ...owed,
      attempts: 0,
      expiresAt: this.#options.clock.now() + lifetime,
      why: undefined,
      again: true,
    };
    this.#rows.putLast(item.id, { item, state: "owed", tried: false });
    this.#enqueue(item);
  }

  forget(item: Owed): void {
    this.#missed.take(item.id);
    this.#rows.put(item.id, undefined);
    this.#lanes.apply(item.adapter, item.key, { type: "discard", id: item.id });
    this.#settle();
  }

  #add(adapter: string, draft: DeliveryDraft, lifetime: number): void {
    const now = this.#options.clock.now();
    this.#count += 1;
    const item: Owed = {
      ...draft,
      adapter,
      id: `d-${this.#options.boot.replace(/^0+/, "")}-${this.#count}`,
      createdAt: now,
      expiresAt: now + lifetime,
      attempts: 0,
      why: undefined,
    };
    this.#rows.put(item.id, { item, state: "owed", tried: false });
    this.#enqueue(item);
  }

  #enqueue(item: Owed): void {
    const isReady = this.#phase === "open" && this.#rooms.get(item.adapter)?.send !== undefined;
    this.#lanes.add(item, !isReady);
    this.#settle();
  }

  /** What follows from a change of a lane; what goes out or is told does so after the transaction, see `#settle`. */
  #effect(effect: LaneEffect): void {
    const { item } = effect;
    switch (effect.type) {
      case "send":
        if (item.policy === "pop") this.#rows.put(item.id, { item, state: "owed", tried: true });
        this.#going.push(item);
        return;
      case "abort":
        this.#useless.push(item.id);
        return;
      case "sent":
        this.#rows.put(item.id, undefined);
        break;
      case "delayed":
      case "failed-again":
        this.#rows.put(item.id, { item, state: "owed", tried: false });
        break;
      case "expired":
      case "rejected":
        this.#missed.add({ ...item, missedAt: this.#options.clock.now() });
    }
    const event = newsOf(effect, this.#options.clock.now());
    if (event !== undefined) this.#untold.push({ body: event, agent: item.agent, cause: item.cause });
  }

  #results(tries: readonly Tried[]): void {
    // The store may be closed by now; a restart knows what to do.
    if (this.#phase === "ended") return;
    for (const { item, result } of tries)
      this.#lanes.apply(item.adapter, item.key, { type: "result", id: item.id, result });
    this.#settle();
  }

  /** After the transaction that this belongs to, in the same turn of the event loop: tells, and sends. */
  #settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    queueMicrotask(() => {
      this.#settling = false;
      for (const id of this.#useless.splice(0)) this.#sender.abort(id);
      this.#tell();
      this.#lanes.start((adapter) => this.#sender.room(adapter));
      // What came too late for its turn.
      if (this.#untold.length > 0) this.#settle();
      // A pop that is on its way must be known as tried whatever happens next.
      this.flush();
      const going = this.#going;
      this.#going = [];
      for (const item of going) {
        if (!this.#rows.wouldSend(item.id)) this.#sender.go(item);
        else this.#results([{ item, result: unwritten }]);
      }
    });
  }

  #tell(): void {
    const untold = this.#untold.splice(0);
    if (untold.length > 0) this.#options.tell(untold);
  }

  async #quiet(patience: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(patience, late.resolve);
    await Promise.race([late.promise, this.#sender.idle()]);
    cancel();
  }

  #putAll(): void {
    for (const item of this.#lanes.items()) {
      const isGoing = this.#lanes.get(item.adapter, item.key)?.sending === item.id;
      this.#rows.put(item.id, { item, state: "owed", tried: isGoing && item.policy === "pop" });
    }
    for (const item of this.missed.values()) this.#rows.put(item.id, { item, state: "missed" });
    for (const [adapter, { kept }] of this.#rooms)
      for (const [name, value] of kept) this.#rows.keep(adapter, name, value);
  }
}
