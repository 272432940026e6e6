import { createHmac, timingSafeEqual } from "node:crypto";
import { Invalid } from "../../../platform/invalid.ts";

/** What a signature of Standard Webhooks is made over. */
export interface Signed {
  /** `webhook-id`. */
  id: string;
  /** `webhook-timestamp`: seconds since the epoch, digits. */
  timestamp: string;
  body: string | Uint8Array;
}

const form = 'write "whsec_" and Base64 of 24 to 64 bytes of chance; several with a space between';
/** Signatures of a header that are looked at. */
const mostSignatures = 16;

/**
 * The keys of secrets as Standard Webhooks writes them: `whsec_` and Base64 of 24 to 64 bytes, several with white space between while they are
 * changed. Throws `Invalid`, which never repeats what was given.
 */
export function signingKeys(text: string): Buffer[] {
  const secrets = text.split(/\s+/).filter((secret) => secret !== "");
  if (secrets.length === 0) throw new Invalid("holds no secret", form);
  return secrets.map((secret) => {
    const base64 = /^whsec_((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(
      secret,
    )?.[1];
    const key = Buffer.from(base64 ?? "", "base64");
    if (key.length < 24 || key.length > 64) throw new Invalid("is no secret of Standard Webhooks", form);
    return key;
  });
}

/** The header `webhook-signature`: one signature for each key, so that a receiver who knows any of them can verify. */
export function signatures(keys: readonly Buffer[], signed: Signed): string {
  return keys.map((key) => `v1,${digest(key, signed).toString("base64")}`).join(" ");
}

/** Whether one of the header's signatures is of one of the keys. How long it takes tells nothing of how much of it was right. */
export function isSigned(keys: readonly Buffer[], signed: Signed, header: string): boolean {
  const given = header
    .split(" ")
    .slice(0, mostSignatures)
    .map((each) => Buffer.from(each.startsWith("v1,") ? each.slice(3) : "", "base64"));
  let found = false;
  for (const key of keys) {
    const right = digest(key, signed);
    for (const each of given) if (each.length === right.length && timingSafeEqual(each, right)) found = true;
  }
  return found;
}

function digest(key: Buffer, { id, timestamp, body }: Signed): Buffer {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
}
