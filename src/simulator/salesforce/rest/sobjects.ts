import { type Answer, type Asked, json } from "../http.ts";
import { type ObjectName, objectOf, readId } from "../records/ids.ts";
import { fieldOf } from "../records/schema.ts";
import { notFound, refused } from "../sf-error.ts";
import type { ApiContext } from "./api.ts";
import { knownFields, objectOfBody, viewOf } from "./view.ts";

/** `…/sobjects/<object>[/describe|/<id>|/<external id field>/<value>]`. */
export function sobjects(asked: Asked, path: readonly string[], context: ApiContext): Answer {
  const [name, key, value, ...more] = path;
  if (name === undefined || more.length > 0) throw notFound();
  const object = context.org.store.objectNamed(name);
  if (object === undefined) throw notFound();
  if (value !== undefined) return byExternalId(asked, object, key ?? "", value, context);
  if (key === undefined) return whole(asked, object, context);
  if (key === "describe" && asked.method === "GET") return describe(object, context);
  return one(asked, object, key, context);
}

function whole(asked: Asked, object: ObjectName, context: ApiContext): Answer {
  if (asked.method !== "POST") throw methodNotAllowed(asked.method);
  const id = context.org.create(object, objectOfBody(asked.body), context.actor);
  return json({ id, success: true, errors: [] }, 201);
}

function one(asked: Asked, object: ObjectName, key: string, { org, actor, root }: ApiContext): Answer {
  const id = readId(key);
  if (id === undefined)
    throw notFound("Provided external ID field does not exist or is not accessible: " + key);
  const record = org.store.get(id);
  if (record === undefined || objectOf(id) !== object) throw notFound();
  switch (asked.method) {
    case "GET": {
      const names = asked.url.searchParams.get("fields");
      const wanted = names?.split(",").map((each) => each.trim()) ?? Object.keys(org.store.fieldsOf(object));
      return json(viewOf(record, knownFields(org, object, wanted), root));
    }
    case "PATCH":
      org.update(id, objectOfBody(asked.body), actor);
      return { status: 204 };
    case "DELETE":
      org.delete(id, actor);
      return { status: 204 };
    default:
      throw methodNotAllowed(asked.method);
  }
}

/** An upsert: the record with that value is changed, or made when there is none; or read. */
function byExternalId(
  asked: Asked,
  object: ObjectName,
  name: string,
  value: string,
  { org, actor, root }: ApiContext,
): Answer {
  const [field, rules] = fieldOf(org.store.fieldsOf(object), name) ?? [];
  if (field === undefined || !rules?.externalId)
    throw notFound(`Provided external ID field does not exist or is not accessible: ${name}`);
  const [found, ...others] = org.store.all(object).filter((record) => record.fields[field] === value);
  if (others.length > 0)
    return json(
      [found, ...others].map((each) => `${root}/sobjects/${object}/${each?.id}`),
      300,
    );
  if (asked.method === "GET") {
    if (found === undefined) throw notFound();
    return json(viewOf(found, Object.keys(org.store.fieldsOf(object)), root));
  }
  if (asked.method !== "PATCH") throw methodNotAllowed(asked.method);
  const body = objectOfBody(asked.body);
  if (Object.keys(body).some((each) => each.toLowerCase() === field.toLowerCase()))
    throw refused(400, "INVALID_FIELD", `The ${field} field should not be specified in the sobject data.`);
  if (found !== undefined) {
    org.update(found.id, body, actor);
    return json({ id: found.id, success: true, errors: [], created: false });
  }
  const id = org.create(object, { ...body, [field]: value }, actor);
  return json({ id, success: true, errors: [], created: true }, 201);
}

function describe(object: ObjectName, { org }: ApiContext): Answer {
  const fields = Object.entries(org.store.fieldsOf(object)).map(([name, field]) => ({
    name,
    label: field.label ?? name,
    type: field.type,
    length: field.type === "int" ? 0 : (field.length ?? 0),
    digits: field.type === "int" ? (field.length ?? 0) : 0,
    nillable: field.required !== true,
    createable: field.fixed !== "system",
    updateable: field.fixed === undefined,
    externalId: field.externalId === true,
    unique: field.unique === true,
    referenceTo: field.to ?? [],
    picklistValues: (field.values ?? []).map((value) => ({
      value,
      label: value,
      active: true,
      defaultValue: value === field.initial,
    })),
  }));
  return json({ name: object, label: object, fields });
}

const methodNotAllowed = (method: string) =>
  refused(
    405,
    "METHOD_NOT_ALLOWED",
    `HTTP Method '${method}' not allowed. Allowed are GET,PATCH,POST,DELETE`,
  );
