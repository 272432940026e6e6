import type { QueueEntry } from "./population.ts";
import type { Notices } from "./notices.ts";
import type { World } from "./world.ts";
import type { XmlElement } from "./xml.ts";
import { renderXml } from "./xml.ts";

/** Statistics are told at most this often, in milliseconds (§13). */
const interval = 10_000;

/** Tells those who subscribed to a queue when its statistics changed. Nobody is told of queues that nobody ever asked for. */
export class QueueBoard {
  /** What was said last of each watched queue, as text. */
  readonly #last = new Map<QueueEntry, string>();

  constructor(
    readonly world: World,
    readonly notices: Notices,
    readonly statistics: (queue: QueueEntry) => XmlElement,
  ) {}

  /** Somebody subscribed to this pub/sub node. */
  subscribed(node: string): void {
    const number = /^\/finesse\/api\/Queue\/([^/]+)$/.exec(node)?.[1];
    const queue = this.world.population.queues.find((entry) => entry.number === number);
    if (queue === undefined || this.#last.has(queue)) return;
    this.#last.set(queue, renderXml(this.statistics(queue)));
    this.#wait(queue);
  }

  #wait(queue: QueueEntry): void {
    this.world.after(interval, () => {
      const statistics = this.statistics(queue);
      const text = renderXml(statistics);
      if (text !== this.#last.get(queue)) this.notices.queue(queue.number, statistics);
      this.#last.set(queue, text);
      this.#wait(queue);
    });
  }
}
