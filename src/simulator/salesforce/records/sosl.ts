import { refused, type SfError } from "../sf-error.ts";
import type { Problem } from "../contract.ts";

export type SearchScope = "ALL" | "NAME" | "EMAIL" | "PHONE" | "SIDEBAR";

export interface SoslQuery {
  /** What is searched for, escapes undone. */
  term: string;
  scope: SearchScope;
  returning: { object: string; fields: string[]; limit: number | undefined }[];
  limit: number | undefined;
}

/** Characters that a search text must have a backslash before (reference §6). */
export const reserved = "?&|!{}[]()^~*:\\\"'+-";

/** A search that cannot be read: Salesforce's answer, with the judge's words for it. */
export interface SoslRefusal {
  error: SfError;
  problem: Problem;
}

/**
 * Reads `FIND {…} [IN PHONE FIELDS] [RETURNING Contact(Id, Name LIMIT 5), …] [LIMIT n]`. What Salesforce reads beyond this (wildcards, operators,
 * WITH, WHERE) is refused too: an adapter that looks up numbers has no use for them, and one that meant a plain text forgot to escape it.
 */
export function readSosl(text: string): SoslQuery | SoslRefusal {
  const opened = /^\s*FIND\s*\{/i.exec(text);
  if (opened === null) return malformed("the query does not begin with FIND {…}");
  const found = searchTerm(text, opened[0].length);
  if ("problem" in found) return found;
  const rest = text.slice(found.end);
  const clauses =
    /^\s*(?:IN\s+(ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS)?(?:\s*\bRETURNING\s+(.*?))?(?:\s+LIMIT\s+(\d+))?\s*$/is.exec(
      rest,
    );
  if (clauses === null) return malformed(`unexpected token: ${rest.trim().slice(0, 40)}`);
  const [, scope = "ALL", objects, limit] = clauses;
  const returning = objects === undefined ? [] : readReturning(objects);
  if (returning === undefined) return malformed(`unexpected token in RETURNING: ${objects?.slice(0, 40)}`);
  return {
    term: found.term,
    scope: scope.toUpperCase() as SearchScope,
    returning,
    limit: limit === undefined ? undefined : Number(limit),
  };
}

/** Undone escapes of a search text; a reserved character without one is refused. */
function searchTerm(text: string, from: number): { term: string; end: number } | SoslRefusal {
  let term = "";
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "}") return tooShort(term) ?? { term, end: at + 1 };
    if (character === "\\") {
      const next = text.charAt(++at);
      if (next === "") break;
      if (!reserved.includes(next))
        return malformed(`Invalid escape: \\${next}`, `a backslash before "${next}"`);
      term += next;
    } else if (reserved.includes(character))
      return malformed(
        `No search term found: unexpected token: ${character}`,
        `"${character}" stands unescaped in a search text: ${text.slice(from, from + 40)}`,
      );
    else term += character;
  }
  return malformed("No search term found. The search term must be enclosed in braces.");
}

function tooShort(term: string): SoslRefusal | undefined {
  if (term.trim().length >= 2) return undefined;
  return malformed(`search term must be longer than one character: ${term.trim()}`);
}

function readReturning(text: string): SoslQuery["returning"] | undefined {
  const found: SoslQuery["returning"] = [];
  let rest = text.trim();
  while (rest !== "") {
    const match = /^(\w+)\s*(?:\(([^()]*)\))?\s*(,|$)/.exec(rest);
    const [whole, object, inside, comma] = match ?? [];
    if (whole === undefined || object === undefined) return undefined;
    const limited = /^(.*?)(?:\s+LIMIT\s+(\d+)\s*)?$/is.exec(inside ?? "");
    const names = (limited?.[1] ?? "").split(",").map((name) => name.trim());
    if (inside !== undefined && names.some((name) => !/^\w+$/.test(name))) return undefined;
    const limit = limited?.[2];
    found.push({
      object,
      fields: inside === undefined ? ["Id"] : names,
      limit: limit === undefined ? undefined : Number(limit),
    });
    rest = rest.slice(whole.length).trim();
    if (comma === "," && rest === "") return undefined;
  }
  return found.length === 0 ? undefined : found;
}

function malformed(message: string, said?: string): SoslRefusal {
  return {
    error: refused(400, "MALFORMED_SEARCH", message),
    problem:
      said === undefined
        ? { kind: "malformed-query", text: `SOSL: ${message}` }
        : { kind: "unescaped-search", text: said },
  };
}
