import { CtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";

export interface KeepAliveOptions {
  clock: Clock;
  /** Milliseconds between pings, and to wait for one. */
  interval: number;
  /** Resolves when answered, whatever the answer; rejects with CtiError `timeout`, or with what sending threw. */
  ping(): Promise<unknown>;
  /** Milliseconds. */
  onRoundTrip(milliseconds: number): void;
  onDead(words: string): void;
}

/** Pings until two in a row are missed (§12 step 7); the second follows the first at once. Returns what stops it. */
export function keepAlive(options: KeepAliveOptions): () => void {
  const { clock, interval, ping, onRoundTrip, onDead } = options;
  let stopped = false;
  let cancel = () => {};

  const beat = async (missed: number): Promise<void> => {
    const sent = clock.now();
    try {
      await ping();
    } catch (thrown) {
      if (stopped) return;
      if (!(thrown instanceof CtiError) || thrown.code !== "timeout") {
        return onDead(thrown instanceof Error ? thrown.message : String(thrown));
      }
      return missed > 0 ? onDead("two pings in a row were not answered") : beat(missed + 1);
    }
    if (stopped) return;
    onRoundTrip(clock.now() - sent);
    schedule();
  };
  const schedule = () => {
    cancel = clock.after(interval, () => void beat(0));
  };
  schedule();
  return () => {
    stopped = true;
    cancel();
  };
}
