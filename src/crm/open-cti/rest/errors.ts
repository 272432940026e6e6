import { CtiError, toCtiError } from "../../../model/errors.ts";
import type { SendResult } from "../../adapter.ts";
import type { Answer } from "./http.ts";
import { isRecord, type JsonRecord, recordsOf, textOf } from "./json.ts";

/** One complaint as Salesforce words it: `[{message, errorCode, fields}]` of REST, `{error, error_description}` of OAuth. */
export interface Complaint {
  code: string;
  message: string;
  fields: string[];
}

export function complaintsOf(body: unknown): Complaint[] {
  const rest = recordsOf(isRecord(body) && Array.isArray(body.errors) ? body.errors : body).map((each) => ({
    code: textOf(each.errorCode) ?? textOf(each.statusCode) ?? "",
    message: textOf(each.message) ?? "",
    fields: Array.isArray(each.fields) ? each.fields.filter((name) => typeof name === "string") : [],
  }));
  if (rest.length > 0 || !isRecord(body)) return rest;
  const code = textOf(body.error);
  return code === undefined ? [] : [{ code, message: textOf(body.error_description) ?? "", fields: [] }];
}

/** Answers that say nothing about the request itself: the same one may be taken later. */
const passingStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);
const passingCodes = new Set([
  "UNABLE_TO_LOCK_ROW",
  "REQUEST_LIMIT_EXCEEDED",
  "SERVER_UNAVAILABLE",
  "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE",
  "ORG_LOCKED",
  // Of the whole org, and soon put right.
  "API_DISABLED_FOR_ORG",
  "API_CURRENTLY_DISABLED",
  "REQUEST_RUNNING_TOO_LONG",
  "QUERY_TIMEOUT",
  "UNKNOWN_EXCEPTION",
  "server_error",
  "temporarily_unavailable",
]);

/** Whether Salesforce's words, as a page hands them on, name something that passes. */
export function isPassing(words: string): boolean {
  return [...passingCodes].some((code) => words.includes(code));
}

/** Salesforce's own code of an error: `REQUEST_LIMIT_EXCEEDED`. */
export function errorCodeOf(error: unknown): string {
  return error instanceof CtiError ? (textOf(error.details?.errorCode) ?? "") : "";
}

/**
 * What an answer that is none of success means. `what` was to be done ("the search"). Details: `status`, `errorCode`, `fields`, and `retry`,
 * true where the same request may be taken later.
 */
export function salesforceError(answer: Pick<Answer, "status" | "body">, what: string): CtiError {
  const { status, body } = answer;
  const complaints = complaintsOf(body);
  const errorCode = complaints[0]?.code ?? "";
  const words = complaints.map(({ code, message }) =>
    [code, message].filter((each) => each !== "").join(": "),
  );
  const why = [`HTTP ${status}`, ...words].join(", ").slice(0, 1000);
  const details = {
    status,
    ...(errorCode !== "" && { errorCode }),
    ...(complaints.some(({ fields }) => fields.length > 0) && {
      fields: complaints.flatMap(({ fields }) => fields),
    }),
  };
  if (status === 401 || errorCode === "INVALID_SESSION_ID")
    return new CtiError({
      code: "credentials-refused",
      message: `Salesforce refused the sign-in at ${what}`,
      why,
      hint: "see cti open-cti status; sign in anew with cti open-cti sign-in",
      details: { ...details, retry: true },
    });
  const locked = /UNABLE_TO_LOCK_ROW/.test(words.join(" "));
  const retry = passingStatuses.has(status) || passingCodes.has(errorCode) || locked;
  return new CtiError({
    code: "refused",
    message: retry ? `Salesforce could not do ${what} now` : `Salesforce refused ${what}`,
    why,
    hint: hintOf(errorCode, retry),
    details: { ...details, retry },
  });
}

function hintOf(errorCode: string, retry: boolean): string {
  switch (errorCode) {
    case "REQUEST_LIMIT_EXCEEDED":
      return "the org has used up its API requests: Setup, Company Information, API Requests; it is tried again later";
    case "API_DISABLED_FOR_ORG":
    case "API_CURRENTLY_DISABLED":
      return "the org or the user has no access to the API: give its profile API Enabled";
    case "INSUFFICIENT_ACCESS":
    case "INSUFFICIENT_ACCESS_OR_READONLY":
    case "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY":
      return "the user who signed in may not do that: check its profile, permission sets and the sharing rules";
    case "INVALID_FIELD":
    case "INVALID_FIELD_FOR_INSERT_UPDATE":
      return "a field is not there for the user who signed in: check field-level security of Task, Contact, Lead and Account";
    case "NOT_FOUND":
      return "check version in [adapters.open-cti.salesforce]: the org may be older";
    default:
      return retry
        ? "it is tried again; see https://status.salesforce.com when it goes on"
        : "look at Salesforce's words: a validation rule, a trigger or a permission of the org stands in the way";
  }
}

/**
 * The records of an answer, `{records: […]}`. Throws `refused`, to be tried again, for what is no such list: something else may have answered,
 * and "there is none" must not be read from it.
 */
export function listOf({ body }: Pick<Answer, "body">, name: "records" | "searchRecords"): JsonRecord[] {
  const list = isRecord(body) ? body[name] : undefined;
  if (Array.isArray(list)) return recordsOf(list);
  throw oddAnswer("answers with something that is no list of records");
}

/** A success that is none. `words`: what Salesforce does. */
export function oddAnswer(words: string): CtiError {
  return new CtiError({
    code: "refused",
    message: `Salesforce ${words}`,
    hint: "it is tried again; a proxy may answer in its place",
    details: { retry: true },
  });
}

/** Whether what failed may go the next time: of a certain refusal it will not. */
export function isRetryable(error: unknown): boolean {
  const { code, details } = toCtiError(error);
  if (typeof details?.retry === "boolean") return details.retry;
  // The network, a clock that is wrong, a sign-in that is missing or cannot be read: somebody puts that right.
  return code !== "refused";
}

/** The error as the outbox takes it. */
export function sendResultOf(error: unknown): Exclude<SendResult, { result: "sent" }> {
  const { message, why } = toCtiError(error);
  return {
    result: isRetryable(error) ? "retry" : "rejected",
    why: why === undefined ? message : `${message}: ${why}`,
  };
}

/** Whether Salesforce may have done what was asked all the same: its answer was lost, or says nothing of it. */
export function isUncertain(error: unknown): boolean {
  const { code, details } = toCtiError(error);
  if (details?.unsent === true || code === "credentials-missing" || code === "credentials-refused")
    return false;
  const status = details?.status;
  return typeof status !== "number" || status >= 500 || status === 408;
}
