import { openConnectorStore } from "../../../src/connector/database.ts";
import type { Delivery, SendResult } from "../../../src/crm/adapter.ts";
import type { Store } from "../../../src/platform/sqlite.ts";
import { FakeCrm, type OpenTry } from "./stage.ts";

/** How a worker dies: between two steps that its surroundings can see, after so many of them. */
export class Fate {
  steps: number;
  isDead = false;
  diskFails = false;
  #store: Store | undefined;

  constructor(steps: number) {
    this.steps = steps;
  }

  /** Every write of this worker fails, or none. */
  setDisk(fails: boolean): void {
    this.diskFails = fails;
    this.#store?.attempt((database) => database.run(`PRAGMA query_only = ${Number(fails)}`));
  }

  step(): boolean {
    if (this.steps === 0) this.isDead = true;
    this.steps -= 1;
    return !this.isDead;
  }

  /** The disk as this worker has it. */
  store(directory: string): Store {
    const store = openConnectorStore(directory, () => {});
    this.#store = store;
    const attempt = store.attempt.bind(store);
    store.attempt = (work) => {
      if (!this.step()) return undefined;
      const result = attempt(work);
      return this.step() ? result : undefined;
    };
    return store;
  }
}

/** The CRM: what it saw is the truth. A dead worker reaches nobody. */
export class Witness extends FakeCrm {
  readonly #fate: Fate;
  readonly #onSend: (delivery: Delivery) => void;
  readonly #onAbort: (mine: OpenTry) => void;

  constructor(fate: Fate, onSend: (delivery: Delivery) => void, onAbort: (mine: OpenTry) => void) {
    super();
    this.#fate = fate;
    this.#onSend = onSend;
    this.#onAbort = onAbort;
  }

  override send(delivery: Delivery, signal: AbortSignal): Promise<SendResult> {
    if (!this.#fate.step()) return new Promise(() => {});
    this.#onSend(delivery);
    const result = super.send(delivery, signal);
    const mine = this.open.at(-1);
    // As its contract says: it ends, and nobody knows whether it arrived.
    if (mine !== undefined) signal.addEventListener("abort", () => this.#onAbort(mine));
    return this.#fate.step() ? result : new Promise(() => {});
  }
}
