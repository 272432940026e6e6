/// <reference path="./xmpp.d.ts" />
import { type Element, xml } from "@xmpp/client";
import { namespaces } from "./xmpp-client.ts";
import { fieldError, type XmlElement } from "./xml-tree.ts";

/** XEP-0199, to the server itself (§12 step 7). */
export function pingStanza(domain: string): Element {
  return xml("iq", { type: "get", to: domain }, xml("ping", { xmlns: namespaces.ping }));
}

/** RFC 3921 §3: servers of that age want it where they offer it. */
export function sessionStanza(): Element {
  return xml("iq", { type: "set" }, xml("session", { xmlns: namespaces.session }));
}

/** XEP-0060 §6, with the full JID as Finesse wants it (§12). */
export function subscriptionStanza(
  verb: "subscribe" | "unsubscribe",
  service: string,
  node: string,
  jid: string,
): Element {
  return xml(
    "iq",
    { type: "set", to: service },
    xml("pubsub", { xmlns: namespaces.pubsub }, xml(verb, { node, jid })),
  );
}

/** The parts of a JID in lower case, the resource as it is. */
export function splitJid(jid: string): { local: string; domain: string; resource: string } {
  const slash = jid.indexOf("/");
  const bare = (slash === -1 ? jid : jid.slice(0, slash)).toLowerCase();
  const at = bare.indexOf("@");
  return {
    local: at === -1 ? "" : bare.slice(0, at),
    domain: bare.slice(at + 1),
    resource: slash === -1 ? "" : jid.slice(slash + 1),
  };
}

/** `service-unavailable: words`, from an `<error>` of a stanza or stream, or a SASL `<failure>`. */
export function conditionOf(error: Element | undefined): { condition: string; words: string } {
  let condition = "undefined-condition";
  let text = "";
  for (const part of error?.getChildElements() ?? []) {
    if (localName(part) === "text")
      text = part.children.filter((piece) => typeof piece === "string").join("");
    else if (condition === "undefined-condition") condition = localName(part);
  }
  return { condition, words: text.trim() === "" ? condition : `${condition}: ${text.trim()}` };
}

export function localName(element: Element): string {
  return element.name.slice(element.name.indexOf(":") + 1);
}

/** The library's element as the tree our parsers read. */
export function treeOf(element: Element, depth = 0): XmlElement {
  if (depth > 100) throw fieldError("stanza", "its elements are nested more than 100 deep");
  let text = "";
  const children: XmlElement[] = [];
  for (const part of element.children) {
    if (typeof part === "string") text += part;
    else children.push(treeOf(part, depth + 1));
  }
  const attributes = element.attrs as Record<string, string>;
  return { name: localName(element), attributes, children, text };
}
