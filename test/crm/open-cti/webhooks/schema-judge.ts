import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { eventsSchema } from "../../../../src/crm/open-cti/webhooks/openapi.ts";

/** Of RFC 3339, as our events write it. */
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

export function judge(schema: object): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true, strictTypes: false });
  ajv.addKeyword("components");
  ajv.addFormat("date-time", dateTime);
  ajv.addFormat("uri-reference", (text) => URL.canParse(text, "https://example.com/"));
  return ajv.compile(schema);
}

/** The documented schema of events, as receivers get it. */
export const judgeEvent = judge(eventsSchema());

/** The same, but fields that are not described are a fault. */
export const judgeEventStrictly = judge(closed(eventsSchema()) as object);

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isRecord = "properties" in copy && !("additionalProperties" in copy) && copy.type === "object";
  return isRecord ? { ...copy, additionalProperties: false } : copy;
}
