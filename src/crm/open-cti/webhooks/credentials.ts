import { createHash, timingSafeEqual } from "node:crypto";
import { isSigned } from "./signature.ts";

/** Milliseconds that a signature's time may be away from ours. */
export const replayWindow = 5 * 60_000;

/** `why`: for our own log, never for whoever called. */
export type Judged = { id: string } | { why: string };

const idForm = /^[A-Za-z0-9_:-]{1,128}$/;

/**
 * Judges the token and the signature of a request. Both are always looked at, in constant time: neither the answer nor the time it takes tells which
 * of them was wrong. `now`: milliseconds since the epoch.
 */
export class Credentials {
  readonly #tokens: readonly Buffer[];
  readonly #keys: readonly Buffer[];

  /** `tokens`: several while they are changed. */
  constructor(tokens: readonly string[], keys: readonly Buffer[]) {
    this.#tokens = tokens.map(sha256);
    this.#keys = keys;
  }

  judge(headers: Pick<Headers, "get">, body: Uint8Array, now: number): Judged {
    const token = /^Bearer +([^\s,]+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? "";
    const id = headers.get("webhook-id") ?? "";
    const timestamp = headers.get("webhook-timestamp") ?? "";
    const given = sha256(token);
    let knowsToken = false;
    for (const ours of this.#tokens) if (timingSafeEqual(given, ours)) knowsToken = true;
    const isSignedByUs = isSigned(
      this.#keys,
      { id, timestamp, body },
      headers.get("webhook-signature") ?? "",
    );
    if (!knowsToken) return { why: "its token is not ours" };
    if (!idForm.test(id)) return { why: "its webhook-id is missing or malformed" };
    if (!isSignedByUs) return { why: "its signature is not right" };
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > replayWindow)
      return { why: "its webhook-timestamp is more than 5 minutes away from this machine's clock" };
    return { id };
  }
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
