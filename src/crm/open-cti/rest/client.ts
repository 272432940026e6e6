import { CtiError, toCtiError } from "../../../model/errors.ts";
import type { LogLevel } from "../../../platform/log.ts";
import { errorCodeOf, salesforceError } from "./errors.ts";
import type { Answer, SalesforceHttp } from "./http.ts";
import type { Limits } from "./limits.ts";
import type { Access } from "./oauth/access.ts";
import type { Token } from "./oauth/token.ts";

/** A request of the REST API, for whoever has signed in. */
export interface ApiRequest {
  method: "GET" | "POST" | "PATCH";
  /** Below `/services/data/vXX.X`: `/sobjects/Task`. */
  path: string;
  query?: URLSearchParams;
  body?: Readonly<Record<string, unknown>>;
  /** Searches stop before records do. */
  kind: "search" | "record";
  /** For messages: `the search`. */
  what: string;
  /** Whom it is done for; for the trace. */
  agent?: string;
  signal?: AbortSignal;
}

export interface ClientParts {
  version: string;
  http: SalesforceHttp;
  access: Access;
  limits: Limits;
  log: (level: LogLevel, words: string) => void;
  /** What each request came to. */
  onResult?: (error: CtiError | undefined) => void;
}

/** The REST API as one asks it: signed in, within the limits, a session that has ended renewed once. */
export class SalesforceClient {
  readonly #parts: ClientParts;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** Answers what is a success. Throws CtiError, see `salesforceError`; `details.retry` says whether it may go later. */
  async ask(request: ApiRequest): Promise<Answer> {
    const { onResult } = this.#parts;
    try {
      const answer = await this.#ask(request);
      onResult?.(undefined);
      return answer;
    } catch (error) {
      onResult?.(toCtiError(error));
      throw error;
    }
  }

  async #ask(request: ApiRequest): Promise<Answer> {
    const { access, limits } = this.#parts;
    limits.check(request.kind);
    const token = await access.current(request.signal);
    let answer = await this.#send(request, token);
    if (isSessionOver(answer))
      answer = await this.#send(request, await access.renewed(token, request.signal));
    limits.read(answer);
    if (answer.status < 300) return answer;
    const error = salesforceError(answer, request.what);
    if (errorCodeOf(error) === "REQUEST_LIMIT_EXCEEDED") throw this.#exceeded(error);
    throw error;
  }

  #send({ method, path, query, body, what, agent, signal }: ApiRequest, token: Token): Promise<Answer> {
    const { version, http } = this.#parts;
    const search = query === undefined ? "" : `?${query}`;
    return http.ask({
      method,
      url: `${token.instance}/services/data/${version}${path}${search}`,
      headers: {
        authorization: `Bearer ${token.access.reveal()}`,
        ...(body !== undefined && { "content-type": "application/json; charset=utf-8" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
      what,
      ...(agent !== undefined && { agent }),
    });
  }

  #exceeded(error: CtiError): CtiError {
    const { limits, log } = this.#parts;
    const fresh = limits.restsUntil === undefined;
    const until = new Date(limits.exceeded()).toISOString();
    if (fresh)
      log("warn", `Salesforce: the org has used up its API requests; it is not asked until ${until}`);
    const data = error.toJSON();
    return new CtiError({ ...data, details: { ...data.details, until } });
  }
}

function isSessionOver(answer: Answer): boolean {
  return answer.status === 401;
}
