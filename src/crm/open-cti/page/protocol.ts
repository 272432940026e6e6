import type { Contact, Reasons } from "../../../model/agent.ts";
import type { AgentCommand, Outcome } from "../../../model/commands.ts";
import type { ErrorData } from "../../../model/errors.ts";
import type { SessionStatus } from "../../../model/status.ts";
import type { CallLog, Match } from "../contract.ts";

/**
 * What the softphone page and the connector say to each other: JSON, one message a WebSocket frame, at `/softphone/socket` of the page's own
 * origin. The page shows whole states, never deltas. `id` ties an answer to its request; ids are the asker's. Nothing here holds a token
 * after pairing; a password is in `sign-in` alone.
 */

/** Page to connector. */
export type FromPage =
  /** First of all. `openCti`: it stands in a Salesforce frame and has its script. `pairing`: the one-time token of a page beside one agent. */
  | { type: "hello"; version: number; openCti: boolean; focused: boolean; pairing?: string }
  /** In the page, central mode: proves the password, takes the live session up or signs in. */
  | { type: "sign-in"; id: string; agent: string; extension: string; password: string }
  /** Leaves the page without signing out. */
  | { type: "leave" }
  | { type: "command"; id: string; command: AgentCommand }
  | { type: "reasons"; id: string }
  | { type: "phone-book"; id: string }
  /** This tab has the focus: it leads from now on (open-cti.md §7). */
  | { type: "focus" }
  /** What Open CTI's search found for a call. */
  | { type: "matches"; callObject: string; matches: Match[] }
  /** The agent chose one of several. */
  | { type: "chosen"; callObject: string; match: Match }
  | { type: "note"; callObject: string; text: string }
  /** A number was clicked in Salesforce; the record becomes the call's. */
  | { type: "click-to-dial"; id: string; number: string; recordId?: string; objectType?: string }
  /** What became of a `save`. */
  | { type: "saved"; id: string; recordId: string }
  | { type: "not-saved"; id: string; error: string };

/** Connector to page. */
export type ToPage =
  | { type: "hello"; version: number; product: string; agent: string | undefined }
  /** The whole of what there is to show; sent at every change, at most ten times a second. */
  | { type: "state"; state: PageState }
  | { type: "outcome"; id: string; outcome: Outcome }
  | { type: "error"; id: string | undefined; error: ErrorData }
  | { type: "reasons"; id: string; reasons: Reasons }
  | { type: "phone-book"; id: string; contacts: Contact[] }
  /** Only the leading tab pops and saves. */
  | { type: "lead"; leads: boolean }
  /** searchAndScreenPop for this number; `deferred`: search now, pop when told by `pop-now`. */
  | { type: "pop"; callObject: string; number: string; callType: CallLog["callType"]; deferred: boolean }
  | { type: "pop-now"; callObject: string }
  /** saveLog of this record; `recordId`: update that one. Answered by `saved` or `not-saved`. */
  | { type: "save"; id: string; log: CallLog; recordId: string | undefined }
  | { type: "signed-out"; why: string };

export interface PageState {
  /** `undefined`: nobody signed in from this page yet. */
  session: SessionStatus | undefined;
  /** What was found and written of each call, by callObject. */
  logs: { log: CallLog; matches: Match[]; recordId: string | undefined }[];
  /** What happens when nobody is there: words for the person. */
  unattended: string;
}

export const pageProtocol = 1;
