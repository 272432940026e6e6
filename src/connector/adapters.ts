import type { CrmAdapter, CtiPort, Json, Question } from "../crm/adapter.ts";
import type { CreateAdapter, MadeAdapter } from "../crm/catalogue.ts";
import type { Deliveries } from "../crm/outbox/outbox.ts";
import type { AdapterHealth } from "../model/adapter.ts";
import { CtiError, type ErrorData, toCtiError } from "../model/errors.ts";
import type { CtiEvent } from "../model/events.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { EventLog } from "./event-log.ts";
import type { AdapterStart } from "./guardian-link.ts";

export interface AdaptersOptions {
  create: CreateAdapter;
  port: (made: MadeAdapter & { healthChanged: () => void }) => CtiPort;
  deliveries: Deliveries;
  events: EventLog;
  clock: Clock;
  log: Log;
}

interface Running {
  adapter: CrmAdapter;
  port: CtiPort;
  /** The state last told by an event. */
  told: AdapterHealth["state"];
}

/** Milliseconds an adapter gets to end, and what is being delivered before. */
const patience = 3000;
const lastDeliveries = 1000;
/** Milliseconds for which records are owed unless the adapter says otherwise. */
const keepRecords = 24 * 3_600_000;

/** The CRM adapters of this connector: started, fed with events, watched, stopped. What goes wrong in one harms nobody else. */
export class Adapters {
  readonly #options: AdaptersOptions;
  readonly #running: Running[] = [];
  readonly #failed: AdapterHealth[] = [];
  #unlisten: () => void = () => {};

  constructor(options: AdaptersOptions) {
    this.#options = options;
  }

  /**
   * Makes them, before any session goes on: what happens from now on is owed to them. Never throws: an adapter that cannot work is a state
   * of health, and the connector serves without it.
   */
  async make(starts: readonly AdapterStart[]): Promise<void> {
    if (starts.length === 0) return;
    this.#unlisten = this.#options.events.listen((event) => this.#onEvent(event));
    for (const start of starts) await this.#makeOne(start);
  }

  /** They begin to work. */
  async start(): Promise<void> {
    for (const running of [...this.#running]) {
      const { adapter, port } = running;
      try {
        await adapter.start(port);
        this.#options.deliveries.begin(adapter);
      } catch (thrown) {
        this.#running.splice(this.#running.indexOf(running), 1);
        this.#fail(adapter.name, thrown);
      }
    }
  }

  /** What an event owes the CRMs; before it is on disk. */
  owe(event: CtiEvent): void {
    for (const { adapter } of this.#running) {
      if (adapter.owe === undefined) continue;
      try {
        this.#options.deliveries.run(adapter.name, (out) => adapter.owe?.(event, out));
      } catch (error) {
        this.#complain(adapter.name, error);
      }
    }
  }

  health(): AdapterHealth[] {
    return [...this.#running.map(({ adapter }) => adapter.health()), ...this.#failed];
  }

  /** Asks one adapter what it alone knows. Throws `no-connector` where it does not run, `usage` where it answers nothing. */
  async ask(name: string, what: string, given: Question): Promise<Json> {
    const running = this.#running.find(({ adapter }) => adapter.name === name);
    if (running === undefined)
      throw noAdapter(name, this.#failed.find(({ adapter }) => adapter === name)?.error);
    if (running.adapter.ask === undefined)
      throw new CtiError({ code: "usage", message: `the adapter ${name} answers no questions` });
    return running.adapter.ask(what, given);
  }

  async stop(): Promise<void> {
    const { clock, deliveries } = this.#options;
    await deliveries.end(lastDeliveries);
    this.#unlisten();
    await Promise.all(
      this.#running.map(async ({ adapter }) => {
        const late = Promise.withResolvers<void>();
        const cancel = clock.after(patience, late.resolve);
        await Promise.race([
          adapter.stop().catch((error: unknown) => this.#complain(adapter.name, error)),
          late.promise,
        ]);
        cancel();
      }),
    );
  }

  async #makeOne(start: AdapterStart): Promise<void> {
    const { create, port, deliveries } = this.#options;
    try {
      const made = await create(start);
      const { adapter } = made;
      const running: Running = {
        adapter,
        port: port({ ...made, healthChanged: () => this.#tell(running) }),
        told: "starting",
      };
      deliveries.addAdapter(adapter, made.keepRecords ?? keepRecords);
      adapter.load?.(running.port);
      this.#running.push(running);
    } catch (thrown) {
      this.#fail(start.name, thrown);
    }
  }

  #fail(name: string, thrown: unknown): void {
    const error = toCtiError(thrown).toJSON();
    this.#failed.push({
      adapter: name,
      state: "stopped",
      since: new Date(this.#options.clock.now()).toISOString(),
      summary: error.message,
      error,
      figures: {},
      clients: [],
      peers: [],
    });
    this.#complain(name, thrown);
    this.#options.events.append({ type: "adapter.down", adapter: name, error }, undefined, undefined);
  }

  #onEvent(event: CtiEvent): void {
    for (const { adapter } of this.#running) {
      try {
        adapter.onEvent?.(event);
      } catch (error) {
        this.#complain(adapter.name, error);
      }
    }
  }

  #tell(running: Running): void {
    const { state, error, summary } = running.adapter.health();
    if (state === running.told) return;
    running.told = state;
    const { events } = this.#options;
    const { name } = running.adapter;
    if (state === "up") events.append({ type: "adapter.up", adapter: name }, undefined, undefined);
    else if (state === "down")
      events.append(
        { type: "adapter.down", adapter: name, error: error ?? { code: "internal", message: summary } },
        undefined,
        undefined,
      );
  }

  #complain(name: string, error: unknown): void {
    const { message, why } = toCtiError(error);
    this.#options.log.write("error", `adapter ${name}: ${message}${why === undefined ? "" : `: ${why}`}`);
  }
}

/** Of an adapter that does not run here; `error`: why it could not. */
export function noAdapter(name: string, error: ErrorData | undefined): CtiError {
  return new CtiError({
    code: "no-connector",
    message: `the adapter ${name} does not run in this connector`,
    ...(error !== undefined && { why: error.message }),
    hint:
      error?.hint ??
      `write a table [profiles.default.adapters.${name}] and start the connector with cti serve`,
  });
}
