import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { OpenWireError } from "../../../src/openwire/errors.ts";
import type { Command, ConnectionId } from "../../../src/openwire/wire/commands.ts";
import { create } from "../../../src/openwire/wire/create.ts";
import { createDecoder } from "../../../src/openwire/wire/decoder.ts";
import { createEncoder } from "../../../src/openwire/wire/encoder.ts";
import { format, handshake } from "./arbitraries.ts";

const id = (value: string): ConnectionId => create("ConnectionId", { value });

/** Cached objects many times over in a frame: each transaction id has a connection id in it, which is cached too. */
function crowd(values: readonly number[]): Command {
  return create("DataArrayResponse", {
    data: values.map((value) => create("LocalTransactionId", { value, connectionId: id(`ID:${value}`) })),
  });
}

function pair(cacheSize: number, tight: boolean) {
  const agreed = format({ cache: true, cacheSize, tight });
  const encoder = createEncoder();
  const decoder = createDecoder();
  decoder.push(encoder.encode(handshake), () => {});
  encoder.useFormat(agreed);
  decoder.useFormat(agreed);
  const through = (command: Command): Command | undefined => {
    let out: Command | undefined;
    decoder.push(encoder.encode(command), (each) => {
      out = each;
    });
    return out;
  };
  return { encoder, through };
}

describe("the cache of objects", () => {
  test("of any size brings every object back, however many are new in a frame", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 50, 99, 100, 101, 130, 300),
        fc.boolean(),
        fc.array(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 300, size: "max" }), {
          maxLength: 6,
        }),
        (cacheSize, tight, frames) => {
          const { through } = pair(cacheSize, tight);
          for (const values of frames) expect(through(crowd(values))).toEqual(crowd(values));
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([false, true])("forgets what was in a frame that could not be written (tight %p)", (tight) => {
    const { encoder, through } = pair(1024, tight);
    const info = create("ConnectionInfo", { connectionId: id("ID:new"), userName: "u" });
    expect(() => encoder.append({ ...info, clientId: "x".repeat(70_000) })).toThrow(OpenWireError);
    expect(encoder.waiting).toBe(0);
    expect(through(info)).toEqual(info);
  });
});
