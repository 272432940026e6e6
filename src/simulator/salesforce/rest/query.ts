import { type Answer, json } from "../http.ts";
import { type Condition, fulfils, readSoql } from "../records/soql.ts";
import { SfError } from "../sf-error.ts";
import type { ApiContext } from "./api.ts";
import { knownFields, viewOf } from "./view.ts";

/** Records of one answer at most, as Salesforce pages; the stub has no further pages. */
const largest = 2000;

/** `GET …/query/?q=`. Throws MALFORMED_QUERY, INVALID_TYPE, INVALID_FIELD; the judge hears of what was malformed. */
export function query(text: string | null, { org, actor, root }: ApiContext): Answer {
  try {
    const { fields, object: name, where, order, limit } = readSoql(text ?? "");
    const object = org.objectNamed(name);
    const one = (field: string) => knownFields(org, object, [field])[0] ?? field;
    const condition = where === undefined ? undefined : withFields(where, one);
    const sortedBy = order === undefined ? undefined : one(order.field);
    const found = org.store
      .all(object)
      .filter(({ fields: kept }) => condition === undefined || fulfils(kept, condition));
    if (sortedBy !== undefined) {
      found.sort((left, right) => compare(left.fields[sortedBy], right.fields[sortedBy]));
      if (order?.descending) found.reverse();
    }
    const records = found.slice(0, Math.min(limit ?? largest, largest));
    if (fields.length === 1 && fields[0] === "COUNT()")
      return json({ totalSize: records.length, done: true, records: [] });
    const names = knownFields(org, object, fields);
    return json({
      totalSize: records.length,
      done: true,
      records: records.map((each) => viewOf(each, names, root)),
    });
  } catch (thrown) {
    if (thrown instanceof SfError)
      org.complain(
        { kind: "malformed-query", text: `SOQL: ${thrown.message}` },
        actor.way,
        actor.user.username,
      );
    throw thrown;
  }
}

function withFields(condition: Condition, one: (field: string) => string): Condition {
  if ("parts" in condition)
    return { ...condition, parts: condition.parts.map((part) => withFields(part, one)) };
  const field = one(condition.field);
  // An id may be given in its short form.
  return { ...condition, field };
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left ?? "") < String(right ?? "") ? -1 : Number(String(left ?? "") > String(right ?? ""));
}
