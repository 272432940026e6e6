/** The parameters of a request target, by name in any case. */
export interface Query {
  /** Decoded, without the white space around it; empty when there is nothing or no such parameter. */
  get(name: string): string;
  /** Decoded, as it stands there: an unescaped plus at its beginning is a space. */
  untrimmed(name: string): string;
}

/** Seed 004's example of Register has a space where `&` should be, before this parameter. */
const swallowed = /(?:[ \t+]|%20)telesetNumber=/i;

/**
 * Reads what follows the first `?` of a raw request target, one character for each of its bytes, leniently (ebs-basic-telephony.md §3, §9):
 * names in any case, the first of repeated parameters, `+` and `%20` as spaces, percent signs that escape nothing as themselves, bytes,
 * escaped or not, as UTF-8 or else ISO-8859-1. Never throws.
 */
export function parseQuery(target: string): Query {
  const start = target.indexOf("?");
  const given = new Map<string, string>();
  let recovered: string | undefined;
  for (const pair of start === -1 ? [] : target.slice(start + 1).split("&")) {
    const equals = pair.indexOf("=");
    const name = equals === -1 ? pair : pair.slice(0, equals);
    const text = equals === -1 ? "" : pair.slice(equals + 1);
    const [value = "", swallowedValue] = swallowed.test(text) ? text.split(swallowed, 2) : [text];
    const key = decode(name).trim().toLowerCase();
    if (!given.has(key)) given.set(key, decode(value));
    if (swallowedValue !== undefined) recovered ??= decode(swallowedValue);
  }
  const untrimmed = (name: string): string => {
    const key = name.toLowerCase();
    return given.get(key) ?? (key === "telesetnumber" ? recovered : undefined) ?? "";
  };
  return { untrimmed, get: (name) => untrimmed(name).trim() };
}

const escape = /%[\da-f]{2}/gi;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (!/[^\u0000-\u007f]|[+%]/.test(text)) return text;
  const spaced = text.replaceAll("+", " ");
  const bytes = spaced.replace(escape, (found) => String.fromCharCode(Number.parseInt(found.slice(1), 16)));
  // No bytes but letters: as they are.
  // oxlint-disable-next-line no-control-regex
  if (/[^\u0000-\u00ff]/.test(bytes)) return bytes;
  try {
    return utf8.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  } catch {
    // One wrong sequence says that none of the value is meant as UTF-8. TextDecoder's "iso-8859-1" is windows-1252.
    return bytes;
  }
}
