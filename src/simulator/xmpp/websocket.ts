import type { Connection, StreamTransport } from "./connection.ts";
import { ns } from "./namespaces.ts";
import { parseElement, XmlError } from "./parser.ts";
import type { XmppServer } from "./server.ts";
import { element, XmlElement } from "./xml.ts";

/** The part of a server-side WebSocket that the binding uses; Bun's `ServerWebSocket` fits. */
export interface Socket {
  send(text: string): unknown;
  close(code?: number, reason?: string): void;
  terminate(): void;
}

/** Characters a client's frame may have. */
export const frameLimit = 256 * 1024;

/** XMPP over one WebSocket (RFC 7395): a stanza per frame, `<open/>` and `<close/>` in place of the stream's tags. */
export class WebSocketStream implements StreamTransport {
  readonly name = "websocket";
  readonly #socket: Socket;
  readonly #connection: Connection;
  readonly #server: XmppServer;
  #closing = false;

  constructor(server: XmppServer, socket: Socket) {
    this.#server = server;
    this.#socket = socket;
    this.#connection = server.accept(this);
  }

  /** A frame of the client. Binary frames and frames that are not one well-formed element end the stream (§3.3). */
  message(frame: string | Uint8Array): void {
    if (this.#connection.ended) return;
    if (typeof frame !== "string") return this.#connection.fail("not-well-formed", "text frames only");
    let received: XmlElement;
    try {
      received = parseElement(frame, frameLimit);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      return this.#connection.fail(error.fault, error.message);
    }
    if (received.is("open", ns.framing)) this.#connection.opened(received.attributes.to);
    else if (received.is("close", ns.framing)) this.#connection.closed();
    else if (received.namespace === ns.framing) this.#connection.fail("invalid-xml", `<${received.name}>`);
    else this.#connection.receive(received);
  }

  /** The WebSocket is closed; `clean` when the client sent a close frame. */
  gone(clean: boolean): void {
    this.#connection.lost(clean);
    this.#server.forget(this.#connection);
  }

  open(header: { from: string; id: string }): void {
    this.#write(element("open", { xmlns: ns.framing, ...header, version: "1.0", "xml:lang": "en" }));
  }

  send(stanza: XmlElement): void {
    const bare = !stanza.name.includes(":") && stanza.attributes.xmlns === undefined;
    // Each frame is a document of its own, so the namespace cannot be inherited (§3.3.3).
    this.#write(
      bare
        ? new XmlElement(stanza.name, { xmlns: ns.client, ...stanza.attributes }, stanza.children)
        : stanza,
    );
  }

  close(): void {
    if (this.#closing) return;
    this.#write(element("close", { xmlns: ns.framing }));
    this.#closing = true;
    this.#socket.close(1000);
  }

  cut(): void {
    this.#closing = true;
    this.#socket.terminate();
  }

  #write(frame: XmlElement): void {
    if (!this.#closing) this.#socket.send(frame.toString());
  }
}
