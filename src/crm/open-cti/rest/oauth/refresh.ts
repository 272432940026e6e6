import type { Secret } from "../../../../platform/secret.ts";
import { type OAuthParts, postForm, type Token, tokenOf } from "./token.ts";

/** A new access token, and a new refresh token where the app rotates them. Throws `credentials-refused` when the sign-in is over. */
export async function refreshed(parts: OAuthParts, refresh: Secret, signal?: AbortSignal): Promise<Token> {
  const answer = await postForm(
    parts,
    { grant_type: "refresh_token", client_id: parts.settings.clientId, refresh_token: refresh.reveal() },
    signal,
    "the renewal of the sign-in",
  );
  return tokenOf(answer, parts, refresh);
}

/** Tells Salesforce that a token is of no use any more; with a refresh token all that came of it ends. Resolves with whether it took it. */
export async function revoked(
  { http }: Pick<OAuthParts, "http">,
  { refresh, access, instance }: Token,
  signal?: AbortSignal,
): Promise<boolean> {
  const { status } = await http.ask({
    method: "POST",
    url: `${instance}/services/oauth2/revoke`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ token: (refresh ?? access).reveal() }).toString(),
    signal,
    what: "the sign-out",
    secret: true,
  });
  return status === 200;
}
