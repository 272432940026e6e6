import type { KeyObject } from "node:crypto";
import { CtiError } from "../../../../model/errors.ts";
import type { Secret } from "../../../../platform/secret.ts";
import type { SalesforceSettings } from "../../contract.ts";
import { jwtToken } from "./jwt.ts";
import { refreshed } from "./refresh.ts";
import type { OAuthParts, Token } from "./token.ts";
import type { TokenStore } from "./token-store.ts";

export interface AccessParts extends Omit<OAuthParts, "settings"> {
  settings: Pick<SalesforceSettings, "login" | "clientId" | "flow" | "user">;
  /** Of `jwt`. */
  key: KeyObject | undefined;
  store: TokenStore;
  /** Every token that is used, so that no log ever shows it. */
  onSecret?: (text: string) => void;
  /** A renewed sign-in could not be kept, and the like; for the log. */
  onProblem?: (words: string) => void;
}

/** Milliseconds after which a refused JWT is signed anew: the reason is the app's settings, and each try is a failed login of the user. */
const refusalRest = 30_000;

/** The one sign-in of this process: found, renewed when Salesforce refuses it, by one request however many need it. */
export class Access {
  readonly #parts: AccessParts;
  #token: Token | undefined;
  #finding: Promise<Token> | undefined;
  #renewing: Promise<Token> | undefined;
  /** A sign-in that is over, and what Salesforce said of it. */
  #refused: { refresh: string | undefined; at: number; error: CtiError } | undefined;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /** The token to use. Throws `credentials-missing` where nobody has signed in. */
  async current(signal?: AbortSignal): Promise<Token> {
    if (this.#token !== undefined) return this.#token;
    this.#finding ??= this.#find().finally(() => (this.#finding = undefined));
    return waited(this.#finding, signal);
  }

  /** The token in use, where there is one already. */
  known(): Token | undefined {
    return this.#token;
  }

  /** Another token, after Salesforce refused this one. Throws `credentials-refused` when the sign-in is over. */
  async renewed(refused: Token, signal?: AbortSignal): Promise<Token> {
    if (this.#token !== undefined && !sameToken(this.#token, refused)) return this.#token;
    this.#renewing ??= this.#renew(refused).finally(() => (this.#renewing = undefined));
    return waited(this.#renewing, signal);
  }

  async #find(): Promise<Token> {
    const kept = await this.#parts.store.load();
    if (kept !== undefined) return this.#use(kept.token);
    if (this.#parts.settings.flow === "jwt") return this.#signIn();
    throw new CtiError({
      code: "credentials-missing",
      message: "nobody has signed in at Salesforce",
      hint: "sign in once: cti open-cti sign-in",
      details: { retry: true },
    });
  }

  async #renew(refused: Token): Promise<Token> {
    const { settings, store } = this.#parts;
    if (settings.flow === "jwt") return this.#signIn();
    const kept = (await store.load())?.token;
    // Somebody signed in anew, or another process renewed it: a refresh token may be good for one use only.
    if (kept !== undefined && !sameToken(kept, refused) && kept.issuedAt >= refused.issuedAt)
      return this.#use(kept);
    const refresh = kept?.refresh ?? refused.refresh;
    if (refresh === undefined) {
      this.#token = undefined;
      throw over(
        "Salesforce gave no refresh token with it",
        "give the app the scope refresh_token (Perform requests at any time), then: cti open-cti sign-in",
      );
    }
    return this.#refresh(refresh);
  }

  async #refresh(refresh: Secret): Promise<Token> {
    const { store, onProblem } = this.#parts;
    if (this.#refused !== undefined && this.#refused.refresh === refresh.reveal()) throw this.#refused.error;
    let token: Token;
    try {
      token = await refreshed(this.#parts, refresh);
    } catch (error) {
      if (error instanceof CtiError && error.code === "credentials-refused") {
        // Another process may have used it first, where each is good for one use.
        const kept = (await store.load())?.token;
        if (kept?.refresh !== undefined && kept.refresh.reveal() !== refresh.reveal()) return this.#use(kept);
        // What was said of it stays true: it is not sent again, until somebody has signed in anew.
        this.#token = undefined;
        const final = over(error.why, "sign in anew: cti open-cti sign-in");
        this.#refused = { refresh: refresh.reveal(), at: this.#parts.now(), error: final };
        throw final;
      }
      throw error;
    }
    this.#use(token);
    try {
      await store.save(token);
    } catch (error) {
      onProblem?.(
        `the renewed sign-in at Salesforce could not be kept: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    return token;
  }

  async #signIn(): Promise<Token> {
    const { settings, key, now } = this.#parts;
    if (key === undefined || settings.user === undefined)
      throw new CtiError({
        code: "credentials-missing",
        message: "there is no key to sign in at Salesforce with",
        hint: 'set CTI_SALESFORCE_KEY to the key in PEM form, or key = "salesforce-key.pem" in [adapters.open-cti.salesforce]',
        details: { retry: true },
      });
    const rests = this.#refused !== undefined && now() - this.#refused.at < refusalRest;
    if (rests && this.#refused !== undefined) throw this.#refused.error;
    try {
      const token = await jwtToken(this.#parts, { user: settings.user, key });
      this.#refused = undefined;
      return this.#use(token);
    } catch (error) {
      if (error instanceof CtiError && error.code === "credentials-refused")
        this.#refused = { refresh: undefined, at: now(), error };
      throw error;
    }
  }

  #use(token: Token): Token {
    this.#token = token;
    this.#parts.onSecret?.(token.access.reveal());
    if (token.refresh !== undefined) this.#parts.onSecret?.(token.refresh.reveal());
    return token;
  }
}

function sameToken(one: Token, other: Token): boolean {
  return one.access.reveal() === other.access.reveal();
}

function over(why: string | undefined, hint: string): CtiError {
  return new CtiError({
    code: "credentials-refused",
    message: "the sign-in at Salesforce is over",
    ...(why !== undefined && { why }),
    hint,
    details: { retry: true },
  });
}

/** Shared work goes on for the others when one of them gives up. */
function waited<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void =>
      reject(
        new CtiError({
          code: "interrupted",
          message: "the request was stopped before the sign-in at Salesforce was there",
        }),
      );
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
