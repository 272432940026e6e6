import { OpenWireError } from "../errors.ts";
import { writerOf } from "./compile.ts";
import type { DataStructure, Long, Throwable } from "./commands.ts";
import { encodedLength, isPlainAscii, writeAscii, writeModifiedUtf8 } from "./modified-utf8.ts";
import type { CacheTable } from "./cache-table.ts";
import { hasMarshalledFlag } from "./schema.ts";

export interface WriterOptions {
  version: number;
  stackTraces: boolean;
  cache: CacheTable | undefined;
}

const firstSize = 1024;

/** Writes the fields of one frame, one after the other; the compiled writers of `compile.ts` call it. */
export abstract class Writer {
  readonly options: WriterOptions;
  protected buffer = Buffer.allocUnsafe(firstSize);
  protected at = 0;

  constructor(options: WriterOptions) {
    this.options = options;
  }

  abstract z(value: boolean): void;
  abstract l(value: Long): void;
  abstract S(value: string | null | undefined): void;
  abstract C(value: DataStructure | null | undefined): void;
  protected abstract marshalledFlag(code: number): void;

  b(value: number): void {
    const at = this.room(1);
    this.buffer[at] = value;
  }

  i(value: number): void {
    const at = this.room(4);
    putInt(this.buffer, at, value);
  }

  B(value: Uint8Array | null | undefined): void {
    this.z(value !== null && value !== undefined);
    if (value === null || value === undefined) return;
    this.i(value.length);
    const at = this.room(value.length);
    this.buffer.set(value, at);
  }

  N(value: DataStructure | null | undefined): void {
    this.z(value !== null && value !== undefined);
    if (value === null || value === undefined) return;
    const { code, write } = writerOf(value, this.options.version);
    this.b(code);
    this.marshalledFlag(code);
    write(this, value);
  }

  A(value: readonly (DataStructure | null)[] | null | undefined): void {
    this.z(value !== null && value !== undefined);
    if (value === null || value === undefined) return;
    if (value.length > 0x7fff) throw notEncodable(`an array of ${value.length} objects`);
    this.short(value.length);
    for (const element of value) this.N(element);
  }

  T(value: Throwable | null | undefined): void {
    this.z(value !== null && value !== undefined);
    if (value === null || value === undefined) return;
    this.S(value.className);
    this.S(value.message);
    if (!this.options.stackTraces) return;
    this.short(value.stackTrace.length);
    for (const line of value.stackTrace) {
      this.S(line.className);
      this.S(line.method);
      this.S(line.file);
      this.i(line.line);
    }
    this.T(value.cause);
  }

  protected short(value: number): void {
    const at = this.room(2);
    this.buffer[at] = value >> 8;
    this.buffer[at + 1] = value;
  }

  protected wholeLong(value: Long): void {
    const at = this.room(8);
    putLong(this.buffer, at, value);
  }

  /** u16 length and bytes. */
  protected text(value: string, ascii: boolean, longest: number): void {
    const length = ascii ? value.length : encodedLength(value);
    if (length > longest) throw notEncodable(`a text of ${length} bytes, where ${longest} is the most`);
    const at = this.room(length + 2);
    this.buffer[at] = length >> 8;
    this.buffer[at + 1] = length;
    if (ascii) writeAscii(this.buffer, at + 2, value);
    else writeModifiedUtf8(this.buffer, at + 2, value);
  }

  /** The place of `count` free bytes, which are then taken. */
  protected room(count: number): number {
    const { at } = this;
    if (at + count > this.buffer.length) this.buffer = grown(this.buffer, at, at + count);
    this.at = at + count;
    return at;
  }
}

/** openwire.md §3.1. */
export class LooseWriter extends Writer {
  /** Appends `value` to a frame whose type code is written already; `begin` and `take` are for whole frames. */
  z(value: boolean): void {
    const at = this.room(1);
    this.buffer[at] = value ? 1 : 0;
  }

  l(value: Long): void {
    this.wholeLong(value);
  }

  S(value: string | null | undefined): void {
    this.z(value !== null && value !== undefined);
    if (value !== null && value !== undefined) this.text(value, isPlainAscii(value), 0xffff);
  }

  C(value: DataStructure | null | undefined): void {
    const { cache } = this.options;
    if (cache === undefined) {
      this.N(value);
      return;
    }
    const known = cache.find(value ?? null);
    this.z(known === undefined);
    this.short(known ?? cache.add(value ?? null));
    if (known === undefined) this.N(value);
  }

  protected marshalledFlag(): void {}

  /** Bytes written so far. */
  get length(): number {
    return this.at;
  }

  /** Forgets everything behind `length`. */
  truncate(length: number): void {
    this.at = length;
  }

  append(bytes: Uint8Array): void {
    const at = this.room(bytes.length);
    this.buffer.set(bytes, at);
  }

  /** Overwrites an int written before. */
  patchInt(at: number, value: number): void {
    putInt(this.buffer, at, value);
  }

  /** A copy of everything written, which is then forgotten. */
  drain(): Buffer {
    const drained = Buffer.allocUnsafe(this.at);
    this.buffer.copy(drained, 0, 0, this.at);
    this.at = 0;
    // One large frame must not stay in memory for good.
    if (this.buffer.length > 1 << 20) this.buffer = Buffer.allocUnsafe(firstSize);
    return drained;
  }
}

/** openwire.md §3.2: bits and data grow side by side, in one pass. */
export class TightWriter extends Writer {
  #bits = Buffer.alloc(64);
  #bit = 0;

  begin(): void {
    this.at = 0;
    this.#bits.fill(0, 0, (this.#bit + 7) >> 3);
    this.#bit = 0;
  }

  z(value: boolean): void {
    const bit = this.#bit++;
    if (bit >> 3 >= this.#bits.length) {
      const larger = Buffer.alloc(this.#bits.length * 2);
      this.#bits.copy(larger);
      this.#bits = larger;
    }
    if (value) this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  l(value: Long): void {
    const negative = value < 0;
    if (!negative && value <= 0xffff) {
      this.z(false);
      this.z(value != 0);
      if (value != 0) this.short(Number(value));
    } else if (!negative && value <= 0xffff_ffff) {
      this.z(true);
      this.z(false);
      this.i(Number(value));
    } else {
      this.z(true);
      this.z(true);
      this.wholeLong(value);
    }
  }

  S(value: string | null | undefined): void {
    this.z(value !== null && value !== undefined);
    if (value === null || value === undefined) return;
    const ascii = isPlainAscii(value);
    this.z(ascii);
    this.text(value, ascii, 0x7ffe);
  }

  C(value: DataStructure | null | undefined): void {
    const { cache } = this.options;
    if (cache === undefined) {
      this.N(value);
      return;
    }
    const known = cache.find(value ?? null);
    this.z(known === undefined);
    if (known !== undefined) {
      this.short(known);
      return;
    }
    // The stock writer gives out the index after those of the object's own fields, and writes it before them.
    const place = this.room(2);
    this.N(value);
    const index = cache.add(value ?? null);
    this.buffer[place] = index >> 8;
    this.buffer[place + 1] = index;
  }

  protected marshalledFlag(code: number): void {
    if (hasMarshalledFlag(code)) this.z(false);
  }

  /** Bit string header, bit string and data, behind what `target` holds. */
  finish(target: LooseWriter): void {
    const length = (this.#bit + 7) >> 3;
    if (length > 0xffff) throw notEncodable(`a command with ${this.#bit} bits`);
    if (length >= 64) {
      target.b(length <= 0xff ? 0xc0 : 0x80);
      if (length > 0xff) target.b(length >> 8);
    }
    target.b(length);
    target.append(this.#bits.subarray(0, length));
    target.append(this.buffer.subarray(0, this.at));
  }
}

export function putInt(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 24;
  bytes[at + 1] = value >> 16;
  bytes[at + 2] = value >> 8;
  bytes[at + 3] = value;
}

export function putLong(bytes: Uint8Array, at: number, value: Long): void {
  if (typeof value === "bigint") {
    putInt(bytes, at, Number(BigInt.asIntN(32, value >> 32n)));
    putInt(bytes, at + 4, Number(BigInt.asIntN(32, value)));
    return;
  }
  const high = Math.floor(value / 0x1_0000_0000);
  putInt(bytes, at, high);
  putInt(bytes, at + 4, value - high * 0x1_0000_0000);
}

export function grown(buffer: Buffer, used: number, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
  buffer.copy(larger, 0, 0, used);
  return larger;
}

export function notEncodable(why: string): OpenWireError {
  return new OpenWireError({ code: "not-encodable", message: "this cannot be written as OpenWire", why });
}
