import type { PropertyValue } from "../contract.ts";
import type { Primitive, PrimitiveMap } from "./commands.ts";
import { readModifiedUtf8 } from "./modified-utf8.ts";
import { PrimitiveWriter } from "./primitive-writer.ts";
import { malformed } from "./reader.ts";

/** Primitive maps, lists and values of openwire.md §3.6, the same in both encodings. */

export interface PrimitiveLimits {
  /** Maps and lists in one another. */
  maxNesting: number;
}

const usual: PrimitiveLimits = { maxNesting: 64 };

const intMin = -0x8000_0000;
const intMax = 0x7fff_ffff;

/** Reads a map that fills `bytes`. Throws `malformed`. */
export function readMap(bytes: Uint8Array, limits: PrimitiveLimits = usual): PrimitiveMap {
  const reader = new PrimitiveReader(bytes, limits);
  const map = reader.map(0) ?? new Map();
  reader.finish();
  return map;
}

/** Reads values back to back, as stream messages have them. Throws `malformed`. */
export function readValues(bytes: Uint8Array, limits: PrimitiveLimits = usual): Primitive[] {
  const reader = new PrimitiveReader(bytes, limits);
  const values: Primitive[] = [];
  while (!reader.isAtEnd) values.push(reader.value(0));
  return values;
}

/** Throws `not-encodable` for a value that its type cannot hold, a name that is too long, or maps and lists nested too deep. */
export function writeMap(map: PrimitiveMap): Uint8Array {
  const writer = new PrimitiveWriter();
  writer.map(map, 0);
  return writer.take();
}

/** As `writeMap`, for the values of a stream message. */
export function writeValues(values: readonly Primitive[]): Uint8Array {
  const writer = new PrimitiveWriter();
  for (const value of values) writer.value(value, 0);
  return writer.take();
}

/** A JavaScript value with the type it gets on the wire; a number becomes an int, a long where it is whole and does not fit, else a double. */
export function toPrimitive(value: PropertyValue): Primitive {
  switch (typeof value) {
    case "boolean":
      return { kind: "boolean", value };
    case "string":
      return { kind: "string", value };
    case "bigint":
      return { kind: "long", value };
    case "number":
      if (!Number.isInteger(value) || Object.is(value, -0)) return { kind: "double", value };
      if (value >= intMin && value <= intMax) return { kind: "int", value };
      return Number.isSafeInteger(value) ? { kind: "long", value } : { kind: "double", value };
    default:
      if (value === null) return { kind: "null" };
      return value instanceof Uint8Array ? { kind: "bytes", value } : value;
  }
}

export function toPrimitiveMap(values: Readonly<Record<string, PropertyValue>>): PrimitiveMap {
  return new Map(Object.entries(values).map(([name, value]) => [name, toPrimitive(value)]));
}

/** What a value is to JavaScript, without its type; maps become objects without a prototype. */
export function plainValue(primitive: Primitive | undefined): unknown {
  if (primitive === undefined) return undefined;
  switch (primitive.kind) {
    case "null":
      return null;
    case "map":
      return plainMap(primitive.value);
    case "list":
      return primitive.value.map(plainValue);
    default:
      return primitive.value;
  }
}

export function plainMap(map: PrimitiveMap): Record<string, unknown> {
  const plain: Record<string, unknown> = Object.create(null);
  for (const [name, value] of map) plain[name] = plainValue(value);
  return plain;
}

class PrimitiveReader {
  readonly #bytes: Buffer;
  readonly #limits: PrimitiveLimits;
  #at = 0;

  constructor(bytes: Uint8Array, limits: PrimitiveLimits) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  finish(): void {
    if (!this.isAtEnd) throw malformed("bytes are left behind a map");
  }

  map(depth: number): PrimitiveMap | undefined {
    const count = this.#bytes.readInt32BE(this.#take(4));
    if (count < 0) return undefined;
    this.#check(count, 3, depth);
    const map: PrimitiveMap = new Map();
    for (let index = 0; index < count; index++) {
      const name = this.#text(this.#bytes.readUInt16BE(this.#take(2)));
      map.set(name, this.value(depth + 1));
    }
    return map;
  }

  value(depth: number): Primitive {
    const bytes = this.#bytes;
    const type = bytes[this.#take(1)];
    switch (type) {
      case 0:
        return { kind: "null" };
      case 1:
        return { kind: "boolean", value: bytes[this.#take(1)] !== 0 };
      case 2:
        return { kind: "byte", value: bytes.readInt8(this.#take(1)) };
      case 3:
        return { kind: "char", value: String.fromCharCode(bytes.readUInt16BE(this.#take(2))) };
      case 4:
        return { kind: "short", value: bytes.readInt16BE(this.#take(2)) };
      case 5:
        return { kind: "int", value: bytes.readInt32BE(this.#take(4)) };
      case 6: {
        const long = bytes.readBigInt64BE(this.#take(8));
        const exact = Number(long);
        return { kind: "long", value: Number.isSafeInteger(exact) ? exact : long };
      }
      case 7:
        return { kind: "double", value: bytes.readDoubleBE(this.#take(8)) };
      case 8:
        return { kind: "float", value: bytes.readFloatBE(this.#take(4)) };
      case 9:
        return { kind: "string", value: this.#text(bytes.readUInt16BE(this.#take(2))) };
      case 10: {
        const length = this.#length();
        const at = this.#take(length);
        return { kind: "bytes", value: Buffer.from(bytes.subarray(at, at + length)) };
      }
      case 11: {
        const map = this.map(depth);
        return map === undefined ? { kind: "null" } : { kind: "map", value: map };
      }
      case 12: {
        const count = this.#length();
        this.#check(count, 1, depth);
        // Grown as values come: lists in lists may each announce as many as there are bytes left.
        const value: Primitive[] = [];
        for (let index = 0; index < count; index++) value.push(this.value(depth + 1));
        return { kind: "list", value };
      }
      case 13:
        return { kind: "string", value: this.#text(this.#length()) };
      default:
        throw malformed(`a value of type ${type}, which is none`);
    }
  }

  #check(count: number, atLeast: number, depth: number): void {
    if (count * atLeast > this.#bytes.length - this.#at) throw malformed(`${count} entries in too few bytes`);
    if (depth >= this.#limits.maxNesting)
      throw malformed(`values nested deeper than ${this.#limits.maxNesting}`);
  }

  #length(): number {
    const length = this.#bytes.readInt32BE(this.#take(4));
    if (length < 0) throw malformed(`a length of ${length}`);
    return length;
  }

  #text(length: number): string {
    const at = this.#take(length);
    return readModifiedUtf8(this.#bytes, at, at + length);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw malformed("a value ends in its middle");
    this.#at = at + count;
    return at;
  }
}
