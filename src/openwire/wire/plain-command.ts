import { OpenWireError } from "../errors.ts";
import { decodeBody } from "./bodies.ts";
import type { Command, Message, Primitive, PrimitiveMap } from "./commands.ts";
import { readMap, toPrimitive } from "./primitives.ts";

/** What JSON can say. */
export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

const masked = "********";

/**
 * A command as JSON: bytes in base64, numbers beyond 2^53 and those JSON has no word for as text, passwords masked. Messages have their body
 * read (`text`, `map`, `stream`, `bytes`, unpacked) and their `properties`, beside these the wire's type of every value that does not show
 * its own (`propertyTypes`, `mapTypes`, `streamTypes`, by `name`, `name.name` and `[index]`). What cannot be read stays as `content`, with
 * the reason as `unreadable`.
 */
export function plainCommand(command: Command): Plain {
  return plainOf(command);
}

function plainOf(value: unknown): Plain {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "bigint") return plainNumber(value);
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof Uint8Array) return base64(value);
  if (Array.isArray(value)) return value.map(plainOf);
  return typeof value === "object" ? plainFields(value) : null;
}

function plainFields(value: object): Plain {
  const plain: { [name: string]: Plain } = {};
  for (const [name, part] of Object.entries(value)) {
    if (name === "password" && part !== null) plain[name] = masked;
    else if (name === "properties" && part instanceof Map) addMap(plain, "properties", "propertyTypes", part);
    else if (name === "content" && "marshalledProperties" in value) addBody(plain, value as Message);
    else if (name === "marshalledProperties") addProperties(plain, part as Uint8Array | null);
    else plain[name] = plainOf(part);
  }
  return plain;
}

function addBody(plain: { [name: string]: Plain }, message: Message): void {
  try {
    const { text, bytes, map, stream } = decodeBody(message);
    if (message.type === "ActiveMQTextMessage") plain.text = text;
    if (bytes !== null) plain.bytes = base64(bytes);
    if (map !== null) addMap(plain, "map", "mapTypes", map);
    if (stream !== null) {
      const types: Types = {};
      plain.stream = stream.map((value, index) => plainPrimitive(value, `[${index}]`, types));
      addTypes(plain, "streamTypes", types);
    }
    const isRead =
      message.type === "ActiveMQTextMessage" || bytes !== null || map !== null || stream !== null;
    if (!isRead && message.content !== null) plain.content = base64(message.content);
  } catch (error) {
    addUnreadable(plain, "content", message.content, error);
  }
}

function addProperties(plain: { [name: string]: Plain }, marshalled: Uint8Array | null): void {
  if (marshalled === null) return;
  try {
    addMap(plain, "properties", "propertyTypes", readMap(marshalled));
  } catch (error) {
    addUnreadable(plain, "marshalledProperties", marshalled, error);
  }
}

/** Of a recording something else may be broken than what its reader looks for. */
function addUnreadable(
  plain: { [name: string]: Plain },
  name: string,
  bytes: Uint8Array | null,
  error: unknown,
): void {
  if (!(error instanceof OpenWireError)) throw error;
  plain[name] = plainOf(bytes);
  plain.unreadable = error.why ?? error.message;
}

type Types = { [path: string]: Plain };

function addMap(plain: { [name: string]: Plain }, name: string, typesName: string, map: PrimitiveMap): void {
  const types: Types = {};
  plain[name] = plainMapOf(map, "", types);
  addTypes(plain, typesName, types);
}

function addTypes(plain: { [name: string]: Plain }, name: string, types: Types): void {
  if (Object.keys(types).length > 0) plain[name] = types;
}

function plainMapOf(map: PrimitiveMap, path: string, types: Types): Plain {
  // Without a prototype a name like __proto__ is one like any other.
  const plain: { [name: string]: Plain } = Object.create(null);
  for (const [name, value] of map)
    plain[name] = plainPrimitive(value, path === "" ? name : `${path}.${name}`, types);
  return plain;
}

/** Notes the type at `path` where the JSON does not say it already. */
function plainPrimitive(primitive: Primitive, path: string, types: Types): Plain {
  switch (primitive.kind) {
    case "map":
      return plainMapOf(primitive.value, path, types);
    case "list":
      return primitive.value.map((value, index) => plainPrimitive(value, `${path}[${index}]`, types));
    case "null":
      return null;
    default: {
      const plain = plainOf(primitive.value);
      const isObvious = isScalar(plain) && toPrimitive(plain).kind === primitive.kind;
      // JSON has no -0.
      if (!isObvious || Object.is(plain, -0)) types[path] = primitive.kind;
      return plain;
    }
  }
}

function isScalar(plain: Plain): plain is null | boolean | number | string {
  return typeof plain !== "object" || plain === null;
}

function plainNumber(value: number | bigint): Plain {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  const exact = Number(value);
  return Number.isSafeInteger(exact) ? exact : String(value);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
