import { OpenWireError } from "../errors.ts";
import type { Command } from "./commands.ts";
import { readBodyOf } from "./compile.ts";
import type { Decoder, DecoderLimits, WireFormat } from "./contract.ts";
import { readMap } from "./primitives.ts";
import { LooseReader, malformed, type Reader, TightReader } from "./reader.ts";
import { newestVersion, wireFormatInfoCode } from "./schema.ts";

const magic = Buffer.from("ActiveMQ");
/** Size, type and magic word of a WireFormatInfo. */
const magicEnd = 13;
const defaultMaxFrame = 100 * 1024 * 1024;
const defaultNesting = 64;

/** A reader of frames: loose and uncached until it is told what was agreed. The first frame must be a WireFormatInfo. */
export function createDecoder(limits: DecoderLimits = {}): Decoder {
  return new FrameDecoder(limits);
}

class FrameDecoder implements Decoder {
  readonly #maxNesting: number;
  #maxFrameSize: number;
  #reader: Reader;
  #sizePrefix = true;
  #first = true;
  /** What has come of a frame that is not complete: pieces, joined once it is. */
  #pieces: Buffer[] = [];
  #pending = 0;
  /** Bytes that must be there before it is worth looking again. */
  #wanted = 4;
  #broken = false;

  constructor({ maxFrameSize = defaultMaxFrame, maxNesting = defaultNesting }: DecoderLimits) {
    this.#maxFrameSize = maxFrameSize;
    this.#maxNesting = maxNesting;
    this.#reader = new LooseReader({
      version: newestVersion,
      stackTraces: false,
      cacheSize: undefined,
      maxNesting,
    });
  }

  get pending(): number {
    return this.#pending;
  }

  useFormat(format: WireFormat): void {
    const options = {
      version: format.version,
      stackTraces: format.stackTraces,
      cacheSize: format.cache ? format.cacheSize : undefined,
      maxNesting: this.#maxNesting,
    };
    this.#reader = format.tight ? new TightReader(options) : new LooseReader(options);
    this.#maxFrameSize = Math.min(this.#maxFrameSize, format.maxFrameSize);
    this.#sizePrefix = format.sizePrefix;
  }

  push(bytes: Uint8Array, take: (command: Command) => void): void {
    if (this.#broken) throw malformed("something before this was broken already");
    let buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#pending > 0) {
      this.#pieces.push(buffer);
      this.#pending += buffer.length;
      if (this.#pending < this.#wanted) {
        this.#pieces[this.#pieces.length - 1] = Buffer.from(buffer);
        return;
      }
      buffer = Buffer.concat(this.#pieces, this.#pending);
      this.#pieces = [];
      this.#pending = 0;
    }
    try {
      this.#frames(buffer, take);
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }

  #frames(buffer: Buffer, take: (command: Command) => void): void {
    let at = 0;
    for (;;) {
      const left = buffer.length - at;
      if (this.#first && left > 0) this.#recognise(buffer, at);
      if (!this.#sizePrefix) return this.#unsized(buffer, at, take);
      if (left < 4) return this.#keep(buffer, at, 4);
      const size = buffer.readInt32BE(at);
      if (size < 0) throw malformed(`a frame of ${size} bytes`);
      if (size > this.#maxFrameSize)
        throw this.#first
          ? stranger("its first bytes are no size of a frame")
          : tooLarge(size, this.#maxFrameSize);
      if (left < size + 4) return this.#keep(buffer, at, size + 4);
      const start = at + 4;
      at = start + size;
      if (size === 0) continue;
      const command = this.#frame(buffer, start, at);
      if (command !== undefined) take(command);
    }
  }

  /** Frames without a size in front: where one ends shows when its last field is read. What is cut is read again when more has come. */
  #unsized(buffer: Buffer, start: number, take: (command: Command) => void): void {
    let at = start;
    while (at < buffer.length) {
      const code = buffer[at] ?? 0;
      if (code === 0) {
        at += 1;
        continue;
      }
      const reader = this.#reader;
      let command: Command;
      try {
        reader.begin(buffer, at + 1, buffer.length);
        command = readBodyOf(code, reader) as Command;
      } catch (error) {
        if (reader.missing === 0) throw error;
        const needed = buffer.length - at + reader.missing;
        if (needed > this.#maxFrameSize) throw tooLarge(needed, this.#maxFrameSize);
        return this.#keep(buffer, at, needed);
      }
      at = reader.position;
      take(command);
    }
  }

  #frame(buffer: Buffer, start: number, end: number): Command | undefined {
    const code = buffer[start] ?? 0;
    if (code === 0) return undefined;
    if (this.#first !== (code === wireFormatInfoCode))
      throw this.#first
        ? stranger("the first frame is no WireFormatInfo")
        : malformed("a second WireFormatInfo");
    if (code === wireFormatInfoCode) {
      this.#first = false;
      return readWireFormatInfo(buffer, start + 1, end, this.#maxNesting);
    }
    // A data structure that is no command, alone in a frame, is for whoever takes it to refuse.
    this.#reader.begin(buffer, start + 1, end);
    const command = readBodyOf(code, this.#reader) as Command;
    this.#reader.finish();
    return command;
  }

  /** What remains is copied: the socket's buffer may be used again. */
  #keep(buffer: Buffer, at: number, wanted: number): void {
    if (at < buffer.length) this.#pieces.push(Buffer.from(buffer.subarray(at)));
    this.#pending = buffer.length - at;
    // A wrong magic word shows before its frame is complete.
    const isTelling = this.#first && this.#pending < magicEnd;
    this.#wanted = isTelling ? Math.min(wanted, magicEnd) : wanted;
  }

  /** Tells early, and in plain words, when something else than a broker answers. */
  #recognise(buffer: Buffer, at: number): void {
    const start = buffer.toString("latin1", at, Math.min(at + 4, buffer.length));
    for (const [form, what] of strangers) if (form.test(start)) throw stranger(`it speaks ${what}`);
    const got = buffer.subarray(at + 5, at + 13);
    if (
      buffer.length - at >= 5 &&
      buffer[at + 4] === wireFormatInfoCode &&
      !magic.subarray(0, got.length).equals(got)
    )
      throw stranger("its first frame has another magic word");
  }
}

/** Told by four bytes at most: more would be taken for the size of a frame first. */
const strangers: readonly [RegExp, string][] = [
  [/^HTTP/, "HTTP"],
  [/^(ERRO|CONN)/, "STOMP"],
  [/^AMQP/, "AMQP"],
  [/^\x15\x03/, "TLS: use an ssl:// address"],
  [/^(220[ -]|SSH-|\+OK |\* OK)/, "another protocol altogether"],
];

function readWireFormatInfo(buffer: Buffer, start: number, end: number, maxNesting: number): Command {
  if (end - start < 13) throw malformed("a WireFormatInfo that is too short");
  const version = buffer.readInt32BE(start + 8);
  const has = buffer[start + 12] !== 0;
  if (!has) {
    if (start + 13 !== end) throw malformed("bytes are left behind a WireFormatInfo");
    return { type: "WireFormatInfo", version, properties: null };
  }
  if (end - start < 17) throw malformed("a WireFormatInfo that is too short");
  const length = buffer.readInt32BE(start + 13);
  if (length < 0 || start + 17 + length !== end)
    throw malformed("a WireFormatInfo of another length than it says");
  return {
    type: "WireFormatInfo",
    version,
    properties: readMap(buffer.subarray(start + 17, end), { maxNesting }),
  };
}

function stranger(why: string): OpenWireError {
  return new OpenWireError({
    code: "not-openwire",
    message: "what answers there is no OpenWire broker",
    why,
  });
}

function tooLarge(size: number, limit: number): OpenWireError {
  return new OpenWireError({
    code: "frame-too-large",
    message: `the peer announces a frame of ${size} bytes, more than the limit of ${limit}`,
  });
}
