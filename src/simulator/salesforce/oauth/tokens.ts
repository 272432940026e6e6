import type { Clock } from "../../../platform/clock.ts";
import type { SfUser } from "../contract.ts";
import type { RandomBytes } from "../random-bytes.ts";
import { OAuthError } from "../sf-error.ts";

interface Access {
  user: SfUser;
  client: string;
  /** Milliseconds since the epoch. */
  ends: number;
  refresh: string | undefined;
}

interface Refresh {
  user: SfUser;
  client: string;
  scope: string;
}

/** The tokens given out. Access tokens end by time, by a fault or by revocation; refresh tokens by revocation or rotation. */
export class Tokens {
  readonly #clock: Clock;
  readonly #life: number;
  readonly #rotate: boolean;
  readonly #bytes: RandomBytes;
  readonly #access = new Map<string, Access>();
  readonly #refresh = new Map<string, Refresh>();

  /** `life` of an access token in milliseconds. */
  constructor(clock: Clock, { life, rotate, bytes }: { life: number; rotate: boolean; bytes: RandomBytes }) {
    this.#clock = clock;
    this.#life = life;
    this.#rotate = rotate;
    this.#bytes = bytes;
  }

  /** A new access token, with a refresh token where the flow has one. */
  issue(
    user: SfUser,
    client: string,
    scope: string | undefined,
  ): { access: string; refresh: string | undefined } {
    let refresh: string | undefined;
    if (scope !== undefined) {
      refresh = `5Aep${this.#bytes(32).toString("base64url")}`;
      this.#refresh.set(refresh, { user, client, scope });
    }
    return { access: this.#newAccess(user, client, refresh), refresh };
  }

  /** A new access token for a refresh token; a new refresh token too where they rotate. Throws invalid_grant. */
  refresh(
    token: string,
    client: string,
  ): { user: SfUser; scope: string; access: string; refresh: string | undefined } {
    const found = this.#refresh.get(token);
    if (found === undefined || found.client !== client)
      throw new OAuthError("invalid_grant", "expired access/refresh token");
    const { user, scope } = found;
    if (!this.#rotate)
      return { user, scope, access: this.#newAccess(user, client, token), refresh: undefined };
    this.#refresh.delete(token);
    const { access, refresh } = this.issue(user, client, scope);
    return { user, scope, access, refresh };
  }

  /** Whose an access token is; undefined when it is none, or has ended. */
  userOf(access: string): SfUser | undefined {
    const found = this.#access.get(access);
    return found !== undefined && found.ends > this.#clock.now() ? found.user : undefined;
  }

  /** Whose it was, ended or not. */
  formerUserOf(access: string): SfUser | undefined {
    return this.#access.get(access)?.user;
  }

  /** Ends a token; a refresh token takes its access tokens along. False: there is none such. */
  revoke(token: string): boolean {
    const access = this.#access.get(token);
    if (access !== undefined) {
      const good = access.ends > this.#clock.now();
      access.ends = 0;
      return good;
    }
    if (!this.#refresh.delete(token)) return false;
    for (const each of this.#access.values()) if (each.refresh === token) each.ends = 0;
    return true;
  }

  /** Ends all access tokens. */
  expireAll(): void {
    for (const each of this.#access.values()) each.ends = 0;
  }

  /** All that were ever given out and are still known. */
  *issued(): Generator<string> {
    yield* this.#access.keys();
    yield* this.#refresh.keys();
  }

  #newAccess(user: SfUser, client: string, refresh: string | undefined): string {
    const access = `00D5g0000000001!AQ${this.#bytes(30).toString("base64url")}`;
    this.#access.set(access, { user, client, ends: this.#clock.now() + this.#life, refresh });
    return access;
  }
}
