import type { SfUser } from "../contract.ts";
import { type Answer, type Asked, json } from "../http.ts";
import type { ApiLimit } from "../limits.ts";
import type { Actor, Org } from "../org.ts";
import type { Tokens } from "../oauth/tokens.ts";
import { notFound, refused, SfError } from "../sf-error.ts";
import { decoded } from "../judge.ts";
import { composite } from "./composite.ts";
import { query } from "./query.ts";
import { parameterizedSearch, soslSearch } from "./search.ts";
import { sobjects } from "./sobjects.ts";

/** Newest last, as Salesforce lists them. */
export const versions = ["58.0", "59.0", "60.0", "61.0", "62.0", "63.0", "64.0"].map((version) => ({
  label: `Stub ${version}`,
  url: `/services/data/v${version}`,
  version,
}));

/** What the resources need to answer. */
export interface ApiContext {
  org: Org;
  actor: Actor;
  /** `/services/data/v60.0` */
  root: string;
}

const resources = ["composite", "limits", "parameterizedSearch", "query", "search", "sobjects"];

/** The REST API below `/services/data` (reference §6). Answers refusals too: nothing is thrown but bugs. */
export class RestApi {
  readonly #org: Org;
  readonly #tokens: Tokens;
  readonly #limit: ApiLimit;
  /** Requests were refused by the limit, and how many since. */
  #refusedByLimit = 0;

  constructor(org: Org, tokens: Tokens, limit: ApiLimit) {
    this.#org = org;
    this.#tokens = tokens;
    this.#limit = limit;
  }

  /** `admit` is asked once it is known who asks: it throws SfError for what a fault refuses, and tells whether the answer will be lost. */
  answer(asked: Asked, admit: () => boolean): Answer {
    const path = asked.url.pathname.replace(/\/+$/, "");
    if (path === "/services/data") return json(versions);
    try {
      const user = this.#user(asked);
      this.#count(user);
      const answer = this.#routed(asked, path, { user, way: "rest", answerLost: admit() });
      return { ...answer, headers: { ...answer.headers, "Sforce-Limit-Info": this.#limit.header() } };
    } catch (thrown) {
      if (!(thrown instanceof SfError)) throw thrown;
      return json(thrown.entries, thrown.status);
    }
  }

  /** Whose token it is. Throws INVALID_SESSION_ID, INVALID_AUTH_HEADER. */
  #user({ headers }: Asked): SfUser {
    const header = headers.get("authorization");
    const token = /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(header ?? "")?.[1];
    if (token === undefined) throw refused(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE");
    const user = this.#tokens.userOf(token);
    if (user === undefined) throw refused(401, "INVALID_SESSION_ID", "Session expired or invalid");
    return user;
  }

  #count(user: SfUser): void {
    try {
      this.#limit.count();
      this.#refusedByLimit = 0;
    } catch (thrown) {
      // One that tries a few times is told no; one that goes on and on makes it worse for everybody in the org.
      if (++this.#refusedByLimit === 20)
        this.#org.complain(
          { kind: "after-limit", text: "20 requests in a row after the limit was exceeded" },
          "rest",
          user.username,
        );
      throw thrown;
    }
  }

  #routed(asked: Asked, path: string, actor: Actor): Answer {
    const [, version, rest = ""] = /^\/services\/data\/v(\d+\.\d)(?:\/(.*))?$/.exec(path) ?? [];
    if (version === undefined || !versions.some((each) => each.version === version)) throw notFound();
    const root = `/services/data/v${version}`;
    return this.#resource(asked, rest, { org: this.#org, actor, root });
  }

  #resource(asked: Asked, rest: string, context: ApiContext): Answer {
    const [head = "", ...tail] = rest.split("/").map(decoded);
    switch (`${head.toLowerCase()} ${tail.length === 0 ? asked.method : "*"}`) {
      case " GET":
        return json(Object.fromEntries(resources.map((name) => [name, `${context.root}/${name}`])));
      case "limits GET":
        return json({ DailyApiRequests: { Max: this.#limit.max, Remaining: this.#limit.left } });
      case "query GET":
        return query(asked.url.searchParams.get("q"), context);
      case "search GET":
        return soslSearch(asked.url.searchParams.get("q"), context);
      case "parameterizedsearch GET":
      case "parameterizedsearch POST":
        return parameterizedSearch(asked, context);
      case "composite POST":
        return composite(asked, context, (inner, below) => this.#resource(inner, below, context));
      case "sobjects GET":
        return json({ sobjects: this.#org.store.objects().map((name) => ({ name })) });
      case "sobjects *":
        return sobjects(asked, tail, context);
      default:
        if (tail.length === 0 && resources.some((name) => name.toLowerCase() === head.toLowerCase()))
          throw refused(405, "METHOD_NOT_ALLOWED", `HTTP Method '${asked.method}' not allowed.`);
        throw notFound();
    }
  }
}
