import type { Lease, UnattendedStatus } from "../control/contract.ts";
import type { Clock } from "../platform/clock.ts";
import {
  initialLeases,
  type LeaseEvent,
  type LeaseState,
  transitionLeases,
  type UnattendedPolicy,
  stricterPolicy,
  unattendedStatus,
  watchedProcesses,
} from "./leases.ts";
import type { ProcessIdentity } from "../platform/process-identity.ts";

/** Milliseconds between two looks at processes and times. */
export const lookEvery = 5000;

export interface AttendanceOptions {
  clock: Clock;
  processes: ProcessIdentity;
  policy: UnattendedPolicy;
  /** Does what the policy says; answers whether it worked. */
  act: (policy: UnattendedPolicy) => Promise<boolean>;
  /** Leases were added or ended. */
  onChange: (leases: readonly Lease[]) => void;
}

/** Watches over one agent: keeps the leases true and acts when nobody is left. */
export class AttendanceWatch {
  readonly #options: AttendanceOptions;
  readonly #identities = new Map<string, string>();
  #state: LeaseState;
  /** Milliseconds since the epoch. */
  #nextLook: number;
  #cancel: () => void = () => {};
  #closed = false;

  constructor(options: AttendanceOptions) {
    this.#options = options;
    this.#state = initialLeases(options.policy, options.clock.now());
    this.#nextLook = this.#now() + lookEvery;
    this.#schedule();
  }

  status(): UnattendedStatus {
    return unattendedStatus(this.#state);
  }

  put(lease: Omit<Lease, "since">): void {
    if (lease.pid !== undefined) {
      const identity = this.#options.processes(lease.pid);
      // A shell that is gone before its lease arrives is nobody.
      if (identity === undefined) return this.end(lease.id);
      this.#identities.set(lease.id, identity);
    }
    this.#apply({ type: "put", lease, now: this.#now() });
  }

  end(id: string): void {
    this.#identities.delete(id);
    this.#apply({ type: "end", id, now: this.#now() });
  }

  /** A second sign-in asks for a policy. */
  tighten(asked: UnattendedPolicy): UnattendedPolicy {
    const policy = stricterPolicy(this.#state.policy, asked);
    if (policy !== this.#state.policy) this.#apply({ type: "policy", policy, now: this.#now() });
    return policy;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel();
    const { attendance } = this.#state;
    const due = attendance.phase === "empty" ? (attendance.actsAt ?? Infinity) : Infinity;
    const at = Math.min(this.#nextLook, due);
    this.#cancel = this.#options.clock.after(Math.max(at - this.#now(), 0), () => this.#look());
  }

  #look(): void {
    this.#nextLook = this.#now() + lookEvery;
    for (const { id, pid } of watchedProcesses(this.#state))
      if (this.#options.processes(pid) !== this.#identities.get(id)) this.end(id);
    this.#apply({ type: "tick", now: this.#now() });
  }

  #apply(event: LeaseEvent): void {
    const before = this.#state;
    const { state, effect } = transitionLeases(before, event);
    this.#state = state;
    if (!this.#closed) this.#schedule();
    if (state.leases !== before.leases) this.#changed(before);
    if (effect !== "act") return;
    void this.#options.act(state.policy).then(
      (ok) => this.#apply({ type: "acted", ok, now: this.#now() }),
      () => this.#apply({ type: "acted", ok: false, now: this.#now() }),
    );
  }

  /** A renewal is not news: CRM clients bring one every few seconds. */
  #changed(before: LeaseState): void {
    const { leases } = unattendedStatus(this.#state);
    if (!Bun.deepEquals(leases, unattendedStatus(before).leases)) this.#options.onChange(leases);
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
