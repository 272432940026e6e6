import type { Server, ServerWebSocket } from "bun";
import type { TestCertificate } from "./certificates.ts";

export interface StubOptions {
  tls?: TestCertificate;
  domain?: string;
  /** Password that is accepted, as UTF-8; default "secret". */
  password?: string;
  /** What stands in the stream features after sign-in. */
  features?: string;
  /** Sent in answer to the client's presence; default the presence of finesse@. */
  onPresence?: (stub: XmppStub, from: string) => void;
  /** Answers a frame in place of the stub when it returns true. */
  onFrame?: (frame: string, stub: XmppStub) => boolean;
  /** Answer to the upgrade in place of a WebSocket. */
  refuseUpgrade?: number;
}

type Listener = () => void;

/**
 * The least that a Finesse notification service does over WebSocket, answering by pattern and not by parsing: an honest judge of odd
 * cases because it knows nothing of the client's own reading.
 */
export class XmppStub {
  readonly frames: string[] = [];
  /** Decoded SASL PLAIN messages. */
  readonly signIns: string[] = [];
  readonly subprotocols: (string | null)[] = [];
  readonly hosts: (string | null)[] = [];
  /** WebSocket close codes as the server saw them. */
  readonly closed: number[] = [];
  readonly domain: string;
  answersPings = true;
  readonly #server: Server<undefined>;
  readonly #options: StubOptions;
  readonly #listeners = new Set<Listener>();
  #socket: ServerWebSocket<undefined> | undefined;
  #signedIn = false;
  #jid = "";

  constructor(options: StubOptions = {}) {
    this.#options = options;
    this.domain = options.domain ?? "localhost";
    this.#server = Bun.serve<undefined>({
      port: 0,
      hostname: "127.0.0.1",
      ...(options.tls !== undefined && { tls: { cert: options.tls.cert, key: options.tls.key } }),
      fetch: (request, server) => {
        this.hosts.push(request.headers.get("host"));
        this.subprotocols.push(request.headers.get("sec-websocket-protocol"));
        if (options.refuseUpgrade !== undefined) {
          this.#changed();
          return new Response("no", { status: options.refuseUpgrade });
        }
        const upgraded = server.upgrade(request, { headers: { "Sec-WebSocket-Protocol": "xmpp" } });
        return upgraded ? undefined : new Response("no", { status: 400 });
      },
      websocket: {
        open: (socket) => {
          this.#socket = socket;
          this.#signedIn = false;
          this.#changed();
        },
        message: (_socket, message) => this.#onFrame(String(message)),
        close: (_socket, code) => {
          this.closed.push(code);
          this.#changed();
        },
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get origin(): string {
    return `${this.#options.tls === undefined ? "http" : "https"}://localhost:${this.port}`;
  }

  send(text: string): void {
    this.#socket?.send(text);
  }

  /** A notification to the signed-in user; `payload` is already escaped. */
  publish(payload: string, node = "/finesse/api/User/1001"): void {
    this.send(
      `<message xmlns='jabber:client' from='pubsub.${this.domain}' to='${this.#jid}' id='n'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${node}'><item id='i'><notification xmlns='http://jabber.org/protocol/pubsub'>${payload}</notification></item></items></event></message>`,
    );
  }

  streamError(condition: string): void {
    this.send(
      `<stream:error xmlns:stream='http://etherx.jabber.org/streams'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
    );
  }

  drop(): void {
    this.#socket?.terminate();
  }

  /** Resolves once `condition` holds, looked at after each event of the stub. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const listener = () => {
        if (!condition()) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  async stop(): Promise<void> {
    await this.#server.stop(true);
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #onFrame(frame: string): void {
    this.frames.push(frame);
    if (this.#options.onFrame?.(frame, this) !== true) this.#answer(frame);
    this.#changed();
  }

  #answer(frame: string): void {
    const id = /\bid=['"]([^'"]*)/.exec(frame)?.[1] ?? "";
    if (frame.startsWith("<open")) {
      this.send(
        `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='${this.domain}' id='s' version='1.0'/>`,
      );
      const features = this.#signedIn
        ? `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>${this.#options.features ?? ""}`
        : "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>";
      this.send(
        `<stream:features xmlns:stream='http://etherx.jabber.org/streams'>${features}</stream:features>`,
      );
    } else if (frame.startsWith("<auth")) {
      const message = Buffer.from(/>([^<]*)</.exec(frame)?.[1] ?? "", "base64").toString("utf8");
      this.signIns.push(message);
      this.#signedIn = message.endsWith(`\x00${this.#options.password ?? "secret"}`);
      this.send(
        this.#signedIn
          ? "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
          : "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
      );
    } else if (frame.includes("xmpp-bind")) {
      const resource = /<resource>([^<]*)/.exec(frame)?.[1] ?? "r";
      this.#jid = `1001@${this.domain}/${resource}`;
      this.send(
        `<iq xmlns='jabber:client' type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${this.#jid}</jid></bind></iq>`,
      );
    } else if (frame.startsWith("<presence") && !frame.includes("unavailable")) {
      if (this.#options.onPresence !== undefined) this.#options.onPresence(this, this.#jid);
      else this.finessePresence(true);
    } else if (frame.includes("urn:xmpp:ping")) {
      if (this.answersPings)
        this.send(`<iq xmlns='jabber:client' type='result' id='${id}' from='${this.domain}'/>`);
    } else if (frame.startsWith("<iq") && /type=['"](get|set)/.test(frame)) {
      this.send(`<iq xmlns='jabber:client' type='result' id='${id}'/>`);
    } else if (frame.startsWith("<close")) {
      this.send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
    }
  }

  finessePresence(available: boolean): void {
    this.presence(`finesse@${this.domain}/x`, available);
  }

  presence(from: string, available: boolean): void {
    this.send(
      `<presence xmlns='jabber:client' from='${from}' to='${this.#jid}'${available ? "" : " type='unavailable'"}/>`,
    );
  }
}
