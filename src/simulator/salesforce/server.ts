import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { CtiError } from "../../model/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { ServerCertificate } from "../server/certificates.ts";
import { portOf } from "../server/serve-node.ts";
import type { Front } from "./front.ts";
import type { Answer, Asked } from "./http.ts";
import type { Pages } from "./page/pages.ts";

/** Bytes of a request's body; far more than any. */
const largest = 4 * 1024 * 1024;

/** On every answer, whoever looks at it. */
const common = {
  "X-Stub": "cti sim salesforce: not Salesforce",
  "X-Content-Type-Options": "nosniff",
  // Forms of our own pages still say where they come from.
  "Referrer-Policy": "same-origin",
};

export interface SalesforceServerOptions {
  /** 0: a free one. */
  port: number;
  certificate: ServerCertificate;
  clock: Clock;
  front: Front;
  pages: Pages;
}

/** The HTTPS port, at 127.0.0.1 and, where this machine has it, at ::1: `localhost` is both. Can be closed and opened again. */
export class SalesforceServer {
  readonly #options: SalesforceServerOptions;
  #servers: Server[] = [];
  #opening: Promise<void> | undefined;
  #port: number;
  /** Cancels each answer that is to be late. */
  readonly #late = new Set<() => void>();

  constructor(options: SalesforceServerOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** The stub's origin; known once it listens. */
  get base(): string {
    return `https://localhost:${this.#port}`;
  }

  /** Resolves once it listens. Throws `usage` when the port is taken. */
  async open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    await this.#opening;
  }

  async #open(): Promise<void> {
    if (this.#servers.length > 0) return;
    const first = this.#server();
    this.#servers.push(first);
    try {
      this.#port = await portOf("", this.#port, "127.0.0.1", () => listening(first, this.#port, "127.0.0.1"));
    } catch (thrown) {
      this.#servers = [];
      throw thrown instanceof CtiError ? withOption(thrown) : thrown;
    }
    const second = this.#server();
    // Not every machine has it, and there its port may be another's.
    await listening(second, this.#port, "::1").then(
      () => this.#servers.push(second),
      () => {},
    );
  }

  /** Cuts all connections: those who come get none. */
  async close(): Promise<void> {
    await this.#opening?.catch(() => {});
    const servers = this.#servers;
    this.#servers = [];
    for (const cancel of this.#late) cancel();
    this.#late.clear();
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise<void>((done) => server.close(() => done()))));
  }

  #server(): Server {
    const { certificate, key } = this.#options.certificate;
    return createServer({ cert: certificate, key }, (request, response) => {
      void this.#serve(request, response);
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = "" } = request.headers;
    // Another name for this port is a web page's trick (DNS rebinding).
    if (![`localhost:${this.#port}`, `127.0.0.1:${this.#port}`, `[::1]:${this.#port}`].includes(host))
      return send(response, { status: 421, text: "This is not for you.\n", type: "text/plain" });
    const url = new URL(this.base + (request.url ?? "/").replace(/^\/*/, "/"));
    // Scripts of pages know one origin.
    if (
      host !== `localhost:${this.#port}` &&
      request.method === "GET" &&
      url.pathname.startsWith("/lightning/")
    )
      return send(response, { status: 302, headers: { Location: url.href } });
    const followed = /^\/stub\/pages\/([\w-]+)\/events$/.exec(url.pathname)?.[1];
    if (followed !== undefined && request.method === "GET") return this.#follow(followed, response);
    const body = await bodyOf(request).catch(() => undefined);
    if (body === undefined) return void request.socket.destroy();
    const asked: Asked = { method: request.method ?? "GET", url, headers: headersOf(request), body };
    const reply = this.#options.front.reply(asked);
    if (reply.does === "cut") return cut(request, response, url.pathname.startsWith("/stub/"));
    if (reply.does === "hang") return;
    if (reply.late === 0) return send(response, reply.answer);
    const cancel = this.#options.clock.after(reply.late, () => {
      this.#late.delete(cancel);
      send(response, reply.answer);
    });
    this.#late.add(cancel);
  }

  /** What a page's browser hears, until it goes. */
  #follow(page: string, response: ServerResponse): void {
    const stop = this.#options.pages.follow(page, ({ event, data }) => {
      if (!response.headersSent)
        response.writeHead(200, {
          ...common,
          "Content-Type": "text/event-stream",
          "Cache-Control": "no-store",
        });
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    });
    if (stop === undefined)
      return send(response, { status: 404, text: "no such page\n", type: "text/plain" });
    response.on("close", stop);
  }
}

/** The option is `--port` alone here. */
function withOption(error: CtiError): CtiError {
  const { hint, ...data } = error.toJSON();
  return new CtiError(
    { ...data, ...(hint !== undefined && { hint: hint.replace("---port", "--port") }) },
    { cause: error },
  );
}

/** The port that it listens at. */
function listening(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.off("error", reject);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : port);
    });
  });
}

function send(response: ServerResponse, { status, json, text = "", type, headers }: Answer): void {
  const body = json === undefined ? text : JSON.stringify(json);
  const written = json === undefined ? type : "application/json;charset=UTF-8";
  response.writeHead(status, {
    ...common,
    ...(written !== undefined && { "Content-Type": written }),
    ...headers,
  });
  response.end(body);
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    for (const each of [value ?? []].flat()) headers.append(name, each);
  return headers;
}

/** Throws when it breaks off or is too long. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    length += piece.length;
    if (length > largest) throw new Error("the body is too long");
  }
  return Buffer.concat(pieces).toString("utf8");
}

/**
 * The connection breaks before the answer. `begun`: only after its head, since a browser sends by itself again what was not answered at all on a
 * connection that it used before, also a POST.
 */
function cut(request: IncomingMessage, response: ServerResponse, begun: boolean): void {
  if (!begun) return void request.socket.destroy();
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "2" });
  response.write(" ", () => request.socket.destroy());
}
