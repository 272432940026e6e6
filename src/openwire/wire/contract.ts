import type { Command } from "./commands.ts";

/** What two sides agreed on: how everything after the two WireFormatInfos is written (openwire.md §2). */
export interface WireFormat {
  /** 1 to 12. */
  version: number;
  tight: boolean;
  cache: boolean;
  /** Entries of the object cache of each direction. */
  cacheSize: number;
  stackTraces: boolean;
  /** False only if both sides gave the size prefix up. */
  sizePrefix: boolean;
  tcpNoDelay: boolean;
  /** Bytes, of the frame without its size field; the smaller of both. */
  maxFrameSize: number;
  /** Milliseconds; 0 = no monitor. */
  maxInactivityDuration: number;
  /** Milliseconds. */
  maxInactivityDurationInitialDelay: number;
}

export interface DecoderLimits {
  /** Bytes of one frame. Default 100 MiB; the negotiated one applies from the negotiation on. */
  maxFrameSize?: number;
  /** Objects in objects, maps in maps. Default 64. */
  maxNesting?: number;
}

/** One direction's writer. Not shared between connections: the cache and the version belong to one. */
export interface Encoder {
  /** One whole frame, size field included. Throws `OpenWireError` `frame-too-large` and `not-encodable` (a string too long…), writing nothing. */
  encode(command: Command): Uint8Array;
  /** As `encode`, behind what waits already; `take` hands all of it out in one piece. */
  append(command: Command): void;
  take(): Uint8Array;
  /** Bytes that wait to be taken. */
  readonly waiting: number;
  /** From here on in the negotiated format; before it only WireFormatInfo and loose. */
  useFormat(format: WireFormat): void;
}

/** One direction's reader: bytes in as they come, commands out. After it has thrown it is of no more use. */
export interface Decoder {
  /**
   * Calls `take` for every command that is complete, in order, synchronously. `take` may call `useFormat`, which holds for the next frame.
   * Throws `OpenWireError` `frame-too-large` (before waiting for the frame) and `malformed`.
   */
  push(bytes: Uint8Array, take: (command: Command) => void): void;
  useFormat(format: WireFormat): void;
  /** Bytes of a frame not complete yet. */
  readonly pending: number;
}
