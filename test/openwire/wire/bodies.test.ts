import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { deflateSync } from "node:zlib";
import type { Body } from "../../../src/openwire/contract.ts";
import { OpenWireError } from "../../../src/openwire/errors.ts";
import { decodeBody, encodeBody } from "../../../src/openwire/wire/bodies.ts";
import type { MessageType } from "../../../src/openwire/wire/commands.ts";
import { primitive } from "./arbitraries.ts";

const kinds: MessageType[] = [
  "ActiveMQBytesMessage",
  "ActiveMQMapMessage",
  "ActiveMQMessage",
  "ActiveMQObjectMessage",
  "ActiveMQStreamMessage",
  "ActiveMQTextMessage",
];

/** Compressed bytes with this length in front. */
function packedBytes(length: number, bytes: Uint8Array) {
  const size = Buffer.alloc(4);
  size.writeInt32BE(length);
  const content = Buffer.concat([size, deflateSync(bytes)]);
  return { type: "ActiveMQBytesMessage", content, compressed: true } as const;
}

describe("bodies", () => {
  test("come back, compressed or not", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.uint8Array(),
        fc.dictionary(fc.string(), primitive),
        fc.array(primitive),
        fc.boolean(),
        (text, bytes, map, stream, compress) => {
          const back = (body: Body) => decodeBody(encodeBody(body, compress));
          expect(back({ text }).text).toBe(text);
          expect(back({ text: null }).text).toBeNull();
          expect(Buffer.from(back({ bytes }).bytes ?? "none")).toEqual(Buffer.from(bytes));
          expect(back({ map }).map).toEqual(new Map(Object.entries(map)));
          expect(back({ stream }).stream).toEqual(stream);
          expect(back(null)).toEqual({ text: null, bytes: null, map: null, stream: null });
        },
      ),
    );
  });

  test("of bytes end where their length says: the stock client packs what it had left over too", () => {
    const bytes = Buffer.from("hello, and what else was in the buffer");
    expect(Buffer.from(decodeBody(packedBytes(5, bytes)).bytes ?? "none").toString()).toBe("hello");
    for (const length of [-1, 1000])
      expect(() => decodeBody(packedBytes(length, bytes))).toThrow(OpenWireError);
  });

  test("of any content are read, or refused as malformed", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.uint8Array({ maxLength: 60 }),
        fc.boolean(),
        (type, content, compressed) => {
          try {
            decodeBody({ type, content, compressed });
          } catch (error) {
            expect(error).toMatchObject({ name: "OpenWireError", code: "malformed" });
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
