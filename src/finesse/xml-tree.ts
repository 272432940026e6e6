/// <reference path="./sax.d.ts" />
import SaxParser from "ltx/lib/parsers/ltx.js";
import { CtiError } from "../model/errors.ts";

/**
 * An element as read. Names are local names: which prefix or namespace a server uses carries no meaning in Finesse (§13).
 * `text` is the element's own text with entities resolved and white space kept.
 */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

/** Deeper than anything Finesse sends; a bound, so that nothing that walks the tree can run out of stack. */
const maximumDepth = 100;
const namePattern = /^[A-Za-z_:\u0080-\uffff][\w:.\u0080-\uffff-]*$/;
const looseAmpersand = /&(?!(?:amp|lt|gt|quot|apos);)/g;
const characterReference = /&#(?:x([\da-f]+)|(\d+));/gi;

/**
 * Reads one XML document into a tree: well-formed, one root, prolog, byte order mark and comments skipped. A bare `&` in text is taken as
 * itself, since values reach us from systems that forget to escape it (§13). The tokenizer is ltx: six times the speed of
 * fast-xml-parser on a dialog of 60 variables, and already loaded for XMPP.
 * Throws CtiError `finesse-protocol` with what is wrong in `why`.
 */
export function parseXml(text: string): XmlElement {
  const document = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return readTree(document);
  } catch (thrown) {
    if (!(thrown instanceof Error) || !/illegal xml/i.test(thrown.message)) throw malformed(thrown);
    try {
      return readTree(mendEntities(document));
    } catch (again) {
      throw malformed(again);
    }
  }
}

function readTree(text: string): XmlElement {
  const stack: XmlElement[] = [];
  let root: XmlElement | undefined;
  let current: XmlElement | undefined;
  const parser = new SaxParser();
  parser.on("startElement", (qualifiedName, attributes) => {
    if (!namePattern.test(qualifiedName))
      throw new Error(`“${excerpt(qualifiedName)}” is not an element name`);
    const colon = qualifiedName.indexOf(":");
    const name = colon === -1 ? qualifiedName : qualifiedName.slice(colon + 1);
    const element: XmlElement = { name, attributes, children: [], text: "" };
    if (current !== undefined) {
      current.children.push(element);
      stack.push(current);
      if (stack.length > maximumDepth) throw new Error(`elements are nested more than ${maximumDepth} deep`);
    } else {
      if (root !== undefined) throw new Error(`a second root element <${excerpt(qualifiedName)}>`);
      root = element;
    }
    current = element;
  });
  parser.on("endElement", (qualifiedName) => {
    if (current === undefined) throw new Error(`</${excerpt(qualifiedName)}> closes nothing`);
    const colon = qualifiedName.indexOf(":");
    const name = colon === -1 ? qualifiedName : qualifiedName.slice(colon + 1);
    if (name !== current.name) {
      throw new Error(`<${excerpt(current.name)}> is closed by </${excerpt(qualifiedName)}>`);
    }
    current = stack.pop();
  });
  parser.on("text", (part) => {
    if (current !== undefined) current.text += part;
    else if (part.trim() !== "") throw new Error("text outside of any element");
  });
  parser.write(text);
  if (root === undefined) throw new Error(text.trim() === "" ? "it is empty" : "it holds no XML element");
  if (current !== undefined) throw new Error(`<${excerpt(current.name)}> is never closed`);
  // The tokenizer hands text out only when the next tag begins, so what follows the last tag is looked at here.
  if (text.slice(text.lastIndexOf(">") + 1).trim() !== "") throw new Error("text after the last element");
  return root;
}

/** Resolves numeric references that XML forbids to U+FFFD and takes unknown `&name` as text. */
function mendEntities(text: string): string {
  return text
    .replace(
      characterReference,
      (reference: string, hex: string | undefined, decimal: string | undefined) => {
        const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
        return isXmlCharacter(code) ? reference : "\ufffd";
      },
    )
    .replace(looseAmpersand, (_, offset: number, whole: string) =>
      /^&#(?:x[\da-f]+|\d+);/i.test(whole.slice(offset, offset + 12)) ? "&" : "&amp;",
    );
}

function isXmlCharacter(code: number): boolean {
  return (
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}

function malformed(thrown: unknown): CtiError {
  if (thrown instanceof CtiError) return thrown;
  return new CtiError({
    code: "finesse-protocol",
    message: "the text is not well-formed XML",
    why: thrown instanceof Error ? thrown.message : String(thrown),
  });
}

function excerpt(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** The first child of that name, whatever its case; `name` is given in lower case. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name.toLowerCase() === name);
}

/** The element's text without surrounding white space; an empty or absent element is `undefined`. */
export function textOf(element: XmlElement | undefined): string | undefined {
  if (element === undefined) return undefined;
  const text = element.text.trim();
  return text === "" ? undefined : text;
}

/** The trimmed text of the child of that (lower-case) name. */
export function childText(element: XmlElement, name: string): string | undefined {
  return textOf(child(element, name));
}

/** What is left of an element that we have no field for: its text, or an object of its children, repeated ones as a list. */
export function plainValue(element: XmlElement): unknown {
  if (element.children.length === 0) return element.text.trim();
  const record: Record<string, unknown> = {};
  for (const part of element.children) addPlain(record, part);
  return record;
}

/** Adds an element to a record under its own name, as parsed; a second one of the same name makes it a list. */
export function addPlain(record: Record<string, unknown>, element: XmlElement): void {
  const value = plainValue(element);
  if (!Object.hasOwn(record, element.name)) setOwn(record, element.name, value);
  else {
    const earlier = record[element.name];
    if (Array.isArray(earlier)) earlier.push(value);
    else setOwn(record, element.name, [earlier, value]);
  }
}

/** Assigns a name that came off the wire: `__proto__` is a name like any other. */
export function setOwn<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name === "__proto__") {
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  } else record[name] = value;
}

/** A number, or `undefined` when the element is empty, absent or something else. */
export function numberOf(element: XmlElement | undefined): number | undefined {
  const text = textOf(element);
  if (text === undefined) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** The last part of a Finesse uri: `/finesse/api/ReasonCode/16` → `16`. A trailing slash is seen on team members (§11). */
export function idFromUri(uri: string | undefined): string | undefined {
  return uri?.replace(/\/+$/, "").split("/").at(-1) || undefined;
}

/** A model cannot be made of what arrived: says which field of which element is missing or wrong. */
export function fieldError(element: string, problem: string, why?: string): CtiError {
  return new CtiError({
    code: "finesse-protocol",
    message: `a ${element} from Finesse cannot be read: ${problem}`,
    ...(why !== undefined && { why }),
    hint: "cti decode shows how cti reads a payload; please report one that Finesse really sends",
  });
}
