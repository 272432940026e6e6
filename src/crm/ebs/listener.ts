import { isIPv6 } from "node:net";
import { CtiError, toCtiError } from "../../model/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { LogLevel } from "../../platform/log.ts";
import { readCallout } from "./callout.ts";
import { replyXml } from "./cctsdk.ts";
import type { Answer, Callout, CalloutError, EbsSettings } from "./contract.ts";
import { Deadline } from "./deadline.ts";
import { Gatekeeper, type GateSettings } from "./gatekeeper.ts";
import type { HttpAnswer } from "./http-answer.ts";
import type { HttpDesk, Refusal } from "./http-connection.ts";
import { type Front, openFront } from "./http-front.ts";
import type { HttpRequest } from "./http-request.ts";
import { plainAddress } from "../../platform/networks.ts";
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

/**
 * Opens the port that EBS calls (ebs-basic-telephony.md §3): GET with the callout in the query, on any path. Whatever becomes of a callout,
 * the answer is 200 with XML; other statuses are for requests that are none. No part of a query gets into a log or an error.
 * Throws `config-invalid` when the port cannot be had.
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { settings, clock, log } = options;
  const { host, port } = settings.listen;
  const desk = new Desk(options);
  let front: Front;
  try {
    front = await openFront({ host, port, tls: settings.tls, desk, clock });
  } catch (error) {
    throw cannotListen(error, host, port);
  }
  const shown = isIPv6(host) ? `[${host}]` : host;
  return {
    url: `${settings.tls === undefined ? "http" : "https"}://${shown}:${front.port}`,
    port: front.port,
    stop: async () => {
      desk.stopping = true;
      await front.stop(farewell);
      desk.stop();
      log("debug", `no longer listening on port ${front.port}`);
    },
  };
}

/** Where requests become callouts, and outcomes answers. */
class Desk implements HttpDesk {
  stopping = false;
  readonly #options: ListenerOptions;
  readonly #gatekeeper: Gatekeeper;
  readonly #refusals: RefusalLog;
  readonly #late: Deadline;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#gatekeeper = new Gatekeeper(options.settings, options.clock);
    this.#refusals = new RefusalLog(options.clock, options.log);
    this.#late = new Deadline(options.clock, options.settings.loginTimeout + grace);
  }

  async answer({ method, target, headers }: HttpRequest, address: string): Promise<HttpAnswer> {
    const from = plainAddress(address) ?? address;
    const judgement = this.#gatekeeper.judge({ method, target, headers, from });
    switch (judgement.verdict) {
      case "refused":
        this.#refusals.add(from, judgement);
        return respond(judgement.status, unexpected(judgement.details), judgement.headers);
      case "empty":
        return { status: judgement.status, headers: { ...common, ...judgement.headers }, body: undefined };
      case "callout": {
        const callout = readCallout(target);
        if ("key" in callout)
          return respond(callout.status, this.#noCallout(callout, from), judgement.headers);
        const error = this.stopping
          ? unexpected("the connector is stopping")
          : await this.#outcome(callout, from);
        this.#options.log("debug", `${callout.name} from ${from}: ${error?.key ?? "done"}`);
        return respond(200, error, judgement.headers);
      }
    }
  }

  refuse({ status, details }: Refusal, address: string): HttpAnswer {
    this.#refusals.add(plainAddress(address) ?? address, { status, details });
    return respond(status, unexpected(details));
  }

  /** Waits for no outcome any more. */
  stop(): void {
    this.#late.stop();
  }

  #noCallout({ key, details }: CalloutError, from: string): CalloutError {
    this.#options.log(
      "debug",
      `no callout from ${from}: ${key}${details === undefined ? "" : `, ${details}`}`,
    );
    return { key, ...(details !== undefined && { details }) };
  }

  /** Never rejects. */
  #outcome(callout: Callout, from: string): Promise<CalloutError | undefined> {
    const { answer, log } = this.#options;
    return new Promise((resolve) => {
      const cancel = this.#late.add(() => resolve(unexpected(`no outcome of ${callout.name} yet`)));
      const settle = (error: CalloutError | undefined): void => {
        cancel();
        resolve(error);
      };
      answer(callout, from).then(settle, (thrown: unknown) => {
        // Its own words may repeat what was asked.
        log(
          "error",
          `${callout.name} from ${from}: ${toCtiError(thrown).message} ${framesOf(thrown)}`.trim(),
        );
        settle(unexpected("something in cti itself went wrong"));
      });
    });
  }
}

/** GET or not, an answer is of this moment. */
const common = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

const xml = { "Content-Type": "text/xml; charset=UTF-8", ...common };

/** What nearly every callout is answered with. */
const success: HttpAnswer = { status: 200, headers: xml, body: replyXml(undefined), constant: true };

function respond(
  status: number,
  error: CalloutError | undefined,
  headers: Record<string, string> = {},
): HttpAnswer {
  if (status === 200 && error === undefined && isEmpty(headers)) return success;
  return { status, headers: { ...xml, ...headers }, body: replyXml(error) };
}

function isEmpty(headers: Record<string, string>): boolean {
  for (const _ in headers) return false;
  return true;
}

function unexpected(details: string): CalloutError {
  return { key: "UnexpectedError", details };
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
