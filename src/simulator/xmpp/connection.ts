import { parseJid } from "./jid.ts";
import { ns } from "./namespaces.ts";
import { type PlainCredentials, readPlain, type SaslFailure } from "./sasl.ts";
import { element, XmlElement } from "./xml.ts";

/** How a connection ends without a word: `close` sends FIN, `reset` sends RST. */
export type Cut = "close" | "reset";

/** What carries a stream: WebSocket frames, a TCP socket, BOSH bodies. Each frames the stream's begin and end in its own way. */
export interface StreamTransport {
  readonly name: string;
  /** Answers the client's stream header. */
  open(header: { from: string; id: string }): void;
  send(element: XmlElement): void;
  /** Ends the stream and the connection as the protocol wants it. */
  close(): void;
  /** Drops the connection without a word, as a killed server does: closed, or reset where the transport can. */
  cut(how: Cut): void;
}

/** What a stream needs of the server it belongs to. */
export interface StreamHost {
  readonly domain: string;
  newId(): string;
  /** The agent's id, or undefined when refused. */
  authenticate(user: string, password: string): string | undefined;
  resolveUser(name: string): string | undefined;
  bound(connection: Connection): void;
  stanza(connection: Connection, stanza: XmlElement): void;
  ended(connection: Connection, clean: boolean): void;
  /** Runs a sending task at its time; false when it is to be swallowed (a muted stream). */
  deliver(connection: Connection, task: () => void): void;
}

type Phase = "greeting" | "authenticating" | "authenticated" | "binding" | "bound" | "ended";

const attempts = 3;

/**
 * One client's XMPP stream, from its header to its end, whatever carries it (RFC 6120, reference/finesse.md §12). The transport feeds it
 * with `opened`, `receive`, `closed`, `broken` and `lost`.
 */
export class Connection {
  readonly #host: StreamHost;
  readonly #transport: StreamTransport;
  #phase: Phase = "greeting";
  #failures = 0;
  #awaitsResponse = false;
  #agentId = "";
  #resource = "";

  constructor(host: StreamHost, transport: StreamTransport) {
    this.#host = host;
    this.#transport = transport;
  }

  get agentId(): string {
    return this.#agentId;
  }

  get resource(): string {
    return this.#resource;
  }

  get transport(): string {
    return this.#transport.name;
  }

  get bareJid(): string {
    return `${this.#agentId.toLowerCase()}@${this.#host.domain}`;
  }

  get jid(): string {
    return `${this.bareJid}/${this.#resource}`;
  }

  get ended(): boolean {
    return this.#phase === "ended";
  }

  /** The client's stream header: the first, or the second after `<success/>`. */
  opened(to: string | undefined): void {
    if (this.ended) return;
    const first = this.#phase === "greeting";
    if (first) this.#phase = "authenticating";
    this.#answerHeader();
    if (to !== undefined && to !== "" && to.toLowerCase() !== this.#host.domain) {
      this.fail("host-unknown", `this server is ${this.#host.domain}`);
    } else if (first) {
      this.send(features(element("mechanisms", { xmlns: ns.sasl }, element("mechanism", {}, "PLAIN"))));
    } else if (this.#phase === "authenticated") {
      this.#phase = "binding";
      // No stream management: Cisco switches it off (reference/finesse.md §12).
      this.send(
        features(
          element("bind", { xmlns: ns.bind }),
          element("session", { xmlns: ns.session }, element("optional")),
        ),
      );
    } else {
      this.fail("not-well-formed", "unexpected stream header");
    }
  }

  /** A complete element of the client. */
  receive(stanza: XmlElement): void {
    switch (this.#phase) {
      case "ended":
        return;
      case "greeting":
        return this.fail("invalid-xml", "a stream header was expected");
      case "authenticating":
        if (stanza.namespace === ns.sasl) return this.#sasl(stanza);
        return this.fail("not-authorized", "authenticate first");
      case "authenticated":
        return this.fail("not-authorized", "a new stream header was expected after authentication");
      case "binding":
        return this.#bind(stanza);
      case "bound":
        if (stanza.namespace !== ns.client && stanza.namespace !== "")
          return this.fail("unsupported-stanza-type", `<${stanza.name}>`);
        return this.#host.stanza(this, stanza);
    }
  }

  /** The client ended its stream politely. */
  closed(): void {
    if (this.ended) return;
    this.#deliver(() => this.#transport.close());
    this.#end(true);
  }

  /** The connection under the stream is gone; `clean` when its own protocol said good-bye. */
  lost(clean: boolean): void {
    this.#end(clean);
  }

  /** Ends the stream with an error (RFC 6120 §4.9). */
  fail(condition: string, text?: string): void {
    if (this.ended) return;
    // A client can only read the error inside a stream, so an unanswered one is opened first (RFC 6120 §4.9.1.2).
    if (this.#phase === "greeting") this.#answerHeader();
    this.send(
      element(
        "stream:error",
        { "xmlns:stream": ns.stream },
        element(condition, { xmlns: ns.streamErrors }),
        ...(text === undefined ? [] : [element("text", { xmlns: ns.streamErrors, "xml:lang": "en" }, text)]),
      ),
    );
    this.#deliver(() => this.#transport.close());
    this.#end(true);
  }

  /** Cuts the connection without a word. */
  cut(how: Cut = "close"): void {
    if (this.ended) return;
    this.#transport.cut(how);
    this.#end(false);
  }

  /** The server counts the client as gone; nobody tells the client. `clean` as in `lost`. */
  vanish(clean: boolean): void {
    this.#end(clean);
  }

  /** What is left of a vanished stream is closed. */
  bury(): void {
    this.#transport.cut("close");
  }

  send(stanza: XmlElement): void {
    if (!this.ended) this.#deliver(() => this.#transport.send(stanza));
  }

  #answerHeader(): void {
    this.#deliver(() => this.#transport.open({ from: this.#host.domain, id: this.#host.newId() }));
  }

  #deliver(task: () => void): void {
    this.#host.deliver(this, task);
  }

  #end(clean: boolean): void {
    if (this.ended) return;
    const wasBound = this.#phase === "bound";
    this.#phase = "ended";
    if (wasBound) this.#host.ended(this, clean);
  }

  #sasl(stanza: XmlElement): void {
    if (stanza.localName === "abort") return this.#refuse("aborted");
    if (stanza.localName === "auth") {
      if (stanza.attributes.mechanism !== "PLAIN") return this.#refuse("invalid-mechanism");
      if (stanza.text === "") {
        this.#awaitsResponse = true;
        return this.send(element("challenge", { xmlns: ns.sasl }));
      }
    } else if (stanza.localName !== "response" || !this.#awaitsResponse) {
      return this.#refuse("malformed-request");
    }
    this.#awaitsResponse = false;
    const plain = readPlain(stanza.text.trim());
    if (typeof plain === "string") return this.#refuse(plain);
    this.#authenticate(plain);
  }

  /** Accepts both forms seen on the wire: an authorization id `user@domain`, and none (reference/finesse.md §12). */
  #authenticate({ authorization, user, password }: PlainCredentials): void {
    const agentId = this.#host.authenticate(localPart(user), password);
    if (agentId === undefined) return this.#refuse("not-authorized");
    if (authorization !== "") {
      const { local, domain } = parseJid(authorization);
      const other = this.#host.resolveUser(local === "" ? authorization : local);
      if (other !== agentId || (local !== "" && domain !== this.#host.domain))
        return this.#refuse("invalid-authzid");
    }
    this.#agentId = agentId;
    this.#phase = "authenticated";
    this.send(element("success", { xmlns: ns.sasl }));
  }

  #refuse(condition: SaslFailure): void {
    this.#failures += 1;
    this.send(element("failure", { xmlns: ns.sasl }, element(condition)));
    if (this.#failures >= attempts) this.fail("policy-violation", "too many attempts to authenticate");
  }

  #bind(stanza: XmlElement): void {
    const bind = stanza.child("bind", ns.bind);
    if (stanza.localName !== "iq" || stanza.attributes.type !== "set" || bind === undefined)
      return this.fail("not-authorized", "bind a resource first");
    this.#resource = bind.child("resource")?.text.trim() || `sim-${this.#host.newId()}`;
    this.#phase = "bound";
    // The older stream of the same address must be gone before this one is told that it has it.
    this.#host.bound(this);
    this.send(
      element(
        "iq",
        { type: "result", id: stanza.attributes.id, to: this.jid },
        element("bind", { xmlns: ns.bind }, element("jid", {}, this.jid)),
      ),
    );
  }
}

function features(...children: XmlElement[]): XmlElement {
  return element("stream:features", { "xmlns:stream": ns.stream }, ...children);
}

/** SSO clients and some libraries send `user@realm` where the user part is meant. */
function localPart(user: string): string {
  const at = user.lastIndexOf("@");
  return at > 0 ? user.slice(0, at) : user;
}
