import type { CrmAdapter, CtiPort } from "../crm/adapter.ts";
import type { CreateAdapter, MadeAdapter } from "../crm/catalogue.ts";
import type { AdapterHealth } from "../model/adapter.ts";
import { toCtiError } from "../model/errors.ts";
import type { CtiEvent } from "../model/events.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { EventLog } from "./event-log.ts";
import type { AdapterStart } from "./guardian-link.ts";

export interface AdaptersOptions {
  create: CreateAdapter;
  port: (made: Omit<MadeAdapter, "adapter"> & { healthChanged: () => void }) => CtiPort;
  events: EventLog;
  clock: Clock;
  log: Log;
}

interface Running {
  adapter: CrmAdapter;
  /** The state last told by an event. */
  told: AdapterHealth["state"];
}

/** Milliseconds an adapter gets to end. */
const patience = 3000;

/** The CRM adapters of this connector: started, fed with events, watched, stopped. What goes wrong in one harms nobody else. */
export class Adapters {
  readonly #options: AdaptersOptions;
  readonly #running: Running[] = [];
  readonly #failed: AdapterHealth[] = [];
  #unlisten: () => void = () => {};

  constructor(options: AdaptersOptions) {
    this.#options = options;
  }

  /** Never throws: an adapter that cannot work is a state of health, and the connector serves without it. */
  async start(starts: readonly AdapterStart[]): Promise<void> {
    if (starts.length === 0) return;
    this.#unlisten = this.#options.events.listen((event) => this.#onEvent(event));
    for (const start of starts) await this.#startOne(start);
  }

  health(): AdapterHealth[] {
    return [...this.#running.map(({ adapter }) => adapter.health()), ...this.#failed];
  }

  async stop(): Promise<void> {
    this.#unlisten();
    const { clock } = this.#options;
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

  async #startOne(start: AdapterStart): Promise<void> {
    const { create, port, clock } = this.#options;
    try {
      const { adapter, ...made } = await create(start);
      const running: Running = { adapter, told: "starting" };
      this.#running.push(running);
      await adapter.start(port({ ...made, healthChanged: () => this.#tell(running) }));
    } catch (thrown) {
      const at = this.#running.findIndex(({ adapter }) => adapter.name === start.name);
      if (at >= 0) this.#running.splice(at, 1);
      const error = toCtiError(thrown).toJSON();
      this.#failed.push({
        adapter: start.name,
        state: "stopped",
        since: new Date(clock.now()).toISOString(),
        summary: error.message,
        error,
        figures: {},
        clients: [],
        peers: [],
      });
      this.#complain(start.name, thrown);
      this.#options.events.append({ type: "adapter.down", adapter: start.name, error }, undefined, undefined);
    }
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
