import { EventEmitter } from "node:events";
import type { TLSSocket } from "node:tls";
import type { Client, Parser } from "@xmpp/client";
import { CtiError } from "../../model/errors.ts";
import { connectTls } from "../node-tls.ts";
import { installTransport, libraryTransport } from "./install.ts";
import type { StanzaTrace, Transport, TransportOptions } from "./transport.ts";

const defaultPort = 5223;

/** XMPP over TCP with TLS from the first byte: `xmpps://fina.example.com:5223`. */
export function tlsTransport(options: TransportOptions): Transport {
  const { service } = options;
  const over = new AbortController();
  let lastFailure: CtiError | undefined;

  const open = async (): Promise<TLSSocket> => {
    const { hostname, port } = new URL(service);
    const host = hostname.replace(/^\[|\]$/g, "");
    try {
      const socket = await connectTls(options.node, host, Number(port) || defaultPort, over.signal);
      over.signal.addEventListener("abort", () => socket.destroy(), { once: true });
      if (over.signal.aborted) socket.destroy();
      return socket;
    } catch (thrown) {
      if (thrown instanceof CtiError) lastFailure = thrown;
      throw thrown;
    }
  };
  return {
    name: "tls",
    service,
    silence: "no TLS connection came about",
    install: (client) => install(client, options, open),
    failure: (thrown) => lastFailure ?? notConnected(service, thrown),
    destroy: () => over.abort(),
  };
}

function install(client: Client, options: TransportOptions, open: () => Promise<TLSSocket>): void {
  const { service, trace } = options;
  const base = libraryTransport(client, service);

  class TrustedSocket extends TlsSocket {
    constructor() {
      super(open, trace);
    }
  }

  class StreamParser extends base.prototype.Parser {
    override onText(this: Parser, text: string): void {
      // The library keeps white space between stanzas, which servers send to keep the connection open, for as long as the stream lives;
      // and takes it for an error before the stream has begun.
      if (this.cursor !== this.root) super.onText(text);
      else if (text.trim() !== "") this.emit("error", new Error("text outside a stanza"));
    }
  }

  // Reads may end anywhere, so what came in is traced stanza by stanza.
  client.prependListener("element", (element: { toString(): string }) => trace("in", element.toString()));
  installTransport(client, base, { Socket: TrustedSocket, Parser: StreamParser });
}

/** What @xmpp/client takes for a socket, over a TLS connection that is opened our way. */
class TlsSocket extends EventEmitter {
  readonly secure = true;
  readonly #open: () => Promise<TLSSocket>;
  readonly #trace: StanzaTrace;
  #socket: TLSSocket | undefined;

  constructor(open: () => Promise<TLSSocket>, trace: StanzaTrace) {
    super();
    this.#open = open;
    this.#trace = trace;
  }

  connect(): void {
    this.#open().then(
      (socket) => this.#attach(socket),
      (error: unknown) => this.#fail(error),
    );
  }

  write(data: string, done?: (error?: Error) => void): void {
    if (this.#socket === undefined) {
      done?.(new Error("the connection is closed"));
      return;
    }
    this.#trace("out", data);
    this.#socket.write(data, (error) => done?.(error ?? undefined));
  }

  end(): void {
    if (this.#socket === undefined) queueMicrotask(() => this.emit("close"));
    else this.#socket.end();
  }

  #attach(socket: TLSSocket): void {
    this.#socket = socket;
    // Or a character that falls across two reads is destroyed.
    socket.setEncoding("utf8");
    socket.setNoDelay(true);
    socket.on("data", (text: string) => this.#receive(text));
    socket.on("error", (error) => this.#fail(error));
    socket.once("close", () => {
      this.#socket = undefined;
      this.emit("close");
    });
    // Openfire of some releases loses what comes right behind the handshake of TLS 1.3 (xmppjs/xmpp.js issue 889).
    setTimeout(() => this.emit("connect"), 1);
  }

  /** What the library's parser throws after broken XML must not escape from a socket's event. */
  #receive(text: string): void {
    try {
      this.emit("data", text);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(error: unknown): void {
    // Late errors, after the client has let go of the socket, concern nobody.
    if (this.listenerCount("error") > 0) this.emit("error", error);
  }
}

function notConnected(service: string, thrown: unknown): CtiError {
  return new CtiError(
    {
      code: "notifications-unreachable",
      message: `${new URL(service).host} offers no XMPP over TLS`,
      why: thrown instanceof CtiError ? (thrown.why ?? thrown.message) : String(thrown),
      hint: "Finesse has it on 5223 unless enableExternalNotificationPortAccess is false or an allow list leaves this machine out",
      details: { service },
    },
    { cause: thrown },
  );
}
