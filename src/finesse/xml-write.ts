/** An element to be sent: a text, or children. Empty lists make an empty element. */
export type XmlContent = string | readonly (XmlPart | undefined)[];
export type XmlPart = readonly [name: string, content: XmlContent];

/**
 * XML text of an element, without prolog or white space, as Finesse's guides write requests (§3). Parts that are `undefined` are left out.
 * Characters that XML cannot carry (control characters, lone surrogates) are left out as well.
 */
export function toXml([name, content]: XmlPart): string {
  const inner =
    typeof content === "string"
      ? escapeXml(content)
      : content.map((part) => (part === undefined ? "" : toXml(part))).join("");
  return `<${name}>${inner}</${name}>`;
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };

export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "")
    .replace(/[&<>\r]/g, (character) => escapes[character] ?? character);
}
