/**
 * A strict reader of small XML documents. Own code on purpose: the adapter's XML library would forgive here what it forgives there, and
 * the one of `../xmpp/` reads streams, in which comments and processing instructions are forbidden.
 */

export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** All text directly inside, entities decoded. */
  text: string;
}

export class XmlProblem extends Error {
  override readonly name = "XmlProblem";
  /** True where the quotes around an attribute are those of a word processor (reference §9). */
  readonly typographic: boolean;

  constructor(message: string, typographic = false) {
    super(message);
    this.typographic = typographic;
  }
}

const nameStart =
  ":A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}\\u{2070}-\\u{218F}" +
  "\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const name = `[${nameStart}][${nameStart}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}]*`;
const space = "[ \\t\\n]";
const sticky = (pattern: string) => new RegExp(pattern, "uy");

const tokens = {
  declaration: sticky(
    `<\\?xml${space}+version${space}*=${space}*(?:"1\\.[0-9]+"|'1\\.[0-9]+')` +
      `(?:${space}+encoding${space}*=${space}*(?:"([A-Za-z][\\w.\\-]*)"|'([A-Za-z][\\w.\\-]*)'))?` +
      `(?:${space}+standalone${space}*=${space}*(?:"(?:yes|no)"|'(?:yes|no)'))?${space}*\\?>`,
  ),
  text: sticky("[^<]+"),
  comment: sticky("<!--(?:(?!--)[\\s\\S])*-->"),
  instruction: sticky(`<\\?(${name})(?:${space}(?:(?!\\?>)[\\s\\S])*)?\\?>`),
  cdata: sticky("<!\\[CDATA\\[((?:(?!\\]\\]>)[\\s\\S])*)\\]\\]>"),
  endTag: sticky(`</(${name})${space}*>`),
  openTag: sticky(`<(${name})`),
  attribute: sticky(`${space}+(${name})${space}*=${space}*(?:"([^"<]*)"|'([^'<]*)')`),
  attributeName: sticky(`${space}+(${name})${space}*=${space}*`),
  tagEnd: sticky(`${space}*(/?)>`),
};

/** What XML 1.0 does not allow anywhere, not even as a reference; with the `u` flag a lone surrogate counts as itself. */
// oxlint-disable-next-line no-control-regex
const illegal = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/u;
const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const deepest = 64;

/** Reads one document. Throws XmlProblem with the line and what is wrong there. Document types are refused. */
export function readXml(document: string): { root: XmlElement; encoding: string | undefined } {
  return new Reader(document).read();
}

class Reader {
  readonly #text: string;
  #at = 0;
  #root: XmlElement | undefined;
  readonly #open: XmlElement[] = [];

  constructor(document: string) {
    this.#text = document.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  }

  read(): { root: XmlElement; encoding: string | undefined } {
    const bad = illegal.exec(this.#text);
    if (bad !== null) {
      this.#at = bad.index;
      throw this.#problem(`the character ${codeOf(bad[0])} is not allowed in XML`);
    }
    if (this.#text.trim() === "") throw new XmlProblem("there is nothing in it");
    const declaration = this.#next(tokens.declaration);
    while (this.#at < this.#text.length) this.#piece();
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw this.#problem(`<${unclosed.name}> is never closed`);
    if (this.#root === undefined) throw this.#problem("there is no element");
    return { root: this.#root, encoding: declaration?.[1] ?? declaration?.[2] };
  }

  /** Takes one text, tag, comment, … Order matters: the likelier first. */
  #piece(): void {
    const text = this.#next(tokens.text)?.[0];
    if (text !== undefined) return this.#characters(text);
    const end = this.#next(tokens.endTag)?.[1];
    if (end !== undefined) return this.#close(end);
    const start = this.#next(tokens.openTag)?.[1];
    if (start !== undefined) return this.#startTag(start);
    if (this.#next(tokens.comment) !== undefined) return;
    const cdata = this.#next(tokens.cdata)?.[1];
    const parent = this.#open.at(-1);
    if (cdata !== undefined && parent !== undefined) {
      parent.text += cdata;
      return;
    }
    const target = this.#next(tokens.instruction)?.[1];
    if (target !== undefined && target.toLowerCase() !== "xml") return;
    throw this.#problem(
      this.#text.startsWith("<!DOCTYPE", this.#at)
        ? "a document type is not accepted"
        : `cannot read on from ${quoted(this.#text.slice(this.#at, this.#at + 20))}`,
    );
  }

  #characters(raw: string): void {
    const parent = this.#open.at(-1);
    if (parent !== undefined) {
      if (raw.includes("]]>")) throw this.#problem("]]> stands in a text");
      parent.text += this.#decoded(raw);
    } else if (/[^ \t\n]/.test(raw)) throw this.#problem(`text outside of an element: ${quoted(raw.trim())}`);
  }

  #startTag(tag: string): void {
    if (this.#open.length === 0 && this.#root !== undefined) throw this.#problem(`a second root, <${tag}>`);
    if (this.#open.length >= deepest) throw this.#problem("elements are nested too deep");
    const element: XmlElement = { name: tag, attributes: this.#attributes(tag), children: [], text: "" };
    const end = this.#next(tokens.tagEnd);
    if (end === undefined) throw this.#brokenTag(tag);
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
    if (end[1] !== "/") this.#open.push(element);
  }

  #attributes(tag: string): Record<string, string> {
    const found: [string, string][] = [];
    for (;;) {
      const match = this.#next(tokens.attribute);
      if (match === undefined) return Object.fromEntries(found);
      const [, key = "", double, single] = match;
      if (found.some(([known]) => known === key))
        throw this.#problem(`<${tag}> has the attribute ${key} twice`);
      // A line end or a tab as such is a space in an attribute (XML 1.0 §3.3.3); as a reference it stays.
      found.push([key, this.#decoded((double ?? single ?? "").replace(/[\t\n]/g, " "))]);
    }
  }

  #brokenTag(tag: string): XmlProblem {
    const attribute = this.#next(tokens.attributeName)?.[1];
    const quote = this.#text[this.#at] ?? "";
    if (attribute !== undefined && /[“”„‟″‘’′]/.test(quote))
      return this.#problem(
        `typographic quotes (${quote}) around ${attribute} of <${tag}>: only " and ' are XML`,
        true,
      );
    return this.#problem(
      attribute === undefined
        ? `cannot read the tag <${tag}> on from ${quoted(this.#text.slice(this.#at, this.#at + 20))}`
        : `cannot read the value of ${attribute} in <${tag}>`,
    );
  }

  #close(tag: string): void {
    const open = this.#open.pop();
    if (open?.name !== tag) throw this.#problem(`</${tag}> closes ${open ? `<${open.name}>` : "nothing"}`);
  }

  #decoded(raw: string): string {
    return raw.replace(/&([^;&]*)(;?)/g, (whole, reference: string, end: string) => {
      const known = Object.hasOwn(entities, reference) ? entities[reference] : undefined;
      if (known !== undefined && end === ";") return known;
      const [, hexadecimal, decimal] = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(reference) ?? [];
      const point =
        hexadecimal !== undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal ?? Number.NaN);
      if (end !== ";" || !(point <= 0x10ffff)) throw this.#problem(`${quoted(whole)} is no entity of XML`);
      const character = String.fromCodePoint(point);
      if (illegal.test(character))
        throw this.#problem(`the character ${codeOf(character)} is not allowed in XML`);
      return character;
    });
  }

  #next(token: RegExp): RegExpExecArray | undefined {
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  #problem(message: string, typographic = false): XmlProblem {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    return new XmlProblem(`line ${line}: ${message}`, typographic);
  }
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
