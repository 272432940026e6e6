import type { Element, Parser } from "@xmpp/client";
import { escapeXml } from "../xml-write.ts";

const httpbind = "http://jabber.org/protocol/httpbind";
const xbosh = "urn:xmpp:xbosh";

/** A `<body>` of the server (XEP-0124 §4): its attributes and the stanzas in it. */
export interface BoshBody {
  element: Element;
  stanzas: Element[];
}

/**
 * A `<body>` to send.
 * @param attributes those with the prefix `xmpp:` are XEP-0206's; `undefined` ones are left out
 * @param payload stanzas as text, each with its namespace
 */
export function bodyText(attributes: Record<string, string | undefined>, payload = ""): string {
  const names = Object.keys(attributes);
  const all = {
    ...attributes,
    xmlns: httpbind,
    "xmlns:xmpp": names.some((name) => name.startsWith("xmpp:")) ? xbosh : undefined,
  };
  const written = Object.entries(all)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(value).replaceAll('"', "&quot;")}"`)
    .join("");
  return payload === "" ? `<body${written}/>` : `<body${written}>${payload}</body>`;
}

/**
 * Reads an answer. The stanzas keep the body as their parent, since the prefixes that they use are declared there.
 * Throws an Error with what is wrong.
 */
export function readBody(Reader: new () => Parser, text: string): BoshBody {
  const parser = new Reader();
  const stanzas: Element[] = [];
  let complete = false;
  let failure: unknown;
  parser.on("element", (element: Element) => stanzas.push(element));
  parser.on("end", () => {
    complete = true;
  });
  parser.on("error", (error: unknown) => {
    failure ??= error;
  });
  try {
    // White space before the root is an error to the library's parser.
    parser.write(text.trim());
  } catch (thrown) {
    failure ??= thrown;
  }
  if (failure !== undefined) throw failure;
  const element = parser.root;
  if (element === null || !complete || !element.is("body", httpbind)) {
    throw new Error(`the answer is no BOSH body: ${text.slice(0, 60)}`);
  }
  return { element, stanzas };
}
