import type { Long, Primitive, PrimitiveMap } from "./commands.ts";
import { encodedLength, writeModifiedUtf8 } from "./modified-utf8.ts";
import { grown, notEncodable, putInt, putLong } from "./writer.ts";

/** Strings of fewer UTF-16 units are written as type 9, as Java does. */
const bigString = 8191;
/** Maps and lists in one another: more than anybody means, and few enough for the stack. */
const mostNesting = 64;
const longMin = -(2n ** 63n);
const longMax = 2n ** 63n - 1n;

/** Writes primitive maps and values (openwire.md §3.6). Throws `not-encodable` rather than writing another number than it was given. */
export class PrimitiveWriter {
  #bytes = Buffer.allocUnsafe(256);
  #at = 0;

  take(): Uint8Array {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  map(map: PrimitiveMap, depth: number): void {
    check(depth);
    this.#int(map.size);
    for (const [name, value] of map) {
      this.#text(name);
      this.value(value, depth + 1);
    }
  }

  value(primitive: Primitive, depth: number): void {
    switch (primitive.kind) {
      case "null":
        return this.#byte(0);
      case "boolean":
        this.#byte(1);
        return this.#byte(primitive.value ? 1 : 0);
      case "byte":
        this.#byte(2);
        return this.#byte(whole(primitive, 8));
      case "char":
        if (primitive.value.length !== 1) throw notEncodable("a char of other than one UTF-16 unit");
        this.#byte(3);
        return this.#short(primitive.value.charCodeAt(0));
      case "short":
        this.#byte(4);
        return this.#short(whole(primitive, 16));
      case "int":
        this.#byte(5);
        return this.#int(whole(primitive, 32));
      case "long":
        this.#byte(6);
        return this.#long(primitive.value);
      case "double":
        this.#byte(7);
        this.#room(8);
        this.#bytes.writeDoubleBE(primitive.value, this.#at - 8);
        return;
      case "float":
        this.#byte(8);
        this.#room(4);
        this.#bytes.writeFloatBE(primitive.value, this.#at - 4);
        return;
      case "string":
        return this.#string(primitive.value);
      case "bytes": {
        this.#byte(10);
        this.#int(primitive.value.length);
        const at = this.#room(primitive.value.length);
        this.#bytes.set(primitive.value, at);
        return;
      }
      case "map":
        this.#byte(11);
        return this.map(primitive.value, depth);
      case "list":
        check(depth);
        this.#byte(12);
        this.#int(primitive.value.length);
        for (const value of primitive.value) this.value(value, depth + 1);
    }
  }

  #string(value: string): void {
    // What is shorter takes 24,570 bytes at most, so that its length fits two.
    const isBig = value.length >= bigString;
    this.#byte(isBig ? 13 : 9);
    const length = encodedLength(value);
    if (isBig) this.#int(length);
    else this.#short(length);
    const at = this.#room(length);
    writeModifiedUtf8(this.#bytes, at, value);
  }

  #long(value: Long): void {
    const fits = typeof value === "bigint" ? value >= longMin && value <= longMax : Number.isInteger(value);
    // 2^63 as a number is the first that does not fit.
    if (!fits || value >= 2 ** 63 || value < -(2 ** 63)) throw notEncodable(`${value} as a long`);
    const at = this.#room(8);
    putLong(this.#bytes, at, value);
  }

  #byte(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  #short(value: number): void {
    const at = this.#room(2);
    this.#bytes[at] = value >> 8;
    this.#bytes[at + 1] = value;
  }

  #int(value: number): void {
    const at = this.#room(4);
    putInt(this.#bytes, at, value);
  }

  /** A name. */
  #text(value: string): void {
    const length = encodedLength(value);
    if (length > 0xffff) throw notEncodable(`a name of ${length} bytes`);
    this.#short(length);
    const at = this.#room(length);
    writeModifiedUtf8(this.#bytes, at, value);
  }

  #room(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) this.#bytes = grown(this.#bytes, at, at + count);
    this.#at = at + count;
    return at;
  }
}

function check(depth: number): void {
  if (depth >= mostNesting) throw notEncodable(`maps and lists nested deeper than ${mostNesting}`);
}

function whole({ kind, value }: { kind: string; value: number }, bits: 8 | 16 | 32): number {
  const half = 2 ** (bits - 1);
  if (!Number.isInteger(value) || value < -half || value >= half)
    throw notEncodable(`${value} as ${kind === "int" ? "an" : "a"} ${kind}`);
  return value;
}
