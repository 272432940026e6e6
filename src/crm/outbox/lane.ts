import type { Random } from "../../platform/random.ts";
import type { DeliveryDraft, SendResult } from "../adapter.ts";

/** A delivery that waits in a lane. */
export interface Owed extends DeliveryDraft {
  id: string;
  adapter: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  expiresAt: number;
  /** Tries so far. */
  attempts: number;
  /** Why the last one failed. */
  why: string | undefined;
  /** It was missed, and a person wants it to be tried again. */
  again?: boolean;
}

/** The deliveries of one adapter and key, which go out one after the other. */
export interface Lane {
  /** In the order in which they were owed. */
  items: readonly Owed[];
  /** The one that is being sent; it may have been taken out of `items` meanwhile. */
  sending: string | undefined;
  /** That one is a pop whose call has ended meanwhile. */
  over: boolean;
  /** The CRM said that it is there while one was being sent: should that fail, it is tried again at once. */
  woken: boolean;
  /** Milliseconds since the epoch before which nothing is tried. */
  notBefore: number;
  lastTry: number;
  /** Tries that failed since the last one that did not. */
  failures: number;
  /** Nobody is there to send: deliveries only grow old. */
  halted: boolean;
}

export type LaneEvent =
  | { type: "add"; item: Owed }
  /** Time has passed. */
  | { type: "look" }
  /** There is room to send. */
  | { type: "start" }
  /** The CRM is there: nothing waits any longer. */
  | { type: "wake" }
  | { type: "result"; id: string; result: SendResult }
  /** Pops of an interaction that is over. */
  | { type: "expire-pops"; interaction: string }
  | { type: "discard"; id: string }
  | { type: "halt"; halted: boolean };

export type LaneEffect =
  | { type: "send"; item: Owed }
  /** What is being sent is of no use any more. */
  | { type: "abort"; item: Owed }
  | { type: "sent"; item: Owed; note: string | undefined }
  /** The first try of it has failed. */
  | { type: "delayed"; item: Owed; retryAt: number }
  /** A later try has failed. */
  | { type: "failed-again"; item: Owed }
  | { type: "expired"; item: Owed; why: string }
  | { type: "rejected"; item: Owed; why: string };

export const emptyLane: Lane = {
  items: [],
  sending: undefined,
  over: false,
  woken: false,
  notBefore: 0,
  lastTry: 0,
  failures: 0,
  halted: false,
};

/** Milliseconds between tries, the last for all that follow; a fifth more or less by chance. */
export const backoff = [250, 1000, 2000, 5000, 10_000, 20_000, 30_000] as const;
/** Milliseconds after a failed try at which news may try again: what is said to a CRM that has come back must not wait for the back-off. */
const newsAfter = 1000;
/** No pause is longer, in milliseconds: with more than that ahead the system's clock was set back. */
const longestPause = 36_000;
const callOver = "its call is over";

/** The one way a lane changes; effects are the caller's. `now`: milliseconds since the epoch. */
export function transitionLane(
  lane: Lane,
  event: LaneEvent,
  now: number,
  random: Random,
): { lane: Lane; effects: LaneEffect[] } {
  switch (event.type) {
    case "add": {
      const notBefore = Math.min(lane.notBefore, Math.max(now, lane.lastTry + newsAfter));
      return go({ ...lane, items: [...lane.items, event.item], notBefore }, now);
    }
    case "look":
      return go(lane, now);
    case "start":
      return start(go(lane, now), now);
    case "halt":
      return go({ ...lane, halted: event.halted }, now);
    case "wake":
      return go({ ...lane, notBefore: now, failures: 0, woken: lane.sending !== undefined }, now);
    case "result":
      return finish(lane, event.id, event.result, now, random);
    case "discard":
      return go({ ...lane, items: lane.items.filter(({ id }) => id !== event.id) }, now);
    case "expire-pops": {
      const over = lane.items.filter(
        ({ policy, interaction }) => policy === "pop" && interaction === event.interaction,
      );
      if (over.length === 0) return go(lane, now);
      const going = over.find(({ id }) => id === lane.sending);
      const items = lane.items.filter((item) => item === going || !over.includes(item));
      const effects = over.filter((item) => item !== going).map(overBefore);
      if (going === undefined) return before(effects, go({ ...lane, items }, now));
      return before([...effects, { type: "abort", item: going }], go({ ...lane, items, over: true }, now));
    }
  }
}

/** The first one may go out, as soon as there is room. */
export function isDue(lane: Lane, now: number): boolean {
  return lane.items.length > 0 && lane.sending === undefined && !lane.halted && now >= lane.notBefore;
}

/** Nothing of it is worth remembering. */
export function isDone({ items, sending, failures }: Lane): boolean {
  return items.length === 0 && sending === undefined && failures === 0;
}

/** When a lane must be looked at again, milliseconds since the epoch; `undefined` while only room, a result or news can change it. */
export function nextLook(lane: Lane, now: number): number | undefined {
  const waiting = lane.items.filter(({ id }) => id !== lane.sending);
  const soonest = waiting.reduce((least, { expiresAt }) => Math.min(least, expiresAt), Infinity);
  const pauses = lane.sending === undefined && !lane.halted && now < lane.notBefore;
  // A lane that is empty is forgotten with its last pause.
  const forgotten = waiting.length === 0 && lane.sending === undefined && lane.failures > 0;
  const look = Math.min(soonest, pauses || forgotten ? lane.notBefore : Infinity);
  return look === Infinity ? undefined : look;
}

/** Gives up what is too old. */
function go(given: Lane, now: number): { lane: Lane; effects: LaneEffect[] } {
  const notBefore = Math.min(given.notBefore, now + longestPause);
  const late = given.items.filter(({ id, expiresAt }) => id !== given.sending && expiresAt <= now);
  const items = late.length === 0 ? given.items : given.items.filter((item) => !late.includes(item));
  const idle = items.length === 0 && given.sending === undefined && now >= notBefore;
  return {
    lane: { ...given, items, notBefore, failures: idle ? 0 : given.failures },
    effects: late.map((item) => expired(item.why ?? "it came too late")(item)),
  };
}

/** Sends the first one when it is time. */
function start(
  { lane, effects }: { lane: Lane; effects: LaneEffect[] },
  now: number,
): { lane: Lane; effects: LaneEffect[] } {
  const [head] = lane.items;
  if (head === undefined || !isDue(lane, now)) return { lane, effects };
  const item = { ...head, attempts: head.attempts + 1 };
  return {
    lane: { ...lane, items: [item, ...lane.items.slice(1)], sending: item.id, over: false, lastTry: now },
    effects: [...effects, { type: "send", item }],
  };
}

function finish(
  lane: Lane,
  id: string,
  result: SendResult,
  now: number,
  random: Random,
): { lane: Lane; effects: LaneEffect[] } {
  if (lane.sending !== id) return go(lane, now);
  const free = { ...lane, sending: undefined, over: false, woken: false };
  const item = lane.items.find((each) => each.id === id);
  const rest = lane.items.filter((each) => each.id !== id);
  if (result.result === "retry") {
    const pause = lane.woken ? 0 : (backoff[Math.min(lane.failures, backoff.length - 1)] ?? 0);
    const retryAt = Math.round(now + pause * (0.8 + 0.4 * random()));
    const waiting = { ...free, notBefore: retryAt, failures: lane.failures + 1 };
    // Discarded meanwhile.
    if (item === undefined) return go(waiting, now);
    const failed = { ...item, why: result.why };
    if (lane.over || item.expiresAt <= now) {
      const end = lane.over ? overBefore(failed) : expired(result.why)(failed);
      return before([end], go({ ...waiting, items: rest }, now));
    }
    const effect: LaneEffect =
      failed.attempts === 1
        ? { type: "delayed", item: failed, retryAt }
        : { type: "failed-again", item: failed };
    return before(
      [effect],
      go({ ...waiting, items: lane.items.map((each) => (each.id === id ? failed : each)) }, now),
    );
  }
  const open = { ...free, items: rest, notBefore: 0, failures: 0 };
  if (item === undefined) return go(open, now);
  const effect: LaneEffect =
    result.result === "sent"
      ? { type: "sent", item, note: result.note }
      : { type: "rejected", item: { ...item, why: result.why }, why: result.why };
  return before([effect], go(open, now));
}

/** Given up, and why. */
export function expired(why: string): (item: Owed) => LaneEffect {
  return (item) => ({ type: "expired", item: { ...item, why }, why });
}

/** With what kept it from going out before. */
function overBefore(item: Owed): LaneEffect {
  return expired(item.why === undefined ? callOver : `${callOver} (${item.why})`)(item);
}

function before(
  effects: LaneEffect[],
  next: { lane: Lane; effects: LaneEffect[] },
): { lane: Lane; effects: LaneEffect[] } {
  return { lane: next.lane, effects: [...effects, ...next.effects] };
}
