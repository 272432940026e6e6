import type { Body, Primitive, PrimitiveMap, ReceivedMessage } from "../../../src/openwire/contract.ts";
import type { PeerKind } from "./peer.ts";

export const string = (value: string): Primitive => ({ kind: "string", value });
export const int = (value: number): Primitive => ({ kind: "int", value });
export const everyCharacter = "naïve 🚀 \0 \u07ff\u0800 日本 👩‍🚀 \uffff";
/** Of maps and properties the stock client reads neither NUL nor what is beyond U+FFFF, not even from itself. */
export const understoodByJava = "naïve \u07ff\u0800 日本 \uffff";

export const scalars = (text: string) =>
  ({
    yes: { kind: "boolean", value: true },
    no: { kind: "boolean", value: false },
    byte: { kind: "byte", value: -128 },
    short: { kind: "short", value: 32_767 },
    int: int(-2_147_483_648),
    long: { kind: "long", value: 5_000_000_000 },
    longest: { kind: "long", value: -(2n ** 63n) },
    float: { kind: "float", value: Math.fround(0.1) },
    endless: { kind: "float", value: Infinity },
    double: { kind: "double", value: 0.1 },
    whole: { kind: "double", value: 3 },
    minusZero: { kind: "double", value: -0 },
    smallest: { kind: "double", value: 5e-324 },
    text: string(text),
    empty: string(""),
    long_text: string("ü".repeat(9000)),
  }) satisfies Record<string, Primitive>;

const everything = (text: string): Record<string, Primitive> => ({
  ...scalars(text),
  char: { kind: "char", value: "€" },
  bytes: { kind: "bytes", value: Buffer.from([0, 255, 128]) },
  nothing: { kind: "null" },
});

const allBytes = Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 256));

/** Each body as Java's words and as ours. */
export function bodies(text: string): { kind: PeerKind; java: Record<string, Primitive>; our: Body }[] {
  const pieces = Object.values(everything(everyCharacter));
  return [
    { kind: "text", java: { "": string(everyCharacter) }, our: everyCharacter },
    { kind: "text", java: { "": string("") }, our: "" },
    { kind: "text", java: { "": { kind: "null" } }, our: { text: null } },
    { kind: "text", java: { "": string("日x".repeat(40_000)) }, our: "日x".repeat(40_000) },
    { kind: "bytes", java: { "": { kind: "bytes", value: allBytes } }, our: { bytes: allBytes } },
    {
      kind: "bytes",
      java: { "": { kind: "bytes", value: Buffer.alloc(0) } },
      our: { bytes: Buffer.alloc(0) },
    },
    { kind: "map", java: everything(text), our: { map: everything(text) } },
    { kind: "map", java: {}, our: { map: {} } },
    { kind: "stream", java: Object.fromEntries(pieces.entries()), our: { stream: pieces } },
    { kind: "stream", java: {}, our: { stream: [] } },
    { kind: "plain", java: {}, our: null },
  ];
}

export const kinds = {
  text: "ActiveMQTextMessage",
  bytes: "ActiveMQBytesMessage",
  map: "ActiveMQMapMessage",
  stream: "ActiveMQStreamMessage",
  plain: "ActiveMQMessage",
  object: "ActiveMQObjectMessage",
} as const;

/** What we found in a body, in Java's words. */
export function inJavasWords({ kind, text, bytes, map, stream }: ReceivedMessage): Record<string, Primitive> {
  if (kind === "ActiveMQTextMessage") return { "": text === null ? { kind: "null" } : string(text) };
  if (bytes !== null) return { "": { kind: "bytes", value: Buffer.from(bytes) } };
  if (map !== null) return plain(map);
  return stream === null ? {} : Object.fromEntries(stream.entries());
}

export const plain = (map: PrimitiveMap): Record<string, Primitive> => Object.fromEntries(map);

export function numberOf(primitive: Primitive | undefined): unknown {
  return primitive !== undefined && "value" in primitive ? primitive.value : undefined;
}
