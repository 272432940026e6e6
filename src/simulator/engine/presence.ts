import type { Desk } from "./desk.ts";
import type { Agent, World } from "./world.ts";

/** System code of lost presence (§7). */
const connectionFailure = 255;

/** Watches who is connected; an agent whose last resource left is moved out of the way after a while (§15). */
export class Presence {
  readonly #countdowns = new Map<Agent, { deadline: number; cancel: () => void }>();

  constructor(
    readonly world: World,
    readonly desk: Desk,
  ) {}

  changed(agent: Agent, resources: string[], clean: boolean): void {
    const had = agent.resources.length > 0;
    agent.resources = [...resources];
    if (resources.length > 0) {
      this.#countdowns.get(agent)?.cancel();
      this.#countdowns.delete(agent);
      return;
    }
    if (!had || this.#countdowns.has(agent)) return;
    const { presenceTimeout, presenceTimeoutUnclean } = this.world.knobs;
    const delay = clean ? presenceTimeout : presenceTimeoutUnclean;
    const cancel = this.world.after(delay, () => {
      this.#countdowns.delete(agent);
      this.#act(agent);
    });
    this.#countdowns.set(agent, { deadline: this.world.clock.now() + delay, cancel });
  }

  /** Milliseconds since the epoch. */
  deadline(agent: Agent): number | undefined {
    return this.#countdowns.get(agent)?.deadline;
  }

  /** UCCX signs out; UCCE by its desk setting: out even in a call, or NOT_READY, after the call when there is one. */
  #act(agent: Agent): void {
    if (agent.status.state === "LOGOUT") return;
    const logout = this.world.profile === "uccx" || this.world.population.logoutOnDisconnect;
    const category = logout ? "LOGOUT" : "NOT_READY";
    this.desk.force(agent, category, this.world.systemReason(category, connectionFailure));
  }
}
