import type { Clock } from "../../platform/clock.ts";
import type { EbsSettings } from "./contract.ts";

/** Addresses remembered at most; the one that was quiet longest is forgotten first. */
const mostAddresses = 1000;

/** A token bucket for each address that calls. */
export class RateLimit {
  readonly #rate: EbsSettings["rate"];
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(rate: EbsSettings["rate"], clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Takes one; 0 when there was one, else the whole seconds until there will be. */
  take(address: string): number {
    const { perSecond, burst } = this.#rate;
    const now = this.#clock.now();
    const bucket = this.#buckets.get(address) ?? { tokens: burst, at: now };
    // A clock set back gives nothing.
    const passed = Math.max(0, now - bucket.at) / 1000;
    const tokens = Math.min(burst, bucket.tokens + passed * perSecond);
    const granted = tokens >= 1;
    this.#remember(address, { tokens: granted ? tokens - 1 : tokens, at: now });
    return granted ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
  }

  get size(): number {
    return this.#buckets.size;
  }

  #remember(address: string, bucket: { tokens: number; at: number }): void {
    // A map keeps the order of insertion: whoever called last stands last.
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size <= mostAddresses) return;
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}
