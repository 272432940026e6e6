import type { Clock } from "../../platform/clock.ts";
import type { AdapterLease, CtiPort } from "../adapter.ts";
import type { Presence } from "./contract.ts";
import type { Roster } from "./roster.ts";

export interface ClientLeasesOptions {
  clock: Clock;
  port: Pick<CtiPort, "lease" | "endLease">;
  presence: Presence;
  roster: Roster;
  /** A client has been away for so long that nothing is told to it any more. */
  onGone: (destination: string) => void;
}

/** Milliseconds. */
const renewEvery = 10_000;
const goneAfter = 10 * 60_000;
/** Seconds; outlives two renewals. */
const ttl = 30;

/** Keeps it known that somebody is there for an agent, as long as a client of his is (design §2). */
export class ClientLeases {
  readonly #options: ClientLeasesOptions;
  /** Absent destinations, since when; milliseconds since the epoch. */
  readonly #absent = new Map<string, number>();
  #cancel: () => void = () => {};

  constructor(options: ClientLeasesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.clock.after(renewEvery, () => {
      this.renew();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  /** The presence of a client at a destination with an agent. */
  static of(destination: string): AdapterLease {
    return { id: `gc:${destination}`, label: `CRM client at ${destination}`, ttl };
  }

  /** For a sign-in; `undefined` when none of the agent's clients is there. */
  for(agent: string): AdapterLease | undefined {
    const { roster, presence } = this.#options;
    const here = [...(roster.get(agent)?.destinations ?? [])].find((each) => presence.isPresent(each));
    return here === undefined ? undefined : ClientLeases.of(here);
  }

  renew(): void {
    const { roster } = this.#options;
    for (const destination of roster.destinations()) this.look(destination);
  }

  /** Renews or ends what one destination holds. */
  look(destination: string): void {
    const { clock, port, presence, roster, onGone } = this.#options;
    if (presence.isPresent(destination)) {
      this.#absent.delete(destination);
      for (const agent of roster.agentsAt(destination)) port.lease(agent, ClientLeases.of(destination));
      return;
    }
    const since = this.#absent.get(destination);
    if (since === undefined) {
      this.#absent.set(destination, clock.now());
      for (const agent of roster.agentsAt(destination)) port.endLease(agent, ClientLeases.of(destination).id);
    } else if (clock.now() - since >= goneAfter) {
      this.#absent.delete(destination);
      onGone(destination);
    }
  }

  /** Nobody is attached there any more. */
  forget(destination: string): void {
    this.#absent.delete(destination);
  }
}
