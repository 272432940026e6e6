import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";

/** Milliseconds for which a refused password is not tried again; Finesse forgets wrong ones after as long (reference/finesse.md §2). */
const remembered = 5 * 60_000;
/** Agents remembered; more at once are an attack, which Finesse itself then counts. */
const most = 5000;

/**
 * Passwords that Finesse has refused. A CRM tries again by itself, every few seconds and for ever, and the fifth wrong one locks the agent
 * out: the same wrong password is asked of Finesse once. Only a salted hash is kept.
 */
export class RefusedPasswords {
  readonly #clock: Clock;
  readonly #salt = crypto.randomUUID();
  readonly #refused = new Map<string, { hash: string; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `work`, unless this very password was refused lately. Rejects with `credentials-refused` then. */
  async guard<Result>(agent: string, password: string, work: () => Promise<Result>): Promise<Result> {
    const hash = this.#hash(password);
    const known = this.#refused.get(agent);
    const age = known === undefined ? Infinity : this.#clock.now() - known.at;
    if (known?.hash === hash && age < remembered) throw refusedBefore(agent, age);
    try {
      const result = await work();
      this.#refused.delete(agent);
      return result;
    } catch (error) {
      if (error instanceof CtiError && error.code === "credentials-refused") this.#note(agent, hash);
      throw error;
    }
  }

  #note(agent: string, hash: string): void {
    this.#refused.delete(agent);
    this.#refused.set(agent, { hash, at: this.#clock.now() });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > most && oldest !== undefined) this.#refused.delete(oldest);
  }

  #hash(password: string): string {
    return new Bun.CryptoHasher("sha256").update(`${this.#salt}${password}`).digest("hex");
  }
}

function refusedBefore(agent: string, age: number): CtiError {
  return new CtiError({
    code: "credentials-refused",
    message: `Finesse refused this password of agent ${agent} ${Math.round(age / 1000)} s ago, and is not asked again so soon`,
    why: "the fifth wrong one would lock the agent out",
    hint: "correct the password at the CRM",
  });
}
