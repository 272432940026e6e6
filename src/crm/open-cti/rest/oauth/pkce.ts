import { createHash, randomBytes } from "node:crypto";
import { type Loopback, listenForCode } from "./loopback.ts";
import { type OAuthParts, postForm, scope, type Token, tokenOf } from "./token.ts";

/** What the person needs: open `url`; `redirect` is what the app must have among its callbacks. */
export interface Authorization {
  url: string;
  redirect: string;
}

/** The secret of one sign-in and what of it may be seen (RFC 7636, S256). */
export function challenge(): { verifier: string; challenge: string } {
  const verifier = randomBytes(48).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/**
 * The web-server flow with PKCE: `show` is called with the address to open, and the browser's way back is waited for on this computer, at
 * most until the signal ends it. The code in the redirect is worth nothing without the verifier, which stays in this process.
 */
export async function pkceToken(
  parts: OAuthParts,
  {
    port,
    show,
    signal,
  }: { port?: number; show: (authorization: Authorization) => void; signal?: AbortSignal },
): Promise<Token> {
  const { login, clientId } = parts.settings;
  const state = randomBytes(24).toString("base64url");
  const proof = challenge();
  const loopback: Loopback = await listenForCode(state, {
    ...(port !== undefined && { port }),
    ...(signal !== undefined && { signal }),
  });
  try {
    const { redirect } = loopback;
    const query = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirect,
      scope,
      state,
      code_challenge: proof.challenge,
      code_challenge_method: "S256",
    });
    show({ url: `${login}/services/oauth2/authorize?${query}`, redirect });
    const code = await loopback.code;
    const answer = await postForm(
      parts,
      {
        grant_type: "authorization_code",
        code,
        client_id: clientId,
        redirect_uri: redirect,
        code_verifier: proof.verifier,
      },
      signal,
    );
    return tokenOf(answer, parts);
  } finally {
    loopback.close();
  }
}
