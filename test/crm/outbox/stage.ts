import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "bun:sqlite";
import { openConnectorStore } from "../../../src/connector/database.ts";
import { nextBoot } from "../../../src/connector/event-id.ts";
import { EventLog } from "../../../src/connector/event-log.ts";
import { Journal } from "../../../src/connector/journal.ts";
import type { CrmAdapter, Delivery, DeliveryDraft, Outbox, SendResult } from "../../../src/crm/adapter.ts";
import { deliveryDesk } from "../../../src/crm/outbox/desk.ts";
import { Deliveries } from "../../../src/crm/outbox/outbox.ts";
import { ManualClock } from "../../../src/platform/clock.ts";
import type { Store } from "../../../src/platform/sqlite.ts";

export const day = 24 * 3_600_000;

export function draft(text: string, changes: Partial<DeliveryDraft> = {}): DeliveryDraft {
  return { kind: "Told", policy: "record", key: "1001", text, payload: { text }, ...changes };
}

export const popDraft = (text: string, changes: Partial<DeliveryDraft> = {}) =>
  draft(text, { kind: "ScreenPop", policy: "pop", interaction: "call", ...changes });

/** A try that the CRM has not answered. */
export interface OpenTry {
  delivery: Delivery;
  signal: AbortSignal;
  answer: (result: SendResult | Error) => Promise<void>;
}

/** A CRM that answers when it is told to, or always the same. */
export class FakeCrm implements CrmAdapter {
  readonly name: string;
  readonly open: OpenTry[] = [];
  readonly seen: Delivery[] = [];
  always: SendResult | undefined;

  constructor(name = "crm") {
    this.name = name;
  }

  send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    this.seen.push(delivery);
    if (this.always !== undefined) return Promise.resolve(this.always);
    const { promise, resolve, reject } = Promise.withResolvers<SendResult>();
    const attempt: OpenTry = {
      delivery,
      signal,
      answer: (result) => {
        this.open.splice(this.open.indexOf(attempt), 1);
        if (result instanceof Error) reject(result);
        else resolve(result);
        return turn();
      },
    };
    this.open.push(attempt);
    return promise;
  }

  get texts(): string[] {
    return this.seen.map(({ text }) => text);
  }

  async start(): Promise<void> {}

  health(): never {
    throw new Error("not asked here");
  }

  async stop(): Promise<void> {}
}

/** All that follows from what was done has happened: of a lane that is answered at once, what waits in it too. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 12; count++) await new Promise((resolve) => setImmediate(resolve));
}

export interface Life {
  store: Store;
  clock: ManualClock;
  events: EventLog;
  deliveries: Deliveries;
  desk: ReturnType<typeof deliveryDesk>;
  crm: FakeCrm;
  /** Types and texts of the events about deliveries. */
  told: string[];
  owe: (work: (out: Outbox) => void) => void;
  /** An event that owes; `attempt` marks it. */
  event: (attempt: number, work: (out: Outbox) => void) => void;
}

export interface LifeOptions {
  store?: (directory: string) => Store;
  crm?: FakeCrm;
  keepRecords?: number;
  begun?: boolean;
}

/** Lives of a worker, one after the other, on one database file. */
export class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), "cti-outbox-"));
  readonly troubles: string[] = [];
  readonly #stores: Store[] = [];
  #now = Date.UTC(2026, 0, 5, 9);

  /** The next life: the one before was killed, `after` milliseconds ago. Its clock has stopped with it. */
  live(options: LifeOptions = {}, before?: Life, after = 1000): Life {
    this.#now = (before?.clock.now() ?? this.#now) + after;
    const clock = new ManualClock(this.#now);
    const store =
      options.store?.(this.directory) ??
      openConnectorStore(this.directory, (trouble) => this.troubles.push(trouble));
    this.#stores.push(store);
    const told: string[] = [];
    const boot = nextBoot(store, clock.now());
    let owing: ((out: Outbox) => void) | undefined;
    const deliveries = new Deliveries({
      store,
      boot,
      clock,
      random: () => 0.5,
      tell: (news) => {
        for (const { body } of news) told.push(`${body.type} ${body.delivery.text}`);
        events.appendAll(news);
      },
    });
    const crm = options.crm ?? new FakeCrm();
    const journal = new Journal({ store, riders: [deliveries], recordVariables: false });
    const events: EventLog = new EventLog({
      journal,
      boot,
      clock,
      prepare: () => {
        const work = owing;
        owing = undefined;
        if (work !== undefined) deliveries.run(crm.name, work);
      },
    });
    deliveries.addAdapter(crm, options.keepRecords ?? day);
    if (options.begun !== false) deliveries.begin(crm);
    return {
      store,
      clock,
      events,
      deliveries,
      desk: deliveryDesk(deliveries),
      crm,
      told,
      owe: (work) => {
        deliveries.run(crm.name, work);
        deliveries.flush();
      },
      event: (attempt, work) => {
        owing = work;
        events.append({ type: "session.connecting", node: "a", attempt }, "1001", undefined);
      },
    };
  }

  /** As another process sees the file. */
  look<Row>(sql: string): Row[] {
    const database = new Database(join(this.directory, "journal.sqlite"), { readonly: true });
    try {
      return database.query<Row, []>(sql).all();
    } finally {
      database.close();
    }
  }

  remove(): void {
    for (const store of this.#stores) store.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
