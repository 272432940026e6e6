import { XmlElement } from "./xml.ts";

/** Why a stream's text cannot be read on; named as the stream errors of RFC 6120 §4.9.3. */
export type XmlFault = "not-well-formed" | "restricted-xml" | "policy-violation" | "unsupported-encoding";

export class XmlError extends Error {
  override readonly name = "XmlError";
  readonly fault: XmlFault;

  constructor(fault: XmlFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

export interface ParserEvents {
  /** The stream header's start tag; only with `stream: true`. */
  opened?(header: XmlElement): void;
  /** A complete element directly below the stream header (or the document's root without `stream`). */
  element(element: XmlElement): void;
  /** The stream header's end tag. */
  closed?(): void;
}

export interface ParserOptions {
  /** True for a TCP stream: the root is a header that stays open and its children are the stanzas. */
  stream: boolean;
  /** Characters one stanza may have. */
  limit: number;
}

const nameStart = /[A-Za-z_:\u00C0-\uFFFD]/;
const tagName = /^[A-Za-z_:\u00C0-\uFFFD][A-Za-z0-9_:.\-\u00B7-\uFFFD]*/;
const attribute =
  /^\s+([A-Za-z_:\u00C0-\uFFFD][A-Za-z0-9_:.\-\u00B7-\uFFFD]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/;
const illegalCharacter = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const deepest = 64;

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * A strict incremental parser for XMPP streams: text may arrive cut anywhere. Comments, document types and processing instructions are
 * refused (RFC 6120 §11.1); an XML declaration is skipped wherever it stands, as clients send one when they restart a stream.
 */
export class XmlParser {
  readonly #events: ParserEvents;
  readonly #options: ParserOptions;
  #buffer = "";
  #stack: XmlElement[] = [];
  #scopes: Record<string, string>[] = [{ xml: "http://www.w3.org/XML/1998/namespace" }];
  #stanzaLength = 0;

  constructor(events: ParserEvents, options: ParserOptions) {
    this.#events = events;
    this.#options = options;
  }

  /** True when every element is closed and no text is left over. */
  get atRest(): boolean {
    return this.#stack.length === 0 && this.#buffer.trim() === "";
  }

  /** Forgets what it has read: after authentication the client starts a new stream on the same connection (RFC 6120 §4.3.3). */
  restart(): void {
    this.#stack = [];
    this.#scopes.length = 1;
    this.#stanzaLength = 0;
  }

  /** Takes the next piece of text. Throws XmlError; the parser is of no use afterwards. */
  write(text: string): void {
    this.#buffer += text;
    for (;;) {
      const length = this.#buffer.length;
      if (length === 0) return;
      const consumed = this.#buffer.startsWith("<") ? this.#markup() : this.#text();
      if (consumed === 0) {
        if (this.#stanzaLength + length > this.#options.limit) throw tooBig();
        return;
      }
    }
  }

  /** Takes one piece of the buffer; returns its length, 0 when more text is needed. */
  #take(length: number): number {
    this.#buffer = this.#buffer.slice(length);
    this.#stanzaLength += length;
    if (this.#stanzaLength > this.#options.limit) throw tooBig();
    return length;
  }

  #text(): number {
    const end = this.#buffer.indexOf("<");
    if (end < 0) {
      if (this.#holdsStanza) return 0;
      // Between stanzas only white space may stand: clients send it to keep a link alive.
      if (this.#buffer.trim() !== "") throw broken("text outside of an element");
      const length = this.#take(this.#buffer.length);
      this.#stanzaLength = 0;
      return length;
    }
    const raw = this.#buffer.slice(0, end);
    const length = this.#take(end);
    const parent = this.#stack.at(-1);
    if (this.#holdsStanza && parent !== undefined) {
      if (raw.includes("]]>")) throw broken("]]> in text");
      parent.children.push(decode(raw));
    } else if (raw.trim() !== "") {
      throw broken("text outside of an element");
    } else {
      this.#stanzaLength = 0;
    }
    return length;
  }

  #markup(): number {
    const second = this.#buffer[1];
    if (second === undefined) return 0;
    if (second === "/") return this.#endTag();
    if (second === "?") return this.#declaration();
    if (second === "!") return this.#cdata();
    if (!nameStart.test(second)) throw broken("a name must follow <");
    return this.#startTag();
  }

  #declaration(): number {
    if (!"<?xml ".startsWith(this.#buffer.slice(0, 6)))
      throw new XmlError("restricted-xml", "processing instruction");
    const end = this.#buffer.indexOf("?>");
    if (end < 0) return 0;
    if (this.#holdsStanza) throw broken("XML declaration inside a stanza");
    const encoding = /encoding\s*=\s*["']([^"']*)["']/.exec(this.#buffer.slice(0, end))?.[1];
    if (encoding !== undefined && encoding.toLowerCase() !== "utf-8")
      throw new XmlError("unsupported-encoding", `encoding ${encoding}`);
    return this.#take(end + 2);
  }

  #cdata(): number {
    const opening = "<![CDATA[";
    if (!opening.startsWith(this.#buffer.slice(0, opening.length)))
      throw new XmlError("restricted-xml", "comment or document type");
    const end = this.#buffer.indexOf("]]>");
    if (end < 0) return 0;
    const parent = this.#stack.at(-1);
    if (!this.#holdsStanza || parent === undefined) throw broken("text outside of an element");
    const text = this.#buffer.slice(opening.length, end);
    if (illegalCharacter.test(text)) throw broken("illegal character");
    parent.children.push(text);
    return this.#take(end + 3);
  }

  #startTag(): number {
    const end = tagEnd(this.#buffer);
    if (end < 0) return 0;
    const selfClosing = this.#buffer[end - 1] === "/";
    const tag = this.#buffer.slice(1, selfClosing ? end - 1 : end);
    const name = tagName.exec(tag)?.[0] ?? "";
    let rest = tag.slice(name.length);
    const attributes: Record<string, string> = {};
    for (let match = attribute.exec(rest); match !== null; match = attribute.exec(rest)) {
      const key = match[1] ?? "";
      if (Object.hasOwn(attributes, key)) throw broken(`attribute ${key} twice`);
      attributes[key] = decode(match[2] ?? match[3] ?? "");
      rest = rest.slice(match[0].length);
    }
    if (rest.trim() !== "") throw broken(`cannot read the attributes of <${name}>`);
    this.#take(end + 1);
    this.#open(name, attributes);
    if (selfClosing) this.#close(name);
    return end + 1;
  }

  #endTag(): number {
    const end = this.#buffer.indexOf(">");
    if (end < 0) return 0;
    const name = this.#buffer.slice(2, end).trimEnd();
    this.#take(end + 1);
    this.#close(name);
    return end + 1;
  }

  #open(name: string, attributes: Record<string, string>): void {
    if (this.#stack.length >= deepest) throw new XmlError("policy-violation", "elements nested too deep");
    const scope = { ...this.#scopes.at(-1) };
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "xmlns") scope[""] = value;
      else if (key.startsWith("xmlns:")) scope[key.slice(6)] = value;
    }
    const colon = name.indexOf(":");
    const prefix = colon < 0 ? "" : name.slice(0, colon);
    const namespace = scope[prefix];
    if (namespace === undefined && prefix !== "") throw broken(`prefix ${prefix} is not declared`);
    const opened = new XmlElement(name, attributes, [], namespace ?? "");
    if (this.#holdsStanza) this.#stack.at(-1)?.children.push(opened);
    this.#stack.push(opened);
    this.#scopes.push(scope);
    if (this.#options.stream && this.#stack.length === 1) {
      this.#stanzaLength = 0;
      this.#events.opened?.(opened);
    }
  }

  #close(name: string): void {
    const closed = this.#stack.pop();
    if (closed?.name !== name) throw broken(`</${name}> closes <${closed?.name ?? "nothing"}>`);
    this.#scopes.pop();
    if (this.#stack.length > (this.#options.stream ? 1 : 0)) return;
    this.#stanzaLength = 0;
    if (this.#options.stream && this.#stack.length === 0) this.#events.closed?.();
    else this.#events.element(closed);
  }

  /** True while a stanza (not only the stream header) is open. */
  get #holdsStanza(): boolean {
    return this.#stack.length > (this.#options.stream ? 1 : 0);
  }
}

/** Reads a text that must hold exactly one element (a WebSocket frame, RFC 7395 §3.3). Throws XmlError. */
export function parseElement(text: string, limit = Number.POSITIVE_INFINITY): XmlElement {
  const found: XmlElement[] = [];
  const parser = new XmlParser({ element: (element) => found.push(element) }, { stream: false, limit });
  parser.write(text);
  const [only] = found;
  if (only === undefined || found.length > 1 || !parser.atRest) throw broken("exactly one element expected");
  return only;
}

/** Index of the `>` that ends the start tag, past quoted values; -1 when it has not arrived. */
function tagEnd(text: string): number {
  let quote = "";
  for (let index = 1; index < text.length; index++) {
    const character = text[index];
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return index;
    else if (character === "<") throw broken("< inside a tag");
  }
  return -1;
}

function decode(raw: string): string {
  if (illegalCharacter.test(raw)) throw broken("illegal character");
  if (!raw.includes("&")) return raw;
  return raw.replace(/&([^;&]*)(;?)/g, (_, name: string, end: string) => {
    const known = end === ";" ? entities[name] : undefined;
    if (known !== undefined) return known;
    const code = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(name);
    const point =
      code === null ? -1 : Number.parseInt(code[1] ?? code[2] ?? "", code[1] === undefined ? 10 : 16);
    if (end !== ";" || point < 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
      throw broken(`unknown entity &${name.slice(0, 20)}`);
    const character = String.fromCodePoint(point);
    if (illegalCharacter.test(character)) throw broken("illegal character");
    return character;
  });
}

function broken(message: string): XmlError {
  return new XmlError("not-well-formed", message);
}

function tooBig(): XmlError {
  return new XmlError("policy-violation", "stanza too long");
}
