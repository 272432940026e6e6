import fc from "fast-check";
import type {
  Command,
  DataStructure,
  Primitive,
  WireFormatInfo,
} from "../../../src/openwire/wire/commands.ts";
import type { WireFormat } from "../../../src/openwire/wire/contract.ts";
import { wireFormatInfo } from "../../../src/openwire/wire/wire-format.ts";
import { emptyValue, type Field, schemas } from "../../../src/openwire/wire/schema.ts";

export const format = (changes: Partial<WireFormat> = {}): WireFormat => ({
  version: 12,
  tight: false,
  cache: false,
  cacheSize: 1024,
  stackTraces: true,
  sizePrefix: true,
  tcpNoDelay: true,
  maxFrameSize: 1 << 24,
  maxInactivityDuration: 30_000,
  maxInactivityDurationInitialDelay: 10_000,
  ...changes,
});

export const formats = fc.record({
  version: fc.integer({ min: 1, max: 12 }),
  tight: fc.boolean(),
  cache: fc.boolean(),
  // A small cache is used up and goes round.
  cacheSize: fc.constantFrom(110, 1024),
  stackTraces: fc.boolean(),
  sizePrefix: fc.boolean(),
});

const text = fc.option(fc.string({ unit: "binary", maxLength: 12 }));
const long = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, -2, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => {
    const exact = Number(value);
    return Number.isSafeInteger(exact) ? exact : value;
  }),
);
const bytes = fc.option(fc.uint8Array({ maxLength: 20 }).map((value) => Buffer.from(value)));
/** What a field that may hold anything is given. */
const samples = ["BrokerId", "ActiveMQQueue", "SubscriptionInfo", "ActiveMQTextMessage", "XATransactionId"];

function namesHeld({ holds: [first, last] }: Field): readonly string[] {
  if (last === 0xff) return samples;
  return schemas.filter(({ code }) => code >= first && code <= last).map(({ name }) => name);
}

/** A value of a field as a reader gives it back in this version. */
function valueOf(field: Field, version: number, stackTraces: boolean, depth: number): fc.Arbitrary<unknown> {
  if (version < field.from || version > field.to) return fc.constant(emptyValue(field.kind));
  const object = (names: readonly string[]) =>
    depth > 2
      ? fc.constant(null)
      : fc.option(
          fc.constantFrom(...names).chain((name) => structure(name, version, stackTraces, depth + 1)),
        );
  switch (field.kind) {
    case "z":
      return fc.boolean();
    case "b":
      return fc.integer({ min: -128, max: 127 });
    case "i":
      return fc.integer();
    case "l":
      return long;
    case "S":
      return text;
    case "B":
      return bytes;
    case "C":
    case "N":
      return object(namesHeld(field));
    case "A":
      return depth > 2
        ? fc.constant(null)
        : fc.option(fc.array(structure("BrokerId", version, stackTraces, depth + 1), { maxLength: 3 }));
    case "T":
      return throwable(stackTraces, 0);
  }
}

function throwable(stackTraces: boolean, depth: number): fc.Arbitrary<unknown> {
  const frame = fc.record({ className: text, method: text, file: text, line: fc.integer() });
  return fc.option(
    fc.record({
      className: text,
      message: text,
      stackTrace: stackTraces ? fc.array(frame, { maxLength: 2 }) : fc.constant([]),
      cause: stackTraces && depth < 2 ? throwable(stackTraces, depth + 1) : fc.constant(null),
    }),
  );
}

function structure(
  name: string,
  version: number,
  stackTraces: boolean,
  depth: number,
): fc.Arbitrary<DataStructure> {
  const schema = schemas.find((candidate) => candidate.name === name);
  const fields = Object.fromEntries(
    (schema?.fields ?? []).map((field) => [field.name, valueOf(field, version, stackTraces, depth)]),
  );
  return fc.record({ type: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<DataStructure>;
}

/** Any command that has a frame of its own. */
export function command(version: number, stackTraces: boolean): fc.Arbitrary<Command> {
  const names = schemas.filter(({ code }) => code <= 92).map(({ name }) => name);
  return fc
    .constantFrom(...names)
    .chain((name) => structure(name, version, stackTraces, 0)) as fc.Arbitrary<Command>;
}

export const handshake: WireFormatInfo = wireFormatInfo();

export const primitive: fc.Arbitrary<Primitive> = fc.letrec<{ value: Primitive }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant<Primitive>({ kind: "null" }),
    fc.boolean().map((value): Primitive => ({ kind: "boolean", value })),
    fc.integer({ min: -128, max: 127 }).map((value): Primitive => ({ kind: "byte", value })),
    fc.integer({ min: -32768, max: 32767 }).map((value): Primitive => ({ kind: "short", value })),
    fc.integer().map((value): Primitive => ({ kind: "int", value })),
    fc
      .integer({ min: 0, max: 0xffff })
      .map((value): Primitive => ({ kind: "char", value: String.fromCharCode(value) })),
    long.map((value): Primitive => ({ kind: "long", value })),
    fc.double().map((value): Primitive => ({ kind: "double", value })),
    fc.float().map((value): Primitive => ({ kind: "float", value })),
    fc.string({ unit: "binary" }).map((value): Primitive => ({ kind: "string", value })),
    fc.uint8Array().map((value): Primitive => ({ kind: "bytes", value: Buffer.from(value) })),
    fc.array(tie("value"), { maxLength: 3 }).map((value): Primitive => ({ kind: "list", value })),
    fc
      .array(fc.tuple(fc.string(), tie("value")), { maxLength: 3 })
      .map((entries): Primitive => ({ kind: "map", value: new Map(entries) })),
  ),
})).value;
