import { refused } from "../sf-error.ts";
import { fieldOf } from "../records/schema.ts";
import type { Org } from "../org.ts";
import type { Stored } from "../records/store.ts";
import type { ObjectName } from "../records/ids.ts";

/** A record as the API shows it, with the given fields under their own names. */
export function viewOf(record: Stored, fields: readonly string[], root: string): Record<string, unknown> {
  return {
    attributes: { type: record.object, url: `${root}/sobjects/${record.object}/${record.id}` },
    ...Object.fromEntries(fields.map((name) => [name, record.fields[name] ?? null])),
  };
}

/** Field names as the schema has them. Throws INVALID_FIELD. */
export function knownFields(org: Org, object: ObjectName, names: readonly string[]): string[] {
  return names.map((name) => {
    const found = fieldOf(org.store.fieldsOf(object), name);
    if (found !== undefined) return found[0];
    throw refused(400, "INVALID_FIELD", `No such column '${name}' on entity '${object}'.`);
  });
}

/** The body as a JSON object. Throws JSON_PARSER_ERROR. */
export function objectOfBody(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw refused(400, "JSON_PARSER_ERROR", "Unexpected character or end of input at [line:1, column:1]");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw refused(400, "JSON_PARSER_ERROR", "The HTTP entity body is required to be a JSON object");
}
