import { useSyncExternalStore } from "react";
import { timerSince } from "../../../../../words/time.ts";

/** One clock for all timers of the page: they turn together. */
const clock = {
  now: Date.now(),
  followers: new Set<() => void>(),
  interval: undefined as ReturnType<typeof setInterval> | undefined,
};

function follow(follower: () => void): () => void {
  clock.followers.add(follower);
  clock.now = Date.now();
  clock.interval ??= setInterval(() => {
    clock.now = Date.now();
    for (const told of [...clock.followers]) told();
  }, 1000);
  return () => {
    clock.followers.delete(follower);
    if (clock.followers.size > 0) return;
    clearInterval(clock.interval);
    clock.interval = undefined;
  };
}

/** This browser's clock, milliseconds; turns every second. */
export function useNow(): number {
  return useSyncExternalStore(follow, () => clock.now);
}

/** Time since `since`; `ahead`: milliseconds that the clock it was read from is ahead of this one. */
export function Timer({ since, ahead, label }: { since: string | undefined; ahead: number; label: string }) {
  const text = timerSince(since, useNow() + ahead);
  return text === "" ? null : (
    <span className="timer" role="timer" aria-label={`${label} ${text}`}>
      {text}
    </span>
  );
}
