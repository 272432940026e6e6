import { OpenWireError } from "../errors.ts";
import { CacheTable } from "./cache-table.ts";
import type { Command } from "./commands.ts";
import { writerOf } from "./compile.ts";
import type { Encoder, WireFormat } from "./contract.ts";
import { writeMap } from "./primitives.ts";
import { newestVersion, wireFormatInfoCode } from "./schema.ts";
import { LooseWriter, notEncodable, TightWriter } from "./writer.ts";

const magic = Buffer.from("ActiveMQ");

/** A writer of frames: loose and uncached until it is told what was agreed. */
export function createEncoder(): Encoder {
  return new FrameEncoder();
}

class FrameEncoder implements Encoder {
  #out = new LooseWriter({ version: newestVersion, stackTraces: false, cache: undefined });
  #tight: TightWriter | undefined;
  #cache: CacheTable | undefined;
  #sizePrefix = true;
  #maxFrameSize = Infinity;

  useFormat(format: WireFormat): void {
    const { version, stackTraces } = format;
    this.#cache = format.cache ? new CacheTable(format.cacheSize) : undefined;
    const options = { version, stackTraces, cache: this.#cache };
    const before = this.#out.drain();
    this.#out = new LooseWriter(options);
    this.#out.append(before);
    this.#tight = format.tight ? new TightWriter(options) : undefined;
    this.#sizePrefix = format.sizePrefix;
    this.#maxFrameSize = format.maxFrameSize;
  }

  get waiting(): number {
    return this.#out.length;
  }

  append(command: Command): void {
    const out = this.#out;
    const start = out.length;
    try {
      // What has no command header is written before anything was agreed, and always in the same form.
      if (command.type === "WireFormatInfo" || this.#sizePrefix) out.i(0);
      const bodyStart = out.length;
      if (command.type === "WireFormatInfo") {
        out.b(wireFormatInfoCode);
        out.append(magic);
        out.i(command.version);
        out.B(command.properties === null ? null : writeMap(command.properties));
      } else this.#body(command);
      const size = out.length - bodyStart;
      if (size > this.#maxFrameSize) throw tooLarge(command, size, this.#maxFrameSize);
      if (bodyStart > start) out.patchInt(start, size);
    } catch (error) {
      out.truncate(start);
      this.#cache?.rollBack();
      throw error;
    }
  }

  encode(command: Command): Uint8Array {
    if (this.#out.length > 0) throw notEncodable("a single frame while others wait to be taken");
    this.append(command);
    return this.take();
  }

  take(): Uint8Array {
    return this.#out.drain();
  }

  #body(command: Command): void {
    this.#cache?.sweep();
    const out = this.#out;
    const { code, write } = writerOf(command, out.options.version);
    out.b(code);
    const tight = this.#tight;
    if (tight === undefined) return write(out, command);
    tight.begin();
    write(tight, command);
    tight.finish(out);
  }
}

function tooLarge(command: Command, size: number, limit: number): OpenWireError {
  return new OpenWireError({
    code: "frame-too-large",
    message: `a ${command.type} of ${size} bytes is more than the ${limit} bytes that were agreed on`,
  });
}
