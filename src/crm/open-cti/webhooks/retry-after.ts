/** Longer nobody is left alone, whatever is asked for. Milliseconds. */
export const longestWait = 3_600_000;

/**
 * The milliseconds that a Retry-After header asks for, in seconds or as a date (RFC 9110 §10.2.3), at most an hour; 0 where it says nothing
 * that can be understood. `now`: milliseconds since the epoch.
 */
export function retryAfter(header: string | undefined, now: number): number {
  const given = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(given)) return Math.min(Number(given) * 1000, longestWait);
  // A date has a name of a month; what else `Date.parse` takes is none.
  const at = /[a-z]{3}/i.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(at) ? 0 : Math.min(Math.max(0, at - now), longestWait);
}
