import { CtiError } from "../../../model/errors.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { SfUser } from "../contract.ts";
import { type Answer, type Asked, html, json } from "../http.ts";
import type { Org } from "../org.ts";
import type { RandomBytes } from "../random-bytes.ts";
import { OAuthError } from "../sf-error.ts";
import { AuthorizationCodes, type AuthorizeRequest } from "./authorization.ts";
import { type CheckedClient, mayRedirect } from "./clients.ts";
import { DeviceFlow } from "./device.ts";
import { checkAssertion, readAssertion } from "./jwt.ts";
import { authorizePage, devicePage, errorPage } from "./pages.ts";
import type { Tokens } from "./tokens.ts";

export interface OAuthOptions {
  org: Org;
  clock: Clock;
  tokens: Tokens;
  clients: readonly CheckedClient[];
  /** The stub's own origin. */
  base(): string;
  /** Who approves at once whatever asks in a browser; undefined: a person at the page. */
  autoApprove: SfUser | undefined;
  /** Milliseconds between two polls of the device flow. */
  deviceInterval: number;
  bytes: RandomBytes;
}

const jwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** `/services/oauth2/…` and the pages where a person approves (reference §6). */
export class OAuth {
  readonly #options: OAuthOptions;
  readonly #codes: AuthorizationCodes;
  readonly #devices: DeviceFlow;

  constructor(options: OAuthOptions) {
    this.#options = options;
    this.#codes = new AuthorizationCodes(options.clock, options.bytes);
    this.#devices = new DeviceFlow(options.clock, options.deviceInterval, options.bytes);
  }

  /** User codes of the device flow that wait for approval. */
  waiting(): string[] {
    return this.#devices.waiting();
  }

  /** What a person does at the device page. Without a code the only one that waits. Throws `input-invalid`. */
  approve(
    code: string | undefined,
    username: string | undefined,
    deny = false,
  ): { code: string; user: string } {
    const waiting = this.waiting();
    const hint = waiting.length === 0 ? "no device waits for approval" : `waiting: ${waiting.join(", ")}`;
    const [only, ...others] = waiting;
    const meant = code ?? (others.length === 0 ? only : undefined);
    if (meant === undefined)
      throw new CtiError({ code: "input-invalid", message: "which code is meant?", hint });
    const user = username === undefined ? this.#options.org.users[0] : this.#options.org.userNamed(username);
    if (user === undefined)
      throw new CtiError({ code: "input-invalid", message: `there is no user ${username}` });
    const answered = this.#devices.answer(meant, deny ? "denied" : user);
    if (answered === undefined)
      throw new CtiError({ code: "input-invalid", message: `there is no code ${meant}`, hint });
    this.#options.org.tell({
      type: "approval",
      user: user.username,
      text: `device ${answered} ${deny ? "denied" : "approved"}`,
    });
    return { code: answered, user: user.username };
  }

  /** Answers what is OAuth's; undefined: it is not. Throws OAuthError. */
  answer(asked: Asked): Answer | undefined {
    switch (`${asked.method} ${asked.url.pathname}`) {
      case "POST /services/oauth2/token":
        return this.#token(formOf(asked));
      case "POST /services/oauth2/revoke":
        return this.#revoke(formOf(asked));
      case "GET /services/oauth2/revoke":
        return this.#revoke(asked.url.searchParams);
      case "GET /services/oauth2/userinfo":
        return this.#userinfo(asked);
      case "GET /services/oauth2/authorize":
        return this.#authorize(asked.url.searchParams, undefined);
      case "POST /services/oauth2/authorize": {
        const form = this.#ownForm(asked);
        return this.#authorize(form, form.get("answer") ?? "");
      }
      case "GET /setup/connect":
        return html(devicePage(this.#options.org.users, asked.url.searchParams.get("user_code") ?? "", ""));
      case "POST /setup/connect":
        return this.#connect(this.#ownForm(asked));
      default:
        return undefined;
    }
  }

  #token(form: URLSearchParams): Answer {
    const client = this.#client(form);
    if (form.get("response_type") === "device_code") {
      const begun = this.#devices.begin(client.id, form.get("scope") ?? "api refresh_token");
      this.#options.org.tell({
        type: "approval",
        user: "-",
        text: `device waits for approval: ${begun.user_code}`,
      });
      return json({ ...begun, verification_uri: `${this.#options.base()}/setup/connect` });
    }
    switch (form.get("grant_type")) {
      case jwtGrant:
        return this.#byAssertion(form);
      case "device": {
        const { user, scope } = this.#poll(needed(form, "code", "device_code"), client.id);
        return this.#granted(user, client.id, scope);
      }
      case "authorization_code": {
        const { user, scope } = this.#codes.redeem(needed(form, "code"), {
          client: client.id,
          redirectUri: needed(form, "redirect_uri"),
          verifier: needed(form, "code_verifier"),
        });
        return this.#granted(user, client.id, scope);
      }
      case "refresh_token": {
        const { tokens } = this.#options;
        const given = tokens.refresh(needed(form, "refresh_token"), client.id);
        return this.#answered(given.user, given.access, given.scope, given.refresh);
      }
      default:
        throw new OAuthError("unsupported_grant_type", "grant type not supported");
    }
  }

  /** The app that asks; of JWT bearer it is known by its assertion. */
  #client(form: URLSearchParams): CheckedClient {
    const id =
      form.get("grant_type") === jwtGrant
        ? readAssertion(needed(form, "assertion")).claims.iss
        : needed(form, "client_id");
    const client = this.#options.clients.find((each) => each.id === id);
    if (client === undefined) throw new OAuthError("invalid_client_id", "client identifier invalid");
    const secret = form.get("client_secret");
    if (form.get("grant_type") !== jwtGrant && client.secret !== undefined && client.secret !== secret)
      throw new OAuthError("invalid_client", "invalid client credentials");
    return client;
  }

  #byAssertion(form: URLSearchParams): Answer {
    const assertion = readAssertion(needed(form, "assertion"));
    const { org, clients, clock } = this.#options;
    const client = clients.find(({ id }) => id === assertion.claims.iss);
    if (client?.key === undefined)
      throw new OAuthError("invalid_grant", "invalid assertion: the app has no certificate");
    checkAssertion(assertion, {
      key: client.key,
      audiences: [this.#options.base(), "https://login.salesforce.com", "https://test.salesforce.com"],
      now: clock.now() / 1000,
    });
    const user = org.userNamed(assertion.claims.sub);
    if (user === undefined) throw new OAuthError("invalid_grant", "user hasn't approved this consumer");
    // This flow has no refresh token: the client signs again.
    return this.#granted(user, client.id, "api", false);
  }

  #poll(device: string, client: string): { user: SfUser; scope: string } {
    try {
      return this.#devices.poll(device, client);
    } catch (thrown) {
      if (thrown instanceof OAuthError && thrown.error === "slow_down")
        this.#options.org.complain(
          { kind: "polling-too-fast", text: "the device flow is polled before its interval is over" },
          "oauth",
          null,
        );
      throw thrown;
    }
  }

  #granted(user: SfUser, client: string, scope: string, refreshable = true): Answer {
    const wanted = refreshable && /\b(refresh_token|offline_access|full)\b/.test(scope) ? scope : undefined;
    const { access, refresh } = this.#options.tokens.issue(user, client, wanted);
    return this.#answered(user, access, scope, refresh);
  }

  #answered(user: SfUser, access: string, scope: string, refresh: string | undefined): Answer {
    const base = this.#options.base();
    this.#options.org.tell({ type: "signed-in", user: user.username, text: "signed in by OAuth" });
    return json({
      access_token: access,
      ...(refresh !== undefined && { refresh_token: refresh }),
      scope,
      instance_url: base,
      id: `${base}/id/00D5g0000000001EAA/${user.id}`,
      token_type: "Bearer",
      issued_at: String(this.#options.clock.now()),
    });
  }

  #revoke(form: URLSearchParams): Answer {
    if (!this.#options.tokens.revoke(needed(form, "token")))
      throw new OAuthError("invalid_token", "invalid token");
    return { status: 200 };
  }

  #userinfo({ headers }: Asked): Answer {
    const token = /^(?:Bearer|OAuth) (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
    const user = token === undefined ? undefined : this.#options.tokens.userOf(token);
    if (user === undefined) return { status: 403, text: "Bad_OAuth_Token", type: "text/plain" };
    const { id, username, name } = user;
    return json({
      sub: id,
      user_id: id,
      organization_id: "00D5g0000000001EAA",
      preferred_username: username,
      name,
    });
  }

  /** `answer`: what the person chose at the page; undefined: nothing yet. */
  #authorize(given: URLSearchParams, answer: string | undefined): Answer {
    const { clients, org, autoApprove } = this.#options;
    const client = clients.find(({ id }) => id === given.get("client_id"));
    const redirectUri = given.get("redirect_uri") ?? "";
    // Nobody is sent to an address that is not the app's.
    if (client === undefined) return html(errorPage("invalid_client_id", "client identifier invalid"), 400);
    if (!mayRedirect(client, redirectUri))
      return html(errorPage("redirect_uri_mismatch", "redirect_uri must match configuration"), 400);
    const state = given.get("state");
    const back = (pairs: Record<string, string>) =>
      redirect(redirectUri, { ...pairs, ...(state !== null && { state }) });
    const failed = (error: string, error_description: string) => back({ error, error_description });
    if (given.get("response_type") !== "code")
      return failed("unsupported_response_type", "response type must be code");
    const challenge = given.get("code_challenge");
    if (challenge === null || !/^[\w-]{43}$/.test(challenge))
      return failed("invalid_request", "code_challenge of SHA-256 is missing: PKCE is required");
    if ((given.get("code_challenge_method") ?? "S256") !== "S256")
      return failed("invalid_request", "code_challenge_method must be S256");
    if (answer === "deny") return failed("access_denied", "end-user denied authorization");
    const scope = given.get("scope") ?? "api refresh_token";
    const request: AuthorizeRequest = { client: client.id, redirectUri, challenge, scope, state };
    const user = autoApprove ?? (answer === "approve" ? org.userNamed(given.get("user") ?? "") : undefined);
    if (user === undefined) {
      // Browsers hold the way back of a form to the policy of its page.
      const policy = { "form-action": `'self' ${new URL(redirectUri).origin}` };
      return html(authorizePage(org.users, given), 200, policy);
    }
    org.tell({ type: "approval", user: user.username, text: "approved in the browser" });
    return back({ code: this.#codes.issue(request, user) });
  }

  #connect(form: URLSearchParams): Answer {
    const code = form.get("user_code") ?? "";
    const { users } = this.#options.org;
    try {
      const done = this.approve(code, form.get("user") ?? undefined, form.get("answer") === "deny");
      return html(devicePage(users, "", `${done.code}: done. The device may go on.`));
    } catch (thrown) {
      if (!(thrown instanceof CtiError)) throw thrown;
      return html(devicePage(users, code, thrown.message), 400);
    }
  }

  /** A form of one of our own pages: another site must not approve for the user. */
  #ownForm(asked: Asked): URLSearchParams {
    if (asked.headers.get("origin") !== this.#options.base())
      throw new OAuthError("invalid_request", "the form is not one of this server's pages", 403);
    return formOf(asked);
  }
}

function redirect(to: string, pairs: Record<string, string>): Answer {
  const url = new URL(to);
  for (const [name, value] of Object.entries(pairs)) url.searchParams.set(name, value);
  return { status: 302, headers: { Location: url.href } };
}

const formOf = ({ body }: Asked) => new URLSearchParams(body);

function needed(form: URLSearchParams, ...names: string[]): string {
  const value = names.map((name) => form.get(name)).find((each) => each !== null && each !== "");
  if (value !== undefined && value !== null) return value;
  throw new OAuthError("invalid_request", `missing required parameter: ${names[0]}`);
}
