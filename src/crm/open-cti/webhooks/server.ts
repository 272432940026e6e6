import { isIPv6 } from "node:net";
import { CtiError } from "../../../model/errors.ts";
import type { Clock } from "../../../platform/clock.ts";
import { readBody } from "./body.ts";
import { type InboundRequest, longestBody } from "./door.ts";
import type { InboundAnswer, InboundCommands } from "./inbound.ts";

export interface InboundServerOptions {
  host: string;
  port: number;
  /** PEM texts; `undefined` only on a loopback address, which the settings see to. */
  tls: { cert: string; key: string } | undefined;
  commands: Pick<InboundCommands, "refuse" | "answer" | "turnDown">;
  clock: Clock;
  limits?: Partial<InboundLimits>;
}

export interface InboundLimits {
  /** Milliseconds for a body. */
  bodyTime: number;
  /** Requests at once; further ones are told to come again. */
  atOnce: number;
  /** Milliseconds for answers when it stops. */
  farewell: number;
}

export interface InboundServer {
  /** `http://127.0.0.1:8113` */
  url: string;
  port: number;
  /** Takes no more commands, lets those that are being done have their answer. */
  stop(): Promise<void>;
}

const usual: InboundLimits = { bodyTime: 5000, atOnce: 256, farewell: 2000 };
/** Seconds: of a connection without a request, and of a command that waits for the phone. Commands have a limit of their own below. */
const idle = 10;
const working = 255;

/** Opens the port that commands come in by. Throws `config-invalid` when it cannot be had. */
export function serveInbound(options: InboundServerOptions): InboundServer {
  const { host, port, tls, commands, clock } = options;
  const limits = { ...usual, ...options.limits };
  let underWay = 0;
  let stopping = false;

  const answer = async (
    raw: Request,
    server: { timeout(request: Request, seconds: number): void },
    from: string,
  ) => {
    const request = inboundRequest(raw, from);
    const refused = commands.refuse(request);
    if (refused !== undefined) return refused;
    const body = await readBody(raw.body, { most: longestBody, patience: limits.bodyTime, clock });
    if (typeof body === "string") return commands.turnDown(body);
    server.timeout(raw, working);
    return commands.answer(request, body);
  };

  let server: Bun.Server<undefined>;
  try {
    server = Bun.serve({
      hostname: host,
      port,
      ...(tls !== undefined && { tls }),
      idleTimeout: idle,
      // Above our own limit, so that whoever is over it is told in our words.
      maxRequestBodySize: 16 * longestBody,
      development: false,
      // Bun shares the port with whoever asks, unless told not to.
      reusePort: false,
      async fetch(request, self) {
        if (stopping || underWay >= limits.atOnce) return respond(commands.turnDown("busy"), true);
        underWay += 1;
        try {
          const given = await answer(request, self, self.requestIP(request)?.address ?? "somebody");
          // What is left of a body that was not read is not to be taken for the next request.
          return respond(given, stopping || [403, 404, 405, 408, 413, 415].includes(given.status));
        } finally {
          underWay -= 1;
        }
      },
      error: () => respond(commands.turnDown("failed"), true),
    });
  } catch (error) {
    throw cannotListen(error, host, port);
  }
  const shown = isIPv6(host) ? `[${host}]` : host;
  const taken = server.port ?? port;
  return {
    url: `${tls === undefined ? "http" : "https"}://${shown}:${taken}`,
    port: taken,
    async stop() {
      stopping = true;
      const late = Promise.withResolvers<void>();
      const cancel = clock.after(limits.farewell, late.resolve);
      // Until what is under way is answered, to the last byte.
      await Promise.race([server.stop(false), late.promise]);
      cancel();
      await server.stop(true);
    },
  };
}

function inboundRequest(request: Request, from: string): InboundRequest {
  const { method, headers, url } = request;
  const { pathname, search } = URL.canParse(url) ? new URL(url) : { pathname: url, search: "" };
  return { method, target: `${pathname}${search}`, headers, from };
}

function respond({ status, headers, body }: InboundAnswer, last: boolean): Response {
  return new Response(body, { status, headers: { ...headers, ...(last && { Connection: "close" }) } });
}

function cannotListen(error: unknown, host: string, port: number): CtiError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = error instanceof Error ? error.message : String(error);
  const invalid = (message: string, hint: string): CtiError =>
    new CtiError(
      { code: "config-invalid", message: `webhook commands: ${message}`, why, hint },
      { cause: error },
    );
  const another = 'set "listen" of the table webhooks.inbound to another port';
  switch (code) {
    case "EADDRINUSE":
      return invalid(
        `port ${port} of ${host} is taken by another program`,
        `stop that program, or ${another}`,
      );
    case "EACCES":
      return invalid(`port ${port} needs an administrator's rights`, another);
    case "EADDRNOTAVAIL":
      return invalid(
        `${host} is no address of this computer`,
        'set "listen" to 127.0.0.1:8113, or to an address that this computer has',
      );
    default:
      return /SSL|TLS|PEM|cert|key/i.test(`${code} ${why}`)
        ? invalid(
            '"cert" and "key" cannot be used',
            "both must be PEM, and the key must be the certificate's own, without a pass phrase",
          )
        : invalid(`cannot listen on port ${port} of ${host}`, another);
  }
}
