import { ns } from "./namespaces.ts";
import { element, XmlElement } from "./xml.ts";

/** A `<body/>`; its stanzas name their namespace, or they would be of the body's. */
export function bodyText(attributes: Record<string, string>, stanzas: readonly XmlElement[] = []): string {
  const children = stanzas.map((stanza) =>
    stanza.name.includes(":") || stanza.attributes.xmlns !== undefined
      ? stanza
      : new XmlElement(stanza.name, { xmlns: ns.client, ...stanza.attributes }, stanza.children),
  );
  return element("body", { xmlns: ns.httpBind, ...attributes }, ...children).toString();
}

/** Clients that forget the stanza's own namespace are understood, as by Openfire. */
export function clientStanza(stanza: XmlElement): XmlElement {
  if (stanza.namespace !== ns.httpBind) return stanza;
  const children = stanza.children.map((child) =>
    child instanceof XmlElement ? clientStanza(child) : child,
  );
  return new XmlElement(stanza.name, stanza.attributes, children, ns.client);
}
