import { lookup as lookupAll } from "node:dns/promises";
import type { Clock } from "../../../platform/clock.ts";
import { isCertificateProblem, systemCode } from "../../../platform/connection-error.ts";
import { Agent, request } from "../../../platform/undici.ts";
import type { AllowedNetworks } from "./addresses.ts";
import { AddressRefused, ConnectTimeout, guardedConnector, type Lookup } from "./guarded-connect.ts";

/** What came back of a POST. `failure`: words that continue "the receiver at HOST …". */
export type Heard = { status: number; retryAfter: string | undefined } | { failure: string };

export interface PostOptions {
  url: string;
  /** PEM texts of authorities besides the public ones. */
  ca: readonly string[];
  allowed: Pick<AllowedNetworks, "has">;
  clock: Clock;
  /** Posts under way at once; default 1. */
  connections?: number;
  lookup?: Lookup;
  times?: PostTimes;
}

/** Milliseconds. */
export interface PostTimes {
  connect: number;
  total: number;
}

export const postTimes: PostTimes = { connect: 2000, total: 10_000 };
/** Bytes of an answer that are read so that the connection can be used again; of a longer one the connection is closed. */
const longestAnswer = 65_536;
/** What a connection that was kept open says when the other end has closed it meanwhile. */
const broken = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** Posts to one receiver, over connections that are kept open for a while. Follows no redirects. */
export class Post {
  /** For words: the rest of the URL may hold what nobody should see. */
  readonly host: string;
  readonly #options: PostOptions;
  readonly #times: PostTimes;
  readonly #guard: ReturnType<typeof guardedConnector>;
  readonly #agent: Agent;
  /** What is under way. */
  readonly #open = new Set<AbortController>();
  #closed = false;

  constructor(options: PostOptions) {
    const { url, ca, allowed, clock, connections = 1, lookup = systemLookup, times = postTimes } = options;
    this.#options = options;
    this.#times = times;
    this.host = new URL(url).host;
    const trust = { ca, pin: undefined, insecure: false };
    this.#guard = guardedConnector({ allowed, trust, lookup, clock, timeout: times.connect });
    this.#agent = new Agent({
      connect: this.#guard.connect,
      connections,
      allowH2: false,
      keepAliveTimeout: 4000,
      // Limits of our own are finer than undici's.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Never rejects. */
  async send(body: string, headers: Record<string, string>, signal: AbortSignal): Promise<Heard> {
    const { total } = this.#times;
    const end = new AbortController();
    const stop = (): void => end.abort();
    let late = false;
    const cancel = this.#options.clock.after(total, () => {
      late = true;
      stop();
    });
    this.#open.add(end);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted || this.#closed) stop();
    try {
      const before = this.#guard.made;
      try {
        return await this.#once(body, headers, end.signal);
      } catch (error) {
        // Kept open here, closed there: what the receiver may have seen of it, it knows again by its id.
        if (end.signal.aborted || before === 0 || !broken.has(systemCode(error) ?? "")) throw error;
        return await this.#once(body, headers, end.signal);
      }
    } catch (error) {
      return { failure: late ? `did not answer within ${total / 1000} s` : words(error, end.signal) };
    } finally {
      cancel();
      this.#open.delete(end);
      signal.removeEventListener("abort", stop);
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#open) end.abort();
    return this.#agent.destroy();
  }

  async #once(body: string, headers: Record<string, string>, signal: AbortSignal): Promise<Heard> {
    const response = await request(this.#options.url, {
      method: "POST",
      headers,
      body,
      dispatcher: this.#agent,
      signal,
    });
    const { statusCode: status, headers: said } = response;
    const retryAfter = said["retry-after"];
    await response.body.dump({ limit: longestAnswer }).catch(() => {});
    return { status, retryAfter: typeof retryAfter === "string" ? retryAfter : undefined };
  }
}

const systemLookup: Lookup = async (host) =>
  (await lookupAll(host, { all: true })).map(({ address }) => address);

/** None of the other side's own words: they may repeat the URL. */
function words(error: unknown, signal: AbortSignal): string {
  if (error instanceof AddressRefused) return `is not called: ${error.message}`;
  if (error instanceof ConnectTimeout) return "cannot be reached: no connection in time";
  if (signal.aborted) return "was not waited for any longer";
  const code = systemCode(error);
  if (isCertificateProblem(error)) return `shows a certificate that is not trusted (${code})`;
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "DNS_ENOTFOUND":
      return `cannot be found: its name has no address (${code})`;
    case "ECONNREFUSED":
      return "cannot be reached: nobody listens there (ECONNREFUSED)";
    default:
      return `cannot be reached, or broke the connection off${code === undefined ? "" : ` (${code})`}`;
  }
}
