import { createHash } from "node:crypto";
import type { Clock } from "../../../platform/clock.ts";
import type { SfUser } from "../contract.ts";
import type { RandomBytes } from "../random-bytes.ts";
import { OAuthError } from "../sf-error.ts";

/** What a browser asks of the authorize page, checked. */
export interface AuthorizeRequest {
  client: string;
  redirectUri: string;
  challenge: string;
  scope: string;
  state: string | null;
}

const life = 15 * 60 * 1000;

/** Codes of the web-server flow: good once, for 15 minutes, with the verifier of their challenge (RFC 7636, S256 only). */
export class AuthorizationCodes {
  readonly #clock: Clock;
  readonly #bytes: RandomBytes;
  readonly #codes = new Map<string, { request: AuthorizeRequest; user: SfUser; ends: number }>();

  constructor(clock: Clock, bytes: RandomBytes) {
    this.#clock = clock;
    this.#bytes = bytes;
  }

  issue(request: AuthorizeRequest, user: SfUser): string {
    const code = `aPrx${this.#bytes(24).toString("base64url")}`;
    this.#codes.set(code, { request, user, ends: this.#clock.now() + life });
    return code;
  }

  /** Uses a code up, whether it is taken or not. Throws invalid_grant, redirect_uri_mismatch. */
  redeem(
    code: string,
    { client, redirectUri, verifier }: { client: string; redirectUri: string; verifier: string },
  ): { user: SfUser; scope: string } {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    if (found === undefined || found.request.client !== client)
      throw new OAuthError("invalid_grant", "invalid authorization code");
    if (found.ends <= this.#clock.now()) throw new OAuthError("invalid_grant", "expired authorization code");
    const { request, user } = found;
    if (request.redirectUri !== redirectUri)
      throw new OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration");
    if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier))
      throw new OAuthError("invalid_grant", "invalid code verifier: 43 to 128 unreserved characters");
    if (createHash("sha256").update(verifier).digest("base64url") !== request.challenge)
      throw new OAuthError("invalid_grant", "invalid code verifier");
    return { user, scope: request.scope };
  }
}
