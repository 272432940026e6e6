import { isIPv6 } from "node:net";
import { CtiError, toCtiError } from "../../model/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { LogLevel } from "../../platform/log.ts";
import { readCallout } from "./callout.ts";
import { replyXml } from "./cctsdk.ts";
import type { Answer, Callout, CalloutError, EbsSettings } from "./contract.ts";
import { Gatekeeper, type GateSettings } from "./gatekeeper.ts";
import { plainAddress } from "./networks.ts";
import { RefusalLog } from "./refusal-log.ts";

export interface ListenerOptions {
  settings: GateSettings & Pick<EbsSettings, "tls" | "loginTimeout">;
  answer: Answer;
  clock: Clock;
  log: (level: LogLevel, message: string) => void;
}

export interface Listener {
  /** `http://127.0.0.1:3107`, what EBS's profile `CCT: Basic Telephony: Third Party URL` may say. */
  url: string;
  port: number;
  /** Takes no more callouts, lets those that are being answered have their answer, for two seconds. */
  stop(): Promise<void>;
}

/** Milliseconds beyond Login's own limit after which an answer is not waited for. */
const grace = 2000;
/** Milliseconds for answers when the listener stops. */
const farewell = 2000;
/** Bytes of a request's body, which nobody reads. */
const longestBody = 65_536;
/** Seconds; Bun counts the time in which an answer is made as idle, and no more than 255. */
const longestIdle = 255;

/**
 * Opens the port that EBS calls (ebs-basic-telephony.md §3): GET with the callout in the query, on any path. Whatever becomes of a callout,
 * the answer is 200 with XML; other statuses are for requests that are none. No part of a query gets into a log or an error.
 * Throws `config-invalid` when the port cannot be had.
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { settings, clock, log } = options;
  const { host, port } = settings.listen;
  const desk = new Desk(options);
  let server: Bun.Server<undefined>;
  try {
    server = Bun.serve({
      hostname: host,
      port,
      ...(settings.tls !== undefined && { tls: settings.tls }),
      development: false,
      // Without its error page Bun would share the port with whoever else asks for it.
      reusePort: false,
      maxRequestBodySize: longestBody,
      idleTimeout: Math.min(longestIdle, Math.ceil((settings.loginTimeout + grace) / 1000) + 10),
      fetch: (request, own) => desk.serve(request, own.requestIP(request)?.address ?? ""),
      error: () => respond(200, unexpected("something in cti itself went wrong")),
    });
  } catch (error) {
    throw cannotListen(error, host, port);
  }
  const taken = server.port ?? port;
  const shown = isIPv6(host) ? `[${host}]` : host;
  return {
    url: `${settings.tls === undefined ? "http" : "https"}://${shown}:${taken}`,
    port: taken,
    stop: async () => {
      desk.stopping = true;
      // By itself it waits for everybody who has begun a request and says nothing more.
      void server.stop().catch(() => {});
      await within(Promise.allSettled(desk.answers), clock, farewell);
      // What is answered is written before the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      await server.stop(true);
      log("debug", `no longer listening on port ${taken}`);
    },
  };
}

/** Where requests become callouts, and outcomes answers. */
class Desk {
  stopping = false;
  /** Those under way. */
  readonly answers = new Set<Promise<unknown>>();
  readonly #options: ListenerOptions;
  readonly #gatekeeper: Gatekeeper;
  readonly #refusals: RefusalLog;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#gatekeeper = new Gatekeeper(options.settings, options.clock);
    this.#refusals = new RefusalLog(options.clock, options.log);
  }

  async serve(request: Request, from: string): Promise<Response> {
    const work = this.#serve(request, plainAddress(from) ?? from);
    this.answers.add(work);
    const response = await work.finally(() => this.answers.delete(work));
    // Nobody waits for a body that nobody reads.
    if (this.stopping || hasBody(request)) response.headers.set("Connection", "close");
    return response;
  }

  async #serve(request: Request, from: string): Promise<Response> {
    const target = request.url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
    const judgement = this.#gatekeeper.judge({
      method: request.method,
      target,
      headers: request.headers,
      from,
    });
    switch (judgement.verdict) {
      case "refused":
        this.#refusals.add(from, judgement);
        return respond(judgement.status, unexpected(judgement.details), judgement.headers);
      case "empty":
        return new Response(null, { status: judgement.status, headers: { ...common, ...judgement.headers } });
      case "callout": {
        const { status, error } = await this.#answer(target, from);
        return respond(status, error, judgement.headers);
      }
    }
  }

  async #answer(target: string, from: string): Promise<{ status: number; error: CalloutError | undefined }> {
    const { log } = this.#options;
    const callout = readCallout(target);
    if ("key" in callout) {
      const { status, key, details } = callout;
      log("debug", `no callout from ${from}: ${key}${details === undefined ? "" : `, ${details}`}`);
      return { status, error: { key, ...(details !== undefined && { details }) } };
    }
    const error = this.stopping
      ? unexpected("the connector is stopping")
      : await this.#outcome(callout, from);
    log("debug", `${callout.name} from ${from}: ${error?.key ?? "done"}`);
    return { status: 200, error };
  }

  async #outcome(callout: Callout, from: string): Promise<CalloutError | undefined> {
    const { answer, clock, settings, log } = this.#options;
    let cancel = (): void => {};
    const late = new Promise<CalloutError>((resolve) => {
      cancel = clock.after(settings.loginTimeout + grace, () =>
        resolve(unexpected(`no outcome of ${callout.name} yet`)),
      );
    });
    try {
      return await Promise.race([answer(callout, from), late]);
    } catch (thrown) {
      // Its own words may repeat what was asked.
      log("error", `${callout.name} from ${from}: ${toCtiError(thrown).message} ${framesOf(thrown)}`.trim());
      return unexpected("something in cti itself went wrong");
    } finally {
      cancel();
    }
  }
}

/** GET or not, an answer is of this moment. */
const common = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

function respond(
  status: number,
  error: CalloutError | undefined,
  headers: Record<string, string> = {},
): Response {
  return new Response(replyXml(error), {
    status,
    headers: { "Content-Type": "text/xml; charset=UTF-8", ...common, ...headers },
  });
}

function unexpected(details: string): CalloutError {
  return { key: "UnexpectedError", details };
}

function hasBody({ headers }: Request): boolean {
  return headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0";
}

/** Where an error was thrown, without what it says. */
function framesOf(thrown: unknown): string {
  const lines = (thrown instanceof Error ? thrown.stack : undefined)?.split("\n") ?? [];
  return lines
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 4)
    .map((line) => line.trim())
    .join(" ");
}

async function within(work: Promise<unknown>, clock: Clock, patience: number): Promise<void> {
  let cancel = (): void => {};
  const enough = new Promise<void>((resolve) => {
    cancel = clock.after(patience, resolve);
  });
  await Promise.race([work, enough]);
  cancel();
}

function cannotListen(error: unknown, host: string, port: number): CtiError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = error instanceof Error ? error.message : String(error);
  const invalid = (message: string, hint: string): CtiError =>
    new CtiError({ code: "config-invalid", message: `EBS adapter: ${message}`, why, hint }, { cause: error });
  const another = `set "listen" of the EBS adapter to another port, and EBS's profile "CCT: Basic Telephony: Third Party URL" to the same`;
  switch (code) {
    case "EADDRINUSE":
      return invalid(
        `port ${port} of ${host} ("listen") is taken by another program`,
        `stop that program, or ${another}`,
      );
    case "EACCES":
      return invalid(`port ${port} ("listen") needs an administrator's rights`, another);
    case "EADDRNOTAVAIL":
      return invalid(
        `${host} ("listen") is no address of this computer`,
        'set "listen" of the EBS adapter to 127.0.0.1:3107, or to an address that this computer has',
      );
    default:
      return /OSSL|TLS|SSL/.test(code) || /ssl|pem|certificate/i.test(why)
        ? invalid(
            '"cert" and "key" cannot be used',
            "both must be PEM, and the key must be the certificate's own, without a pass phrase",
          )
        : invalid(`cannot listen on port ${port} of ${host} ("listen")`, another);
  }
}
