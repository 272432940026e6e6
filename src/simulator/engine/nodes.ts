/** The Finesse servers that share one switch and one set of agents: one, or a pair (§15). Each has its own link to CTI. */
export class Nodes {
  /** When a node's CTI link broke, in milliseconds since the epoch. */
  readonly #brokenSince = new Map<string, number>();

  /** Names in order: the primary node first. */
  constructor(readonly names: readonly string[]) {}

  inService(name: string): boolean {
    return !this.#brokenSince.has(name);
  }

  /** Nodes that can tell what happens on the switch. */
  get serving(): string[] {
    return this.names.filter((name) => this.inService(name));
  }

  /** Milliseconds since the epoch; `now` while the link is up. */
  lastHeartbeat(name: string, now: number): number {
    return this.#brokenSince.get(name) ?? now;
  }

  interrupt(name: string, now: number): void {
    this.#brokenSince.set(name, now);
  }

  resume(name: string): void {
    this.#brokenSince.delete(name);
  }
}
