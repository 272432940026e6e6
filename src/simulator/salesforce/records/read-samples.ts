import { CtiError } from "../../../model/errors.ts";
import type { Sample } from "./fixtures.ts";
import { fieldOf, standardSchema } from "./schema.ts";

const objects = ["Account", "Contact", "Lead", "Opportunity", "Case"] as const;

/**
 * Reads `[{ "object": "Contact", "fields": { "LastName": "Khan", "Phone": "5551234" } }, …]`; a record may have a `ref`, by which later ones mean it:
 * `"AccountId": "@ref"`. Throws `usage`, with which record is wrong.
 */
export function readSamples(document: unknown): Sample[] {
  if (!Array.isArray(document)) throw wrong("the records are a list");
  return document.map((each: unknown, index) => sampleOf(each, `record ${index + 1}`));
}

function sampleOf(given: unknown, where: string): Sample {
  if (typeof given !== "object" || given === null) throw wrong(`${where} is no object`);
  const { object: name, ref, fields, ...others } = given as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(`${where} has "${unknown}"; known are object, ref and fields`);
  const object = objects.find((each) => each === name);
  if (object === undefined) throw wrong(`${where}: object is one of ${objects.join(", ")}`);
  if (ref !== undefined && typeof ref !== "string") throw wrong(`${where}: ref is a text`);
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw wrong(`${where} has no fields`);
  for (const [field, value] of Object.entries(fields)) {
    if (fieldOf(standardSchema[object], field)?.[0] !== field)
      throw wrong(`${where}: ${object} has no field ${field}`);
    if (typeof value === "object") throw wrong(`${where}: ${field} is no text`);
  }
  return { object, ...(ref !== undefined && { ref }), fields: { ...fields } };
}

function wrong(message: string): CtiError {
  return new CtiError({
    code: "usage",
    message,
    hint: 'for example: [{ "object": "Contact", "fields": { "LastName": "Khan", "Phone": "5551234" } }]',
  });
}
