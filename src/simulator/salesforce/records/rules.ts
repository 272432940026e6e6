import type { Problem } from "../contract.ts";
import type { SfErrorEntry } from "../sf-error.ts";
import { type ObjectName, objectOf, readId } from "./ids.ts";
import { type Field, fieldOf, type Fields } from "./schema.ts";

/** A breach of the field rules: as Salesforce answers it, and as the judge says it. */
export interface Breach {
  error: SfErrorEntry;
  problem: Problem;
}

export interface Checked {
  /** What was given, under the schema's names, ids in their long form. */
  fields: Record<string, unknown>;
  breaches: Breach[];
}

export interface CheckOptions {
  object: ObjectName;
  fields: Fields;
  mode: "create" | "update";
  /** Whether a record of that id exists. */
  exists(id: string): boolean;
}

/**
 * Judges what is given for a record against the field rules (reference §5). Pure. As Salesforce does, unknown names are found before values are
 * looked at; of the values every breach is told.
 */
export function checkFields(given: Record<string, unknown>, options: CheckOptions): Checked {
  const { object, fields, mode } = options;
  const known: [string, Field, unknown][] = [];
  const unknown: Breach[] = [];
  for (const [name, value] of Object.entries(given)) {
    const found = fieldOf(fields, name);
    if (found === undefined)
      unknown.push(
        breach("unknown-field", "INVALID_FIELD", `No such column '${name}' on sobject of type ${object}`, {
          said: `${object} has no field ${name}`,
        }),
      );
    else known.push([...found, value]);
  }
  if (unknown.length > 0) return { fields: {}, breaches: unknown };
  const breaches: Breach[] = [];
  const kept: Record<string, unknown> = {};
  for (const [name, field, value] of known) {
    const wrong = fixedBreach(object, name, field, mode) ?? valueBreach(object, name, field, value, options);
    if (wrong !== undefined) breaches.push(wrong);
    else kept[name] = field.type === "reference" && typeof value === "string" ? readId(value) : value;
  }
  if (mode === "create") breaches.push(...missing(object, fields, given));
  return { fields: kept, breaches };
}

/** A rule of Tasks that needs the whole of it: a lead's Task is related to nothing else. */
export function leadBreach(task: Record<string, unknown>): Breach | undefined {
  const { WhoId: who, WhatId: what } = task;
  if (typeof who !== "string" || typeof what !== "string" || objectOf(who) !== "Lead") return undefined;
  return breach(
    "wrong-reference",
    "FIELD_INTEGRITY_EXCEPTION",
    "WhatId: Related To ID: cannot be set when Name ID is a lead",
    { fields: ["WhatId"], said: "a Task whose WhoId is a lead has a WhatId too" },
  );
}

function fixedBreach(
  object: string,
  name: string,
  field: Field,
  mode: "create" | "update",
): Breach | undefined {
  if (field.fixed === undefined || (field.fixed === "create" && mode === "create")) return undefined;
  return breach(
    "read-only-field",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    {
      fields: [name],
      said: `${object}.${name} cannot be written${mode === "update" ? " in an update" : ""}`,
    },
  );
}

function missing(object: string, fields: Fields, given: Record<string, unknown>): Breach[] {
  const names = Object.keys(given).map((name) => name.toLowerCase());
  return Object.entries(fields)
    .filter(
      ([name, { required, initial }]) =>
        required && initial === undefined && !names.includes(name.toLowerCase()),
    )
    .map(([name]) => requiredBreach(object, name));
}

function requiredBreach(object: string, name: string): Breach {
  return breach("missing-field", "REQUIRED_FIELD_MISSING", `Required fields are missing: [${name}]`, {
    fields: [name],
    said: `${object}.${name} is required and empty`,
  });
}

function valueBreach(
  object: string,
  name: string,
  field: Field,
  value: unknown,
  { exists }: CheckOptions,
): Breach | undefined {
  const path = `${object}.${name}`;
  if (value === null || value === "") return field.required ? requiredBreach(object, name) : undefined;
  switch (field.type) {
    case "int":
      if (typeof value !== "number" || !Number.isInteger(value)) return unparsable("int", path, value);
      if (Math.abs(value) < 10 ** (field.length ?? 18) && value >= 0) return undefined;
      return breach(
        "wrong-value",
        "NUMBER_OUTSIDE_VALID_RANGE",
        `${field.label ?? name}: value outside of valid range on numeric field: ${value}`,
        { fields: [name], said: `${path} is ${value}, not a number of up to ${field.length ?? 18} digits` },
      );
    case "boolean":
      return typeof value === "boolean" ? undefined : unparsable("boolean", path, value);
    case "date":
      return typeof value === "string" && isDate(value) ? undefined : unparsable("date", path, value);
    case "datetime":
      return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))
        ? undefined
        : unparsable("datetime", path, value);
    default:
      // Numbers and truth values pass as their texts.
      if (typeof value === "object") return unparsable("string", path, value);
      return textBreach(path, name, field, String(value), exists);
  }
}

function textBreach(
  path: string,
  name: string,
  field: Field,
  value: string,
  exists: (id: string) => boolean,
): Breach | undefined {
  const label = field.label ?? name;
  if (field.type === "reference") return referenceBreach(path, name, field, value, exists);
  if (field.values !== undefined && !field.values.includes(value))
    return breach(
      "wrong-value",
      "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
      `${label}: bad value for restricted picklist field: ${value}`,
      { fields: [name], said: `${path} is "${value}", not one of ${field.values.join(", ")}` },
    );
  if (field.length !== undefined && value.length > field.length)
    return breach(
      "too-long",
      "STRING_TOO_LONG",
      `${label}: data value too large: ${shortened(value)} (max length=${field.length})`,
      { fields: [name], said: `${path} has ${value.length} characters, ${field.length} are the most` },
    );
  return undefined;
}

function referenceBreach(
  path: string,
  name: string,
  { label = name, to = [] }: Field,
  value: string,
  exists: (id: string) => boolean,
): Breach | undefined {
  const id = readId(value);
  const more = { fields: [name] };
  if (id === undefined)
    return breach(
      "wrong-reference",
      "MALFORMED_ID",
      `${label}: id value of incorrect type: ${shortened(value)}`,
      {
        ...more,
        said: `${path} is no id: ${shortened(value)}`,
      },
    );
  const object = objectOf(id);
  if (object === undefined || !to.includes(object))
    return breach(
      "wrong-reference",
      "FIELD_INTEGRITY_EXCEPTION",
      `${label}: id value of incorrect type: ${value}`,
      {
        ...more,
        said: `${path} is the id of ${object ?? "something unknown"}, not of ${to.join(" or ")}: ${value}`,
      },
    );
  if (!exists(id))
    return breach("wrong-reference", "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", {
      ...more,
      said: `${path} is the id of a record that there is not: ${value}`,
    });
  return undefined;
}

function unparsable(type: string, path: string, value: unknown): Breach {
  const text = shortened(typeof value === "string" ? value : (JSON.stringify(value) ?? String(value)));
  return breach(
    "wrong-value",
    "JSON_PARSER_ERROR",
    `Cannot deserialize instance of ${type} from ${typeof value === "string" ? "VALUE_STRING" : "VALUE"} value ${text} or request may be missing a required field at [line:1, column:2]`,
    { said: `${path} is ${text}, not ${type === "int" ? "a whole number" : `a ${type}`}` },
  );
}

function breach(
  kind: Problem["kind"],
  errorCode: string,
  message: string,
  { fields = [], said }: { fields?: string[]; said: string },
): Breach {
  return { error: { message, errorCode, fields }, problem: { kind, text: said } };
}

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
