/** Requests of one agent start in the order they came; those of different agents know nothing of each other. */

export interface LaneJob {
  /** Nothing behind it starts before it is over. */
  barrier: boolean;
  /** Starts only when everything before it is over. */
  afterAll: boolean;
  /** Never rejects. What it does before its first `await` is what is done in order. */
  run: () => Promise<void>;
}

interface Lane {
  waiting: LaneJob[];
  running: Set<Promise<void>>;
  blocked: boolean;
}

export class AgentLanes {
  readonly #most: number;
  readonly #lanes = new Map<string, Lane>();

  /** `most`: jobs of one agent that may wait or run. */
  constructor(most: number) {
    this.#most = most;
  }

  /** False when the agent's lane is full. */
  add(agent: string, job: LaneJob): boolean {
    let lane = this.#lanes.get(agent);
    if (lane === undefined) {
      lane = { waiting: [], running: new Set(), blocked: false };
      this.#lanes.set(agent, lane);
    }
    if (lane.waiting.length + lane.running.size >= this.#most) return false;
    lane.waiting.push(job);
    this.#go(agent, lane);
    return true;
  }

  #go(agent: string, lane: Lane): void {
    while (!lane.blocked) {
      const [next] = lane.waiting;
      if (next === undefined || (next.afterAll && lane.running.size > 0)) break;
      lane.waiting.shift();
      lane.blocked = next.barrier;
      const running = next.run().finally(() => {
        lane.running.delete(running);
        if (next.barrier) lane.blocked = false;
        this.#go(agent, lane);
      });
      lane.running.add(running);
    }
    if (lane.waiting.length === 0 && lane.running.size === 0 && this.#lanes.get(agent) === lane)
      this.#lanes.delete(agent);
  }
}
