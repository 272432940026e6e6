import { OpenWireError } from "../errors.ts";
import type { Primitive, PrimitiveMap, WireFormatInfo } from "./commands.ts";
import type { WireFormat } from "./contract.ts";
import { newestVersion } from "./schema.ts";

/** What one side of a connection would like. */
export interface WireWishes {
  version?: number;
  tight?: boolean;
  cache?: boolean;
  cacheSize?: number;
  stackTraces?: boolean;
  tcpNoDelay?: boolean;
  /** Bytes. */
  maxFrameSize?: number;
  /** Milliseconds; 0 switches the monitor off on both sides. */
  maxInactivityDuration?: number;
  maxInactivityDurationInitialDelay?: number;
  /** The host name that was dialled. */
  host?: string;
}

/**
 * Our side of the handshake: by default version 12, tight, with the object cache, as the stock client: with the cache a broker
 * takes half as many again messages as without, and another twelfth when they are tight, half the bytes where they are short.
 */
export function wireFormatInfo(wishes: WireWishes = {}): WireFormatInfo {
  const flag = (value: boolean): Primitive => ({ kind: "boolean", value });
  const properties: PrimitiveMap = new Map<string, Primitive>([
    ["TightEncodingEnabled", flag(wishes.tight ?? true)],
    ["CacheEnabled", flag(wishes.cache ?? true)],
    ["CacheSize", { kind: "int", value: wishes.cacheSize ?? 1024 }],
    ["SizePrefixDisabled", flag(false)],
    ["StackTraceEnabled", flag(wishes.stackTraces ?? false)],
    ["TcpNoDelayEnabled", flag(wishes.tcpNoDelay ?? true)],
    ["MaxInactivityDuration", { kind: "long", value: wishes.maxInactivityDuration ?? 30_000 }],
    // Spelt so.
    [
      "MaxInactivityDurationInitalDelay",
      { kind: "long", value: wishes.maxInactivityDurationInitialDelay ?? 10_000 },
    ],
    ["MaxFrameSize", { kind: "long", value: wishes.maxFrameSize ?? 100 * 1024 * 1024 }],
    ["MaxFrameSizeEnabled", flag(true)],
    ["ProviderName", { kind: "string", value: "cti" }],
    ["ProviderVersion", { kind: "string", value: "1" }],
    ["PlatformDetails", { kind: "string", value: "TypeScript" }],
  ]);
  if (wishes.host !== undefined) properties.set("Host", { kind: "string", value: wishes.host });
  return { type: "WireFormatInfo", version: wishes.version ?? newestVersion, properties };
}

/** What two sides agree on (openwire.md §2). Throws `not-openwire` for a version below 1. */
export function negotiate(ours: WireFormatInfo, theirs: WireFormatInfo): WireFormat {
  const version = Math.min(ours.version, theirs.version, newestVersion);
  if (version < 1)
    throw new OpenWireError({
      code: "not-openwire",
      message: `the broker speaks version ${theirs.version} of OpenWire, which there is not`,
    });
  const both = (name: string): boolean => flagOf(ours, name) && flagOf(theirs, name);
  const smaller = (name: string): number => Math.min(numberOf(ours, name), numberOf(theirs, name));
  const cacheSize = smaller("CacheSize");
  const sizes = [numberOf(ours, "MaxFrameSize"), numberOf(theirs, "MaxFrameSize")].filter((size) => size > 0);
  return {
    version,
    tight: both("TightEncodingEnabled"),
    cache: both("CacheEnabled"),
    cacheSize: cacheSize <= 0 ? 16_383 : cacheSize,
    stackTraces: both("StackTraceEnabled"),
    sizePrefix: !both("SizePrefixDisabled"),
    tcpNoDelay: both("TcpNoDelayEnabled"),
    maxFrameSize: sizes.length === 0 ? Infinity : Math.min(...sizes),
    maxInactivityDuration: Math.max(smaller("MaxInactivityDuration"), 0),
    maxInactivityDurationInitialDelay: Math.max(smaller("MaxInactivityDurationInitalDelay"), 0),
  };
}

function flagOf({ properties }: WireFormatInfo, name: string): boolean {
  const value = properties?.get(name);
  return value?.kind === "boolean" && value.value;
}

function numberOf({ properties }: WireFormatInfo, name: string): number {
  const value = properties?.get(name);
  return value?.kind === "int" || value?.kind === "long" ? Number(value.value) : 0;
}
