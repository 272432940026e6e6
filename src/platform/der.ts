/**
 * The little of DER (X.690) that a certificate needs. The certificate library at hand needs a reflection polyfill, which is lost in a
 * compiled binary, and takes 80 ms to load; this takes none.
 */

function tagged(tag: number, ...contents: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  return Buffer.concat([Uint8Array.of(tag), length(content.length), content]);
}

function length(bytes: number): Uint8Array {
  if (bytes < 0x80) return Uint8Array.of(bytes);
  if (bytes < 0x100) return Uint8Array.of(0x81, bytes);
  return Uint8Array.of(0x82, bytes >> 8, bytes & 0xff);
}

export const sequence = (...items: Uint8Array[]): Uint8Array => tagged(0x30, ...items);
export const set = (...items: Uint8Array[]): Uint8Array => tagged(0x31, ...items);
export const octets = (content: Uint8Array): Uint8Array => tagged(0x04, content);
export const utf8 = (text: string): Uint8Array => tagged(0x0c, Buffer.from(text, "utf8"));
export const boolean = (value: boolean): Uint8Array => tagged(0x01, Uint8Array.of(value ? 0xff : 0));
export const bits = (content: Uint8Array, unused = 0): Uint8Array =>
  tagged(0x03, Uint8Array.of(unused), content);
/** `[number]` around other elements. */
export const explicit = (number: number, ...items: Uint8Array[]): Uint8Array =>
  tagged(0xa0 + number, ...items);
/** `[number]` in place of a primitive's own tag. */
export const implicit = (number: number, content: Uint8Array): Uint8Array => tagged(0x80 + number, content);

/** A positive integer, most significant byte first. */
export function integer(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  const trimmed = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  // The top bit is the sign.
  return (trimmed[0] ?? 0) >= 0x80 ? tagged(0x02, Uint8Array.of(0), trimmed) : tagged(0x02, trimmed);
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Uint8Array.from(bytes));
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
export function time(at: Date): Uint8Array {
  const digits = `${at.toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2), "ascii"))
    : tagged(0x18, Buffer.from(digits, "ascii"));
}
