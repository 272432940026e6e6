import { isIPv6 } from "node:net";
import type { Clock } from "../../platform/clock.ts";
import type { EbsSettings } from "./contract.ts";
import { isLoopback, Networks, plainAddress } from "../../platform/networks.ts";
import { parseQuery } from "./query.ts";
import { RateLimit } from "./rate-limit.ts";

/** A request as far as the gatekeeper looks at it. */
export interface Visit {
  method: string;
  /** The raw request target, one character for each byte. */
  target: string;
  /** By names in lower case; what is there more than once is joined by ", ". */
  headers: Pick<Headers, "get">;
  /** The address that called, empty when it is not known. */
  from: string;
}

/**
 * What becomes of a visit; `headers` belong to whatever is answered. `empty`: an answer without a body. `refused`: `details` say in plain
 * words what to configure, to whoever called; `seen` is for the log beside them. Neither holds any part of a query.
 */
export type Judgement =
  | { verdict: "callout"; headers: Record<string, string> }
  | { verdict: "empty"; status: 200 | 204; headers: Record<string, string> }
  | {
      verdict: "refused";
      status: 403 | 405 | 414 | 429;
      details: string;
      seen?: string;
      headers: Record<string, string>;
    };

export type GateSettings = Pick<EbsSettings, "listen" | "hosts" | "allow" | "origins" | "rate">;

const longestTarget = 8192;
const methods = "GET, HEAD, OPTIONS";

/**
 * Decides who may call (ebs-basic-telephony.md §10, design §6). The port dials and signs in, and every page in a browser on this machine can
 * reach it: so the caller's address, the name it used for us, and any trace of a browser are looked at before the callout is.
 */
export class Gatekeeper {
  readonly #allow: Networks;
  readonly #hosts: Set<string>;
  readonly #origins: Set<string>;
  readonly #rate: RateLimit;
  /** The address and the Host that were right last: they nearly always are the same. */
  #lastFrom = "";
  #lastHost = "";

  constructor(settings: GateSettings, clock: Clock) {
    this.#allow = new Networks(settings.allow);
    const hosts = ["localhost", "127.0.0.1", "::1", settings.listen.host, ...settings.hosts];
    this.#hosts = new Set(hosts.map(plainHost));
    this.#origins = new Set(settings.origins.map((origin) => origin.toLowerCase()));
    this.#rate = new RateLimit(settings.rate, clock);
  }

  judge(visit: Visit): Judgement {
    return (
      this.#refuseAddress(visit) ??
      this.#refuseHost(visit) ??
      this.#refuseBrowser(visit) ??
      this.#judgeMethod(visit) ??
      this.#refuseTooMuch(visit) ?? { verdict: "callout", headers: this.#crossOrigin(visit) }
    );
  }

  #refuseAddress({ from }: Visit): Judgement | undefined {
    if (from !== "" && from === this.#lastFrom) return undefined;
    if (isLoopback(from) || this.#allow.has(from)) {
      this.#lastFrom = from;
      return undefined;
    }
    return refused(403, 'calls from this address are not taken: add it to "allow" of the EBS adapter');
  }

  /** A name of somebody else's that leads here is how a web page gets round the rules of browsers (DNS rebinding). */
  #refuseHost({ headers }: Visit): Judgement | undefined {
    const given = headers.get("host");
    // Only HTTP/1.0 comes without, which no browser speaks; 1.1 is refused before. Two of them arrive as "a, b".
    if (given === null || (given !== "" && given === this.#lastHost)) return undefined;
    const host = /^([^\s,:[\]]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i.exec(given)?.[1];
    if (host !== undefined && this.#hosts.has(plainHost(host))) {
      this.#lastHost = given;
      return undefined;
    }
    return refused(
      403,
      'this computer is not known by the name in the Host header: call it localhost, or add the name to "hosts" of the EBS adapter',
      `Host ${excerpt(given)}`,
    );
  }

  #refuseBrowser({ headers, target }: Visit): Judgement | undefined {
    const origin = headers.get("origin");
    const referer = headers.get("referer");
    const site = headers.get("sec-fetch-site");
    if (origin === null && referer === null && site === null) return undefined;
    const foreign = [origin, referer === null ? null : originOf(referer)].find(
      (each) => each !== null && !this.#origins.has(each.toLowerCase()),
    );
    const fromPage = 'web pages may not call here: add the page\'s origin to "origins" of the EBS adapter';
    if (foreign !== undefined && foreign !== null)
      return refused(403, fromPage, `page of ${excerpt(foreign)}`);
    if (site === null) return undefined;
    // Nobody's page, but perhaps a link in a mail: it may look, it must not dial.
    if (site === "none")
      return isCheckStatus(target)
        ? undefined
        : refused(403, "from a browser's address bar only CheckStatus is answered");
    return origin === null && referer === null ? refused(403, fromPage, "page of unknown origin") : undefined;
  }

  #judgeMethod(visit: Visit): Judgement | undefined {
    const { method, headers } = visit;
    if (method === "GET") return undefined;
    if (method === "HEAD") return { verdict: "empty", status: 200, headers: this.#crossOrigin(visit) };
    if (method !== "OPTIONS")
      return {
        ...refused(405, "callouts are GET requests", `method ${excerpt(method)}`),
        headers: { Allow: methods },
      };
    if (headers.get("origin") === null)
      return refused(403, 'OPTIONS is answered only for pages in "origins" of the EBS adapter');
    return {
      verdict: "empty",
      status: 204,
      headers: {
        ...this.#crossOrigin(visit),
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Private-Network": "true",
      },
    };
  }

  /** Last, so that what was refused anyway cannot use up what EBS may do from the same address. */
  #refuseTooMuch({ target, from }: Visit): Judgement | undefined {
    if (target.length > longestTarget)
      return refused(414, `the address is longer than ${longestTarget} characters`);
    const wait = this.#rate.take(plainAddress(from) ?? from);
    if (wait === 0) return undefined;
    return {
      ...refused(
        429,
        'too many callouts in a short time: "rate" of the EBS adapter says how many there may be',
      ),
      headers: { "Retry-After": String(wait) },
    };
  }

  /** Lets the page read the answer; whoever gets here with an Origin has one of ours. */
  #crossOrigin({ headers }: Visit): Record<string, string> {
    const origin = headers.get("origin");
    return origin === null ? none : { "Access-Control-Allow-Origin": origin, Vary: "Origin" };
  }
}

const none = {};

function refused(
  status: 403 | 405 | 414 | 429,
  details: string,
  seen?: string,
): Extract<Judgement, { verdict: "refused" }> {
  return { verdict: "refused", status, details, headers: {}, ...(seen !== undefined && { seen }) };
}

/** Names in lower case, addresses in one form, none in brackets. */
function plainHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return isIPv6(bare) ? (plainAddress(bare) ?? bare) : bare;
}

/** A Referer holds a query, which may hold anything: only where it is from is looked at. "null" when that is nowhere. */
function originOf(referer: string): string {
  return URL.canParse(referer) ? new URL(referer).origin : "null";
}

function isCheckStatus(target: string): boolean {
  return parseQuery(target).get("FunctionName").toLowerCase() === "checkstatus";
}

/** What a header says, for the log: short, and nothing that follows a `?`. */
function excerpt(text: string): string {
  const shown = text.replace(/\?.*$/s, "?…").replace(/[^\u0020-\u007e\u2026]/g, "�");
  return shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
}
