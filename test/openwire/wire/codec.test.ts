import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { OpenWireError } from "../../../src/openwire/errors.ts";
import type { Command, PrimitiveMap } from "../../../src/openwire/wire/commands.ts";
import { create } from "../../../src/openwire/wire/create.ts";
import { createDecoder } from "../../../src/openwire/wire/decoder.ts";
import { createEncoder } from "../../../src/openwire/wire/encoder.ts";
import {
  encodedLength,
  readModifiedUtf8,
  writeModifiedUtf8,
} from "../../../src/openwire/wire/modified-utf8.ts";
import { readMap, readValues, writeMap, writeValues } from "../../../src/openwire/wire/primitives.ts";
import { negotiate, wireFormatInfo } from "../../../src/openwire/wire/wire-format.ts";
import { command, format, formats, handshake, primitive } from "./arbitraries.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Encodes behind a handshake, decodes in pieces of these sizes. */
function roundTrip(
  commands: readonly Command[],
  changes: Parameters<typeof format>[0],
  cuts: readonly number[] = [],
) {
  const encoder = createEncoder();
  encoder.append(handshake);
  encoder.useFormat(format(changes));
  for (const each of commands) encoder.append(each);
  const bytes = encoder.take();
  const decoder = createDecoder();
  const out: Command[] = [];
  let at = 0;
  const push = (end: number) => {
    decoder.push(bytes.subarray(at, end), (each) => {
      if (each.type === "WireFormatInfo") decoder.useFormat(format(changes));
      else out.push(each);
    });
    at = end;
  };
  for (const cut of cuts) if (at < bytes.length) push(Math.min(bytes.length, at + Math.max(1, cut)));
  if (at < bytes.length) push(bytes.length);
  return { out, bytes, decoder };
}

describe("commands", () => {
  test("come back as they were, in every version and encoding, with and without the cache, cut anywhere", () => {
    fc.assert(
      fc.property(
        formats.chain((changes) =>
          fc.tuple(
            fc.constant(changes),
            fc.array(command(changes.version, changes.stackTraces), { maxLength: 8 }),
          ),
        ),
        fc.array(fc.integer({ min: 1, max: 400 })),
        ([changes, commands], cuts) => {
          expect(roundTrip(commands, changes, cuts).out).toEqual(commands);
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("that repeat objects grow smaller by the cache, until it has gone round and beyond", () => {
    const sessions = Array.from({ length: 400 }, (_, index) =>
      create("SessionInfo", {
        commandId: index,
        sessionId: create("SessionId", { connectionId: "ID:connection", value: index % 130 }),
      }),
    );
    const plain = roundTrip(sessions, { tight: true, cacheSize: 200 });
    const cached = roundTrip(sessions, { tight: true, cache: true, cacheSize: 200 });
    expect(cached.out).toEqual(sessions);
    expect(plain.out).toEqual(sessions);
    const same = Array.from({ length: 100 }, () => sessions[0]).filter((each) => each !== undefined);
    expect(roundTrip(same, { cache: true }).bytes.length).toBeLessThan(roundTrip(same, {}).bytes.length / 2);
  });

  test.each([
    ["KeepAliveInfo", false, "00000006" + "0a0000000d01"],
    ["KeepAliveInfo", true, "00000007" + "0a01010000000d"],
    [
      "SessionInfo",
      false,
      "0000001f" + "0400000003000179" + "01000c49443a682d312d322d303a31" + "0000000000000003",
    ],
    ["SessionInfo", true, "00000018" + "04012e00000003" + "79000c49443a682d312d322d303a310003"],
    ["Response", false, "0000000a" + "1e000000000000000014"],
    ["Response", true, "0000000b" + "1e01000000000000000014"],
  ])("%s, tight %p, is written as the reference shows", (name, tight, expected) => {
    const commands: Record<string, Command> = {
      KeepAliveInfo: create("KeepAliveInfo", { commandId: 13, responseRequired: true }),
      SessionInfo: create("SessionInfo", {
        commandId: 3,
        sessionId: create("SessionId", { connectionId: "ID:h-1-2-0:1", value: 3 }),
      }),
      Response: create("Response", { correlationId: 20 }),
    };
    const encoder = createEncoder();
    encoder.useFormat(format({ tight }));
    expect(hex(encoder.encode(commands[name] as Command))).toBe(expected);
  });
});

describe("what is broken", () => {
  const conversation = (tight: boolean) =>
    roundTrip(
      [
        create("ConnectionInfo", { connectionId: create("ConnectionId", { value: "ID:a" }), userName: "u" }),
        create("ActiveMQTextMessage", {
          jmsType: "Hello#1",
          content: Buffer.from("abc"),
          correlationId: "é€",
        }),
        create("ExceptionResponse", {
          exception: { className: "x.Y", message: "no", stackTrace: [], cause: null },
        }),
      ],
      { tight },
    ).bytes;

  test.each([false, true])(
    "a conversation cut at any byte waits for the rest, and never throws (tight %p)",
    (tight) => {
      const bytes = conversation(tight);
      for (let end = 0; end <= bytes.length; end++) {
        const decoder = createDecoder();
        decoder.push(bytes.subarray(0, end), (each) => {
          if (each.type === "WireFormatInfo") decoder.useFormat(format({ tight }));
        });
        expect(decoder.pending).toBeLessThanOrEqual(end);
      }
    },
  );

  test("random bytes and changed conversations end in an answer or an OpenWireError, never in anything else", () => {
    const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.uint8Array({ maxLength: 60 }),
        (tight, cache, changes, garbage) => {
          const bytes = Buffer.from(conversation(tight));
          // The handshake stays as it is: behind it the interesting part begins.
          const start = bytes.readInt32BE(0) + 4;
          for (const { at, byte } of changes) bytes[start + (at % (bytes.length - start))] = byte;
          const decoder = createDecoder({ maxFrameSize: 1 << 20 });
          try {
            decoder.push(Buffer.concat([bytes, garbage]), (each) => {
              if (each.type === "WireFormatInfo") decoder.useFormat(format({ tight, cache }));
            });
          } catch (error) {
            expect(error).toBeInstanceOf(OpenWireError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  const failure = (bytes: Uint8Array, changes: Parameters<typeof format>[0] = {}): OpenWireError => {
    const decoder = createDecoder();
    try {
      decoder.push(Buffer.concat([createEncoder().encode(handshake), bytes]), (each) => {
        if (each.type === "WireFormatInfo") decoder.useFormat(format(changes));
      });
    } catch (error) {
      if (error instanceof OpenWireError) return error;
      throw error;
    }
    throw new Error("nothing was wrong");
  };

  test("a frame of 100 MB is refused at its first four bytes", () => {
    expect(failure(Buffer.from("06400000", "hex"), { maxFrameSize: 1 << 20 })).toMatchObject({
      code: "frame-too-large",
      message: "the peer announces a frame of 104857600 bytes, more than the limit of 1048576",
    });
  });

  test("a frame of an unknown type names it; nothing is made of a class name", () => {
    expect(failure(Buffer.from("00000006 63 0000000000".replaceAll(" ", ""), "hex")).why).toContain(
      "type 99",
    );
  });

  test("bytes behind the last field, a nesting bomb, an array of nothing", () => {
    expect(failure(Buffer.from("00000007" + "0a0000000d0100", "hex"))).toMatchObject({ code: "malformed" });
    const bomb = Buffer.concat(
      Array.from({ length: 5000 }, () => Buffer.from("0120" + "00000000" + "00" + "00000000", "hex")),
    );
    const dataResponse = Buffer.concat([Buffer.from("200000000000" + "00000000", "hex"), bomb]);
    const size = Buffer.alloc(4);
    size.writeInt32BE(dataResponse.length);
    expect(failure(Buffer.concat([size, dataResponse])).why).toContain("nested deeper");
    const array = "21" + "00000000" + "00" + "00000000" + "01" + "7fff";
    expect(failure(Buffer.from("0000000d" + array, "hex"))).toMatchObject({ code: "malformed" });
  });

  test.each([
    ["HTTP/1.1 400 Bad Request\r\n", "HTTP"],
    ["ERROR\nmessage:x", "STOMP"],
    ["\x15\x03\x01\x00\x02\x02\x0a", "ssl://"],
    ["AMQP\x00\x01\x00\x00", "AMQP"],
    ["\x00\x00\x00\x1a\x01NotActiveMQ", "magic"],
  ])("%j is recognised as no broker", (bytes, words) => {
    const decoder = createDecoder();
    expect(() => decoder.push(Buffer.from(bytes, "latin1"), () => {})).toThrow(OpenWireError);
    try {
      createDecoder().push(Buffer.from(bytes, "latin1"), () => {});
    } catch (error) {
      expect(error).toMatchObject({ code: "not-openwire" });
      expect((error as OpenWireError).why).toContain(words);
    }
  });
});

describe("texts", () => {
  test("come back whatever they hold: NUL, surrogates in pairs and alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units);
        const bytes = Buffer.alloc(encodedLength(text));
        expect(writeModifiedUtf8(bytes, 0, text)).toBe(bytes.length);
        expect(readModifiedUtf8(bytes, 0, bytes.length)).toBe(text);
        expect(bytes.includes(0)).toBe(false);
      }),
    );
  });

  test("of STOMP senders, in plain UTF-8, are read too", () => {
    const bytes = Buffer.from("grüße 👩‍🚀 日本", "utf8");
    expect(readModifiedUtf8(bytes, 0, bytes.length)).toBe("grüße 👩‍🚀 日本");
  });
});

describe("primitive values", () => {
  test("come back with their types", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), primitive)), (entries) => {
        const map: PrimitiveMap = new Map(entries);
        map.set("__proto__", { kind: "int", value: 1 });
        expect(readMap(writeMap(map))).toEqual(map);
        const values = entries.map(([, value]) => value);
        expect(readValues(writeValues(values))).toEqual(values);
      }),
    );
  });

  test("of any bytes are read, or refused as malformed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const read of [readMap, readValues]) {
          try {
            read(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(OpenWireError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("negotiation", () => {
  test("takes the smaller of numbers, and what both want", () => {
    const ours = wireFormatInfo({ tight: true, cache: true, maxInactivityDuration: 20_000 });
    const theirs = wireFormatInfo({
      version: 9,
      tight: true,
      cache: false,
      cacheSize: 0,
      maxFrameSize: 1000,
    });
    expect(negotiate(ours, theirs)).toMatchObject({
      version: 9,
      tight: true,
      cache: false,
      cacheSize: 16_383,
      stackTraces: false,
      sizePrefix: true,
      maxFrameSize: 1000,
      maxInactivityDuration: 20_000,
    });
  });

  test("without properties is loose and uncached; a newer version is taken down to ours", () => {
    const bare = { type: "WireFormatInfo", version: 99, properties: null } as const;
    expect(negotiate(wireFormatInfo({ tight: true }), bare)).toMatchObject({
      version: 12,
      tight: false,
      cache: false,
      maxInactivityDuration: 0,
    });
    expect(() => negotiate(wireFormatInfo(), { ...bare, version: 0 })).toThrow(OpenWireError);
  });
});
