import { CtiError } from "../../model/errors.ts";
import type { ApiCall } from "./contract.ts";
import type { Effect, Faults } from "./faults.ts";
import { type Answer, type Asked, escapeHtml, html, json, stubPage } from "./http.ts";
import { maskedFields, maskedUrl, tokenInUrl } from "./judge.ts";
import type { OAuth } from "./oauth/oauth.ts";
import type { Tokens } from "./oauth/tokens.ts";
import type { Org } from "./org.ts";
import { refusal, serverMethods } from "./page/open-cti.ts";
import type { Pages } from "./page/pages.ts";
import type { RestApi } from "./rest/api.ts";
import { OAuthError, SfError } from "./sf-error.ts";

/** What becomes of a request: an answer, perhaps late by milliseconds, or a connection that is cut, or nothing. */
export type Reply = { does: "answer"; answer: Answer; late: number } | { does: "cut" } | { does: "hang" };

export interface FrontParts {
  org: Org;
  tokens: Tokens;
  rest: RestApi;
  oauth: OAuth;
  pages: Pages;
  faults: Faults;
  /** The stub's own origin. */
  base(): string;
}

/** What is kept of one request for the record of calls. */
type Kept = Pick<ApiCall, "way" | "what" | "user" | "arguments">;

/** Everything that comes in by HTTPS: sends it where it belongs, has faults do their work, and keeps the record. */
export class Front {
  readonly #parts: FrontParts;

  constructor(parts: FrontParts) {
    this.#parts = parts;
  }

  reply(asked: Asked): Reply {
    const { pathname, searchParams } = asked.url;
    const { org } = this.#parts;
    const secret = tokenInUrl(asked.url.pathname + asked.url.search, this.#parts.tokens.issued());
    if (pathname.startsWith("/services/data")) {
      if (secret !== undefined) org.complain(secret, "rest", this.#userOf(asked));
      return this.#rest(asked);
    }
    if (pathname.startsWith("/services/oauth2/") || pathname === "/setup/connect") {
      if (secret !== undefined) org.complain(secret, "oauth", null);
      return this.#oauth(asked);
    }
    // The address of a softphone page is looked at where the page is opened.
    if (secret !== undefined && !searchParams.has("adapter")) org.complain(secret, "page", null);
    return this.#page(asked);
  }

  #rest(asked: Asked): Reply {
    const { pathname } = asked.url;
    const writes = asked.method !== "GET" && !/\/parameterizedSearch\/?$/i.test(pathname);
    const kept: Kept = {
      way: "rest",
      what: `${asked.method} ${pathname}`,
      user: this.#userOf(asked),
      arguments: argumentsOf(asked, jsonOf(asked.body)),
    };
    return this.#withFaults(
      kept,
      writes,
      (admit) => this.#parts.rest.answer(asked, admit),
      ({ entries, status }) => json(entries, status),
    );
  }

  #oauth(asked: Asked): Reply {
    const form = asked.body === "" ? undefined : maskedFields(new URLSearchParams(asked.body));
    const kept: Kept = {
      way: "oauth",
      what: `${asked.method} ${asked.url.pathname}`,
      user: null,
      arguments: argumentsOf(asked, form),
    };
    const answered = (): Answer => {
      try {
        return this.#parts.oauth.answer(asked) ?? notThere();
      } catch (thrown) {
        if (!(thrown instanceof OAuthError)) throw thrown;
        return json({ error: thrown.error, error_description: thrown.message }, thrown.status);
      }
    };
    return this.#withFaults(kept, false, answered, ({ entries, status }) => json(entries, status));
  }

  /** Host pages, and what their scripts ask for. */
  #page(asked: Asked): Reply {
    const { method, headers, url } = asked;
    const [, id, name] = /^\/stub\/pages\/([\w-]+)\/(call|click|navigate|panel)$/.exec(url.pathname) ?? [];
    try {
      if (id === undefined || name === undefined || method !== "POST")
        return answered(this.#parts.pages.answer(asked) ?? notThere());
      if (headers.get("origin") !== this.#parts.base())
        throw new CtiError({ code: "input-invalid", message: "only the page itself may ask for that" });
      const given = jsonOf(asked.body);
      const body: Record<string, unknown> = typeof given === "object" && given !== null ? { ...given } : {};
      return name === "call" ? this.#call(id, body) : answered(this.#act(id, name, body));
    } catch (thrown) {
      if (!(thrown instanceof CtiError)) throw thrown;
      const text = [thrown.message, thrown.why, thrown.hint].filter((part) => part !== undefined).join("; ");
      if (name !== undefined) return answered(json({ error: text }, 400));
      return answered(html(stubPage("Cannot be shown", `<main><p>${escapeHtml(text)}</p></main>`), 400));
    }
  }

  /** What the user does on a page. */
  #act(id: string, name: string, body: Record<string, unknown>): Answer {
    const { pages } = this.#parts;
    const text = (key: string) => (typeof body[key] === "string" ? { [key]: body[key] } : {});
    if (name === "click") pages.click(String(body.number), id);
    else if (name === "navigate") pages.navigate({ ...text("recordId"), ...text("search") }, id);
    else pages.togglePanel(id);
    return json({});
  }

  /** What the softphone page in the frame calls. */
  #call(id: string, body: Record<string, unknown>): Reply {
    const { pages } = this.#parts;
    const method = String(body.method);
    const args: Record<string, unknown> =
      typeof body.args === "object" && body.args !== null ? { ...body.args } : {};
    const invalid = typeof body.invalid === "string" ? body.invalid : undefined;
    const kept: Kept = {
      way: "open-cti",
      what: method,
      user: pages.userOf(id).username,
      arguments: invalid === undefined ? args : { invalid },
    };
    const call = (answerLost: boolean): Answer => json(pages.call(id, { method, args, invalid }, answerLost));
    // What the page answers by itself works whatever becomes of the servers.
    if (invalid !== undefined || !serverMethods.has(method)) {
      const answer = call(false);
      this.#record(kept, answer);
      return answered(answer);
    }
    return this.#withFaults(
      kept,
      method === "saveLog",
      (admit) => call(admit()),
      (error) => json(refusal(error)),
    );
  }

  #withFaults(
    kept: Kept,
    writes: boolean,
    work: (admit: () => boolean) => Answer,
    refuse: (error: SfError) => Answer,
  ): Reply {
    const { faults } = this.#parts;
    const atTheDoor = faults.atTheDoor();
    if (atTheDoor.does === "hang") {
      this.#record(kept, { status: 0 }, atTheDoor.fault);
      return { does: "hang" };
    }
    let inside: Effect = { does: "nothing" };
    const admit = (): boolean => {
      inside = faults.atTheRecords(writes);
      if (inside.does === "refuse") throw inside.error;
      return inside.does === "cut";
    };
    const answer = this.#answered(atTheDoor, () => work(admit), refuse);
    // The compiler does not see that it may have been set.
    const effect = inside as Effect;
    this.#record(kept, answer, atTheDoor.fault ?? effect.fault);
    if (effect.does === "cut") return { does: "cut" };
    return answered(answer, atTheDoor.does === "late" ? atTheDoor.delay : 0);
  }

  #answered(atTheDoor: Effect, work: () => Answer, refuse: (error: SfError) => Answer): Answer {
    if (atTheDoor.does === "refuse") return refuse(atTheDoor.error);
    try {
      return work();
    } catch (thrown) {
      if (thrown instanceof SfError) return refuse(thrown);
      throw thrown;
    }
  }

  #record(kept: Kept, { status, json: result = null }: Answer, fault?: string): void {
    const failed = kept.way === "open-cti" && Object(result).success === false;
    this.#parts.org.recordCall({
      ...kept,
      status: failed ? 400 : status,
      result: kept.way === "oauth" ? maskedResult(result) : result,
      ...(fault !== undefined && { fault }),
    });
  }

  #userOf({ headers }: Asked): string | null {
    const token = /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
    return token === undefined ? null : (this.#parts.tokens.formerUserOf(token)?.username ?? null);
  }
}

const answered = (answer: Answer, late = 0): Reply => ({ does: "answer", answer, late });

const notThere = () => html(stubPage("Not found", "<main><h1>There is no such page</h1></main>"), 404);

/** Query and body of a request, without what is secret in them; only what there is. */
function argumentsOf({ url }: Asked, body: unknown): unknown {
  const query = url.search === "" ? undefined : maskedUrl(url.search).slice(1);
  if (body === undefined || body === "") return query === undefined ? {} : { query };
  return query === undefined ? { body } : { query, body };
}

/** The body as JSON where it is some; else as it came. */
function jsonOf(body: string): unknown {
  try {
    return body === "" ? undefined : JSON.parse(body);
  } catch {
    return body;
  }
}

function maskedResult(result: unknown): unknown {
  if (typeof result !== "object" || result === null) return result;
  const secret = ["access_token", "refresh_token", "device_code"];
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => [name, secret.includes(name) ? "•••" : value]),
  );
}
