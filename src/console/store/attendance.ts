import type { ControlClient } from "../../control/client.ts";
import type { AgentStatus, Lease } from "../../control/contract.ts";
import { isSignedOut } from "../../model/agent.ts";
import type { Clock } from "../../platform/clock.ts";

/** Milliseconds between two renewals of the leases, and seconds that one lasts. */
const renewEvery = 20_000;
const leaseTtl = 60;
/** Milliseconds that leaving waits for a connector which does not answer. */
const leaveWithin = 1500;

export interface AttendanceOptions {
  control: Pick<ControlClient, "putLease" | "endLease" | "status">;
  clock: Clock;
  newKey: () => string;
  terminal: string | undefined;
  /** False while no connector would hear it. */
  connected: () => boolean;
}

/** How it stands with those whom a console has attended to, once it is gone. */
export interface Parting {
  /** Still signed in. */
  agents: readonly AgentStatus[];
  /** False: nobody answered, and this is what was known before. */
  heard: boolean;
}

/** Whom this console is there for: everybody it has worked for since it was opened, until it is left. */
export class Attendance {
  readonly #options: AttendanceOptions;
  readonly #id: string;
  readonly #agents = new Set<string>();
  #cancel: () => void = () => {};

  constructor(options: AttendanceOptions) {
    this.#options = options;
    this.#id = `console-${options.newKey()}`;
  }

  start(): void {
    this.#cancel = this.#options.clock.after(renewEvery, () => {
      for (const agent of this.#agents) void this.#renew(agent);
      this.start();
    });
  }

  /** As a sign-in takes it. */
  get lease(): Pick<Lease, "id" | "kind" | "label"> & { ttl: number } {
    const { terminal } = this.#options;
    return {
      id: this.#id,
      kind: "console",
      label: `console${terminal === undefined ? "" : ` on ${terminal}`}`,
      ttl: leaseTtl,
    };
  }

  /** The connector knows it already: the lease came with a sign-in. */
  attended(agent: string): void {
    this.#agents.add(agent);
  }

  attend(agent: string): void {
    if (this.#agents.has(agent)) return;
    this.#agents.add(agent);
    void this.#renew(agent);
  }

  /** Who has signed out is not waited for: whoever signs in next has somebody of his own. */
  forgetBut(signedIn: readonly string[]): void {
    for (const agent of this.#agents) if (!signedIn.includes(agent)) this.#agents.delete(agent);
  }

  /** Gives every lease back and tells what becomes of the agents; `known` is what stands on the screen. Waits for nobody for long. */
  async leave(known: readonly AgentStatus[]): Promise<Parting> {
    this.#cancel();
    const { control } = this.#options;
    const mine = ({ agent, state }: AgentStatus): boolean =>
      this.#agents.has(agent) && state !== undefined && !isSignedOut(state.state);
    if (this.#agents.size === 0) return { agents: [], heard: true };
    const late = Promise.withResolvers<undefined>();
    const cancel = this.#options.clock.after(leaveWithin, () => late.resolve(undefined));
    const left = Promise.all(
      [...this.#agents].map((agent) => control.endLease(agent, this.#id).catch(() => {})),
    ).then(() => control.status());
    const status = await Promise.race([left.catch(() => undefined), late.promise]);
    cancel();
    return { agents: (status?.agents ?? known).filter(mine), heard: status !== undefined };
  }

  async #renew(agent: string): Promise<void> {
    if (!this.#options.connected()) return;
    const { id, ...lease } = this.lease;
    try {
      await this.#options.control.putLease(agent, id, lease);
    } catch {
      // Signed out, or a connector that is away: the next look tells.
    }
  }
}
