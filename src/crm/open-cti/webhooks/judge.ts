import { retryAfter } from "./retry-after.ts";

/** What an HTTP answer means for the message that it answers. `wait`: milliseconds for which nothing may be posted. */
export type Judgement =
  | { verdict: "taken" }
  /** 410: the receiver wants none of them any more. */
  | { verdict: "gone"; why: string }
  /** This one is never taken; others may be. */
  | { verdict: "refused"; why: string }
  | { verdict: "later"; why: string; wait: number };

/** They speak of the receiver, its address or its credentials, and not of the message: once that is mended the same is taken. */
const notOfTheMessage = new Set([401, 402, 403, 404, 405, 407, 408, 421, 423, 425, 426, 428, 429, 451]);

/** Judges a status as Standard Webhooks does. `why` continues "the receiver …"; `now`: milliseconds since the epoch. */
export function judgeStatus(status: number, retryAfterHeader: string | undefined, now: number): Judgement {
  if (status >= 200 && status < 300) return { verdict: "taken" };
  const why = `answered HTTP ${status}`;
  if (status === 410) return { verdict: "gone", why: `${why}: it wants no webhooks any more` };
  if (status >= 300 && status < 400)
    return { verdict: "later", why: `${why}: redirects are not followed, correct "url"`, wait: 0 };
  if (status === 401 || status === 403)
    return {
      verdict: "later",
      why: `${why}: it may know another secret, or be closed to this machine`,
      wait: 0,
    };
  if (status >= 400 && status < 500 && !notOfTheMessage.has(status)) return { verdict: "refused", why };
  const wait = retryAfter(retryAfterHeader, now);
  const until = wait === 0 ? "" : `, and not to be called for ${Math.ceil(wait / 1000)} s`;
  return { verdict: "later", why: `${why}${until}`, wait };
}
