import type { Random } from "../platform/random.ts";

/** First and longest delay between connection attempts, milliseconds. */
export const backoffRange = { first: 500, longest: 30_000 };

/**
 * Milliseconds to wait before attempt number `attempt` (0: the first after a loss): doubles up to the longest, with half of it left to
 * chance so that the agents of a restarted node do not all come at once.
 */
export function backoff(attempt: number, random: Random): number {
  const full = Math.min(backoffRange.longest, backoffRange.first * 2 ** Math.min(attempt, 16));
  return Math.round(full / 2 + (full / 2) * random());
}
