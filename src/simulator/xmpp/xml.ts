/**
 * XML elements as the simulator sees them. Own code on purpose: the client's XMPP library brings an XML library of its own, and a judge
 * that shared it would forgive the same mistakes.
 */

export type XmlNode = XmlElement | string;

export class XmlElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlNode[];
  /** Namespace in force, from this element's own `xmlns`, its prefix, or its parent. */
  readonly namespace: string;

  constructor(
    name: string,
    attributes: Record<string, string>,
    children: XmlNode[] = [],
    namespace = attributes.xmlns ?? "",
  ) {
    this.name = name;
    this.attributes = attributes;
    this.children = children;
    this.namespace = namespace;
  }

  /** Name without prefix. */
  get localName(): string {
    return this.name.slice(this.name.indexOf(":") + 1);
  }

  get elements(): XmlElement[] {
    return this.children.filter((child) => child instanceof XmlElement);
  }

  get text(): string {
    return this.children.map((child) => (child instanceof XmlElement ? child.text : child)).join("");
  }

  child(localName: string, namespace?: string): XmlElement | undefined {
    return this.elements.find(
      (child) => child.localName === localName && (namespace === undefined || child.namespace === namespace),
    );
  }

  /** True for this local name in this namespace. */
  is(localName: string, namespace: string): boolean {
    return this.localName === localName && this.namespace === namespace;
  }

  toString(): string {
    const attributes = Object.entries(this.attributes)
      .map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
      .join("");
    if (this.children.length === 0) return `<${this.name}${attributes}/>`;
    const inner = this.children
      .map((child) => (child instanceof XmlElement ? child.toString() : escapeXml(child)))
      .join("");
    return `<${this.name}${attributes}>${inner}</${this.name}>`;
  }
}

/** Builds an element; attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Record<string, string | undefined> = {},
  ...children: XmlNode[]
): XmlElement {
  const given: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) given[key] = value;
  return new XmlElement(name, given, children);
}

const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}
