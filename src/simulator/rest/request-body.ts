import { XMLParser, XMLValidator } from "fast-xml-parser";
import { fault } from "./api-fault.ts";

/** A parsed request element: children by name, or the text. */
export class RequestElement {
  constructor(readonly value: unknown) {}

  /** Trimmed text of a child without children of its own; undefined when it is not there. */
  text(name: string): string | undefined {
    const child = this.#members()[name];
    const value: unknown = Array.isArray(child) ? child[0] : child;
    return typeof value === "string" ? value.trim() : undefined;
  }

  /** As `text`; missing or empty is a Parameter Missing. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") throw fault.missing(name);
    return value;
  }

  child(name: string): RequestElement | undefined {
    const child = this.#members()[name];
    return child === undefined ? undefined : new RequestElement(Array.isArray(child) ? child[0] : child);
  }

  /** One member is a list too (§3). */
  all(name: string): RequestElement[] {
    const child = this.#members()[name];
    if (child === undefined) return [];
    return (Array.isArray(child) ? child : [child]).map((value: unknown) => new RequestElement(value));
  }

  /** Text of this element itself. */
  get own(): string {
    return typeof this.value === "string" ? this.value : "";
  }

  #members(): Record<string, unknown> {
    return typeof this.value === "object" && this.value !== null ? { ...this.value } : {};
  }
}

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
});

/** Parses a request body whose root must be `root`; anything else is Bad Request (§4). */
export function parseBody(body: string, root: string): RequestElement {
  if (body.trim() === "" || XMLValidator.validate(body) !== true)
    throw fault.badRequest("The request body is not well-formed XML");
  let document: unknown;
  try {
    document = parser.parse(body);
  } catch {
    // The parser refuses some names (__proto__) and entity tricks by throwing.
    throw fault.badRequest("The request body cannot be read");
  }
  const element = new RequestElement(document).child(root);
  if (element === undefined) throw fault.badRequest(`The root element must be ${root}`);
  return element;
}
