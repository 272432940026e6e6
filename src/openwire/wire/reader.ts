import { OpenWireError } from "../errors.ts";
import type { DataStructure, Long, Throwable } from "./commands.ts";
import { readModifiedUtf8 } from "./modified-utf8.ts";
import { readBodyOf } from "./compile.ts";
import { hasMarshalledFlag } from "./schema.ts";

export interface ReaderOptions {
  version: number;
  stackTraces: boolean;
  /** Entries of the object cache; `undefined`: no cache. */
  cacheSize: number | undefined;
  maxNesting: number;
}

/** Frames of a stack trace and links of a chain of causes that are read; more is an attack. */
const mostFrames = 10_000;
const mostCauses = 64;

/**
 * Reads the fields of one frame, one after the other; the compiled readers of `compile.ts` call it. Never reads beyond the frame: that, and
 * whatever else is wrong, is `malformed`.
 */
export abstract class Reader {
  readonly options: ReaderOptions;
  protected bytes: Buffer = Buffer.alloc(0);
  protected at = 0;
  protected end = 0;
  readonly #cache: (DataStructure | null | undefined)[] = [];
  /** The type codes of what is in the cache; 0 of null. */
  readonly #cacheCodes: number[] = [];
  #depth = 0;
  /** Of the nested object read last; 0 of null. */
  #code = 0;
  #missing = 0;

  constructor(options: ReaderOptions) {
    this.options = options;
  }

  /** The next reads are in `bytes` from `start` to `end`. */
  begin(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.#depth = 0;
    this.#missing = 0;
  }

  /** Where the next field would be. */
  get position(): number {
    return this.at;
  }

  /** After a throw: bytes that the field it was at had too few; 0 when something else was wrong. */
  get missing(): number {
    return this.#missing;
  }

  /** Throws unless the frame is used up. */
  finish(): void {
    if (this.at !== this.end) throw malformed(`${this.end - this.at} bytes are left behind the last field`);
  }

  abstract z(): boolean;
  abstract l(): Long;
  abstract S(): string | null;

  b(): number {
    const at = this.take(1);
    return ((this.bytes[at] ?? 0) << 24) >> 24;
  }

  i(): number {
    const at = this.take(4);
    const { bytes } = this;
    return (
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)
    );
  }

  /** A copy: a message that is kept must not hold everything that came in the same read of the socket. */
  B(): Uint8Array | null {
    if (!this.z()) return null;
    const length = this.i();
    if (length < 0) throw malformed(`a byte sequence of ${length} bytes`);
    const at = this.take(length);
    return Buffer.from(this.bytes.subarray(at, at + length));
  }

  /** A nested object with a type code of `first` to `last`: the types of `commands.ts` are to be true of whatever is read. */
  N(first = 0, last = 0xff): DataStructure | null {
    this.#code = 0;
    if (!this.z()) return null;
    const code = this.b() & 0xff;
    checkHeld(code, first, last);
    if (this.marshalledFlag(code))
      throw malformed("an object of a form that nothing has used for many years");
    if (++this.#depth > this.options.maxNesting)
      throw malformed(`objects nested deeper than ${this.options.maxNesting}`);
    const value = readBodyOf(code, this);
    this.#depth -= 1;
    this.#code = code;
    return value;
  }

  C(first = 0, last = 0xff): DataStructure | null {
    const { cacheSize } = this.options;
    if (cacheSize === undefined) return this.N(first, last);
    const isNew = this.z();
    const index = this.short();
    if (index < -1 || index >= cacheSize) throw malformed(`place ${index} of a cache of ${cacheSize}`);
    if (isNew) {
      const value = this.N(first, last);
      if (index >= 0) {
        this.#cache[index] = value;
        this.#cacheCodes[index] = this.#code;
      }
      return value;
    }
    const value = this.#cache[index];
    if (value === undefined) throw malformed(`place ${index} of the cache, where nothing was put`);
    if (value !== null) checkHeld(this.#cacheCodes[index] ?? 0, first, last);
    return value;
  }

  A(): (DataStructure | null)[] | null {
    if (!this.z()) return null;
    const count = this.short();
    if (count < 0) throw malformed(`an array of ${count} objects`);
    // Grown as objects come, not as announced.
    const elements: (DataStructure | null)[] = [];
    for (let index = 0; index < count; index++) elements.push(this.N());
    return elements;
  }

  T(): Throwable | null {
    return this.#throwable(0);
  }

  #throwable(depth: number): Throwable | null {
    if (!this.z()) return null;
    if (depth > mostCauses) throw malformed("an exception with too many causes");
    const className = this.S();
    const message = this.S();
    if (!this.options.stackTraces) return { className, message, stackTrace: [], cause: null };
    const count = this.short();
    if (count < 0 || count > mostFrames) throw malformed(`a stack trace of ${count} lines`);
    const stackTrace = Array.from({ length: count }, () => ({
      className: this.S(),
      method: this.S(),
      file: this.S(),
      line: this.i(),
    }));
    return { className, message, stackTrace, cause: this.#throwable(depth + 1) };
  }

  protected short(): number {
    const at = this.take(2);
    return (((this.bytes[at] ?? 0) << 24) >> 16) | (this.bytes[at + 1] ?? 0);
  }

  protected unsignedShort(): number {
    return this.short() & 0xffff;
  }

  protected wholeLong(): Long {
    const high = this.i();
    const low = this.i() >>> 0;
    // Beyond 2^53 a number is not exact any more.
    return high >= -0x20_0000 && high < 0x20_0000
      ? high * 0x1_0000_0000 + low
      : (BigInt(high) << 32n) | BigInt(low);
  }

  protected text(length: number): string {
    const at = this.take(length);
    return readModifiedUtf8(this.bytes, at, at + length);
  }

  /** The place of the next `count` bytes, which are then used up. */
  protected take(count: number): number {
    const { at } = this;
    if (count > this.end - at) {
      this.#missing = count - (this.end - at);
      throw malformed("the frame ends in the middle of a field");
    }
    this.at = at + count;
    return at;
  }

  protected abstract marshalledFlag(code: number): boolean;
}

/** openwire.md §3.1. */
export class LooseReader extends Reader {
  z(): boolean {
    const at = this.take(1);
    return this.bytes[at] !== 0;
  }

  l(): Long {
    return this.wholeLong();
  }

  S(): string | null {
    return this.z() ? this.text(this.unsignedShort()) : null;
  }

  protected marshalledFlag(): boolean {
    return false;
  }
}

/** openwire.md §3.2: the bits of all fields stand before the rest. */
export class TightReader extends Reader {
  /** Number of the next bit, from the first one of the frame. */
  #bit = 0;
  #bits = 0;
  #bitsEnd = 0;

  /** The type code stands before the bits. */
  override begin(bytes: Buffer, start: number, end: number): void {
    super.begin(bytes, start, end);
    const first = this.b() & 0xff;
    const length = first === 0xc0 ? this.b() & 0xff : first === 0x80 ? this.unsignedShort() : first;
    this.#bits = this.take(length);
    this.#bitsEnd = length * 8;
    this.#bit = 0;
  }

  z(): boolean {
    const bit = this.#bit++;
    if (bit >= this.#bitsEnd) throw malformed("the frame has too few bits");
    return (((this.bytes[this.#bits + (bit >> 3)] ?? 0) >> (bit & 7)) & 1) === 1;
  }

  l(): Long {
    if (this.z()) return this.z() ? this.wholeLong() : this.i() >>> 0;
    return this.z() ? this.unsignedShort() : 0;
  }

  S(): string | null {
    if (!this.z()) return null;
    // Whether it is ASCII only tells the reader of a faster way.
    this.z();
    return this.text(this.unsignedShort());
  }

  protected marshalledFlag(code: number): boolean {
    return hasMarshalledFlag(code) && this.z();
  }
}

function checkHeld(code: number, first: number, last: number): void {
  if (code < first || code > last)
    throw malformed(`an object of type ${code} where one of ${first} to ${last} belongs`);
}

export function malformed(why: string): OpenWireError {
  return new OpenWireError({
    code: "malformed",
    message: "the peer sent something that is no OpenWire",
    why,
  });
}
