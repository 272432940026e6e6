import { testCertificate, type TestCertificate } from "./certificates.ts";
import type { Front, StartFront } from "./xmpp-front.ts";

export interface StubOptions {
  tls?: TestCertificate;
  domain?: string;
  /** Password that is accepted, as UTF-8; default "secret". */
  password?: string;
  /** What stands in the stream features after sign-in. */
  features?: string;
  /** Sent in answer to the client's presence; default the presence of finesse@. */
  onPresence?: (stub: XmppStub) => void;
  /** Answers a frame in place of the stub when it returns true. */
  onFrame?: (frame: string, stub: XmppStub) => boolean;
}

type Listener = () => void;

/**
 * The least that a Finesse notification service does, answering by pattern and not by parsing: an honest judge of odd cases because it
 * knows nothing of the client's own reading. A front carries it over one of the transports.
 */
export class XmppStub<Carrier extends Front = Front> {
  /** Elements of the client, stream tags as `<open/>` and `<close/>`. */
  readonly frames: string[] = [];
  /** Decoded SASL PLAIN messages. */
  readonly signIns: string[] = [];
  /** The name that each connection asked for. */
  readonly hosts: (string | null)[] = [];
  readonly domain: string;
  /** Connections that have ended. */
  closed = 0;
  answersPings = true;
  readonly #options: StubOptions;
  readonly #listeners = new Set<Listener>();
  #front: Carrier | undefined;
  #signedIn = false;
  #jid = "";

  private constructor(options: StubOptions) {
    this.#options = options;
    this.domain = options.domain ?? "localhost";
  }

  static async start<Carrier extends Front>(
    startFront: StartFront<Carrier>,
    options: StubOptions = {},
  ): Promise<XmppStub<Carrier>> {
    const stub = new XmppStub<Carrier>(options);
    stub.#front = await startFront({
      tls: options.tls ?? testCertificate(),
      events: {
        connected: (host) => {
          stub.#signedIn = false;
          stub.hosts.push(host);
          stub.#changed();
        },
        frame: (text) => stub.#onFrame(text),
        closed: () => {
          stub.closed += 1;
          stub.#changed();
        },
      },
    });
    return stub;
  }

  get front(): Carrier {
    if (this.#front === undefined) throw new Error("not started");
    return this.#front;
  }

  get port(): number {
    return this.front.port;
  }

  get origin(): string {
    return `https://localhost:${this.port}`;
  }

  send(text: string): void {
    this.front.send(text);
  }

  /** A notification to the signed-in user; `payload` is already escaped. */
  publish(payload: string, node = "/finesse/api/User/1001"): void {
    this.send(this.notification(payload, node));
  }

  notification(payload: string, node = "/finesse/api/User/1001"): string {
    return `<message xmlns='jabber:client' from='pubsub.${this.domain}' to='${this.#jid}' id='n'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${node}'><item id='i'><notification xmlns='http://jabber.org/protocol/pubsub'>${payload}</notification></item></items></event></message>`;
  }

  streamError(condition: string): void {
    this.send(
      `<stream:error xmlns:stream='http://etherx.jabber.org/streams'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
    );
  }

  drop(): void {
    this.front.drop();
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

  stop(): Promise<void> {
    return this.front.stop();
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
      if (this.#options.onPresence !== undefined) this.#options.onPresence(this);
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
