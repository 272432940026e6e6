import type { Publication } from "../contract.ts";

/**
 * What a scenario, a test or `cti sim …` can make happen: everything that in a real house is done by customers, by hands on a phone
 * or by things that break. Every method takes effect at once and throws a CtiError (`input-invalid`, `no-such-call`) that says
 * what is wrong when it cannot.
 */
export interface SimControl {
  /** A customer calls. The call waits in the queue when nobody is ready; `routed` to an agent or `direct` needs the agent free. */
  call(request: CallRequest): CallPlaced;
  /** The caller gives up while ringing or waiting in a queue. Without an id: the only such call. */
  abandon(dialogId?: string): void;
  /** The outside party hangs up, whatever the state of the call. Without an id: the only call with an outside party. */
  callerHangup(dialogId?: string): void;
  /** The outside party, still ringing, answers now. Without an id: the only call that rings outside. */
  farEndAnswer(dialogId?: string): void;
  /** A hand on the agent's phone; Finesse learns of it by events alone, as from a real phone. */
  phone(agent: string, action: PhoneAction, options?: PhoneOptions): void;
  /** The link to CTI breaks, of one node or of all: REST answers 503 SERVER_OUT_OF_SERVICE, SystemInfo says OUT_OF_SERVICE (§15). */
  outOfService(node?: string): void;
  inService(node?: string): void;
  /** The system signs the agent out, even in a call. `code` is a system reason code of §7 (default 50002). */
  forceLogout(agent: string, code?: number): void;
  /** As a supervisor's request, or the switch, would: recorded with system code 999. */
  forceState(agent: string, state: "READY" | "NOT_READY"): void;
  setPassword(agent: string, password: string): void;
  /** Removes the user from the system: signed out, DELETE published, later requests unauthorised. */
  deleteUser(agent: string): void;
  /** Changes knobs while running; those left out stay. Returns all of them. */
  knobs(change?: Partial<Knobs>): Knobs;
  /** The next `count` (default 1) publications vanish: 202 and silence. With `agent`, only those meant for this agent. */
  loseNextEvent(options?: { agent?: string; count?: number }): void;
  /** The next `count` requests that CTI should work on are refused late with this error instead (§4), after `delay` milliseconds more. */
  failNextRequest(
    error: Partial<AsyncError>,
    options?: { agent?: string; count?: number; delay?: number },
  ): void;
  /**
   * Faults of every kind: each publication passes the filters in the order they were added; a filter answers with what is to be
   * published in its place (nothing, one, several). Returns the function that removes it.
   */
  filterPublications(filter: PublicationFilter): () => void;
}

export type PublicationFilter = (publication: Publication) => Publication[];

export interface CallRequest {
  /** Agent id or login name; or `queue`: its name or number. One of both. */
  agent?: string;
  queue?: string;
  /** The customer's number (fromAddress). */
  from: string;
  /** The number the customer dialled (toAddress and dialedNumber); default: the queue's route point. */
  to?: string;
  /** Set beside the standard set of about 60, overriding those of the same name; with `bare`, only these. */
  variables?: Record<string, string>;
  bare?: boolean;
  /** `direct`: straight to the agent's extension, not routed: no RESERVED, OTHER_IN, the agent need not be READY. */
  kind?: "routed" | "direct";
}

export interface CallPlaced {
  /** Undefined while the call waits in a queue. */
  dialogId: string | undefined;
  agent: string | undefined;
  state: "ringing" | "queued";
}

/** `off-hook` lifts the handset, `dial` also dials `number`; the others act on `dialogId` or the only call that fits. */
export type PhoneAction = "off-hook" | "dial" | "answer" | "hold" | "retrieve" | "hang-up";

export interface PhoneOptions {
  number?: string;
  dialogId?: string;
}

/** All durations in milliseconds of the simulator's clock. */
export interface Knobs {
  /** From a change in the engine to its publication. Order is kept when it changes. */
  eventDelay: number;
  /** From the 202 to the moment the switch acts; further requests of the same agent queue behind it. */
  ctiDelay: number;
  /** Every publication is sent twice (§13: duplicates occur). */
  duplicateEvents: boolean;
  /** Events in the order of the documents (§9) where the captures (§14) have another. */
  documentedOrder: boolean;
  /** A node forces the agent when any resource leaves it, not only when the last one does (§15). */
  forceWhenAnyLeaves: boolean;
  /** The agent's own extension is taken for the id in `POST /User/{id}/Dialogs`, as Cisco's sample sends it (§18). */
  acceptExtensions: boolean;
  /** Added to every time the server states: its clock is wrong by this much. May be negative. */
  clockOffset: number;
  /** From RESERVED to the ALERTING dialog. */
  deliverAfter: number;
  /** Ring-no-answer: routed calls only. */
  ringTimeout: number;
  /** The steps of an outbound call: from off-hook to dialled, to ringing (or busy, bad), to answered. */
  dialAfter: number;
  farEndRingAfter: number;
  farEndAnswerAfter: number;
  /** From the last available resource to the forced state (§15): left with an unavailable presence, or vanished. */
  presenceTimeout: number;
  presenceTimeoutUnclean: number;
  /** How long a locked user stays locked (§2). */
  lockout: number;
}

/** An asynchronous `apiError` (§4); members left undefined are left out. */
export interface AsyncError {
  errorType: string;
  errorMessage: string;
  errorData: string;
  peripheralErrorCode?: string;
  peripheralErrorMsg?: string;
  peripheralErrorText?: string;
}

/** Everything the engine knows, as plain JSON, for `GET /sim/state` and tests. Times are ISO 8601 UTC. No passwords. */
export interface SimState {
  now: string;
  profile: string;
  status: "IN_SERVICE" | "OUT_OF_SERVICE";
  agents: SimAgentState[];
  calls: SimCallState[];
  /** Calls waiting for an agent. */
  queues: { number: string; name: string; waiting: number }[];
  knobs: Knobs;
  counts: { requests: number; refused: number; lateRefusals: number; published: number; lost: number };
}

export interface SimAgentState {
  id: string;
  loginName: string;
  name: string;
  team: string;
  state: string;
  pendingState: string;
  reasonCodeId: string | undefined;
  stateChangeTime: string | undefined;
  /** Code of §7 with which the system or a supervisor signed the agent out; LOGOUT events themselves always say -1 (§5). */
  signedOutWith?: number;
  extension: string;
  /** Available XMPP resources. */
  resources: string[];
  /** The phone itself: what a person looking at it would see. */
  phone: "idle" | "ringing" | "off-hook" | "in-use" | "held";
  /** When lost presence will act on this agent. */
  presenceDeadline: string | undefined;
  wrapUpEnds: string | undefined;
  lockedUntil: string | undefined;
  /** Dialogs the agent's Finesse shows now. */
  dialogs: string[];
}

export interface SimCallState {
  id: string;
  state: string;
  callType: string;
  from: string;
  to: string;
  queue: string | undefined;
  participants: { address: string; agent: string | undefined; state: string; actions: string[] }[];
  variables: Record<string, string>;
  wrapUpReason: string | undefined;
  /** DTMF sent in this call, in order. */
  dtmf: string;
}
