import type { Desk } from "./desk.ts";
import type { Nodes } from "./nodes.ts";
import type { Agent, World } from "./world.ts";

/** System code of lost presence (§7). */
const connectionFailure = 255;

interface Watch {
  /** Available resources on this node. */
  resources: string[];
  countdown: { deadline: number; cancel: () => void } | undefined;
}

/**
 * Watches who is connected; an agent who left is moved out of the way after a while (§15). Each node watches for itself: one that lost an
 * agent acts even when the agent has gone to the other node.
 */
export class Presence {
  readonly #watches = new Map<Agent, Map<string, Watch>>();

  constructor(
    readonly world: World,
    readonly desk: Desk,
    readonly nodes: Nodes,
  ) {}

  /** The agent's available resources on one node, now. */
  changed(node: string, agent: Agent, resources: readonly string[], clean: boolean): void {
    const watches = this.#watches.get(agent) ?? new Map<string, Watch>();
    this.#watches.set(agent, watches);
    const watch = watches.get(node) ?? { resources: [], countdown: undefined };
    watches.set(node, watch);
    const before = watch.resources.length;
    watch.resources = [...resources];
    agent.resources = [...watches.values()].flatMap((each) => each.resources);
    if (resources.length > before) this.#stop(watch);
    const lost = resources.length < before;
    const matters = resources.length === 0 || this.world.knobs.forceWhenAnyLeaves;
    if (lost && matters && watch.countdown === undefined) this.#count(node, agent, watch, clean);
  }

  /** When the first of the nodes acts, in milliseconds since the epoch. */
  deadline(agent: Agent): number | undefined {
    const deadlines = [...(this.#watches.get(agent)?.values() ?? [])].flatMap(({ countdown }) =>
      countdown === undefined ? [] : [countdown.deadline],
    );
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }

  /** The user no longer exists. */
  forget(agent: Agent): void {
    for (const watch of this.#watches.get(agent)?.values() ?? []) this.#stop(watch);
    this.#watches.delete(agent);
  }

  #count(node: string, agent: Agent, watch: Watch, clean: boolean): void {
    const { presenceTimeout, presenceTimeoutUnclean } = this.world.knobs;
    const delay = clean ? presenceTimeout : presenceTimeoutUnclean;
    const cancel = this.world.after(delay, () => {
      watch.countdown = undefined;
      // Its request has to reach CTI.
      if (this.nodes.inService(node)) this.#act(agent);
    });
    watch.countdown = { deadline: this.world.clock.now() + delay, cancel };
  }

  #stop(watch: Watch): void {
    watch.countdown?.cancel();
    watch.countdown = undefined;
  }

  /** UCCX signs out; UCCE by its desk setting: out even in a call, or NOT_READY, after the call when there is one. */
  #act(agent: Agent): void {
    if (agent.status.state === "LOGOUT") return;
    const logout = this.world.profile === "uccx" || this.world.population.logoutOnDisconnect;
    const category = logout ? "LOGOUT" : "NOT_READY";
    this.desk.force(agent, category, this.world.systemReason(category, connectionFailure));
  }
}
