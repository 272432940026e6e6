import { type Answer, type Asked, json } from "../http.ts";
import type { ObjectName } from "../records/ids.ts";
import { readSosl, type SearchScope } from "../records/sosl.ts";
import { refused } from "../sf-error.ts";
import type { ApiContext } from "./api.ts";
import { knownFields, objectOfBody, viewOf } from "./view.ts";

interface Wanted {
  object: ObjectName;
  fields: string[];
  limit: number;
}

/** Records that one search answers at most. */
const largest = 2000;
/** Objects that are searched where none is named. */
const usual: ObjectName[] = ["Account", "Contact", "Lead", "Case", "Opportunity"];

/** `GET …/search/?q=FIND {…}`. Throws MALFORMED_SEARCH and the like; the judge hears of characters that stand unescaped. */
export function soslSearch(text: string | null, context: ApiContext): Answer {
  const { org, actor } = context;
  const read = readSosl(text ?? "");
  if ("problem" in read) {
    org.complain(read.problem, actor.way, actor.user.username);
    throw read.error;
  }
  const { term, scope, returning, limit = largest } = read;
  const named = returning.map(({ object, fields, limit: most = largest }) => ({
    object,
    fields,
    limit: most,
  }));
  const given =
    named.length === 0 ? usual.map((object) => ({ object, fields: ["Id"], limit: largest })) : named;
  return found(
    term,
    scope,
    given.map((each) => wanted(each, context)),
    limit,
    context,
  );
}

/** `…/parameterizedSearch`, by GET with a query or by POST with a body. */
export function parameterizedSearch(asked: Asked, context: ApiContext): Answer {
  const { q, scope, objects, limit } =
    asked.method === "GET" ? fromQuery(asked.url.searchParams) : fromBody(objectOfBody(asked.body));
  if (q.trim().length < 2)
    throw refused(400, "MALFORMED_SEARCH", `search term must be longer than one character: ${q.trim()}`);
  const scopes = ["ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"] as const;
  const known = scopes.find((each) => each === (scope ?? "ALL").toUpperCase().replace(/ FIELDS$/, ""));
  if (known === undefined) throw refused(400, "INVALID_SEARCH_SCOPE", `there is no search scope ${scope}`);
  const given =
    objects.length === 0 ? usual.map((object) => ({ object, fields: ["Id"], limit: largest })) : objects;
  return found(
    q,
    known,
    given.map((each) => wanted(each, context)),
    limit ?? largest,
    context,
  );
}

function found(
  term: string,
  scope: SearchScope,
  objects: Wanted[],
  limit: number,
  { org, root }: ApiContext,
): Answer {
  const records = objects.flatMap(({ object, fields, limit: most }) =>
    org
      .search(term, scope, [object])
      .slice(0, most)
      .map((record) => viewOf(record, fields, root)),
  );
  return json({ searchRecords: records.slice(0, limit) });
}

function wanted(
  { object: name, fields, limit }: { object: string; fields: string[]; limit: number },
  { org }: ApiContext,
): Wanted {
  const object = org.objectNamed(name);
  return { object, fields: knownFields(org, object, fields), limit };
}

interface Given {
  q: string;
  scope: string | null;
  objects: { object: string; fields: string[]; limit: number }[];
  limit: number | undefined;
}

function fromQuery(query: URLSearchParams): Given {
  const usualFields = query.get("fields");
  const usualLimit = numberOf(query.get("defaultLimit"));
  return {
    q: query.get("q") ?? "",
    scope: query.get("in"),
    objects: query.getAll("sobject").map((object) => ({
      object,
      fields: namesOf(query.get(`${object}.fields`) ?? usualFields),
      limit: numberOf(query.get(`${object}.limit`)) ?? usualLimit ?? largest,
    })),
    limit: numberOf(query.get("overallLimit")),
  };
}

function fromBody(body: Record<string, unknown>): Given {
  const list = (value: unknown): string[] =>
    Array.isArray(value) ? value.map((each: unknown) => String(each)) : ["Id"];
  const objects: unknown[] = Array.isArray(body.sobjects) ? body.sobjects : [];
  return {
    q: typeof body.q === "string" ? body.q : "",
    scope: typeof body.in === "string" ? body.in : null,
    objects: objects.map((each) => {
      const given: Record<string, unknown> =
        typeof each === "object" && each !== null ? { ...each } : { name: each };
      return {
        object: String(given.name),
        fields: list(given.fields ?? body.fields),
        limit: typeof given.limit === "number" ? given.limit : largest,
      };
    }),
    limit: typeof body.overallLimit === "number" ? body.overallLimit : undefined,
  };
}

const namesOf = (text: string | null) =>
  text === null ? ["Id"] : text.split(",").map((name) => name.trim());

function numberOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw refused(400, "INVALID_SEARCH", `a limit is a whole number, not ${text}`);
}
