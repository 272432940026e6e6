/** Texts inside of queries. */

const soqlEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

/** A text as a SOQL literal, quotes and all. */
export function soqlText(text: string): string {
  return `'${text.replace(/[\\'"\n\r\t\b\f]/g, (character) => soqlEscapes[character] ?? "")}'`;
}

/** A text between the braces of SOSL's FIND: reserved characters with a backslash before (open-cti.md §6). */
export function soslText(text: string): string {
  return text.replace(/[?&|!{}[\]()^~*:\\"'+-]/g, "\\$&");
}
