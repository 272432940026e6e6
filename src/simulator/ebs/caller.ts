import type { Clock } from "../../platform/clock.ts";
// Not Bun's fetch: that would send callouts to the proxy that HTTP_PROXY names.
import { Agent, request } from "../../platform/undici.ts";
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
  // A connection kept from before the other end was restarted would be our fault, and look like its: each callout has its own.
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  try {
    const { statusCode, headers, body } = await request(`${url.replace(/\/+$/, "")}${target}`, {
      dispatcher,
      reset: true,
      signal: AbortSignal.any([giveUp.signal, ended]),
    });
    return readReply(statusCode, oneOf(headers["content-type"]), await body.arrayBuffer());
  } catch (thrown) {
    if (giveUp.signal.aborted) return fault("timeout", `no answer within ${calloutPatience / 1000} s`);
    return fault("unreachable", ended.aborted ? "EBS was closed" : wordsOf(thrown));
  } finally {
    cancel();
    await dispatcher.destroy();
  }
}

function oneOf(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}

/** Where a name has several addresses the error is an empty one that holds one for each. */
function wordsOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === "") return wordsOf(thrown.errors[0]);
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function fault(kind: "timeout" | "unreachable", message: string): Reply {
  return { result: { outcome: "fault", fault: kind, message }, problems: [] };
}
