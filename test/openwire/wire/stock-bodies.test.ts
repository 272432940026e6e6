import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Body } from "../../../src/openwire/contract.ts";
import { decodeBody, encodeBody } from "../../../src/openwire/wire/bodies.ts";
import type { MessageType, Primitive, PrimitiveMap } from "../../../src/openwire/wire/commands.ts";
import { readMap, writeMap } from "../../../src/openwire/wire/primitives.ts";
import { primitive } from "./arbitraries.ts";
import { hasStockClient, runStock } from "./java/stock.ts";

interface Sample {
  body: Body;
  compress: boolean;
  properties: PrimitiveMap;
}

const holdsBytes = (value: Primitive): boolean =>
  value.kind === "bytes" ||
  (value.kind === "list" && value.value.some(holdsBytes)) ||
  (value.kind === "map" && [...value.value.values()].some(holdsBytes));
const isFlat = ({ kind }: Primitive): boolean => kind !== "map" && kind !== "list";

const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "grüße 日本 😀", "x".repeat(9000)));
/**
 * Values of maps and properties the stock client reads as plain UTF-8, although it writes Java's own: it does not understand its own NUL and
 * characters beyond U+FFFF there, nor ours.
 */
function understood(value: Primitive): Primitive {
  if (value.kind === "string")
    return { kind: "string", value: value.value.replace(/[\0\ud800-\udfff]/g, "日") };
  if (value.kind === "list") return { kind: "list", value: value.value.map(understood) };
  if (value.kind !== "map") return value;
  return { kind: "map", value: new Map([...value.value].map(([name, each]) => [name, understood(each)])) };
}

const entries = (values: fc.Arbitrary<Primitive>) =>
  fc
    .array(values.map(understood), { maxLength: 6 })
    .map((all) => Object.fromEntries(all.map((value, index) => [`name${index}`, value])));

const sample: fc.Arbitrary<Sample> = fc.record({
  body: fc.oneof(
    fc.option(text).map((value): Body => ({ text: value })),
    fc.uint8Array().map((bytes): Body => ({ bytes })),
    entries(primitive).map((map): Body => ({ map })),
    // The stock client lets neither maps nor lists into a stream.
    fc.array(primitive.filter(isFlat), { maxLength: 8 }).map((stream): Body => ({ stream })),
    fc.constant<Body>(null),
  ),
  compress: fc.boolean(),
  // Nor bytes into properties.
  properties: entries(primitive.filter((value) => !holdsBytes(value))).map(
    (all) => new Map(Object.entries(all)),
  ),
});

describe.skipIf(!hasStockClient)("bodies and properties", () => {
  test("are read by the stock client as we meant them, and by us as it wrote them", async () => {
    const samples = fc.sample(sample, { numRuns: 400, seed: 20_260_105 });
    const asked = samples.map(({ body, compress, properties }) => {
      const { type, content, compressed } = encodeBody(body, compress);
      const marshalled = properties.size === 0 ? null : writeMap(properties);
      return `${type} ${compressed} ${hex(content)} ${hex(marshalled)}\n`;
    });
    const out = await runStock("StockBodies.java", "org.apache.activemq.StockBodies", asked.join(""));
    const answers = out.trimEnd().split("\n");
    expect(answers).toHaveLength(samples.length);
    for (const [index, answer] of answers.entries()) {
      const { body, compress, properties } = samples[index] as Sample;
      const [found = "", compressed, content = "-", marshalled = "-"] = answer.split(" ");
      const { type } = encodeBody(body);
      expect(JSON.parse(found)).toEqual({
        body: meant(body),
        properties: said({ kind: "map", value: properties }),
      });
      const theirs = { type, content: bytes(content), compressed: compressed === "true" };
      expect(told(type, decodeBody(theirs))).toEqual(told(type, decodeBody(encodeBody(body))));
      const theirProperties = bytes(marshalled);
      expect(theirProperties === null ? new Map() : readMap(theirProperties)).toEqual(properties);
      // What has no order of its own and is not compressed is the same to the byte.
      if (compress || type === "ActiveMQMapMessage" || type === "ActiveMQStreamMessage") continue;
      if (theirs.content !== null) expect(hex(theirs.content)).toBe(hex(encodeBody(body).content));
    }
  }, 60_000);
});

/** What the stock client must find in a body. */
function meant(body: Body): unknown {
  const { type } = encodeBody(body);
  const read = decodeBody(encodeBody(body));
  if (type === "ActiveMQTextMessage")
    return said(read.text === null ? { kind: "null" } : { kind: "string", value: read.text });
  if (read.bytes !== null) return said({ kind: "bytes", value: read.bytes });
  if (read.map !== null) return said({ kind: "map", value: read.map });
  return read.stream === null ? null : said({ kind: "list", value: read.stream });
}

function told(
  type: MessageType,
  { text: words, bytes: raw, map, stream }: ReturnType<typeof decodeBody>,
): unknown {
  return { type, words, raw: raw === null ? null : hex(raw), map, stream };
}

/** A value as the Java program prints it. */
function said(value: Primitive): unknown {
  switch (value.kind) {
    case "null":
      return { kind: "null" };
    case "map":
      return {
        kind: "map",
        value: Object.fromEntries([...value.value].map(([name, each]) => [name, said(each)])),
      };
    case "list":
      return { kind: "list", value: value.value.map(said) };
    case "bytes":
      return { kind: "bytes", value: hex(value.value).slice(1) };
    case "double": {
      const bits = new DataView(new ArrayBuffer(8));
      bits.setFloat64(0, value.value);
      return { kind: "double", value: bits.getBigUint64(0).toString(16) };
    }
    case "float": {
      const bits = new DataView(new ArrayBuffer(4));
      bits.setFloat32(0, value.value);
      return { kind: "float", value: bits.getUint32(0).toString(16) };
    }
    default:
      return { kind: value.kind, value: String(value.value) };
  }
}

function hex(content: Uint8Array | null): string {
  return content === null ? "-" : `x${Buffer.from(content).toString("hex")}`;
}

function bytes(text: string): Uint8Array | null {
  return text === "-" ? null : Buffer.from(text.slice(1), "hex");
}
