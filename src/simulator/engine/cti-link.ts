import type { AsyncError } from "./control.ts";
import { lateState } from "./late-errors.ts";
import { Echo, type Notices } from "./notices.ts";
import type { Agent, World } from "./world.ts";

/** The object asked: where a late refusal is published and what it names as its source (§13). */
export interface Target {
  node: string;
  source: string;
}

/**
 * Accepted requests on their way to the switch: one at a time per agent (§3), each after the CTI delay, refused late when the switch
 * says no or a fault is injected.
 */
export class CtiLink {
  readonly #failures: { error: AsyncError; agent: string | undefined; left: number; delay: number }[] = [];
  lateRefusals = 0;

  constructor(
    readonly world: World,
    readonly notices: Notices,
  ) {}

  submit(
    agent: Agent,
    target: Target,
    requestId: string | undefined,
    work: (echo: Echo) => AsyncError | undefined,
  ): void {
    const now = this.world.clock.now();
    const run = (): void => {
      const echo = new Echo(agent, requestId);
      const injected = this.#injected(agent);
      const error = injected === undefined ? work(echo) : injected.error;
      if (error === undefined) return;
      this.lateRefusals += 1;
      const refuse = () => this.notices.refused(agent, target.node, target.source, error, requestId);
      if (injected === undefined || injected.delay === 0) refuse();
      else this.world.after(injected.delay, refuse);
    };
    const delay = Math.max(0, agent.busyUntil - now) + this.world.knobs.ctiDelay;
    if (delay === 0) {
      run();
      return;
    }
    agent.busyUntil = now + delay;
    this.world.after(delay, run);
  }

  failNext(error: Partial<AsyncError>, agent: string | undefined, count: number, delay: number): void {
    this.#failures.push({ error: { ...lateState, ...error }, agent, left: count, delay });
  }

  #injected(agent: Agent): { error: AsyncError; delay: number } | undefined {
    const failure = this.#failures.find(
      (entry) => entry.left > 0 && (entry.agent === undefined || entry.agent === agent.id),
    );
    if (failure === undefined) return undefined;
    failure.left -= 1;
    return failure;
  }
}
