import type { Pop, TaskChange, Way } from "./contract.ts";
import type { Stored } from "./records/store.ts";

const ways: Record<Way, string> = { rest: "REST", "open-cti": "Open CTI", oauth: "OAuth", page: "page" };

/** The way in a person's words. */
export const wayText = (way: Way): string => ways[way];

/** What became of a record, on one line. */
export function changeText({ object, id, fields }: Stored, what: TaskChange["what"], way: Way): string {
  const head = `${object.toUpperCase()}  ${what} by ${wayText(way)}  ${id}`;
  return what === "deleted"
    ? head
    : [head, ...(object === "Task" ? taskParts(fields) : [nameOf(fields)])].join("  ");
}

/** What a Task says of its call. */
export function taskParts(fields: Record<string, unknown>): string[] {
  const { Subject, Status, CallType, CallDurationInSeconds: seconds, CallDisposition, CallObject } = fields;
  return [
    Subject ?? "(no subject)",
    Status,
    CallType,
    typeof seconds === "number" ? `${seconds} s` : undefined,
    CallDisposition,
    CallObject,
  ]
    .filter((part) => part !== undefined && part !== null && part !== "")
    .map(String);
}

/** What a pop shows the user, on one line. */
export function popText({ search, record, url, matches, deferred, callType }: Omit<Pop, "at">): string {
  const what = search ?? "";
  const kind = callType === undefined ? "" : ` (${callType})`;
  const found = matches.length === 1 ? "1 match" : `${matches.length} matches`;
  if (url === null) return `SEARCH  ${what}${kind}  → ${found}${deferred ? ", pop deferred" : ", no pop"}`;
  return `SCREEN POP  ${what === "" ? "" : `${what}${kind}  → ${found}: `}${record ?? url}`;
}

/** Name of a record as a page shows it. */
export function nameOf(fields: Record<string, unknown>): string {
  const name = fields.Name ?? fields.Subject ?? fields.CaseNumber ?? fields.Id;
  return typeof name === "string" ? name : "";
}
