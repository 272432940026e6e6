import type { Connection, Cut, StreamTransport } from "./connection.ts";
import { ns } from "./namespaces.ts";
import { XmlError, XmlParser } from "./parser.ts";
import type { XmppServer } from "./server.ts";
import { escapeXml, type XmlElement } from "./xml.ts";

/** The part of a server-side socket that the binding uses; one of `node:tls` fits. */
export interface ByteSocket {
  write(text: string): unknown;
  /** Sends what was written, then FIN. */
  end(): unknown;
  /** Closes at once, unsent bytes are lost. */
  destroy(): unknown;
  /** The same with RST in the place of FIN. */
  resetAndDestroy(): unknown;
}

/** Characters a client's stanza may have. */
export const stanzaLimit = 256 * 1024;

/** XMPP over one TCP connection (RFC 6120): one long XML document each way, begun again after authentication. */
export class TcpStream implements StreamTransport {
  readonly name = "tcp";
  readonly #socket: ByteSocket;
  readonly #server: XmppServer;
  readonly #connection: Connection;
  readonly #parser: XmlParser;
  // Characters may be cut between two reads; bytes that are no UTF-8 end the stream (§11.6).
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #closing = false;

  constructor(server: XmppServer, socket: ByteSocket) {
    this.#server = server;
    this.#socket = socket;
    this.#connection = server.accept(this);
    this.#parser = new XmlParser(
      {
        opened: (header) => this.#opened(header),
        element: (stanza) => this.#connection.receive(stanza),
        closed: () => this.#connection.closed(),
      },
      { stream: true, limit: stanzaLimit },
    );
  }

  /** Bytes of the client. */
  data(bytes: Uint8Array): void {
    if (this.#connection.ended) return;
    try {
      this.#parser.write(this.#decoder.decode(bytes, { stream: true }));
    } catch (error) {
      if (error instanceof XmlError) this.#connection.fail(error.fault, error.message);
      else if (error instanceof TypeError) this.#connection.fail("unsupported-encoding", "not UTF-8");
      else throw error;
    }
  }

  /** The connection is closed; `clean` when the client's side ended it in order (FIN, not a reset). */
  gone(clean: boolean): void {
    this.#connection.lost(clean);
    this.#server.forget(this.#connection);
  }

  open(header: { from: string; id: string }): void {
    const attributes = Object.entries({ ...header, version: "1.0", "xml:lang": "en" })
      .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
      .join("");
    this.#write(
      `<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns="${ns.client}" xmlns:stream="${ns.stream}"${attributes}>`,
    );
  }

  send(stanza: XmlElement): void {
    // What follows from the client is a new document (§4.3.3).
    if (stanza.is("success", ns.sasl)) this.#parser.restart();
    this.#write(stanza.toString());
  }

  close(): void {
    if (this.#closing) return;
    this.#write("</stream:stream>");
    this.#closing = true;
    this.#socket.end();
  }

  cut(how: Cut): void {
    this.#closing = true;
    if (how === "reset") this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #opened(header: XmlElement): void {
    if (!header.is("stream", ns.stream)) {
      this.#connection.fail("invalid-namespace", `<${header.name}> is no stream header`);
      return;
    }
    const content = header.attributes.xmlns;
    if (content !== ns.client) {
      this.#connection.fail("invalid-namespace", `content namespace ${content ?? "none"}`);
      return;
    }
    this.#connection.opened(header.attributes.to);
  }

  #write(text: string): void {
    if (!this.#closing) this.#socket.write(text);
  }
}
