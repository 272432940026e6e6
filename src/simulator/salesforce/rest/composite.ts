import { type Answer, type Asked, json } from "../http.ts";
import { refused, SfError } from "../sf-error.ts";
import type { ApiContext } from "./api.ts";
import { objectOfBody } from "./view.ts";

/** Requests of one composite at most. */
const most = 25;

interface Inner {
  method: string;
  url: string;
  referenceId: string;
  body: unknown;
}

interface Result {
  body: unknown;
  httpHeaders: Record<string, string>;
  httpStatusCode: number;
  referenceId: string;
}

/** `POST …/composite`: several requests as one, each may use earlier answers as `@{reference.field}`; all or each for itself. */
export function composite(
  asked: Asked,
  { org, root }: ApiContext,
  answer: (inner: Asked, below: string) => Answer,
): Answer {
  const given = objectOfBody(asked.body);
  const requests: Inner[] = readRequests(given.compositeRequest);
  const results: Result[] = [];
  const one = (request: Inner): Result => {
    try {
      const url = new URL(filled(request.url, results), asked.url.origin);
      if (!url.pathname.startsWith(`${root}/`) || /\/composite\b/.test(url.pathname))
        throw refused(400, "INVALID_FIELD", `The url ${request.url} cannot be part of a composite`);
      const body = request.body === undefined ? "" : filled(JSON.stringify(request.body), results);
      const inner: Asked = { method: request.method, url, headers: asked.headers, body };
      const { status, json: value } = answer(inner, url.pathname.slice(root.length + 1));
      return {
        body: value ?? null,
        httpHeaders: {},
        httpStatusCode: status,
        referenceId: request.referenceId,
      };
    } catch (thrown) {
      if (!(thrown instanceof SfError)) throw thrown;
      return {
        body: thrown.entries,
        httpHeaders: {},
        httpStatusCode: thrown.status,
        referenceId: request.referenceId,
      };
    }
  };
  const all = () => {
    for (const request of requests) {
      const result = one(request);
      results.push(result);
      if (given.allOrNone === true && result.httpStatusCode >= 400) throw new Halted();
    }
  };
  try {
    if (given.allOrNone === true) org.together(all);
    else all();
  } catch (thrown) {
    if (!(thrown instanceof Halted)) throw thrown;
    return json({ compositeResponse: halted(requests, results) });
  }
  return json({ compositeResponse: results });
}

/** One failed and all were to be done or none. */
class Halted extends Error {}

function halted(requests: readonly Inner[], results: readonly Result[]): Result[] {
  const failed = results.at(-1);
  return requests.map(({ referenceId }) =>
    referenceId === failed?.referenceId
      ? failed
      : {
          body: [
            {
              errorCode: "PROCESSING_HALTED",
              message:
                "The transaction was rolled back since another operation in the same transaction failed.",
            },
          ],
          httpHeaders: {},
          httpStatusCode: 400,
          referenceId,
        },
  );
}

function readRequests(value: unknown): Inner[] {
  if (!Array.isArray(value)) throw refused(400, "JSON_PARSER_ERROR", "compositeRequest is missing");
  if (value.length > most) throw refused(400, "LIMIT_EXCEEDED", `a composite has ${most} requests at most`);
  return value.map((each: unknown) => {
    const { method, url, referenceId, body } = Object(each) as Record<string, unknown>;
    if (typeof method !== "string" || typeof url !== "string" || typeof referenceId !== "string")
      throw refused(400, "JSON_PARSER_ERROR", "a request of a composite has method, url and referenceId");
    return { method, url, referenceId, body };
  });
}

function filled(text: string, results: readonly Result[]): string {
  return text.replace(/@\{(\w+)\.([\w.[\]]+)\}/g, (_whole, reference: string, path: string) => {
    const start = results.find(({ referenceId }) => referenceId === reference)?.body;
    const value = path
      .split(/[.[\]]+/)
      .filter((step) => step !== "")
      .reduce<unknown>((from, step) => (Object(from) as Record<string, unknown>)[step], start);
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw refused(
      400,
      "PROCESSING_HALTED",
      `Invalid reference specified. No value for ${reference}.${path} found`,
    );
  });
}
