import { isIPv6 } from "node:net";
import { isLoopback } from "../../../platform/networks.ts";
import type { PageSettings } from "./contract.ts";
import { sessionPath, socketPath } from "./protocol.ts";

export interface Visit {
  method: string;
  /** Without the query, which nobody looks at: Salesforce adds its own. */
  path: string;
  headers: Pick<Headers, "get">;
}

export type Judgement =
  | { verdict: "page" | "asset" | "socket" | "session" | "health"; host: string }
  | { verdict: "moved"; to: string }
  /** `details` hold no part of the request. */
  | { verdict: "refused"; status: 403 | 404 | 405 | 415; details: string };

export const pagePath = "/softphone";
const healthPath = "/softphone/health";

type GateSettings = Pick<PageSettings, "host" | "url">;

/** Where the page is reached: `https://cti.example.com/softphone`, or the address listened at. */
export function publicUrl({ host, url }: GateSettings, port: number): string {
  return url ?? `https://${bracketed(host)}:${port}${pagePath}`;
}

/** Whether anybody but this machine reaches it. */
export function isCentral(settings: GateSettings): boolean {
  return (
    !isLoopback(settings.host) || (settings.url !== undefined && !isLocalName(new URL(settings.url).hostname))
  );
}

/**
 * Decides who may come in, and for what (design §6). Every page in a browser on this machine can reach the port: so the name it is called by, the
 * Origin and what the browser says of who asks are looked at before anything is done.
 */
export class Gate {
  readonly #hosts: ReadonlySet<string>;
  readonly #origin: string | undefined;

  /** `port`: the one listened at. */
  constructor(settings: GateSettings, port: number) {
    const names = isLoopback(settings.host) ? ["localhost", "127.0.0.1", "[::1]"] : [];
    const hosts = [...names, bracketed(settings.host)].map((name) => `${name.toLowerCase()}:${port}`);
    if (settings.url !== undefined) hosts.push(new URL(settings.url).host);
    // A browser leaves the usual port out.
    this.#hosts = new Set(
      hosts.flatMap((host) => (host.endsWith(":443") ? [host, host.slice(0, -4)] : [host])),
    );
    this.#origin = settings.url === undefined ? undefined : new URL(settings.url).origin;
  }

  judge({ method, path, headers }: Visit): Judgement {
    const host = headers.get("host")?.toLowerCase() ?? "";
    // A name of somebody else's that leads here is how a web page gets round the rules of browsers (DNS rebinding).
    if (!this.#hosts.has(host))
      return refused(403, "this computer is not known by the name in the Host header");
    const origin = headers.get("origin");
    const own = origin !== null && this.#isOwn(origin, host);
    if (origin !== null && !own) return refused(403, "only the softphone page itself may call here");
    const site = headers.get("sec-fetch-site");
    const isGet = method === "GET" || method === "HEAD";
    switch (path) {
      case pagePath:
        if (!isGet) return refused(405, "the page is only read");
        return isNavigation(headers)
          ? { verdict: "page", host }
          : refused(403, "this is a page, to be opened as one");
      case `${pagePath}/`:
        return isGet ? { verdict: "moved", to: pagePath } : refused(405, "the page is only read");
      case socketPath:
        if (method !== "GET" || headers.get("upgrade")?.toLowerCase() !== "websocket")
          return refused(405, "here a WebSocket is opened");
        return own && isFromHere(site) ? { verdict: "socket", host } : foreign;
      case sessionPath:
        if (method !== "POST") return refused(405, "a ticket is posted");
        if (!own || !isFromHere(site)) return foreign;
        if (!/^application\/json\s*(?:;|$)/i.test(headers.get("content-type") ?? ""))
          return refused(415, "a ticket is application/json");
        return { verdict: "session", host };
      default:
        if (!path.startsWith(`${pagePath}/`)) return refused(404, "there is nothing here");
        if (!isGet) return refused(405, "this is only read");
        if (!isFromHere(site) && site !== "none") return foreign;
        return { verdict: path === healthPath ? "health" : "asset", host };
    }
  }

  #isOwn(origin: string, host: string): boolean {
    return origin === `https://${host}` || origin === this.#origin;
  }
}

const foreign: Judgement = refused(403, "only the softphone page itself may call here");

/** Of programs that are no browsers nothing is known. */
function isFromHere(site: string | null): boolean {
  return site === null || site === "same-origin";
}

/** Whoever frames it is for the browser to judge, by frame-ancestors: here only that it is opened as a page. */
function isNavigation(headers: Visit["headers"]): boolean {
  const site = headers.get("sec-fetch-site");
  if (site === null || site === "same-origin" || site === "none") return true;
  const to = headers.get("sec-fetch-dest");
  return (
    headers.get("sec-fetch-mode") === "navigate" && (to === "iframe" || to === "frame" || to === "document")
  );
}

function refused(status: 403 | 404 | 405 | 415, details: string): Judgement {
  return { verdict: "refused", status, details };
}

function isLocalName(name: string): boolean {
  return name === "localhost" || isLoopback(name.replace(/^\[(.*)\]$/, "$1"));
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
