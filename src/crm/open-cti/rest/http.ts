import { CtiError } from "../../../model/errors.ts";
import { connectionError, systemCode } from "../../../platform/connection-error.ts";
import { tlsOptions } from "../../../platform/tls-options.ts";
import { Agent, buildConnector, request } from "../../../platform/undici.ts";

export interface Question {
  method: "GET" | "POST" | "PATCH";
  url: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal | undefined;
  /** For messages: `the search`. */
  what: string;
  /** Whom it is done for; for the trace. */
  agent?: string;
  /** Its body and the answer's hold tokens: neither is ever recorded. */
  secret?: boolean;
}

/** Told of each question, and, by what it returns, of its answer or why there is none. */
export type OnAsk = (question: Question) => (heard: Answer | CtiError) => void;

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed where it is JSON, else the text. */
  body: unknown;
}

/** Milliseconds for a connection, and for the whole of a request. */
const connectTime = 5000;
const defaultTime = 15_000;
/** Bytes of an answer; two hundred records are far below. */
const longest = 4_000_000;

/** Failures of which it is sure that Salesforce has not seen the request. */
const unseen = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export interface HttpOptions {
  /** PEM texts besides the public authorities. */
  ca?: readonly string[];
  /** Milliseconds for the whole of a request. */
  time?: number;
  onAsk?: OnAsk;
}

/** HTTP as this back end needs it: trust of its own, one time-out for all of a request, no redirects, JSON where there is some. */
export class SalesforceHttp {
  readonly #agent: Agent;
  readonly #time: number;
  readonly #onAsk: OnAsk;

  constructor({ ca = [], time = defaultTime, onAsk = () => () => {} }: HttpOptions = {}) {
    this.#time = time;
    this.#onAsk = onAsk;
    const trust = { ca: [...ca], pin: undefined, insecure: false };
    this.#agent = new Agent({
      // Salesforce allows 25 long requests at a time for all of an org's programs.
      connections: 8,
      keepAliveTimeout: 30_000,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) =>
        buildConnector({
          timeout: connectTime,
          allowH2: false,
          ...(options.protocol === "https:" && tlsOptions(trust, options.hostname)),
        })(options, callback),
    });
  }

  /** Throws CtiError: `salesforce-unreachable`, `timeout`, `host-not-found`, `certificate-…`, `interrupted`; any status is an answer. */
  async ask(question: Question): Promise<Answer> {
    const heard = this.#onAsk(question);
    try {
      const answer = await this.#ask(question);
      heard(answer);
      return answer;
    } catch (error) {
      if (error instanceof CtiError) heard(error);
      throw error;
    }
  }

  async #ask({ method, url, headers = {}, body, signal, what }: Question): Promise<Answer> {
    const time = AbortSignal.timeout(this.#time);
    const all = signal === undefined ? time : AbortSignal.any([signal, time]);
    try {
      const response = await request(url, {
        method,
        headers: { accept: "application/json", ...headers },
        ...(body !== undefined && { body }),
        dispatcher: this.#agent,
        signal: all,
      });
      const text = await readAll(response.body);
      return { status: response.statusCode, headers: response.headers, body: parsed(text) };
    } catch (error) {
      throw this.#problem(error, {
        url: new URL(url),
        what,
        late: time.aborted,
        ended: signal?.aborted === true,
      });
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #problem(error: unknown, at: { url: URL; what: string; late: boolean; ended: boolean }): CtiError {
    if (error instanceof CtiError) return error;
    const { hostname: host, protocol, port } = at.url;
    if (at.late)
      return new CtiError({
        code: "timeout",
        message: `Salesforce at ${at.url.host} did not answer ${at.what} within ${this.#time / 1000} s`,
        hint: "it is not known whether it was done; see https://status.salesforce.com",
      });
    if (at.ended)
      return new CtiError({
        code: "interrupted",
        message: `${at.what} was stopped before Salesforce answered`,
      });
    const found = connectionError(error, {
      what: "Salesforce",
      host,
      port: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port),
      unreachable: "salesforce-unreachable",
    });
    const unsent = unseen.has(systemCode(error) ?? "") || found.code.startsWith("certificate-");
    const data = found.toJSON();
    return new CtiError(
      { ...data, ...hintFor(found.code, host), details: { ...data.details, ...(unsent && { unsent }) } },
      { cause: error },
    );
  }
}

/** The general hints speak of Finesse's flags. */
function hintFor(code: string, host: string): { hint?: string } {
  if (code === "certificate-untrusted")
    return {
      hint: 'Salesforce\'s certificate is a public one; where a proxy looks inside, name its authority: ca = ["proxy.pem"] in [adapters.open-cti.salesforce]',
    };
  if (code === "certificate-name" || code === "certificate-expired")
    return {
      hint: `check login in [adapters.open-cti.salesforce] and this machine's clock: something else may answer for ${host}`,
    };
  if (code === "host-not-found")
    return { hint: "check login in [adapters.open-cti.salesforce], the DNS and the VPN" };
  return {};
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    if (length > longest)
      throw new CtiError({
        code: "refused",
        message: "Salesforce's answer is too long to be one",
        why: `more than ${longest} bytes`,
        details: { retry: true },
      });
  }
  return Buffer.concat(pieces).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
