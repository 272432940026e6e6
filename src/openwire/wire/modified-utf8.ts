import { OpenWireError } from "../errors.ts";

/**
 * Java's modified UTF-8 (openwire.md §3.5): NUL is two bytes, characters beyond U+FFFF are two surrogates of three bytes each. Plain UTF-8's
 * four-byte sequences are read too, since brokers pass on what STOMP clients wrote; they are never written.
 */

/** Bytes that `text` takes. */
export function encodedLength(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    length += unit !== 0 && unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
  return length;
}

/** Writes `text` at `offset`, where `encodedLength(text)` bytes are free. Returns the offset behind it. */
export function writeModifiedUtf8(target: Uint8Array, offset: number, text: string): number {
  let at = offset;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit !== 0 && unit < 0x80) target[at++] = unit;
    else if (unit < 0x800) {
      target[at++] = 0xc0 | (unit >> 6);
      target[at++] = 0x80 | (unit & 0x3f);
    } else {
      target[at++] = 0xe0 | (unit >> 12);
      target[at++] = 0x80 | ((unit >> 6) & 0x3f);
      target[at++] = 0x80 | (unit & 0x3f);
    }
  }
  return at;
}

/** Texts at least as long are tested and copied by the engine's own code, shorter ones unit by unit. */
const longText = 48;
// oxlint-disable-next-line no-control-regex
const onlyAscii = /^[\x01-\x7f]*$/;

/** True when every character is U+0001 to U+007F: a byte each. */
export function isPlainAscii(text: string): boolean {
  if (text.length >= longText) return onlyAscii.test(text);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0 || unit > 0x7f) return false;
  }
  return true;
}

/** Writes a text that `isPlainAscii`. */
export function writeAscii(target: Buffer, offset: number, text: string): number {
  if (text.length >= longText) return offset + target.write(text, offset, text.length, "latin1");
  for (let index = 0; index < text.length; index++) target[offset + index] = text.charCodeAt(index);
  return offset + text.length;
}

/** Throws `malformed` for bytes that are neither. */
export function readModifiedUtf8(bytes: Buffer, start: number, end: number): string {
  let at = start;
  while (at < end && (bytes[at] ?? 0) < 0x80) at++;
  // A NUL of its own is not modified UTF-8, but harmless and certain in its meaning.
  return at === end ? bytes.toString("latin1", start, end) : readMixed(bytes, start, end);
}

function readMixed(bytes: Buffer, start: number, end: number): string {
  const units: number[] = [];
  let text = "";
  let at = start;
  const continuation = (): number => {
    const byte = at < end ? (bytes[at++] ?? 0) : 0;
    if ((byte & 0xc0) !== 0x80) throw broken(at - start - 1);
    return byte & 0x3f;
  };
  while (at < end) {
    const byte = bytes[at++] ?? 0;
    if (byte < 0x80) units.push(byte);
    else if (byte >= 0xc0 && byte < 0xe0) units.push(((byte & 0x1f) << 6) | continuation());
    else if (byte >= 0xe0 && byte < 0xf0)
      units.push(((byte & 0x0f) << 12) | (continuation() << 6) | continuation());
    else if (byte >= 0xf0 && byte < 0xf5) {
      const point =
        (((byte & 0x07) << 18) | (continuation() << 12) | (continuation() << 6) | continuation()) - 0x10000;
      if (point < 0 || point > 0xfffff) throw broken(at - start - 4);
      units.push(0xd800 | (point >> 10), 0xdc00 | (point & 0x3ff));
    } else throw broken(at - start - 1);
    // In pieces: `fromCharCode` takes its units on the stack.
    if (units.length >= 4096) {
      text += String.fromCharCode(...units);
      units.length = 0;
    }
  }
  return text + String.fromCharCode(...units);
}

function broken(offset: number): OpenWireError {
  return new OpenWireError({
    code: "malformed",
    message: "the peer sent a text that is neither modified nor plain UTF-8",
    why: `wrong byte at offset ${offset} of the text`,
  });
}
