import type { DataStructure, Message, MessageType } from "./commands.ts";
import { emptyValue, schemaByName } from "./schema.ts";

type Named<Name extends DataStructure["type"]> = Name extends MessageType
  ? Message
  : Extract<DataStructure, { type: Name }>;

const templates = new Map<string, Record<string, unknown>>();

/** A command or data structure with these fields, and every other one empty: `null`, `0` or `false`. */
export function create<Name extends Exclude<DataStructure["type"], "WireFormatInfo">>(
  type: Name,
  fields: Partial<Omit<Named<Name>, "type">>,
): Named<Name> {
  let template = templates.get(type);
  if (template === undefined) {
    template = { type };
    for (const { name, kind } of schemaByName.get(type)?.fields ?? []) template[name] = emptyValue(kind);
    templates.set(type, template);
  }
  // The template has every field of the type's schema, which the types of commands.ts mirror.
  return { ...template, ...fields } as unknown as Named<Name>;
}
