/** A user of the simulated org. */
export interface SfUser {
  /** 18 characters, 005…. */
  id: string;
  /** The user name, which looks like an e-mail address. */
  username: string;
  name: string;
}

/** By which door something came in. */
export type Way = "rest" | "open-cti" | "oauth" | "page";

/** One call of the interface, kept for the judge. Tokens and assertions are masked. */
export interface ApiCall {
  /** ISO 8601, UTC; when it was asked. */
  at: string;
  way: Way;
  /** `POST /services/data/v60.0/sobjects/Task`, or the Open CTI method. */
  what: string;
  /** User name, where one was known. */
  user: string | null;
  /** What was given: query, body, arguments. */
  arguments: unknown;
  /** HTTP status; of an Open CTI method 200, or 400 when it failed. */
  status: number;
  /** What was answered. */
  result: unknown;
  /** The fault in force, if it had a hand in the answer. */
  fault?: string;
}

/** Something done to a Task. */
export interface TaskChange {
  at: string;
  what: "created" | "updated" | "deleted";
  way: Way;
  user: string | null;
  /** The fields that were given, not the whole Task. */
  fields: Record<string, unknown>;
  /** The connection was cut before the answer: who asked does not know of it. */
  answerLost?: true;
}

/** A Task with all that happened to it. */
export interface TaskView {
  id: string;
  fields: Record<string, unknown>;
  history: TaskChange[];
}

/** A record that was brought up on a page, or what was searched for in vain. */
export interface Pop {
  at: string;
  /** Id of the host page. */
  page: string;
  user: string;
  /** `address`: a browser was sent to the record's own address. */
  by: "searchAndScreenPop" | "screenPop" | "address";
  /** The search text, of searchAndScreenPop. */
  search?: string;
  callType?: string;
  /** True where it was only searched: `screenPop` may follow. */
  deferred: boolean;
  /** Ids of the records found. */
  matches: string[];
  /** Where the page went; null: nowhere. */
  url: string | null;
  /** Name of the record shown. */
  record: string | null;
}

export type ComplaintKind =
  // Tasks.
  | "two-tasks"
  | "too-long"
  | "unknown-field"
  | "wrong-value"
  | "wrong-reference"
  | "read-only-field"
  | "missing-field"
  // Pops.
  | "late-pop"
  | "repeated-pop"
  // Searches.
  | "unescaped-search"
  | "malformed-query"
  // Open CTI.
  | "unknown-method"
  | "wrong-arguments"
  // OAuth.
  | "token-in-url"
  | "polling-too-fast"
  | "after-limit";

/** A breach of what Salesforce asks for, or of what our own issue does, in plain words. */
export interface Complaint {
  at: string;
  kind: ComplaintKind;
  text: string;
  way: Way;
  user: string | null;
  /** The Task or record it is about, when it is about one. */
  record?: string;
}

/** A complaint before it is known whose and when. */
export interface Problem {
  kind: ComplaintKind;
  text: string;
  record?: string;
}

/** What a user of Salesforce would see, or a tester wants to; `text` is one line without time and user. */
export interface Happening {
  type: "signed-in" | "page" | "pop" | "task" | "record" | "dial" | "complaint" | "fault" | "approval";
  user: string;
  text: string;
}
