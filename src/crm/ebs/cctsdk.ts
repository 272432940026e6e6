import type { CalloutError } from "./contract.ts";

/** The XML of Basic Telephony, a root `CCTSDK` with events of name and value (ebs-basic-telephony.md §3.1, §4). */

/** The body of an answer to a callout: empty for success. Without a declaration, as seed 004 shows it; UTF-8. */
export function replyXml(error: CalloutError | undefined): string {
  if (error === undefined) return "<CCTSDK/>";
  const { key, details } = error;
  const data: [string, string][] = [["occtErrorMsg", key]];
  if (details !== undefined && details !== "") data.push(["KeyErrorDetails", details]);
  return envelope("Error", data);
}

/** The body of a POST to EBS, to be sent as UTF-8. Data stand in the order given. */
export function eventXml(name: string, data: readonly (readonly [key: string, value: string])[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${envelope(name, data)}`;
}

function envelope(name: string, data: readonly (readonly [string, string])[]): string {
  const items = data.map(([key, value]) => `<data name="${escape(key)}" value="${escape(value)}"/>`);
  return `<CCTSDK><event name="${escape(name)}">${items.join("")}</event></CCTSDK>`;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** For an attribute: what XML 1.0 cannot carry is left out; control characters it can carry would be normalised unless written as numbers. */
function escape(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "")
      .replace(/[&<>"'\t\n\r\u007f-\u009f]/g, (found) => entities[found] ?? `&#${found.charCodeAt(0)};`)
  );
}

/** Characters of an answer that are looked at, and of a message that are shown. */
const longestBody = 65_536;
const longestMessage = 300;

/**
 * The message of the first Error event in what EBS answered to a POST, on one line; `undefined` when there is none, whatever else it is.
 * An event without a message is "Error". Reads leniently and never throws.
 */
export function errorOf(body: string): string | undefined {
  let inError = false;
  for (const { name, attributes, empty } of tagsOf(body.slice(0, longestBody))) {
    const named = attributes.get("name")?.trim().toLowerCase();
    if (name === "event" || name === "/event") {
      // The Error before it is over and said nothing.
      if (inError) break;
      inError = name === "event" && named === "error";
      if (inError && empty) break;
    }
    if (inError && name === "data" && named === "occterrormsg")
      return shown(attributes.get("value") ?? "") || "Error";
  }
  return inError ? "Error" : undefined;
}

function shown(message: string): string {
  // oxlint-disable-next-line no-control-regex
  const line = message.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return line.slice(0, longestMessage).toWellFormed();
}

interface Tag {
  /** Local name in lower case; closing tags with their slash. */
  name: string;
  attributes: Map<string, string>;
  empty: boolean;
}

const skipped = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;
const nameAt = /<(\/?)(?:[\w.-]{1,100}:)?([\w.-]{1,100})/y;
const attributeAt = /[\s/]+(?:[\w.-]{1,100}:)?([\w.-]{1,100})\s*=\s*(?:"([^"]*)"|'([^']*)')/y;

/** The tags of a text in its order, in one pass over it. */
function* tagsOf(text: string): Generator<Tag> {
  let at = text.indexOf("<");
  while (at !== -1) {
    const skip = skipped.find(([opening]) => text.startsWith(opening, at));
    if (skip !== undefined) {
      const end = text.indexOf(skip[1], at + skip[0].length);
      if (end === -1) return;
      at = text.indexOf("<", end);
      continue;
    }
    nameAt.lastIndex = at;
    const named = nameAt.exec(text);
    if (named === null) {
      at = text.indexOf("<", at + 1);
      continue;
    }
    const attributes = new Map<string, string>();
    let end = nameAt.lastIndex;
    for (;;) {
      attributeAt.lastIndex = end;
      const found = attributeAt.exec(text);
      if (found === null) break;
      const name = found[1]?.toLowerCase() ?? "";
      if (!attributes.has(name)) attributes.set(name, unescape(found[2] ?? found[3] ?? ""));
      end = attributeAt.lastIndex;
    }
    const empty = /[\s/]*/y;
    empty.lastIndex = end;
    yield {
      name: `${named[1]}${named[2]?.toLowerCase()}`,
      attributes,
      empty: empty.exec(text)?.[0].includes("/") ?? false,
    };
    at = text.indexOf("<", end);
  }
}

const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (whole, decimal, hex, word) => {
      if (typeof word === "string") return characters[word.toLowerCase()] ?? whole;
      const code = Number.parseInt(String(decimal ?? hex), decimal === undefined ? 16 : 10);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
