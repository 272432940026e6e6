import type { Clock } from "../../platform/clock.ts";
import { type Reply, readReply } from "./reply.ts";

/** Milliseconds a callout may take. */
export const calloutPatience = 10_000;

/** Sends a callout as GET to the third-party URL, and reads the reply. Never throws: no answer is a fault. `ended` cuts it short. */
export async function sendCallout(
  url: string,
  target: string,
  { clock, ended }: { clock: Clock; ended: AbortSignal },
): Promise<Reply> {
  const giveUp = new AbortController();
  const cancel = clock.after(calloutPatience, () => giveUp.abort());
  try {
    const response = await fetch(`${url.replace(/\/+$/, "")}${target}`, {
      signal: AbortSignal.any([giveUp.signal, ended]),
      redirect: "manual",
      // A connection kept from before the other end was restarted would be our fault, and look like its.
      keepalive: false,
    });
    return readReply(response.status, response.headers.get("content-type"), await response.arrayBuffer());
  } catch (thrown) {
    if (giveUp.signal.aborted) return fault("timeout", `no answer within ${calloutPatience / 1000} s`);
    return fault("unreachable", thrown instanceof Error ? thrown.message : String(thrown));
  } finally {
    cancel();
  }
}

function fault(kind: "timeout" | "unreachable", message: string): Reply {
  return { result: { outcome: "fault", fault: kind, message }, problems: [] };
}
