/**
 * The rule for topics that clients name (they become names at the broker): no composite, no wildcard, nothing of the broker's own, and
 * not a name that the connectors use among themselves.
 */
export class DestinationRule {
  readonly #reserved: ReadonlySet<string>;

  /** `reserved`: the request queue, the peers' topic. */
  constructor(reserved: readonly string[]) {
    this.#reserved = new Set(reserved.map((name) => name.toLowerCase()));
  }

  allows(name: string): boolean {
    const lower = name.toLowerCase();
    return (
      name.length <= 255 &&
      /^[A-Za-z0-9._:-]+$/.test(name) &&
      !lower.startsWith("activemq.") &&
      // `queue://Q` needs slashes, which the rule above leaves out; `queue:Q` means the queue to some brokers.
      !/^(temp-)?(queue|topic):/.test(lower) &&
      !this.#reserved.has(lower)
    );
  }
}
