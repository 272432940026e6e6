import type { Connection } from "./connection.ts";
import { ns } from "./namespaces.ts";
import { element, type XmlElement } from "./xml.ts";

/** What one resource of a user is told of another: its show and status, as it sent them. */
export function presenceOf(from: Connection, stanza: XmlElement, to: Connection): XmlElement {
  const kept = stanza.elements
    .filter((child) => ["show", "status", "priority"].includes(child.name))
    .map((child) => element(child.name, {}, child.text));
  return element("presence", { from: from.jid, to: to.jid }, ...kept);
}

/** The answer to a message to whomever: there is no talk on this server. */
export function undeliverable(connection: Connection, stanza: XmlElement): XmlElement {
  return element(
    "message",
    { type: "error", id: stanza.attributes.id, from: stanza.attributes.to, to: connection.jid },
    element("error", { type: "cancel" }, element("service-unavailable", { xmlns: ns.stanzaErrors })),
  );
}
