import type { Clock } from "../../platform/clock.ts";
import type { GcSettings } from "./contract.ts";
import { chunkSelector, type HeldChunk, planHeld } from "./held-plan.ts";
import { isAtHome, parseHome, type RequestConsumer } from "./selectors.ts";

type Open = (consumer: RequestConsumer) => Promise<AsyncDisposable>;

/** Milliseconds in which what the broker sent to a consumer arrives. */
const settle = 300;

/** Keeps the consumers for agents held away from home as `planHeld` says. Only role `shared` has any. */
export class HeldConsumers {
  readonly #isAway: (agent: string) => boolean;
  readonly #clock: Clock;
  readonly #onTrouble: (error: unknown) => void;
  #wanted: ReadonlySet<string> = new Set();
  #open: Open | undefined;
  #chunks: readonly HeldChunk[] = [];
  #consumers = new Map<number, AsyncDisposable>();
  #work: Promise<void> | undefined;
  #changed = false;

  constructor(
    { role, home }: Pick<GcSettings, "role" | "home">,
    clock: Clock,
    onTrouble: (error: unknown) => void,
  ) {
    this.#clock = clock;
    this.#onTrouble = onTrouble;
    const ours = role === "shared" ? parseHome(home) : undefined;
    this.#isAway = (agent) => ours !== undefined && !isAtHome(agent, ours);
  }

  want(agents: Iterable<string>): void {
    this.#wanted = new Set([...agents].filter(this.#isAway));
    this.#wake();
  }

  /** A new connection's way to open a consumer, or none: what was open has gone with the last one. */
  use(open: Open | undefined): void {
    this.#open = open;
    this.#chunks = [];
    this.#consumers = new Map();
    this.#wake();
  }

  /** Resolves when all that is wanted has a consumer. */
  async settled(): Promise<void> {
    await this.#work;
  }

  #wake(): void {
    this.#changed = true;
    this.#work ??= this.#apply().finally(() => {
      this.#work = undefined;
      if (this.#changed) this.#wake();
    });
  }

  /** One change after the other; wishes that come meanwhile are one change. */
  async #apply(): Promise<void> {
    while (this.#changed) {
      this.#changed = false;
      const open = this.#open;
      if (open === undefined) return;
      const plan = planHeld(this.#chunks, this.#wanted);
      const consumers = this.#consumers;
      try {
        for (const chunk of plan.open)
          consumers.set(chunk.id, await open({ priority: chunk.priority, selector: chunkSelector(chunk) }));
      } catch (error) {
        // Of a connection that is gone nothing needs to be said.
        if (open !== this.#open) continue;
        this.#onTrouble(error);
        for (const { id } of plan.open) this.#close(consumers, id);
        return;
      }
      if (open !== this.#open) continue;
      this.#chunks = plan.chunks;
      for (const id of plan.close) this.#close(consumers, id);
      if (plan.closeLater.length > 0)
        this.#clock.after(settle, () => plan.closeLater.forEach((id) => this.#close(consumers, id)));
    }
  }

  #close(consumers: Map<number, AsyncDisposable>, id: number): void {
    const consumer = consumers.get(id);
    consumers.delete(id);
    void consumer?.[Symbol.asyncDispose]().then(undefined, this.#onTrouble);
  }
}
