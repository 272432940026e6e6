import { randomInt } from "node:crypto";
import { EventEmitter } from "node:events";
import { type Client, type Element, xml } from "@xmpp/client";
import { CtiError } from "../../model/errors.ts";
import { createNodeAgent } from "../node-agent.ts";
import { type Dispatcher, request } from "../../platform/undici.ts";
import { type BoshBody, readBody } from "./bosh-body.ts";
import { type BoshAnswer, BoshError } from "./bosh-error.ts";
import type { BoshCarrier } from "./bosh-request.ts";
import { BoshSession } from "./bosh-session.ts";
import { installTransport, libraryTransport } from "./install.ts";
import type { StanzaTrace, Transport, TransportOptions } from "./transport.ts";

/** Characters of an answer that are read at most: far more than a server puts into one. */
const largestAnswer = 16 * 1024 * 1024;
const streams = "http://etherx.jabber.org/streams";
const streamErrors = "urn:ietf:params:xml:ns:xmpp-streams";

/** XMPP over BOSH (XEP-0124, XEP-0206): `https://fina.example.com:7443/http-bind/`. */
export function boshTransport(options: TransportOptions): Transport {
  const { node, service, connectTimeout } = options;
  const agent = createNodeAgent(node, connectTimeout, "notifications-unreachable");
  let connected: BoshSocket | undefined;
  return {
    name: "bosh",
    service,
    silence: "no answer to the request for a BOSH session",
    install: (client) =>
      install(client, options, agent.dispatcher, (socket) => {
        connected = socket;
      }),
    failure: (thrown) => agent.lastFailure ?? noSession(service, thrown),
    destroy: () => {
      connected?.abort();
      agent.destroy();
    },
  };
}

/**
 * To @xmpp/client this is a WebSocket that carries whole elements: `<open/>` begins or restarts the stream, `<close/>` ends it, each
 * stanza has its namespace. Only what comes in does not go through its parser: the bodies are parsed already.
 */
function install(
  client: Client,
  options: TransportOptions,
  dispatcher: Dispatcher,
  onSocket: (socket: BoshSocket) => void,
): void {
  const { Parser } = libraryTransport(client, "xmpps://x:5223").prototype;
  let parser: StreamParser | undefined;

  class StreamParser extends EventEmitter {
    #started = false;

    constructor() {
      super();
      parser = this;
    }

    write(): void {}

    receive({ element, stanzas }: BoshBody): void {
      if (!this.#started) {
        this.#started = true;
        this.emit("start", element);
      }
      for (const stanza of stanzas) this.emit("element", stanza);
    }
  }

  class Socket extends BoshSocket {
    constructor() {
      super({
        ...options,
        carrier: {
          clock: options.clock,
          read: (text) => readBody(Parser, text),
          post: (body, signal, onSent) => post(options.service, telling(dispatcher, onSent), body, signal),
        },
        onBody: (body) => parser?.receive(body),
        onStreamEnd: () => parser?.emit("end"),
      });
      onSocket(this);
    }
  }

  installTransport(client, libraryTransport(client, "wss://x/"), {
    Socket,
    Parser: StreamParser as unknown as typeof Parser,
    socketParameters: (service) => (/^https?:/.test(service) ? service : undefined),
  });
}

/** The same dispatcher, telling when a request goes over its connection. */
function telling(dispatcher: Dispatcher, onSent: () => void): Dispatcher {
  return dispatcher.compose(
    (dispatch) => (options, handler) =>
      dispatch(options, {
        onRequestStart: (...values) => {
          onSent();
          handler.onRequestStart?.(...values);
        },
        onRequestUpgrade: (...values) => handler.onRequestUpgrade?.(...values),
        onResponseStart: (...values) => handler.onResponseStart?.(...values),
        onResponseData: (...values) => handler.onResponseData?.(...values),
        onResponseEnd: (...values) => handler.onResponseEnd?.(...values),
        onResponseError: (...values) => handler.onResponseError?.(...values),
      }),
  );
}

async function post(
  service: string,
  dispatcher: Dispatcher,
  body: string,
  signal: AbortSignal,
): Promise<BoshAnswer> {
  const answer = await request(service, {
    method: "POST",
    headers: { "content-type": "text/xml; charset=utf-8" },
    body,
    dispatcher,
    signal,
  });
  const announced = Number(answer.headers["content-length"] ?? 0);
  if (announced > largestAnswer) {
    answer.body.destroy();
    throw new BoshError(`an answer of ${announced} bytes`, false);
  }
  return { status: answer.statusCode, text: await answer.body.text() };
}

interface SocketOptions extends TransportOptions {
  carrier: BoshCarrier;
  onBody(body: BoshBody): void;
  onStreamEnd(): void;
}

/** What @xmpp/client takes for a socket, over a BOSH session. */
class BoshSocket extends EventEmitter {
  readonly secure: boolean;
  readonly #session: BoshSession;
  readonly #options: SocketOptions;
  readonly #trace: StanzaTrace;
  /** Bodies that came before the client opened its stream: the one that created the session. */
  #early: BoshBody[] | undefined;
  #connected = false;
  #over = false;

  constructor(options: SocketOptions) {
    super();
    const { domain, carrier } = options;
    this.#options = options;
    this.#trace = options.trace;
    this.secure = options.service.startsWith("https:");
    this.#early = [];
    this.#session = new BoshSession({
      carrier,
      domain,
      firstRid: randomInt(1, 2 ** 47),
      onBody: (body) => this.#onBody(body),
      onEnd: (error) => this.#onEnd(error),
    });
  }

  connect(): void {
    this.#session.create();
  }

  write(data: string, done?: (error?: Error) => void): void {
    if (this.#over) {
      done?.(new Error("the session is over"));
      return;
    }
    if (data.startsWith("<open ")) this.#open();
    else if (data.startsWith("<close ")) this.#session.terminate();
    else {
      this.#trace("out", data);
      this.#session.send(data);
    }
    queueMicrotask(() => done?.());
  }

  end(): void {
    this.#session.terminate();
    if (this.#over) queueMicrotask(() => this.emit("close"));
  }

  abort(): void {
    this.#over = true;
    this.#session.abort();
  }

  #open(): void {
    const early = this.#early;
    if (early === undefined) return this.#session.restart();
    this.#early = undefined;
    // The client begins to listen once this write has returned.
    setImmediate(() => {
      for (const body of early) this.#hand(body);
    });
  }

  #onBody(body: BoshBody): void {
    for (const stanza of body.stanzas) this.#trace("in", stanza.toString());
    if (body.element.attrs.type === "terminate") addStreamError(body);
    if (this.#early === undefined) return this.#hand(body);
    this.#early.push(body);
    if (this.#connected || body.element.attrs.type === "terminate") return;
    this.#connected = true;
    this.emit("connect");
  }

  /** What the library throws at a stanza must not end in the session. */
  #hand(body: BoshBody): void {
    if (this.#over) return;
    try {
      this.#options.onBody(body);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #onEnd(error: Error | undefined): void {
    const wasOver = this.#over;
    this.#over = true;
    if (wasOver) return;
    if (error !== undefined) this.#fail(error);
    this.#options.onStreamEnd();
    this.emit("close", error !== undefined);
  }

  #fail(error: unknown): void {
    if (this.listenerCount("error") > 0) this.emit("error", error);
  }
}

/** Some servers say only by the condition what others say with a stream error. */
function addStreamError(body: BoshBody): void {
  const { condition } = body.element.attrs;
  if (condition !== "conflict" || body.stanzas.length > 0) return;
  const error: Element = xml(
    "stream:error",
    { "xmlns:stream": streams },
    xml("conflict", { xmlns: streamErrors }),
  );
  body.stanzas.push(error);
}

function noSession(service: string, thrown: unknown): CtiError {
  const { host, pathname } = new URL(service);
  const status = thrown instanceof BoshError ? thrown.status : undefined;
  return new CtiError(
    {
      code: "notifications-unreachable",
      message: `${host} offers no XMPP over BOSH at ${pathname}`,
      why: thrown instanceof Error ? thrown.message : String(thrown),
      hint: "Finesse up to 12.5 has it on 7443; later ones have WebSocket on 8445",
      details: { service, ...(status !== undefined && { status }) },
    },
    { cause: thrown },
  );
}
