import type { DeliveryPolicy } from "../../model/delivery.ts";
import { Agent, request } from "../../platform/undici.ts";
import type { SendResult } from "../adapter.ts";
import { errorOf } from "./cctsdk.ts";

export interface Target {
  host: string;
  name: string;
  port: number;
}

/** What came back of a POST, for the trace. */
export type Heard = { status: number; body: string } | { failure: string };

/** Milliseconds for the connection, and for all of it (ebs-basic-telephony.md §4). */
const connectTime = 2000;
const totalTime = 5000;
/** Bytes of an answer that are read. */
const longestAnswer = 65_536;
/** What EBS will say again of the same message, however often it comes. */
const finalStatuses = new Set([400, 405, 411, 413, 415, 422]);

/** Failures of which it is sure that EBS has not seen a byte. */
const unseen = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Posts events to EBS's listener: each in a connection of its own, since the one kept open may be closed at the other end by then. */
export class EventPost {
  readonly #agent = new Agent({
    connect: { timeout: connectTime },
    pipelining: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  /** Never rejects. Without a certain answer a pop is given up, since it must not come twice. */
  async post(
    target: Target,
    body: string,
    policy: DeliveryPolicy,
    signal: AbortSignal,
    onHeard: (heard: Heard) => void = () => {},
  ): Promise<SendResult> {
    const { host, name, port } = target;
    const time = AbortSignal.timeout(totalTime);
    const where = `${name}:${port}`;
    try {
      const response = await request(`http://${host.includes(":") ? `[${host}]` : host}:${port}/`, {
        method: "POST",
        headers: {
          host: `${name.includes(":") ? `[${name}]` : name}:${port}`,
          "content-type": "text/xml; charset=UTF-8",
        },
        body,
        dispatcher: this.#agent,
        reset: true,
        signal: AbortSignal.any([signal, time]),
      });
      const { statusCode } = response;
      const answer = await readSome(response.body);
      onHeard({ status: statusCode, body: answer });
      if (statusCode >= 200 && statusCode < 300) {
        const error = errorOf(answer);
        return error === undefined
          ? { result: "sent" }
          : { result: "sent", note: `EBS took it and answered with an error: ${error}` };
      }
      const why = `EBS at ${where} answered HTTP ${statusCode}`;
      if (finalStatuses.has(statusCode)) return { result: "rejected", why };
      return { result: "retry", why };
    } catch (error) {
      const given: unknown = Reflect.get(Object(error), "code");
      const code = typeof given === "string" ? given : "";
      onHeard({ failure: time.aborted ? "no answer in time" : code || "aborted" });
      if (unseen.has(code)) return { result: "retry", why: `EBS does not listen at ${where} (${code})` };
      const why = time.aborted
        ? `EBS at ${where} did not answer within ${totalTime / 1000} s`
        : `the connection to EBS at ${where} broke${code === "" ? "" : ` (${code})`}`;
      if (policy === "record") return { result: "retry", why };
      return { result: "rejected", why: `${why}: it may have arrived, and is not sent twice` };
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

async function readSome(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    // Leaving the loop closes the connection.
    if (length >= longestAnswer) break;
  }
  return Buffer.concat(pieces).toString("utf8");
}
