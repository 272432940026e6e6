import type { Server, ServerWebSocket } from "bun";
import type { Clock } from "../../../platform/clock.ts";
import type { LogLevel } from "../../../platform/log.ts";
import { plainAddress } from "../../../platform/networks.ts";
import { cannotListen } from "./cannot-listen.ts";
import type { PageSettings } from "./contract.ts";
import { cookieHeaders, cookieValues } from "./cookies.ts";
import { Gate, isCentral, publicUrl } from "./gate.ts";
import { pageHeaders } from "./headers.ts";
import type { Passes } from "./passes.ts";
import { closeCodes } from "./protocol.ts";
import { PageSocket } from "./socket.ts";
import { Allowance } from "./tries.ts";
import type { SoftphoneAssets } from "./ui/assets.ts";
import type { Visitor } from "./visitor.ts";

export interface PageServerOptions {
  settings: Pick<PageSettings, "host" | "port" | "url" | "frameAncestors" | "script">;
  tls: { cert: string; key: string };
  assets: SoftphoneAssets;
  clock: Clock;
  log: (level: LogLevel, message: string) => void;
  passes: Passes;
  /** Who the page at this socket is, by the cookie values that its browser brought. */
  visitor(socket: PageSocket, cookies: readonly string[]): Visitor;
}

/** Milliseconds between two words about refused requests. */
const refusalsTold = 60_000;
/** Bytes of a frame or a body. */
const longest = 65_536;
/** Bytes that wait for a page that reads slowly, before it is given up. */
const mostWaiting = 1_048_576;
/** Seconds without a sign of life (browsers answer pings by themselves) after which a page is gone. */
const silence = 20;
const mostSockets = 10_000;
/** Addresses remembered, before those from which nothing is open are forgotten. */
const mostAddresses = 5000;

interface SocketData {
  address: string;
  cookies: readonly string[];
  page?: { socket: PageSocket; visitor: Visitor };
}

/** Serves the softphone page and its sockets over TLS. */
export class PageServer {
  readonly #options: PageServerOptions;
  readonly #server: Server<SocketData>;
  readonly #gate: Gate;
  readonly #headers: ReturnType<typeof pageHeaders>;
  /** Of the cookies' names. */
  readonly #cookiePort: number;
  readonly #sockets = new Set<ServerWebSocket<SocketData>>();
  readonly #byAddress = new Map<string, { open: number; allowance: Allowance }>();
  readonly #mostPerAddress: number;
  #stopped: Promise<void> | undefined;
  #told = { at: Number.NEGATIVE_INFINITY, untold: 0 };

  /** Throws CtiError `config-invalid` where it cannot listen. */
  constructor(options: PageServerOptions) {
    this.#options = options;
    const { settings, tls } = options;
    try {
      this.#server = Bun.serve<SocketData>({
        hostname: settings.host,
        port: settings.port,
        tls,
        maxRequestBodySize: longest,
        development: false,
        // Said in full: outside of development Bun lets several programs listen at one port, and connections go to either.
        reusePort: false,
        fetch: (request, server) => this.#answer(request, server),
        error: (error) => {
          options.log("error", `softphone page: ${error.name}`);
          return new Response("something in cti itself went wrong\n", {
            status: 500,
            headers: this.#headers.plain,
          });
        },
        websocket: {
          maxPayloadLength: longest,
          backpressureLimit: mostWaiting,
          closeOnBackpressureLimit: true,
          idleTimeout: silence,
          sendPings: true,
          perMessageDeflate: false,
          open: (socket) => this.#opened(socket),
          message: (socket, frame) => socket.data.page?.socket.receive(frame),
          drain: (socket) => socket.data.page?.socket.drained(),
          close: (socket) => this.#closed(socket),
        },
      });
    } catch (error) {
      throw cannotListen(error, settings.host, settings.port);
    }
    const central = isCentral(settings);
    this.#gate = new Gate(settings, this.port);
    this.#headers = pageHeaders(settings, central);
    this.#cookiePort = Number(new URL(this.url).port || 443);
    this.#mostPerAddress = central ? 2000 : 100;
  }

  get port(): number {
    return this.#server.port ?? this.#options.settings.port;
  }

  /** Where agents open it. */
  get url(): string {
    return publicUrl(this.#options.settings, this.port);
  }

  get visitors(): Visitor[] {
    return [...this.#sockets].flatMap(({ data }) => (data.page === undefined ? [] : [data.page.visitor]));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    for (const { data } of [...this.#sockets]) data.page?.socket.close(1001, "the connector is stopping");
    await this.#server.stop(true);
  }

  #answer(request: Request, server: Server<SocketData>): Response | undefined | Promise<Response> {
    const { pathname: path } = new URL(request.url);
    const address = addressOf(server.requestIP(request)?.address);
    const { method, headers } = request;
    const judgement = this.#gate.judge({ method, path, headers });
    const { assets, settings } = this.#options;
    switch (judgement.verdict) {
      case "refused":
        if (judgement.status === 403) this.#tell(address, judgement.details);
        return this.#plain(judgement.status, judgement.details);
      case "moved":
        return new Response(null, {
          status: 308,
          headers: { ...this.#headers.plain, Location: judgement.to },
        });
      case "page":
        return new Response(assets.html({ script: settings.script }), {
          headers: this.#headers.page(judgement.host),
        });
      case "health":
        return Response.json({ status: "up" }, { headers: this.#headers.plain });
      case "asset":
        return this.#asset(path, headers);
      case "session":
        return this.#session(request);
      case "socket":
        return this.#upgrade(request, server, address);
    }
  }

  #asset(path: string, headers: Headers): Response {
    const { js, css } = this.#options.assets;
    const asset = [js, css].find((each) => each.path === path);
    if (asset === undefined) return this.#plain(404, "there is nothing here");
    const own = { ...this.#headers.asset, "Content-Type": asset.type, ETag: asset.etag };
    return headers.get("if-none-match") === asset.etag
      ? new Response(null, { status: 304, headers: own })
      : new Response(asset.text, { headers: own });
  }

  /** A ticket becomes the cookie. */
  async #session(request: Request): Promise<Response> {
    const given: unknown = await request.json().catch(() => undefined);
    const ticket =
      typeof given === "object" && given !== null && "ticket" in given ? given.ticket : undefined;
    const redeemed = typeof ticket === "string" ? this.#options.passes.redeem(ticket) : undefined;
    if (redeemed === undefined)
      return this.#plain(403, "this ticket is wrong, was used before or is too old");
    const response = new Response(null, { status: 204, headers: this.#headers.plain });
    for (const cookie of cookieHeaders(this.#cookiePort, redeemed.cookie, redeemed.seconds))
      response.headers.append("Set-Cookie", cookie);
    return response;
  }

  #upgrade(request: Request, server: Server<SocketData>, address: string): Response | undefined {
    if (!this.#mayOpen(address)) {
      this.#tell(address, "too many connections from there");
      return this.#plain(429, "too many connections from there");
    }
    const cookies = cookieValues(this.#cookiePort, request.headers.get("cookie"));
    if (server.upgrade(request, { data: { address, cookies } })) return undefined;
    return this.#plain(400, "this is no WebSocket handshake");
  }

  #mayOpen(address: string): boolean {
    const known = this.#byAddress.get(address) ?? {
      open: 0,
      allowance: new Allowance(this.#options.clock, 50, 500),
    };
    this.#byAddress.set(address, known);
    if (this.#byAddress.size > mostAddresses)
      for (const [each, { open }] of this.#byAddress)
        if (open === 0 && each !== address) this.#byAddress.delete(each);
    return known.open < this.#mostPerAddress && this.#sockets.size < mostSockets && known.allowance.take();
  }

  #opened(socket: ServerWebSocket<SocketData>): void {
    const { data } = socket;
    const { clock, visitor } = this.#options;
    const known = this.#byAddress.get(data.address);
    if (known !== undefined) known.open += 1;
    this.#sockets.add(socket);
    const page = new PageSocket(socket, {
      clock,
      address: data.address,
      take: (message) => data.page?.visitor.take(message),
    });
    data.page = { socket: page, visitor: visitor(page, data.cookies) };
    // Counted once it is open: a herd of handshakes passes the door before.
    if (known !== undefined && known.open > this.#mostPerAddress)
      page.close(closeCodes.tooMany, "too many connections from there");
  }

  #closed(socket: ServerWebSocket<SocketData>): void {
    const { address, page } = socket.data;
    this.#sockets.delete(socket);
    const known = this.#byAddress.get(address);
    if (known !== undefined && --known.open <= 0) this.#byAddress.delete(address);
    page?.socket.closed();
    page?.visitor.closed();
  }

  #plain(status: number, words: string): Response {
    return new Response(`${words}\n`, {
      status,
      headers: { ...this.#headers.plain, "Content-Type": "text/plain; charset=utf-8" },
    });
  }

  #tell(address: string, details: string): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    if (Math.abs(now - this.#told.at) < refusalsTold) {
      this.#told.untold += 1;
      return;
    }
    const more = this.#told.untold === 0 ? "" : ` (and ${this.#told.untold} more before)`;
    this.#told = { at: now, untold: 0 };
    log("warn", `refused a request to the softphone page from ${address}: ${details}${more}`);
  }
}

function addressOf(given: string | undefined): string {
  return given === undefined ? "" : (plainAddress(given) ?? given);
}
