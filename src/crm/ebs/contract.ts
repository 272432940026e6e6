/**
 * The seams between the parts of this adapter. `settings.ts` reads `EbsSettings`; `listener.ts` is the port that EBS calls, `http-front.ts` how
 * it hears HTTP, and `gatekeeper.ts` who may; `callout.ts` reads a request; `counter.ts` does what it asks; `told.ts` knows what calls mean to
 * EBS; `post.ts` delivers.
 */

export interface EbsSettings {
  /** Where callouts come in. Default 127.0.0.1:3107; port 0 is a free one. */
  listen: { host: string; port: number };
  /** PEM texts; needed where `listen` is not this machine alone. */
  tls: { cert: string; key: string } | undefined;
  /** Names beside localhost and the listening address that a Host header may carry. */
  hosts: string[];
  /** Networks that may call, `10.1.0.0/16` or an address; this machine always may. */
  allow: string[];
  /** Origins of EBS pages that may call from a browser: `https://ebs.example.com`. */
  origins: string[];
  /** Networks beside the registering host that Register may name as a target of events. */
  eventHosts: string[];
  /** Milliseconds that Login waits for its outcome. Default 8 s. */
  loginTimeout: number;
  /** Milliseconds without a callout after which nobody is there any more at EBS. Default 5 min. */
  staleAfter: number;
  /** Seconds an agent is left as he is then. */
  unattendedAfter: number;
  /** Milliseconds for which records are kept for an EBS that is away. Default 24 h. */
  keepRecords: number;
  /** What occtDNIS says. Default `extension`, as the seed. */
  dnis: "extension" | "dialed-number";
  /** Direct integration: TelephonyDisabled and TelephonyEnabled instead of an Error event when Finesse goes and comes. */
  direct: boolean;
  /** Call variable → data keys, in this order. */
  data: { variable: string; keys: string[] }[];
  /** Data keys with a fixed value: `occtClassification` → `SR`; only where `when` is absent or has a value. */
  fixed: { key: string; value: string; when: string | undefined }[];
  /** Also COMPAIGN_SCHEDULE_NAME, as the seed spells it. */
  misspeltCampaign: boolean;
  /** Callouts a second from one address, and how many at once. */
  rate: { perSecond: number; burst: number };
}

export type FunctionName =
  | "Register"
  | "Login"
  | "Ready"
  | "NotReady"
  | "MakeCall"
  | "DialCanonical"
  | "CheckStatus"
  | "Logout"
  | "Unregister";

/** One agent at one phone, as EBS names them. */
export interface Place {
  /** telesetNumber. */
  extension: string;
  /** agentID. */
  agent: string;
}

/** A callout, checked: nothing that it needs is missing. */
export type Callout =
  | ({ name: "Register"; host: string; port: number } & Place)
  | ({ name: "Login"; password: string; queue: string | undefined } & Place)
  | ({ name: "Ready" } & Place)
  | ({ name: "NotReady" } & Place)
  | ({ name: "Logout" } & Place)
  | ({ name: "Unregister" } & Place)
  | ({ name: "MakeCall"; number: string } & Place)
  | ({ name: "DialCanonical"; number: string } & Place)
  /** EBS sends it without parameters; with them it is about this place. */
  | { name: "CheckStatus"; place: Place | undefined };

/** Message keys of ebs-basic-telephony.md §3.1. */
export type ErrorKey =
  | "ExtensionNotSpecified"
  | "AgentACDIdNotSpecified"
  | "ThirdPartyUrlNotSpecified"
  | "LoginFailed"
  | "UnexpectedError";

/** What went wrong with a callout. `details` in plain words, for the person at EBS. */
export interface CalloutError {
  key: ErrorKey;
  details?: string;
}

/** Answers a callout: `undefined` is success. `from`: the address that called. Never rejects. */
export type Answer = (callout: Callout, from: string) => Promise<CalloutError | undefined>;

/** What is known of a place at EBS. Remembered across restarts, without a password. */
export interface Registration extends Place {
  /** Where its events go; `undefined` before Register. `host` is an address, `name` what EBS said. */
  target: { host: string; name: string; port: number } | undefined;
  /** The address that registered or logged in. */
  from: string;
  /** The address that proved the agent's password by Login; `undefined` before, and after Logout. Only it may act for the agent. */
  proved: string | undefined;
  /** The agent as the session is called; `undefined` before Login. */
  session: string | undefined;
  /** agentQueue of the Login. */
  queue: string | undefined;
  /** ISO 8601 UTC. */
  since: string;
}

/** What EBS was told of an interaction. Remembered until the call has ended. */
export interface Note {
  /** Of the registration. */
  place: string;
  /** The agent as the session is called. */
  agent: string;
  /** `announced`: a screen pop is owed or was. `established` and `released` likewise. */
  phase: "announced" | "established" | "released";
  /** The customer's number was known when it was announced. */
  customer: boolean;
  /** EBS has seen a pop of it, or may have. */
  popped: boolean;
}
