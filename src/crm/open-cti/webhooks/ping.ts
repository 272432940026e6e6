import type { Clock } from "../../../platform/clock.ts";
import type { WebhookTarget } from "../contract.ts";
import { AllowedNetworks } from "./addresses.ts";
import { type CloudEvent, dataSchemaVersion, pingType } from "./cloud-event.ts";
import type { Lookup } from "./guarded-connect.ts";
import { judgeStatus } from "./judge.ts";
import { Post, type PostTimes } from "./post.ts";
import { signingKeys } from "./signature.ts";
import { signedHeaders } from "./target.ts";

export interface PingOptions {
  target: WebhookTarget & { ca?: readonly string[] };
  allowNetworks: readonly string[];
  secret: string;
  source: string;
  clock: Clock;
  /** `webhook-id`, and of the event. */
  id: string;
  lookup?: Lookup;
  times?: PostTimes;
}

/** What became of a ping. */
export interface Pinged {
  target: string;
  host: string;
  id: string;
  taken: boolean;
  /** Of the answer; absent where there was none. */
  status?: number;
  /** Why it was not taken; continues "the receiver of NAME at HOST …". */
  why?: string;
  /** Milliseconds. */
  elapsed: number;
}

/** Posts one signed event that means nothing, as a target's events are posted. Never rejects. */
export async function ping(options: PingOptions): Promise<Pinged> {
  const { target, allowNetworks, secret, source, clock, id, lookup, times } = options;
  const post = new Post({
    url: target.url,
    ca: target.ca ?? [],
    allowed: new AllowedNetworks(allowNetworks),
    clock,
    ...(lookup !== undefined && { lookup }),
    ...(times !== undefined && { times }),
  });
  const started = clock.now();
  const event: CloudEvent = {
    specversion: "1.0",
    id,
    source,
    type: pingType,
    time: new Date(started).toISOString(),
    datacontenttype: "application/json",
    dataschema: dataSchemaVersion,
    data: { target: target.name },
  };
  const body = JSON.stringify(event);
  try {
    const headers = signedHeaders(signingKeys(secret), id, body, started);
    const heard = await post.send(body, headers, new AbortController().signal);
    const elapsed = clock.now() - started;
    const common = { target: target.name, host: post.host, id, elapsed };
    if ("failure" in heard) return { ...common, taken: false, why: heard.failure };
    const { status } = heard;
    const judgement = judgeStatus(status, heard.retryAfter, clock.now());
    return judgement.verdict === "taken"
      ? { ...common, taken: true, status }
      : { ...common, taken: false, status, why: judgement.why };
  } finally {
    await post.close();
  }
}
