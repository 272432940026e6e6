import type { Contact, Reasons } from "../../../model/agent.ts";
import type { CallLayout } from "../../../model/call-layout.ts";
import type { AgentCommand, Outcome } from "../../../model/commands.ts";
import type { ErrorData } from "../../../model/errors.ts";
import type { UnattendedAction } from "../../../model/events.ts";
import type { SessionStatus } from "../../../model/status.ts";
import type { CallLog, Match } from "../contract.ts";
import type { PageSettings } from "./contract.ts";

/**
 * What the softphone page and the connector say to each other: JSON, one message a WebSocket frame, at `/softphone/socket` of the page's own
 * origin. The page shows whole states, never deltas. `id` ties an answer to its request; ids are the asker's. Nothing here holds a token
 * after pairing; a password is in `sign-in` alone.
 *
 * A browser is let in again without pairing or password by a cookie that no script can read: `hello` brings a ticket, once, which the page posts
 * to `sessionPath` of its own origin within half a minute; the answer sets the cookie.
 */

/** Page to connector. */
export type FromPage =
  /**
   * First of all, and again with a `pairing` by a page that nobody is at yet. `page`: a random name of 16 to 64 letters, digits and `-` that the page
   * gives itself when it is loaded and keeps while it reconnects. `openCti`: it stands in a Salesforce frame and has its script. `pairing`: the
   * one-time token of a page beside one agent.
   */
  | { type: "hello"; version: number; page: string; openCti: boolean; focused: boolean; pairing?: string }
  /** In the page, central mode: proves the password, takes the live session up or signs in. */
  | { type: "sign-in"; id: string; agent: string; extension: string; password: string }
  /** Leaves the page without signing out. */
  | { type: "leave" }
  | { type: "command"; id: string; command: AgentCommand }
  | { type: "reasons"; id: string }
  | { type: "phone-book"; id: string }
  | { type: "layouts"; id: string }
  /** This tab has the focus: it leads from now on (open-cti.md §7). */
  | { type: "focus" }
  /** What Open CTI's search found for a call. */
  | { type: "matches"; callObject: string; matches: Match[] }
  /** The agent chose one of several. */
  | { type: "chosen"; callObject: string; match: Match }
  | { type: "note"; callObject: string; text: string }
  /** A number was clicked in Salesforce; the record becomes the call's. */
  | {
      type: "click-to-dial";
      id: string;
      number: string;
      recordId?: string;
      objectType?: string;
      recordName?: string;
    }
  /** What became of a `save`. */
  | { type: "saved"; id: string; recordId: string }
  /** `unknown`: it may have been saved all the same. */
  | { type: "not-saved"; id: string; error: string; unknown?: true };

/** Connector to page. */
export type ToPage =
  /**
   * The answer to `hello`, and once more when somebody signed in. `agent`: who is at this page. `signIn`: what a page that nobody is at can do.
   * `ticket`: to be posted, as said above.
   */
  | {
      type: "hello";
      version: number;
      product: string;
      agent: string | undefined;
      signIn: PageSettings["signIn"];
      ticket?: string;
    }
  /** Every ten seconds: scripts see no pings, and a connection that has died silently says nothing. */
  | { type: "alive" }
  /** The whole of what there is to show; sent at every change, ten times a second in the long run. */
  | { type: "state"; state: PageState }
  | { type: "outcome"; id: string; outcome: Outcome }
  | { type: "error"; id: string | undefined; error: ErrorData }
  | { type: "reasons"; id: string; reasons: Reasons }
  | { type: "phone-book"; id: string; contacts: Contact[] }
  /** Which of a call's variables are shown, and under which names. */
  | { type: "layouts"; id: string; layouts: CallLayout[] }
  /** Only the leading tab pops and saves. */
  | { type: "lead"; leads: boolean }
  /** searchAndScreenPop for this number; `deferred`: search now, pop when told by `pop-now`. */
  | { type: "pop"; callObject: string; number: string; callType: CallLog["callType"]; deferred: boolean }
  | { type: "pop-now"; callObject: string }
  /** saveLog of this record; `recordId`: update that one. Answered by `saved` or `not-saved`. */
  /** `anew`: also where the page does not know whether it saved this before. */
  | { type: "save"; id: string; log: CallLog; recordId: string | undefined; anew?: true }
  /** Nobody is at this page any more: `leave` was asked, or the agent is signed out. */
  | { type: "signed-out"; why: string };

export interface PageState {
  /** `undefined`: nobody signed in from this page yet. */
  session: SessionStatus | undefined;
  /** What was found and written of each call, by callObject. */
  logs: { log: CallLog; matches: Match[]; recordId: string | undefined }[];
  /** What is done with the agent when nobody has been there for so many seconds. */
  unattended: { then: UnattendedAction; after: number } | undefined;
}

export const pageProtocol = 1;

/** `POST` with `{"ticket": "…"}` as application/json; 204 with the cookie. */
export const sessionPath = "/softphone/session";
export const socketPath = "/softphone/socket";

/** Why the connector closes a socket, beside the codes of RFC 6455: after these a page does not connect again by itself. */
export const closeCodes = {
  /** No `hello` came in time. */
  noHello: 4001,
  /** More messages than a person makes. */
  flood: 4002,
  /** The same page has a newer socket. */
  replaced: 4003,
  /** The agent has too many pages, or the address too many connections. */
  tooMany: 4004,
} as const;
