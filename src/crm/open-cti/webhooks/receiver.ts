import type { Clock } from "../../../platform/clock.ts";
import { readBody } from "./body.ts";
import { replayWindow } from "./credentials.ts";
import { isSigned } from "./signature.ts";

/** A message as a receiver sees it. */
export interface Received {
  /** `webhook-id`; empty where there is none. */
  id: string;
  /** Why it is not to be believed; absent when its signature is right. */
  why?: string;
  /** It was taken before, under the same id. */
  repeated: boolean;
  /** JSON, of any shape. */
  event: unknown;
}

export interface ReceiverOptions {
  port: number;
  keys: readonly Buffer[];
  /** What is answered to those that are right. Default 204. */
  status?: number;
  clock: Clock;
  onReceived: (received: Received) => void;
}

/** Bytes; events are far shorter. */
const longest = 1_048_576;
const remembered = 1000;

/**
 * A receiver of webhooks for somebody who tries them out, on this machine alone: verifies each as Standard Webhooks says, tells of it, and answers
 * 401 where it is not signed as it should be. Throws the system's error when the port cannot be had.
 */
export function serveReceiver(options: ReceiverOptions): { url: string; stop(): Promise<void> } {
  const { port, keys, status = 204, clock, onReceived } = options;
  const seen = new Set<string>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    development: false,
    reusePort: false,
    maxRequestBodySize: longest,
    async fetch(request) {
      if (request.method !== "POST") return new Response(null, { status: 405, headers: { Allow: "POST" } });
      const body = await readBody(request.body, { most: longest, patience: 5000, clock });
      if (typeof body === "string") return new Response(null, { status: 400 });
      const id = request.headers.get("webhook-id") ?? "";
      const why = problemOf(request.headers, keys, body, clock.now());
      onReceived({
        id,
        repeated: why === undefined && seen.has(id),
        event: jsonOf(body),
        ...(why !== undefined && { why }),
      });
      if (why !== undefined) return new Response(null, { status: 401 });
      // Of what is refused nothing was taken.
      if (status < 300) remember(seen, id);
      return new Response(null, { status });
    },
    error: () => new Response(null, { status: 500 }),
  });
  return { url: `http://127.0.0.1:${server.port}/`, stop: () => server.stop(true) };
}

/** Why a message is not to be believed; `undefined` when it is. `now`: milliseconds since the epoch. */
export function problemOf(
  headers: Pick<Headers, "get">,
  keys: readonly Buffer[],
  body: Uint8Array,
  now: number,
): string | undefined {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const signature = headers.get("webhook-signature") ?? "";
  if (id === "" || timestamp === "" || signature === "") return "it is not signed";
  if (!isSigned(keys, { id, timestamp, body }, signature)) return "its signature is of another secret";
  const isTime = /^\d{1,12}$/.test(timestamp);
  if (!isTime || Math.abs(now - Number(timestamp) * 1000) > replayWindow)
    return "it was signed more than 5 minutes away from this machine's clock";
  return undefined;
}

function remember(seen: Set<string>, id: string): void {
  seen.add(id);
  if (seen.size <= remembered) return;
  for (const oldest of seen) {
    seen.delete(oldest);
    break;
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
