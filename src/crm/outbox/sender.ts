import type { Clock } from "../../platform/clock.ts";
import type { CrmAdapter, Delivery, SendResult } from "../adapter.ts";
import type { Owed } from "./lane.ts";

export interface SenderOptions {
  clock: Clock;
  /** How an adapter sends; `undefined` while it does not run. */
  sendOf: (adapter: string) => CrmAdapter["send"];
  onResult: (lane: string, id: string, result: SendResult) => void;
}

export interface Going {
  lane: string;
  item: Owed;
}

/** Milliseconds that a try may take, whatever the adapter thinks. */
const tryTime = 30_000;
const sendsAtOnce = 64;

/** Tries deliveries, some of them beside each other. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #sending = new Map<string, AbortController>();
  #waiting: Going[] = [];

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  add(going: Going): void {
    this.#waiting.push(going);
  }

  /** Those that there is room for. */
  next(): Going[] {
    const room = Math.max(0, sendsAtOnce - this.#sending.size);
    return this.#waiting.splice(0, room);
  }

  go(all: readonly Going[]): void {
    for (const going of all) void this.#send(going);
  }

  /** Ends all tries. */
  abort(): void {
    for (const abort of this.#sending.values()) abort.abort();
  }

  async #send({ lane, item }: Going): Promise<void> {
    const { clock, onResult } = this.#options;
    const abort = new AbortController();
    this.#sending.set(item.id, abort);
    const cancel = clock.after(tryTime, () => abort.abort());
    const result = await this.#try(item, abort.signal);
    cancel();
    this.#sending.delete(item.id);
    onResult(lane, item.id, result);
  }

  async #try(item: Owed, signal: AbortSignal): Promise<SendResult> {
    const send = this.#options.sendOf(item.adapter);
    if (send === undefined) return { result: "retry", why: "the adapter has stopped" };
    const { attempts, why: _why, adapter: _adapter, ...draft } = item;
    const delivery: Delivery = { ...draft, attempt: attempts };
    try {
      return await send(delivery, signal);
    } catch (error) {
      // Against its contract; a record is tried again rather than lost.
      const why = error instanceof Error ? error.message : String(error);
      return item.policy === "pop" ? { result: "rejected", why } : { result: "retry", why };
    }
  }
}
