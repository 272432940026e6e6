import type { DataStructure, Destination, Message, MessageType } from "./commands.ts";
import { emptyValue, schemaByName } from "./schema.ts";

type Named<Name extends DataStructure["type"]> = Name extends MessageType
  ? Message
  : Name extends Destination["type"]
    ? Destination
    : Extract<DataStructure, { type: Name }>;

type Create = (fields: object) => DataStructure;
const creators = new Map<string, Create>();

/** A command or data structure with these fields, and every other one empty: `null`, `0` or `false`. */
export function create<Name extends Exclude<DataStructure["type"], "WireFormatInfo">>(
  type: Name,
  fields: Partial<Omit<Named<Name>, "type">>,
): Named<Name> {
  let creator = creators.get(type);
  if (creator === undefined) {
    creator = compileCreator(type);
    creators.set(type, creator);
  }
  // It has every field of the type's schema, which the types of commands.ts mirror.
  return creator(fields) as unknown as Named<Name>;
}

/** Straight code made of the field table, as in `compile.ts`: what is made and what is read then have the same shape for the engine. */
function compileCreator(type: string): Create {
  const members = (schemaByName.get(type)?.fields ?? []).map(({ name, kind }) => {
    const empty = JSON.stringify(emptyValue(kind));
    return `${name}: fields.${name} === undefined ? ${empty} : fields.${name}`;
  });
  return new Function(
    "fields",
    `return { type: fields.type === undefined ? "${type}" : fields.type, ${members.join(", ")} };`,
  ) as Create;
}
