import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { deflateSync } from "node:zlib";
import { OpenWireError } from "../../../src/openwire/errors.ts";
import { encodeBody } from "../../../src/openwire/wire/bodies.ts";
import type { Command, Message, PrimitiveMap } from "../../../src/openwire/wire/commands.ts";
import { create } from "../../../src/openwire/wire/create.ts";
import { decodeConversation } from "../../../src/openwire/wire/decode-stream.ts";
import { createEncoder } from "../../../src/openwire/wire/encoder.ts";
import type { Plain } from "../../../src/openwire/wire/plain-command.ts";
import { toPrimitiveMap, writeMap } from "../../../src/openwire/wire/primitives.ts";
import { negotiate, wireFormatInfo } from "../../../src/openwire/wire/wire-format.ts";

const ours = wireFormatInfo({ tight: true, cache: true });
const theirs = wireFormatInfo({ version: 9, tight: true, cache: true });
const peer = createEncoder().encode(theirs);

/** One direction of a conversation that both sides have agreed to write tight and cached. */
function recorded(...commands: Command[]): Uint8Array {
  const encoder = createEncoder();
  encoder.append(ours);
  encoder.useFormat(negotiate(ours, theirs));
  for (const command of commands) encoder.append(command);
  return encoder.take();
}

async function read(
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
  peerBytes: Uint8Array = peer,
): Promise<{ said: Plain[]; error: unknown }> {
  const said: Plain[] = [];
  try {
    for await (const each of decodeConversation(bytes, peerBytes))
      said.push(JSON.parse(JSON.stringify(each)) as Plain);
    return { said, error: undefined };
  } catch (error) {
    return { said, error };
  }
}

/** What a message is shown as. */
async function shown(message: Message): Promise<Record<string, Plain>> {
  const { said, error } = await read(recorded(message));
  expect(error).toBeUndefined();
  return said[1] as Record<string, Plain>;
}

const keepAlive = create("KeepAliveInfo", { commandId: 5 });

describe("a recorded conversation", () => {
  test("is read in the format that both sides agreed on, whatever its pieces", async () => {
    const bytes = recorded(keepAlive, keepAlive);
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3);
    }
    const whole = await read(bytes);
    expect(whole.error).toBeUndefined();
    expect(whole.said[0]).toMatchObject({ type: "WireFormatInfo", version: 12 });
    expect(whole.said.slice(1)).toEqual([keepAlive, keepAlive] as never[]);
    // Of the peer only the handshake matters, not what follows it.
    expect(await read(pieces(), Buffer.concat([peer, Buffer.from("garbage")]))).toEqual(whole);
  });

  test("cut anywhere gives what is whole, and then says where it ends", async () => {
    const bytes = recorded(keepAlive, keepAlive);
    const frames = [bytes.length - 2 * 11, bytes.length - 11, bytes.length];
    for (let end = 0; end <= bytes.length; end++) {
      const { said, error } = await read(bytes.subarray(0, end));
      expect(said).toHaveLength(frames.filter((frame) => frame <= end).length);
      if (end === 0 || frames.includes(end)) expect(error).toBeUndefined();
      else expect(error).toMatchObject({ code: "malformed" });
    }
  });

  test("with garbage in it gives what stands before", async () => {
    const { said, error } = await read(
      Buffer.concat([recorded(keepAlive), Buffer.from("0000000263010000", "hex")]),
    );
    expect(said).toHaveLength(2);
    expect(error).toMatchObject({ code: "malformed" });
  });

  test("whose other direction has no handshake cannot be read on", async () => {
    for (const other of [
      new Uint8Array(),
      peer.subarray(0, 20),
      Buffer.from("HTTP/1.1 400 Bad Request\r\n"),
    ]) {
      const { said, error } = await read(recorded(keepAlive), other);
      expect(said).toHaveLength(1);
      expect(error).toMatchObject({ code: "not-openwire" });
    }
  });

  test("of any bytes ends in objects or an OpenWireError", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(200), async (noise, at) => {
        const bytes = Buffer.from(recorded(keepAlive, keepAlive));
        bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
        const { error } = await read(bytes);
        if (error !== undefined) expect(error).toBeInstanceOf(OpenWireError);
      }),
    );
  });
});

describe("a command as JSON", () => {
  test("hides passwords, also those of an advisory", async () => {
    const info = create("ConnectionInfo", { userName: "gc", password: "hunter2" });
    const advisory = create("ActiveMQMessage", { dataStructure: info });
    const { said } = await read(recorded(info, advisory));
    expect(said[1]).toMatchObject({ type: "ConnectionInfo", userName: "gc", password: "********" });
    expect(said[2]).toMatchObject({ dataStructure: { userName: "gc", password: "********" } });
    expect(JSON.stringify(said)).not.toContain("hunter2");
  });

  test("has every number, exact", async () => {
    const { said } = await read(
      recorded(
        create("RemoveInfo", { lastDeliveredSequenceId: -2 }),
        create("DestinationInfo", { timeout: 2n ** 62n }),
      ),
    );
    expect(said[1]).toMatchObject({ lastDeliveredSequenceId: -2 });
    expect(said[2]).toMatchObject({ timeout: "4611686018427387904" });
  });

  test("of messages has the body and the properties, unpacked", async () => {
    for (const compress of [false, true]) {
      const properties = writeMap(
        toPrimitiveMap({ agent: "1001", big: 2n ** 60n, small: { kind: "short", value: 3 }, __proto: 1 }),
      );
      const text = encodeBody("grüße 日本 😀", compress);
      expect(await shown(create(text.type, { ...text, marshalledProperties: properties }))).toMatchObject({
        type: "ActiveMQTextMessage",
        text: "grüße 日本 😀",
        properties: { agent: "1001", big: "1152921504606846976", small: 3, __proto: 1 },
        propertyTypes: { big: "long", small: "short" },
      });
      const bytes = encodeBody(Buffer.from("hello"), compress);
      expect(await shown(create(bytes.type, bytes))).toMatchObject({ bytes: "aGVsbG8=" });
      const stream = encodeBody({ stream: [1, 1.5, null, Buffer.from("x")] }, compress);
      expect(await shown(create(stream.type, stream))).toMatchObject({
        stream: [1, 1.5, null, "eA=="],
        streamTypes: { "[3]": "bytes" },
      });
      const map = encodeBody({ map: { one: 1, two: "2" } }, compress);
      const asked = await shown(create(map.type, map));
      expect(asked).toMatchObject({ map: { one: 1, two: "2" } });
      expect(asked).not.toContainAnyKeys(["mapTypes", "content", "marshalledProperties"]);
    }
  });

  test("keeps names that mean something to JavaScript, and types of what is nested", async () => {
    const inner: PrimitiveMap = new Map([["b", { kind: "double", value: 2 }]]);
    const properties: PrimitiveMap = new Map([
      ["__proto__", { kind: "string", value: "harmless" }],
      ["a", { kind: "map", value: inner }],
      ["l", { kind: "list", value: [{ kind: "char", value: "x" }] }],
      ["n", { kind: "double", value: Number.NaN }],
    ]);
    const message = create("ActiveMQMessage", { marshalledProperties: writeMap(properties) });
    const { said } = await read(recorded(message));
    expect(JSON.stringify(said[1])).toContain('"__proto__":"harmless"');
    expect(said[1]).toMatchObject({
      properties: { a: { b: 2 }, l: ["x"], n: "NaN" },
      propertyTypes: { "a.b": "double", "l[0]": "char", n: "double" },
    });
  });

  test("shows as bytes what cannot be read, and why", async () => {
    expect(
      await shown(create("ActiveMQTextMessage", { content: Buffer.from("junk"), compressed: true })),
    ).toMatchObject({ content: "anVuaw==", unreadable: expect.any(String) });
    expect(
      await shown(create("ActiveMQMessage", { marshalledProperties: Buffer.from("0000000109", "hex") })),
    ).toMatchObject({ marshalledProperties: "AAAAAQk=", unreadable: expect.any(String) });
  });

  test("is not inflated without end", async () => {
    const bomb = deflateSync(Buffer.alloc(101 * 1024 * 1024));
    expect(await shown(create("ActiveMQTextMessage", { content: bomb, compressed: true }))).toMatchObject({
      unreadable: expect.any(String),
    });
  });
});
