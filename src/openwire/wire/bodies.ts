import { deflateSync, inflateSync } from "node:zlib";
import type { Body } from "../contract.ts";
import { OpenWireError } from "../errors.ts";
import type { Message, MessageType, Primitive, PrimitiveMap } from "./commands.ts";
import {
  encodedLength,
  isPlainAscii,
  readModifiedUtf8,
  writeAscii,
  writeModifiedUtf8,
} from "./modified-utf8.ts";
import { readMap, readValues, toPrimitive, toPrimitiveMap, writeMap, writeValues } from "./primitives.ts";
import { malformed } from "./reader.ts";
import { putInt } from "./writer.ts";

/** What a message says, read from its content. */
export interface ReadBody {
  text: string | null;
  bytes: Uint8Array | null;
  map: PrimitiveMap | null;
  stream: Primitive[] | null;
}

/** Bytes that a compressed body may grow to. */
const mostInflated = 100 * 1024 * 1024;

/** A body as message type and content (openwire.md §6.1). `compress`: packed, when there is anything to pack. */
export function encodeBody(body: Body, compress = false): Pick<Message, "type" | "content" | "compressed"> {
  const [type, content] = plainBody(body);
  if (!compress || content === null) return { type, content, compressed: false };
  const packed = deflateSync(content);
  if (type !== "ActiveMQBytesMessage") return { type, content: packed, compressed: true };
  const sized = Buffer.allocUnsafe(packed.length + 4);
  putInt(sized, 0, content.length);
  sized.set(packed, 4);
  return { type, content: sized, compressed: true };
}

function plainBody(body: Body): [MessageType, Uint8Array | null] {
  if (body === null) return ["ActiveMQMessage", null];
  if (typeof body === "string") return ["ActiveMQTextMessage", textContent(body)];
  if (body instanceof Uint8Array) return ["ActiveMQBytesMessage", body];
  if ("text" in body) return ["ActiveMQTextMessage", body.text === null ? null : textContent(body.text)];
  if ("bytes" in body) return ["ActiveMQBytesMessage", body.bytes];
  if ("map" in body) {
    const map = toPrimitiveMap(body.map);
    return ["ActiveMQMapMessage", map.size === 0 ? null : writeMap(map)];
  }
  return ["ActiveMQStreamMessage", writeValues(body.stream.map(toPrimitive))];
}

function textContent(text: string): Buffer {
  const ascii = isPlainAscii(text);
  const length = ascii ? text.length : encodedLength(text);
  const content = Buffer.allocUnsafe(length + 4);
  putInt(content, 0, length);
  if (ascii) writeAscii(content, 4, text);
  else writeModifiedUtf8(content, 4, text);
  return content;
}

/** Throws `malformed`. An object message is handed over as it is: nothing is ever made of it. */
export function decodeBody(message: Pick<Message, "type" | "content" | "compressed">): ReadBody {
  const empty: ReadBody = { text: null, bytes: null, map: null, stream: null };
  const { type } = message;
  const content = message.compressed ? inflated(message) : message.content;
  switch (type) {
    case "ActiveMQTextMessage":
      return { ...empty, text: content === null ? null : readText(content) };
    case "ActiveMQBytesMessage":
      return { ...empty, bytes: content ?? new Uint8Array() };
    case "ActiveMQObjectMessage":
      return { ...empty, bytes: content };
    case "ActiveMQMapMessage":
      return { ...empty, map: content === null ? new Map() : readMap(content) };
    case "ActiveMQStreamMessage":
      return { ...empty, stream: content === null ? [] : readValues(content) };
    default:
      return empty;
  }
}

function readText(content: Uint8Array): string | null {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length < 4) throw malformed("a text message without the length of its text");
  const length = bytes.readInt32BE(0);
  if (length === -1) return null;
  if (length < 0 || length > bytes.length - 4)
    throw malformed(`a text of ${length} bytes in ${bytes.length - 4}`);
  return readModifiedUtf8(bytes, 4, 4 + length);
}

function inflated({ type, content }: Pick<Message, "type" | "content">): Uint8Array | null {
  if (content === null) return null;
  if (type !== "ActiveMQBytesMessage") return unpack(content);
  const packed = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (packed.length < 4) throw malformed("a compressed bytes message without the length of its bytes");
  const length = packed.readInt32BE(0);
  const unpacked = unpack(packed.subarray(4));
  if (length < 0 || length > unpacked.length)
    throw malformed(`${length} bytes announced, ${unpacked.length} unpacked`);
  // The stock client packs its whole buffer, of which only so many bytes are the body.
  return unpacked.subarray(0, length);
}

function unpack(packed: Uint8Array): Uint8Array {
  try {
    return inflateSync(packed, { maxOutputLength: mostInflated });
  } catch (error) {
    throw new OpenWireError(
      {
        code: "malformed",
        message: "the body of a compressed message cannot be unpacked",
        why: error instanceof Error ? error.message : String(error),
      },
      { cause: error },
    );
  }
}
