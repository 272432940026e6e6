import type { Clock } from "../../platform/clock.ts";
import type { CrmAdapter, Delivery, SendResult } from "../adapter.ts";
import type { Owed } from "./lane.ts";

export interface SenderOptions {
  clock: Clock;
  /** How an adapter sends; `undefined` while it does not run. */
  sendOf: (adapter: string) => CrmAdapter["send"];
  /** Those that came in one turn of the event loop, so that they can share a transaction. */
  onResults: (tries: readonly Tried[]) => void;
}

export interface Tried {
  item: Owed;
  result: SendResult;
}

interface Try {
  adapter: string;
  abort: AbortController;
  done: Promise<void>;
}

/** Milliseconds that a try may take, whatever the adapter thinks, and that it gets to end when it is told to. */
const tryTime = 30_000;
const endTime = 5000;
/** Of one adapter, so that a CRM that hangs does not hold up another. */
const sendsAtOnce = 64;

/** Tries deliveries, some of them beside each other. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #tries = new Map<string, Try>();
  readonly #busy = new Map<string, number>();
  #tried: Tried[] = [];

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** How many more of this adapter may go. */
  room(adapter: string): number {
    return Math.max(0, sendsAtOnce - (this.#busy.get(adapter) ?? 0));
  }

  go(item: Owed): void {
    const abort = new AbortController();
    const { adapter } = item;
    this.#busy.set(adapter, (this.#busy.get(adapter) ?? 0) + 1);
    this.#tries.set(item.id, { adapter, abort, done: this.#send(item, abort) });
  }

  /** Ends a try, or all. */
  abort(id?: string): void {
    if (id !== undefined) this.#tries.get(id)?.abort.abort();
    else for (const { abort } of this.#tries.values()) abort.abort();
  }

  /** Resolves when what is under way now has its result. */
  async idle(): Promise<void> {
    await Promise.all([...this.#tries.values()].map(({ done }) => done));
  }

  /** Hands results over at once that else wait for the end of this turn: to everybody else they are still under way. */
  handOver(): void {
    const tried = this.#tried;
    this.#tried = [];
    if (tried.length > 0) this.#options.onResults(tried);
  }

  async #send(item: Owed, abort: AbortController): Promise<void> {
    const { clock } = this.#options;
    // A pop that is still on its way when its time is over must not arrive any more.
    const time = item.policy === "pop" ? Math.min(tryTime, item.expiresAt - clock.now()) : tryTime;
    const cancelTime = clock.after(Math.max(0, time), () => abort.abort());
    const deaf = Promise.withResolvers<SendResult>();
    let cancelEnd = () => {};
    abort.signal.addEventListener("abort", () => {
      cancelEnd = clock.after(endTime, () => deaf.resolve(failed(item, "the adapter does not end its try")));
    });
    const result = await Promise.race([this.#try(item, abort.signal), deaf.promise]);
    cancelTime();
    cancelEnd();
    this.#tries.delete(item.id);
    this.#busy.set(item.adapter, (this.#busy.get(item.adapter) ?? 1) - 1);
    this.#tried.push({ item, result });
    if (this.#tried.length === 1) setImmediate(() => this.handOver());
  }

  async #try(item: Owed, signal: AbortSignal): Promise<SendResult> {
    const send = this.#options.sendOf(item.adapter);
    if (send === undefined) return { result: "retry", why: "the adapter has stopped" };
    const { attempts, why: _why, adapter: _adapter, ...draft } = item;
    const delivery: Delivery = { ...draft, attempt: attempts };
    try {
      const result: unknown = await send(delivery, signal);
      return isResult(result) ? result : failed(item, "the adapter did not say what became of it");
    } catch (error) {
      return failed(item, error instanceof Error ? error.message : String(error));
    }
  }
}

/** Of a try against the contract nobody knows whether it arrived: a record is tried again rather than lost, a pop is not. */
function failed({ policy }: Owed, why: string): SendResult {
  return { result: policy === "pop" ? "rejected" : "retry", why };
}

/** A site's own adapter may be of any language that becomes JavaScript. */
function isResult(value: unknown): value is SendResult {
  if (typeof value !== "object" || value === null || !("result" in value)) return false;
  if (value.result === "sent") return true;
  const isFailure = value.result === "retry" || value.result === "rejected";
  return isFailure && "why" in value && typeof value.why === "string";
}
