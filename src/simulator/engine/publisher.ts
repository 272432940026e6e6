import type { Publication } from "../contract.ts";
import type { PublicationFilter } from "./control.ts";
import type { World } from "./world.ts";

/**
 * Sends publications out after the event delay, in order, through the faults. Never synchronously: a transport that
 * publishes must not run inside the request that caused it.
 */
export class Publisher {
  readonly #listeners: ((publication: Publication) => void)[] = [];
  readonly #filters: PublicationFilter[] = [];
  readonly #queue: { at: number; publication: Publication }[] = [];
  readonly #losses: { agent: string | undefined; left: number }[] = [];
  #cancel: (() => void) | undefined;
  published = 0;
  lost = 0;

  constructor(readonly world: World) {}

  onPublish(listener: (publication: Publication) => void): void {
    this.#listeners.push(listener);
  }

  publish(publication: Publication): void {
    const before = this.#queue.at(-1)?.at ?? 0;
    const at = Math.max(before, this.world.clock.now() + this.world.knobs.eventDelay);
    this.#queue.push({ at, publication });
    this.#arm();
  }

  filter(filter: PublicationFilter): () => void {
    this.#filters.push(filter);
    return () => {
      const at = this.#filters.indexOf(filter);
      if (at >= 0) this.#filters.splice(at, 1);
    };
  }

  lose(agent: string | undefined, count: number): void {
    this.#losses.push({ agent, left: count });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#queue.length = 0;
  }

  #arm(): void {
    const next = this.#queue[0];
    if (next === undefined || this.#cancel !== undefined) return;
    this.#cancel = this.world.after(Math.max(0, next.at - this.world.clock.now()), () => {
      this.#cancel = undefined;
      this.#drain();
    });
  }

  #drain(): void {
    // Real timers may fire a moment early; the first entry is what the timer was set for.
    const now = Math.max(this.world.clock.now(), this.#queue[0]?.at ?? 0);
    const due = this.#queue.findIndex((entry) => entry.at > now);
    for (const { publication } of this.#queue.splice(0, due < 0 ? this.#queue.length : due))
      this.#send(publication);
    this.#arm();
  }

  #send(publication: Publication): void {
    const loss = this.#losses.find(
      (entry) => entry.left > 0 && (entry.agent === undefined || publication.automatic.includes(entry.agent)),
    );
    if (loss !== undefined) {
      loss.left -= 1;
      this.lost += 1;
      return;
    }
    let outgoing = [publication];
    for (const filter of this.#filters) outgoing = outgoing.flatMap(filter);
    if (this.world.knobs.duplicateEvents) outgoing = outgoing.flatMap((one) => [one, one]);
    for (const one of outgoing) {
      this.published += 1;
      for (const listener of this.#listeners) listener(one);
    }
  }
}
