import type { AuthResult } from "../contract.ts";
import type { Agent, World } from "./world.ts";

/** Wrong passwords in a row that lock a user (§2). */
const allowedFailures = 5;

/** Passwords and the lock-out that REST and SASL share. */
export class Lockout {
  readonly #failures = new Map<Agent, { count: number; lockedUntil: number }>();

  constructor(readonly world: World) {}

  check(agent: Agent | undefined, password: string): AuthResult {
    if (agent === undefined) return "refused";
    const now = this.world.clock.now();
    const failures = this.#failures.get(agent);
    if (failures !== undefined && failures.lockedUntil > now) return "locked";
    if (agent.password === password) {
      this.#failures.delete(agent);
      return "ok";
    }
    // After a lock has run out the count begins again.
    const count = (failures === undefined || failures.lockedUntil > 0 ? 0 : failures.count) + 1;
    const locks = count >= allowedFailures;
    this.#failures.set(agent, { count, lockedUntil: locks ? now + this.world.knobs.lockout : 0 });
    return locks ? "locked" : "refused";
  }

  /** Milliseconds since the epoch while locked. */
  lockedUntil(agent: Agent): number | undefined {
    const until = this.#failures.get(agent)?.lockedUntil ?? 0;
    return until > this.world.clock.now() ? until : undefined;
  }
}
