import { CtiError } from "../../../../model/errors.ts";
import { Secret } from "../../../../platform/secret.ts";
import type { SalesforceSettings } from "../../contract.ts";
import { salesforceError } from "../errors.ts";
import { instanceOrigin } from "../hosts.ts";
import type { Answer, SalesforceHttp } from "../http.ts";
import { isRecord, type JsonRecord, textOf } from "../json.ts";

/** A sign-in at Salesforce. */
export interface Token {
  access: Secret;
  /** Absent of a JWT, and where the app was not given the scope. */
  refresh: Secret | undefined;
  /** The org's origin, checked: where the token may go. */
  instance: string;
  /** Ids of the user (005…) and the org (00D…). */
  user: string | undefined;
  org: string | undefined;
  /** Milliseconds since the epoch, by this machine's clock. */
  issuedAt: number;
}

/** What all flows need. */
export interface OAuthParts {
  settings: Pick<SalesforceSettings, "login" | "clientId">;
  http: SalesforceHttp;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** `api` for REST, `refresh_token` so that a person signs in once. */
export const scope = "api refresh_token";

/** Posts a form to the token endpoint; every status is an answer. */
export function postForm(
  { settings, http }: Pick<OAuthParts, "settings" | "http">,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
  what = "the sign-in",
): Promise<Answer> {
  return http.ask({
    method: "POST",
    url: `${settings.login}/services/oauth2/token`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    // In the body, never in the address: addresses are logged everywhere.
    body: new URLSearchParams(form).toString(),
    signal,
    what,
    secret: true,
  });
}

/** The token of an answer. Throws `credentials-refused` with Salesforce's words, `refused` for an `instance_url` elsewhere. */
export function tokenOf(answer: Answer, { settings, now }: OAuthParts, refresh?: Secret): Token {
  if (answer.status !== 200 || !isRecord(answer.body)) throw signInError(answer);
  const access = textOf(answer.body.access_token);
  if (access === undefined)
    throw new CtiError({
      code: "credentials-refused",
      message: "Salesforce's answer to the sign-in holds no token",
      hint: "check login in [adapters.open-cti.salesforce]: something else may answer there",
      details: { retry: true },
    });
  const instance = instanceOrigin(answer.body.instance_url, settings.login);
  const given = textOf(answer.body.refresh_token);
  // `id`: https://login.salesforce.com/id/ORG/USER.
  const [, org, user] = /\/id\/(\w+)\/(\w+)$/.exec(textOf(answer.body.id) ?? "") ?? [];
  return {
    access: new Secret(access),
    // Where refresh tokens rotate there is a new one with each answer.
    refresh: given === undefined ? refresh : new Secret(given),
    instance,
    user,
    org,
    issuedAt: now(),
  };
}

/** A refused sign-in in plain words; 5xx and the like as of any request. */
export function signInError(answer: Pick<Answer, "status" | "body">): CtiError {
  const general = salesforceError(answer, "the sign-in");
  if (general.details?.retry === true && general.code === "refused") return general;
  const code = errorOf(answer.body);
  const words = isRecord(answer.body) ? textOf(answer.body.error_description) : undefined;
  return new CtiError({
    code: "credentials-refused",
    message: "Salesforce refused the sign-in",
    why: general.why ?? `HTTP ${answer.status}`,
    hint: signInHint(code, words ?? ""),
    details: { status: answer.status, ...(code !== "" && { errorCode: code }), retry: true },
  });
}

/** OAuth's own name of an error: `invalid_grant`. */
export function errorOf(body: unknown): string {
  return isRecord(body) ? (textOf((body as JsonRecord).error) ?? "") : "";
}

function signInHint(code: string, words: string): string {
  if (/audience/i.test(words))
    return "check login in [adapters.open-cti.salesforce]: https://test.salesforce.com, or the sandbox's My Domain, for a sandbox; and this machine's clock";
  if (/hasn.t approved|not approved/i.test(words))
    return "let an administrator approve the app for that user: Permitted Users, Admin approved users are pre-authorized, and the user's profile or permission set";
  if (/expired|not yet valid/i.test(words))
    return "sign in anew: cti open-cti sign-in; for jwt check this machine's clock";
  if (code === "invalid_client" && /secret|credentials/i.test(words))
    return 'the app wants a secret, which no program on a desk can keep: switch off "Require Secret for Web Server Flow" and "… for Refresh Token Flow" in its settings';
  switch (code) {
    case "invalid_client_id":
    case "invalid_client":
      return "check client-id in [adapters.open-cti.salesforce]: the app's consumer key; a new app takes ten minutes to be known";
    case "redirect_uri_mismatch":
      return "add the callback that cti open-cti sign-in shows to the app, letter by letter, port and all";
    case "invalid_app_access":
    case "unauthorized_client":
    case "unsupported_grant_type":
    case "OAUTH_APP_BLOCKED":
    case "app_not_found":
      return "the app is not allowed to do that: switch the flow on in its settings (newer orgs restrict the device flow), and let an administrator allow the app";
    case "inactive_user":
    case "inactive_org":
    case "login_must_use_security_token":
    case "ip_restricted":
      return "the user may not sign in from here: check the user and the login ranges of its profile";
    default:
      return "sign in anew: cti open-cti sign-in; for jwt check user, client-id and that the app holds the certificate of this key";
  }
}
