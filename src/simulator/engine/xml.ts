/** A small XML writer of the simulator's own: Finesse's style is two spaces, no prolog, `<x></x>` for empty (§13, §18). */
export interface XmlElement {
  name: string;
  content: string | readonly XmlElement[];
  attributes?: Readonly<Record<string, string>>;
}

/** An element; undefined children are left out, so that optional fields read as one expression. */
export function element(
  name: string,
  content: string | readonly (XmlElement | undefined)[],
  attributes?: Readonly<Record<string, string>>,
): XmlElement {
  const kept = typeof content === "string" ? content : content.filter((child) => child !== undefined);
  return { name, content: kept, ...(attributes !== undefined && { attributes }) };
}

/** Pretty-printed text of an element. */
export function renderXml(node: XmlElement, indent = ""): string {
  const open = `${indent}<${node.name}${attributesText(node.attributes)}>`;
  if (typeof node.content === "string") return `${open}${escapeText(node.content)}</${node.name}>`;
  if (node.content.length === 0) return `${open}</${node.name}>`;
  const children = node.content.map((child) => renderXml(child, `${indent}  `)).join("\n");
  return `${open}\n${children}\n${indent}</${node.name}>`;
}

/** As `renderXml`, but a list without members is `<Dialogs/>`, as the REST answers have it (§3). */
export function renderList(node: XmlElement): string {
  return node.content.length === 0 ? `<${node.name}${attributesText(node.attributes)}/>` : renderXml(node);
}

function attributesText(attributes: Readonly<Record<string, string>> = {}): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeText(value)}"`)
    .join("");
}

/** Characters that XML 1.0 cannot hold would make the whole document unreadable. */
const unwritable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

function escapeText(text: string): string {
  return text
    .replaceAll(unwritable, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}
