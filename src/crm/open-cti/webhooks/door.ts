import { isIPv6 } from "node:net";

/** A request as far as it is looked at before its body is read. */
export interface InboundRequest {
  method: string;
  /** Path and query, as they were sent. */
  target: string;
  /** By names in lower case; what is there more than once is joined by ", ". */
  headers: Pick<Headers, "get">;
  /** The address that called. */
  from: string;
}

/** `details`: for whoever called; they hold no part of the request. */
export interface Turned {
  status: 403 | 404 | 405 | 413 | 415;
  details: string;
}

export const commandsPath = "/v1/commands";
/** Bytes. */
export const longestBody = 65_536;

/**
 * Who may not come in, whatever he knows (design §6): names of somebody else's that lead here, anything that a browser sends for a page, what is
 * no command. `undefined`: the body may be read.
 */
export function turnAway(
  { method, target, headers }: InboundRequest,
  hosts: ReadonlySet<string>,
): Turned | undefined {
  const host = /^([^\s,:[\]]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i.exec(headers.get("host") ?? "")?.[1];
  if (host === undefined || !hosts.has(plainHost(host)))
    return {
      status: 403,
      details: 'this computer is not known by the name in the Host header: add it to "hosts"',
    };
  if (["origin", "referer", "sec-fetch-site"].some((name) => headers.get(name) !== null))
    return { status: 403, details: "web pages may not call here" };
  if (target !== commandsPath) return { status: 404, details: `commands go to ${commandsPath}` };
  if (method !== "POST") return { status: 405, details: "commands are POST requests" };
  if (!/^application\/json\s*(?:;|$)/i.test(headers.get("content-type") ?? ""))
    return { status: 415, details: "a command is application/json" };
  const length = headers.get("content-length");
  if (length !== null && Number(length) > longestBody) return tooLong;
  return undefined;
}

export const tooLong: Turned = { status: 413, details: `the body is longer than ${longestBody} bytes` };

/** The names that a Host header may carry: this machine's own, where it listens, and what the site says. */
export function hostNames(listening: string, hosts: readonly string[]): ReadonlySet<string> {
  return new Set(["localhost", "127.0.0.1", "::1", listening, ...hosts].map(plainHost));
}

/** In lower case, addresses in one form, none in brackets. */
function plainHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return isIPv6(bare) && URL.canParse(`http://[${bare}]`)
    ? new URL(`http://[${bare}]`).hostname.slice(1, -1)
    : bare;
}
