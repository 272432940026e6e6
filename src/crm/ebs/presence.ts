import type { AdapterLease, CtiPort } from "../adapter.ts";
import type { EbsSettings } from "./contract.ts";
import { sameHost } from "../../platform/networks.ts";
import type { Registrations } from "./registrations.ts";

export interface PresenceOptions {
  settings: Pick<EbsSettings, "staleAfter">;
  port: Pick<CtiPort, "clock" | "lease" | "endLease">;
  registrations: Registrations;
}

/** Places of which it is remembered when they were last heard of, before those that are gone are looked for. */
const most = 5000;

/** When EBS was last heard of for a place, and the lease that says so to the connector: somebody is there for the agent. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #seen = new Map<string, number>();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Milliseconds since the epoch of the last callout about a place. */
  lastSeen(key: string): number | undefined {
    return this.#seen.get(key);
  }

  /** A callout about the place came from that address. */
  note(key: string, from: string): void {
    const { registrations, port } = this.#options;
    this.#seen.set(key, port.clock.now());
    if (this.#seen.size > most)
      for (const each of this.#seen.keys())
        if (registrations.get(each) === undefined) this.#seen.delete(each);
    const known = registrations.get(key);
    if (known?.proved !== undefined && known.session !== undefined && sameHost(known.proved, from))
      port.lease(known.session, this.lease(key, from));
  }

  lease(key: string, from: string): AdapterLease {
    return { id: leaseId(key), label: `EBS at ${from}`, ttl: this.#options.settings.staleAfter / 1000 };
  }

  end(key: string, session: string | undefined): void {
    this.#seen.delete(key);
    if (session !== undefined) this.#options.port.endLease(session, leaseId(key));
  }
}

function leaseId(key: string): string {
  return `ebs:${key}`;
}
