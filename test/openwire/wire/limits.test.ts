import { describe, expect, test } from "bun:test";
import { OpenWireError } from "../../../src/openwire/errors.ts";
import type { Destination, Primitive, PrimitiveMap } from "../../../src/openwire/wire/commands.ts";
import { create } from "../../../src/openwire/wire/create.ts";
import { createDecoder } from "../../../src/openwire/wire/decoder.ts";
import { createEncoder } from "../../../src/openwire/wire/encoder.ts";
import { readValues, writeMap, writeValues } from "../../../src/openwire/wire/primitives.ts";
import { format, handshake } from "./arbitraries.ts";

function codeOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error instanceof OpenWireError ? error.code : error;
  }
  return "nothing was wrong";
}

describe("a stranger", () => {
  const greetings: Record<string, string> = {
    HTTP: "HTTP/1.1 400 Bad Request\r\n\r\n",
    STOMP: "ERROR\nmessage:what?\n\n\0",
    AMQP: "AMQP\x00\x01\x00\x00",
    TLS: "\x15\x03\x03\x00\x02\x02\x46",
    "another magic word": "\x00\x00\x00\x1a\x01PassiveMQ.........",
    "no size": "\x7f\x7f\x7f\x7f",
  };
  test.each(Object.entries(greetings))("that speaks %s is known by a byte at a time", (_name, greeting) => {
    const decoder = createDecoder();
    const codes = [...Buffer.from(greeting, "latin1")].map((byte) =>
      codeOf(() => decoder.push(Buffer.from([byte]), () => {})),
    );
    expect(codes.find((code) => code !== "nothing was wrong")).toBe("not-openwire");
  });
});

describe("values", () => {
  const wrong: Primitive[] = [
    { kind: "byte", value: 128 },
    { kind: "short", value: -32_769 },
    { kind: "int", value: 2 ** 31 },
    { kind: "int", value: 1.5 },
    { kind: "int", value: Number.NaN },
    { kind: "long", value: 2n ** 63n },
    { kind: "long", value: 2 ** 63 },
    { kind: "long", value: 0.5 },
    { kind: "char", value: "ab" },
  ];
  test.each(wrong.map((value) => [value]))("that their type cannot hold are refused: %p", (value) => {
    expect(codeOf(() => writeValues([value]))).toBe("not-encodable");
  });

  test("at the ends of their types come back", () => {
    const values: Primitive[] = [
      { kind: "byte", value: -128 },
      { kind: "short", value: 32_767 },
      { kind: "int", value: -(2 ** 31) },
      { kind: "long", value: -(2n ** 63n) },
      { kind: "long", value: 2n ** 63n - 1n },
      { kind: "string", value: "日".repeat(8190) },
      { kind: "string", value: "日".repeat(30_000) },
    ];
    expect(readValues(writeValues(values))).toEqual(values);
  });

  test("that hold themselves are refused, not followed for ever", () => {
    const map: PrimitiveMap = new Map();
    map.set("again", { kind: "map", value: map });
    expect(codeOf(() => writeMap(map))).toBe("not-encodable");
  });

  test("lists that each announce more than there is take no memory", () => {
    const size = 4 << 20;
    const bomb = Buffer.alloc(size);
    for (let at = 0; at + 5 < 60 * 5; at += 5) {
      bomb[at] = 12;
      bomb.writeInt32BE(size - at - 400, at + 1);
    }
    const before = process.memoryUsage.rss();
    expect(codeOf(() => readValues(bomb.fill(99, 300)))).toBe("malformed");
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 << 20);
  });
});

describe("commands", () => {
  test("too large for what was agreed are refused, and nothing of them is written", () => {
    const encoder = createEncoder();
    encoder.useFormat(format({ maxFrameSize: 1000 }));
    encoder.append(create("KeepAliveInfo", {}));
    const { waiting } = encoder;
    const large = create("ActiveMQTextMessage", { content: Buffer.alloc(1000) });
    expect(codeOf(() => encoder.append(large))).toBe("frame-too-large");
    expect(encoder.waiting).toBe(waiting);
  });

  test("a frame in pieces is kept in pieces: its announced size takes no memory", () => {
    const decoder = createDecoder();
    decoder.push(createEncoder().encode(handshake), () => {});
    decoder.push(Buffer.from("06400000", "hex"), () => {});
    const before = process.memoryUsage.rss();
    for (let count = 0; count < 100; count++) decoder.push(Buffer.alloc(100), () => {});
    expect(decoder.pending).toBe(10_004);
    expect(process.memoryUsage.rss() - before).toBeLessThan(50 << 20);
  });

  test.each([false, true])("an object of another type than belongs there is refused (cache %p)", (cache) => {
    const agreed = format({ cache });
    const sessionId = create("SessionId", { connectionId: "ID:a", value: 1 });
    const encoder = createEncoder();
    encoder.useFormat(agreed);
    encoder.append(create("SessionInfo", { sessionId }));
    // With the cache this is a reference to what the frame before has put there rightly.
    encoder.append(create("MessageAck", { destination: sessionId as unknown as Destination }));
    const decoder = createDecoder();
    decoder.push(createEncoder().encode(handshake), () => {});
    decoder.useFormat(agreed);
    const read: string[] = [];
    expect(codeOf(() => decoder.push(encoder.take(), ({ type }) => read.push(type)))).toBe("malformed");
    expect(read).toEqual(["SessionInfo"]);
  });

  test.each([false, true])("without sizes wait at every byte too, and have a limit (tight %p)", (tight) => {
    const agreed = format({ sizePrefix: false, tight, maxFrameSize: 1000 });
    const encoder = createEncoder();
    encoder.useFormat(agreed);
    encoder.append(create("ActiveMQTextMessage", { content: Buffer.from("hello"), correlationId: "é" }));
    const bytes = encoder.take();
    for (let end = 0; end <= bytes.length; end++) {
      const decoder = createDecoder();
      decoder.push(createEncoder().encode(handshake), () => {});
      decoder.useFormat(agreed);
      const read: string[] = [];
      decoder.push(bytes.subarray(0, end), ({ type }) => read.push(type));
      expect([decoder.pending, read.length]).toEqual(end === bytes.length ? [0, 1] : [end, 0]);
    }
    const decoder = createDecoder();
    decoder.push(createEncoder().encode(handshake), () => {});
    decoder.useFormat({ ...agreed, tight: false });
    const large = Buffer.from("3c00000001" + "01" + "7fffffff", "hex");
    expect(codeOf(() => decoder.push(large, () => {}))).toBe("frame-too-large");
  });

  test("a handshake without properties ends behind them", () => {
    const body = Buffer.from("ActiveMQ\0\0\0\x0c\0more", "latin1");
    const frame = Buffer.concat([Buffer.from([0, 0, 0, body.length + 1, 1]), body]);
    expect(codeOf(() => createDecoder().push(frame, () => {}))).toBe("malformed");
  });
});
