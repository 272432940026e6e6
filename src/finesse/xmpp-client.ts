/// <reference path="./xmpp.d.ts" />
import { type Client, client, type Element } from "@xmpp/client";
import type { Secret } from "../platform/secret.ts";
import type { Transport } from "./transports/transport.ts";

export const namespaces = {
  stream: "http://etherx.jabber.org/streams",
  sasl: "urn:ietf:params:xml:ns:xmpp-sasl",
  streamErrors: "urn:ietf:params:xml:ns:xmpp-streams",
  session: "urn:ietf:params:xml:ns:xmpp-session",
  ping: "urn:xmpp:ping",
  pubsub: "http://jabber.org/protocol/pubsub",
} as const;

/** Stream features that Finesse does not want used (§12) and the library would use unasked. */
const unwantedFeatures = [
  // XEP-0198: the library miscounts when <enabled/>, a stanza and <r/> come together, and a strict server then closes the stream.
  { name: "sm", namespace: "urn:xmpp:sm:3" },
  // XEP-0388: one way of signing in is enough, and this one is not what Finesse was tested with.
  { name: "authentication", namespace: "urn:xmpp:sasl:2" },
] as const;

export interface XmppOptions {
  transport: Transport;
  domain: string;
  /** Local part of the JID, as typed. */
  userId: string;
  password: Secret;
  resource: string;
}

/** An XMPP client with the library's traps closed (platform notes); not connected yet. It never reconnects by itself. */
export function createXmppClient(options: XmppOptions): Client {
  const { transport, domain, userId, password, resource } = options;
  const xmpp = client({
    service: transport.service,
    domain,
    resource,
    credentials: async (authenticate, mechanisms) => {
      const mechanism = mechanisms.includes("PLAIN") ? "PLAIN" : (mechanisms[0] ?? "PLAIN");
      const encode = mechanism === "PLAIN" ? bytesAsText : (text: string) => text;
      await authenticate(
        { username: encode(userId.toLowerCase()), password: encode(password.reveal()) },
        mechanism,
      );
    },
  });
  xmpp.reconnect.stop();
  // On <see-other-host/> the library would carry the password to whatever host the server names.
  xmpp._onSeeOtherHost = (error) => xmpp.emit("error", error);
  xmpp.prependListener("element", (element: Element) => {
    if (!element.is("features", namespaces.stream)) return;
    for (const { name, namespace } of unwantedFeatures) {
      if (element.getChild(name, namespace) !== undefined) element.remove(name, namespace);
    }
  });
  transport.install(xmpp);
  return xmpp;
}

/**
 * The library encodes PLAIN with btoa, which takes each character for a byte: hand it UTF-8 bytes as characters, or "ü" arrives as
 * Latin-1 and "€" throws. To be removed with the release that fixes it; a test says when.
 */
function bytesAsText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
