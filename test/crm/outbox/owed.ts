import type { Owed } from "../../../src/crm/outbox/lane.ts";

/** Milliseconds since the epoch at which these tests begin. */
export const t0 = 1_000_000;

export function owed(id: string, changes: Partial<Owed> = {}): Owed {
  return {
    id,
    adapter: "crm",
    kind: "Told",
    policy: "record",
    key: "1001",
    text: id,
    payload: null,
    createdAt: t0,
    expiresAt: t0 + 60_000,
    attempts: 0,
    why: undefined,
    ...changes,
  };
}
