import type { Lease, UnattendedStatus } from "../control/contract.ts";
import type { UnattendedAction } from "../model/events.ts";

export interface UnattendedPolicy {
  then: UnattendedAction;
  /** Seconds. */
  after: number;
}

interface HeldLease {
  lease: Lease;
  /** Milliseconds since the epoch; absent for a lease that ends with its process. */
  expiresAt: number | undefined;
}

/**
 * Who is there for one agent (design §2). `attended`: somebody. `empty`: nobody, and `then` is due at `actsAt` (never, for `keep`).
 * `acted`: `then` was done, and nothing more happens until somebody comes.
 */
export type Attendance =
  | { phase: "attended" }
  | { phase: "empty"; since: number; actsAt: number | undefined }
  | { phase: "acted"; since: number };

export interface LeaseState {
  policy: UnattendedPolicy;
  leases: ReadonlyMap<string, HeldLease>;
  attendance: Attendance;
}

/** All carry `now`, milliseconds since the epoch. */
export type LeaseEvent =
  /** Adds, or renews under the same id. */
  | { type: "put"; lease: Omit<Lease, "since">; now: number }
  | { type: "end"; id: string; now: number }
  /** Time has passed. */
  | { type: "tick"; now: number }
  /** What `act` led to. */
  | { type: "acted"; ok: boolean; now: number }
  | { type: "policy"; policy: UnattendedPolicy; now: number };

/** `act`: do `policy.then` now. */
export type LeaseEffect = "act" | undefined;

/** Milliseconds until an action that failed (a logout during a call) is tried again. */
export const retryActAfter = 30_000;
/** Seconds that a lease without process and without its own time lasts. */
export const defaultTtl = 60;

export function initialLeases(policy: UnattendedPolicy, now: number): LeaseState {
  return { policy, leases: new Map(), attendance: emptySince(policy, now, now) };
}

/** The one way a LeaseState changes. Pure: effects are the caller's. */
export function transitionLeases(
  state: LeaseState,
  event: LeaseEvent,
): { state: LeaseState; effect: LeaseEffect } {
  switch (event.type) {
    case "put": {
      const known = state.leases.get(event.lease.id);
      const held: HeldLease = {
        lease: { ...event.lease, since: known?.lease.since ?? new Date(event.now).toISOString() },
        expiresAt:
          event.lease.pid !== undefined && event.lease.ttl === undefined
            ? undefined
            : event.now + (event.lease.ttl ?? defaultTtl) * 1000,
      };
      const leases = new Map(state.leases).set(event.lease.id, held);
      return { state: { ...state, leases, attendance: { phase: "attended" } }, effect: undefined };
    }
    case "end": {
      if (!state.leases.has(event.id)) return { state, effect: undefined };
      const leases = new Map(state.leases);
      leases.delete(event.id);
      return { state: withLeases(state, leases, event.now), effect: undefined };
    }
    case "tick":
      return tick(state, event.now);
    case "acted": {
      if (state.attendance.phase !== "acted" || event.ok) return { state, effect: undefined };
      const { since } = state.attendance;
      const attendance: Attendance = { phase: "empty", since, actsAt: event.now + retryActAfter };
      return { state: { ...state, attendance }, effect: undefined };
    }
    case "policy": {
      const next = { ...state, policy: event.policy };
      if (state.attendance.phase === "attended") return { state: next, effect: undefined };
      const attendance = emptySince(event.policy, state.attendance.since, event.now);
      return { state: { ...next, attendance }, effect: undefined };
    }
  }
}

function tick(state: LeaseState, now: number): { state: LeaseState; effect: LeaseEffect } {
  const left = new Map(
    [...state.leases].filter(([, held]) => held.expiresAt === undefined || held.expiresAt > now),
  );
  const next = left.size === state.leases.size ? state : withLeases(state, left, now);
  const { attendance } = next;
  if (attendance.phase !== "empty" || attendance.actsAt === undefined || attendance.actsAt > now)
    return { state: next, effect: undefined };
  return { state: { ...next, attendance: { phase: "acted", since: attendance.since } }, effect: "act" };
}

function withLeases(state: LeaseState, leases: ReadonlyMap<string, HeldLease>, now: number): LeaseState {
  const emptied = leases.size === 0 && state.attendance.phase === "attended";
  return { ...state, leases, ...(emptied && { attendance: emptySince(state.policy, now, now) }) };
}

function emptySince(policy: UnattendedPolicy, since: number, now: number): Attendance {
  const actsAt = policy.then === "keep" ? undefined : Math.max(since + policy.after * 1000, now);
  return { phase: "empty", since, actsAt };
}

const strictness: Record<UnattendedAction, number> = { keep: 0, "not-ready": 1, logout: 2 };

/**
 * The policy after a second sign-in of a live session: a second face never loosens what the first one asked for, since a script beside an
 * open console would switch the console's protection off.
 */
export function stricterPolicy(current: UnattendedPolicy, asked: UnattendedPolicy): UnattendedPolicy {
  return strictness[asked.then] > strictness[current.then] ? asked : current;
}

export function unattendedStatus(state: LeaseState): UnattendedStatus {
  const { policy, attendance } = state;
  const leases = [...state.leases.values()].map((held) => held.lease);
  const status: UnattendedStatus = { then: policy.then, after: policy.after, leases };
  if (attendance.phase === "attended") return status;
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    ...status,
    emptySince: iso(attendance.since),
    ...(attendance.phase === "empty" &&
      attendance.actsAt !== undefined && { actsAt: iso(attendance.actsAt) }),
  };
}

/** Processes whose end must end a lease. */
export function watchedProcesses(state: LeaseState): { id: string; pid: number }[] {
  return [...state.leases.values()].flatMap(({ lease }) =>
    lease.pid === undefined ? [] : [{ id: lease.id, pid: lease.pid }],
  );
}
