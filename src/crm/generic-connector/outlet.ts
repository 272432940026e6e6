import type { Producer } from "../../openwire/contract.ts";

export interface OutletFigures {
  published: number;
  /** Thrown away: no broker, or a topic that did not take more. */
  dropped: number;
  /** Refused by the broker. */
  refused: number;
}

export interface OutletLimits {
  /** Lines waiting for one destination, and for all. */
  perDestination: number;
  inAll: number;
  /** Destinations with a producer kept open. */
  producers: number;
}

interface Lane {
  waiting: string[];
  producer: Promise<Producer> | undefined;
  busy: boolean;
}

const usualLimits: OutletLimits = { perDestination: 1000, inAll: 20_000, producers: 3000 };

/**
 * What goes out to topics: in order per destination, never waited for. A topic that takes no more holds up its own lane only. Without a broker
 * everything is thrown away, as a topic would.
 */
export class Outlet {
  readonly #limits: OutletLimits;
  #lanes = new Map<string, Lane>();
  #waiting = 0;
  #open: ((destination: string) => Promise<Producer>) | undefined;
  #idle: (() => void)[] = [];
  readonly #figures: OutletFigures = { published: 0, dropped: 0, refused: 0 };

  constructor(limits: Partial<OutletLimits> = {}) {
    this.#limits = { ...usualLimits, ...limits };
  }

  get figures(): Readonly<OutletFigures> {
    return this.#figures;
  }

  /** There is a connection: `open` makes a producer on it. Told again after each interruption. */
  connected(open: (destination: string) => Promise<Producer>): void {
    this.#open = open;
  }

  /** `for-good`: its producers are of no use any more either. */
  interrupted(how: "for-a-moment" | "for-good"): void {
    this.#open = undefined;
    for (const lane of this.#lanes.values()) this.#drop(lane.waiting.splice(0).length);
    if (how === "for-good") this.#lanes = new Map();
  }

  /** False: thrown away. */
  publish(destination: string, text: string): boolean {
    const lane = this.#laneOf(destination);
    if (
      this.#open === undefined ||
      lane === undefined ||
      lane.waiting.length >= this.#limits.perDestination ||
      this.#waiting >= this.#limits.inAll
    ) {
      this.#figures.dropped += 1;
      return false;
    }
    lane.waiting.push(text);
    this.#waiting += 1;
    if (!lane.busy) void this.#work(destination, lane);
    return true;
  }

  /** Resolves when nothing waits any more. */
  whenIdle(): Promise<void> {
    if (![...this.#lanes.values()].some(({ busy }) => busy)) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  async #work(destination: string, lane: Lane): Promise<void> {
    lane.busy = true;
    for (let text = lane.waiting.shift(); text !== undefined; text = lane.waiting.shift()) {
      this.#waiting -= 1;
      const open = this.#open;
      if (open === undefined) {
        this.#figures.dropped += 1;
        continue;
      }
      lane.producer ??= open(destination);
      try {
        await (await lane.producer).send(text, { persistent: false });
        this.#figures.published += 1;
      } catch {
        // A closed connection, or a topic we may not write to: the next line tries anew.
        this.#figures.refused += 1;
        lane.producer = undefined;
      }
    }
    lane.busy = false;
    if (![...this.#lanes.values()].some(({ busy }) => busy)) for (const wake of this.#idle.splice(0)) wake();
  }

  /** Used last, kept longest. `undefined` when all that there may be are at work. */
  #laneOf(destination: string): Lane | undefined {
    const known = this.#lanes.get(destination);
    if (known !== undefined) {
      this.#lanes.delete(destination);
      this.#lanes.set(destination, known);
      return known;
    }
    if (this.#lanes.size >= this.#limits.producers && !this.#makeRoom()) return undefined;
    const lane: Lane = { waiting: [], producer: undefined, busy: false };
    this.#lanes.set(destination, lane);
    return lane;
  }

  #makeRoom(): boolean {
    for (const [destination, lane] of this.#lanes) {
      if (lane.busy) continue;
      this.#lanes.delete(destination);
      void lane.producer?.then((producer) => producer.close()).catch(() => {});
      return true;
    }
    return false;
  }

  #drop(lines: number): void {
    this.#waiting -= lines;
    this.#figures.dropped += lines;
  }
}
