import { type KeyObject, verify } from "node:crypto";
import { OAuthError } from "../sf-error.ts";

export interface JwtClaims {
  iss: string;
  sub: string;
  aud: string;
  /** Seconds since the epoch. */
  exp: number;
}

/** Seconds that an assertion may be good for at most (reference §6), with a little for clocks that differ. */
const longest = 180;
const tolerance = 5;

/** Header and claims of an assertion, before anything is believed. Throws invalid_grant. */
export function readAssertion(assertion: string): { claims: JwtClaims; signed: string; signature: Buffer } {
  const parts = assertion.split(".");
  const [head = "", body = "", tail = ""] = parts;
  if (parts.length !== 3) throw invalid("invalid assertion: it has not three parts");
  const header = decoded(head);
  const claims = decoded(body);
  if (header.alg !== "RS256") throw invalid(`invalid assertion: alg is ${String(header.alg)}, not RS256`);
  const { iss, sub, prn, aud, exp } = claims;
  const subject = sub ?? prn;
  const audience = Array.isArray(aud) && aud.length === 1 ? (aud[0] as unknown) : aud;
  if (typeof iss !== "string") throw invalid("invalid assertion: iss is missing");
  if (typeof subject !== "string") throw invalid("invalid assertion: sub is missing");
  if (typeof audience !== "string") throw invalid("audience is invalid");
  if (typeof exp !== "number") throw invalid("invalid assertion: exp is missing or no number");
  return {
    claims: { iss, sub: subject, aud: audience, exp },
    signed: `${head}.${body}`,
    signature: Buffer.from(tail, "base64url"),
  };
}

/** Judges an assertion of a known app. `now` in seconds. Throws invalid_grant. */
export function checkAssertion(
  { claims, signed, signature }: ReturnType<typeof readAssertion>,
  { key, audiences, now }: { key: KeyObject; audiences: readonly string[]; now: number },
): void {
  if (!verify("RSA-SHA256", Buffer.from(signed), key, signature))
    throw invalid("invalid assertion: wrong signature");
  if (!audiences.includes(claims.aud.replace(/\/$/, ""))) throw invalid("audience is invalid");
  if (claims.exp <= now) throw invalid("assertion is expired");
  if (claims.exp > now + longest + tolerance)
    throw invalid(
      `invalid assertion: exp lies ${Math.round(claims.exp - now)} s ahead, ${longest} are the most`,
    );
}

function decoded(part: string): Record<string, unknown> {
  try {
    if (!/^[\w-]+$/.test(part)) throw new Error("no base64url");
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below.
  }
  throw invalid("invalid assertion: it cannot be read");
}

const invalid = (description: string) => new OAuthError("invalid_grant", description);
