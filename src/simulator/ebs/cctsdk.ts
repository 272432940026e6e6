import type { Problem } from "./contract.ts";
import { readXml, type XmlElement, XmlProblem } from "./xml.ts";

export interface RawEvent {
  /** Empty when it has none. */
  name: string;
  data: Record<string, string>;
  /** What is wrong with its markup; it is readable all the same. */
  problems: Problem[];
}

export interface CctsdkDocument {
  /** In document order. */
  events: RawEvent[];
  /** What is wrong with the document. */
  problems: Problem[];
  /** False: nothing in it could be read. */
  readable: boolean;
}

/** Reads `<CCTSDK><event name=…><data name=… value=…/>…` (reference §4). Never throws: what is wrong stands in `problems`. */
export function readCctsdk(text: string): CctsdkDocument {
  try {
    const { root, encoding } = readXml(text);
    if (root.name !== "CCTSDK")
      return unreadable({ kind: "not-cctsdk", text: `the root is <${root.name}>, not <CCTSDK>` });
    const problems = [...strangers(root, ["event"], [])];
    if (encoding !== undefined && encoding.toUpperCase() !== "UTF-8")
      problems.push({ kind: "encoding", text: `the XML declaration says ${encoding}, not UTF-8` });
    const events = root.children.filter(({ name }) => name === "event").map(eventOf);
    return { events, problems, readable: true };
  } catch (thrown) {
    if (!(thrown instanceof XmlProblem)) throw thrown;
    const kind = thrown.typographic ? "typographic-quotes" : "not-xml";
    return unreadable({ kind, text: `not well-formed XML: ${thrown.message}` });
  }
}

/** What is wrong with a Content-Type that should be `text/xml; charset=UTF-8` (reference §4); undefined when it is right. */
export function contentTypeProblem(header: string | null): Problem | undefined {
  if (header === null) return { kind: "content-type", text: "there is no Content-Type" };
  const [type = "", ...parameters] = header.split(";").map((part) => part.trim());
  if (type.toLowerCase() !== "text/xml")
    return { kind: "content-type", text: `the Content-Type is ${type || "empty"}, not text/xml` };
  const charset = parameters
    .map((parameter) => /^charset="?([^"]*)"?$/i.exec(parameter)?.[1])
    .find((value) => value !== undefined);
  if (charset === undefined || charset.toUpperCase() === "UTF-8") return undefined;
  return { kind: "content-type", text: `the charset is ${charset}, not UTF-8` };
}

/** Bytes as UTF-8; what is not UTF-8 is replaced, and a problem. */
export function utf8(bytes: Uint8Array | ArrayBuffer): { text: string; problem: Problem | undefined } {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), problem: undefined };
  } catch {
    const problem: Problem = { kind: "encoding", text: "the body is not UTF-8" };
    return { text: new TextDecoder().decode(bytes), problem };
  }
}

function eventOf(element: XmlElement): RawEvent {
  const problems = [...strangers(element, ["data"], ["name"])];
  const pairs = new Map<string, string>();
  for (const data of element.children.filter(({ name }) => name === "data")) {
    problems.push(...strangers(data, [], ["name", "value"]));
    const { name, value } = data.attributes;
    if (name === undefined || value === undefined)
      problems.push({
        kind: "missing-data",
        text: `a <data> has no ${name === undefined ? "name" : `value: ${name}`}`,
      });
    else if (pairs.has(name)) problems.push({ kind: "data-twice", text: `${name} is there twice` });
    else pairs.set(name, value);
  }
  return { name: element.attributes.name ?? "", data: Object.fromEntries(pairs), problems };
}

/** Elements, attributes and text that have no place there. */
function* strangers(element: XmlElement, elements: string[], attributes: string[]): Generator<Problem> {
  const where = `in <${element.name}>`;
  for (const { name } of element.children)
    if (!elements.includes(name)) yield { kind: "unexpected", text: `<${name}> has no place ${where}` };
  for (const name of Object.keys(element.attributes))
    if (!attributes.includes(name))
      yield { kind: "unexpected", text: `the attribute ${name} has no place ${where}` };
  if (element.text.trim() !== "") yield { kind: "unexpected", text: `text has no place ${where}` };
}

function unreadable(problem: Problem): CctsdkDocument {
  return { events: [], problems: [problem], readable: false };
}
