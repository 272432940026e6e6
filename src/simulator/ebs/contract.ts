/** One agent's UWQ client: who sits there, and on which phone. */
export interface Seat {
  /** ACD agent id. */
  agent: string;
  extension: string;
}

/** What a seat knows of itself. */
export interface SeatState extends Seat {
  /** URL of its event listener. */
  listener: string;
  registered: boolean;
  loggedIn: boolean;
  ready: boolean;
  /** As CheckStatus found it. */
  link: "unknown" | "up" | "lost";
  /** TelephonyEnabled and TelephonyDisabled switch it. */
  telephony: boolean;
}

/** How a callout was answered. A fault is a reply that the protocol does not know, or none. */
export type CalloutResult =
  | { outcome: "ok" }
  | { outcome: "error"; message: string; details?: string }
  | { outcome: "fault"; fault: "unreachable" | "timeout" | "status" | "not-xml"; message: string };

export interface CalloutRecord {
  /** ISO 8601, UTC; when it was sent. */
  at: string;
  agent: string;
  callout: string;
  /** Path and query as sent, the password masked. */
  target: string;
  result: CalloutResult;
}

/** An event as it stood in a body, whatever is wrong with it. */
export interface EbsEvent {
  at: string;
  /** The seat whose listener received it. */
  agent: string;
  name: string;
  data: Record<string, string>;
  /** False: it changed nothing, for a complaint or for the fault that was on. */
  taken: boolean;
  /** The fault that kept it from being taken. */
  fault?: string;
}

export type ComplaintKind =
  // The request.
  | "web-page"
  | "method"
  | "cut"
  | "content-type"
  | "encoding"
  // The document.
  | "not-xml"
  | "typographic-quotes"
  | "not-cctsdk"
  | "no-event"
  | "unexpected"
  // One event.
  | "unknown-event"
  | "missing-data"
  | "data-twice"
  | "spelling"
  // The order of events.
  | "not-registered"
  | "wrong-seat"
  | "two-agents"
  | "repeated-pop"
  | "pop-after-established"
  | "pop-after-released"
  | "established-after-released"
  | "released-unknown"
  // The reply to a callout.
  | "reply";

/** A breach of the protocol, in plain words. */
export interface Complaint {
  at: string;
  agent: string;
  kind: ComplaintKind;
  text: string;
  /** The event it is about, when it is about one. */
  event?: string;
  /** That event's occtSourceID. */
  sourceId?: string;
  /** The whole body where it could not be read as events. */
  body?: string;
}

/** A complaint before it is known whose and when. */
export interface Problem {
  kind: ComplaintKind;
  text: string;
}

/** What a user of EBS would see, or a tester wants to; `text` is one line without time and seat. */
export interface Happening {
  type: "seat" | "pop" | "interaction" | "error" | "link" | "telephony" | "complaint" | "fault";
  agent: string;
  text: string;
}
