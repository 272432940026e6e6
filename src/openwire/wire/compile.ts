import type { DataStructure } from "./commands.ts";
import { malformed, type Reader } from "./reader.ts";
import { emptyValue, newestVersion, schemaByName, schemas, type TypeSchema } from "./schema.ts";
import { notEncodable, type Writer } from "./writer.ts";

/**
 * Readers and writers made of the field table, once for each type and version, as functions of straight code: the engine then knows the
 * shape of every command, which looking fields up by name would hide from it. The source is made of the table in `schema.ts` alone.
 */
type ReadBody = (reader: Reader) => DataStructure;
type WriteBody = (writer: Writer, value: DataStructure) => void;

/** How a type is written in one version. */
export interface CompiledWriter {
  code: number;
  write: WriteBody;
}

const readers = new Map<number, ReadBody>();
/** By version, then by the type's name. */
const writers: Map<string, CompiledWriter>[] = Array.from({ length: newestVersion + 1 }, () => new Map());
const schemaByCode: (TypeSchema | undefined)[] = [];
for (const schema of schemas) schemaByCode[schema.code] = schema;

const slot = (code: number, version: number): number => code * (newestVersion + 1) + version;

/** The fields of a type, its code being read already. Throws `malformed` for a code that nobody knows. */
export function readBodyOf(code: number, reader: Reader): DataStructure {
  const { version } = reader.options;
  let read = readers.get(slot(code, version));
  if (read === undefined) {
    const schema = schemaByCode[code];
    if (schema === undefined) throw malformed(`a command of type ${code}, which is none`);
    read = compileReader(schema, version);
    readers.set(slot(code, version), read);
  }
  return read(reader);
}

/** Throws `not-encodable` for a type that cannot be inside a frame. */
export function writerOf({ type }: DataStructure, version: number): CompiledWriter {
  return writers[version]?.get(type) ?? addWriter(type, version);
}

function addWriter(type: string, version: number): CompiledWriter {
  const schema = schemaByName.get(type);
  if (schema === undefined) throw notEncodable(`a ${type} here`);
  const compiled = { code: schema.code, write: compileWriter(schema, version) };
  writers[version]?.set(type, compiled);
  return compiled;
}

function compileReader({ name, fields }: TypeSchema, version: number): ReadBody {
  const members = fields.map((field) => {
    const has = version >= field.from && version <= field.to;
    const holds = field.kind === "C" || field.kind === "N" ? field.holds.join(", ") : "";
    return `${field.name}: ${has ? `reader.${field.kind}(${holds})` : JSON.stringify(emptyValue(field.kind))}`;
  });
  return new Function("reader", `return { type: "${name}", ${members.join(", ")} };`) as ReadBody;
}

function compileWriter({ fields }: TypeSchema, version: number): WriteBody {
  const statements = fields
    .filter(({ from, to }) => version >= from && version <= to)
    .map(({ name, kind }) => `writer.${kind}(value.${name});`);
  return new Function("writer", "value", statements.join("\n")) as WriteBody;
}
