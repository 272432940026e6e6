import type { AdapterHealth } from "../../../model/adapter.ts";
import type { CtiPort } from "../../adapter.ts";
import type { CallLog, Match } from "../contract.ts";
import type { PageState } from "./protocol.ts";

/**
 * The seam between the adapter and the server of softphone pages. The server knows who is at which page, which tab leads and what a browser may
 * ask for; the adapter knows calls and their records.
 */

/**
 * What the server of pages asks of the adapter. Nothing of it throws but `clickedToDial`, and `chosen` and `note` (`no-such-call`) for a call that
 * nothing is written of any more.
 */
export interface PageDesk {
  logs(agent: string): PageState["logs"];
  /** What Open CTI's search found for a call. */
  matched(agent: string, callObject: string, matches: Match[]): void;
  /** The agent chose one of several: it becomes the call's record. */
  chosen(agent: string, callObject: string, match: Match): void;
  note(agent: string, callObject: string, text: string): void;
  /** A number was dialled from a record: the call that begins next to this number is about it. */
  clickedToDial(agent: string, number: string, record: ClickedRecord | undefined): void;
  /** A page of the agent with Open CTI leads now: what waits for it may be sent. */
  arrived(agent: string): void;
}

/** The record that a clicked number stands in; Salesforce does not always say what it is called. */
export type ClickedRecord = Pick<Match, "id" | "type"> & Partial<Pick<Match, "name">>;

/** What the adapter asks of the server of pages. */
export interface SoftphonePages {
  /** Listens. Throws CtiError `config-invalid` where it cannot listen, with what holds the port. */
  start(port: CtiPort): Promise<void>;
  /** Something of what the agent's pages show is different. Cheap: states are sent ten times a second in the long run. */
  changed(agent: string): void;
  /** A page with Open CTI leads for the agent. */
  canPop(agent: string): boolean;
  /** False when there is no such page: nothing was sent. */
  pop(
    agent: string,
    what: { callObject: string; number: string; callType: CallLog["callType"]; deferred: boolean },
  ): boolean;
  /** False also when another page leads now than the one that searched: it has nothing to pop. */
  popNow(agent: string, callObject: string): boolean;
  /**
   * Has the leading page save the record; answers its id. Throws CtiError: `salesforce-unreachable` (no page with Open CTI: surely not saved), `refused`
   * (Salesforce's words), `outcome-unknown` (the page went while it saved).
   */
  save(
    agent: string,
    log: CallLog,
    recordId: string | undefined,
    signal: AbortSignal,
    /** Also where the page does not know whether it saved the call before: a person has looked, and it is not there. */
    anew?: boolean,
  ): Promise<string>;
  /** A one-time token for a page of the agent's, good for two minutes. Throws CtiError `refused` where agents sign in in the page. */
  mintPairing(agent: string): Pairing;
  health(): AdapterHealth;
  stop(): Promise<void>;
}

export interface Pairing {
  agent: string;
  /** To be pasted into a page in a frame, whose address is not ours to give. Secret. */
  token: string;
  /** The page's address with the token in the fragment, which no server ever sees. Secret. */
  url: string;
  /** ISO 8601 UTC. */
  expiresAt: string;
}

export interface PageSettings {
  /** Default 127.0.0.1:8112. */
  host: string;
  port: number;
  /** PEM texts. Without them the connector makes its own certificate for 127.0.0.1 and localhost; anything but loopback demands them. */
  tls: { cert: string; key: string } | undefined;
  /** Where agents open it: `https://cti.example.com/softphone`; its host is what a Host header may say beside the address listened at. */
  url: string | undefined;
  /** Origins that may frame the page: `https://*.lightning.force.com` and the like. */
  frameAncestors: string[];
  /** Central: agents sign in in the page. Beside one agent: pages are paired by a one-time token. Default: central where it is not loopback. */
  signIn: "page" | "pairing" | "both";
  /** The org's script: `https://my-domain.my.salesforce.com/support/api/62.0/lightning/opencti_min.js`; without it the page is a plain softphone. */
  script: string | undefined;
  /** When the record comes up: while it rings or when it is answered. */
  popAt: "ring" | "answer";
}
