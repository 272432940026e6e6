import type { QueueEntry } from "./population.ts";

/** Dialog states of §9 for voice. */
export type DialogState = "INITIATING" | "INITIATED" | "ALERTING" | "ACTIVE" | "FAILED" | "DROPPED";
export type PartyState =
  "INITIATING" | "INITIATED" | "ALERTING" | "ACTIVE" | "HELD" | "WRAP_UP" | "DROPPED" | "FAILED";

/** One call on the switch: the dialog that Finesse shows of it is rendered per agent from this. */
export interface Call {
  readonly id: string;
  state: DialogState;
  callType: string;
  /** Caller and dialled number of the original call (§8). */
  from: string;
  to: string;
  dialedNumber: string;
  /** What DNIS says: the agent's extension on routed calls. */
  dnis: string;
  /** After a transfer: the dialog merged into this one. */
  secondaryId: string;
  queue: QueueEntry | undefined;
  callKey: { prefix: string; callId: string; sequence: number } | undefined;
  variables: Map<string, string>;
  wrapUpReason: string | undefined;
  dtmf: string;
  parties: Party[];
  /** Nobody answering sends it back to its queue; otherwise the caller is lost. */
  readonly requeues: boolean;
  /** True once two parties have talked: from then on its end is DROPPED and may be followed by wrap-up. */
  established: boolean;
  /** A consult call: the call its controller put on hold for it. */
  consult: { original: Call; controller: string } | undefined;
  /** Running timers of the call (ringing, answering, no answer); cleared when its state leaves them behind. */
  timers: Set<() => void>;
}

export interface Party {
  /** Extension, or the outside number. */
  readonly address: string;
  /** A phone of this switch (mediaAddressType AGENT_DEVICE) rather than someone outside. */
  readonly device: boolean;
  state: PartyState;
  /** `stateCause` (§9). */
  cause: string;
  /** Milliseconds since the epoch. */
  startTime: number;
  changeTime: number;
  /** Called rather than calling. */
  readonly incoming: boolean;
  /** Reached by routing: reserves the agent, may ring out, brings wrap-up on incoming. */
  readonly acd: boolean;
  /** The signed-in agent's Finesse shows the dialog. */
  visible: boolean;
  /** The actions of the last publication, to notice when they change because of another call. */
  shownActions: string;
  /** This party's own view of the call's type: the called side of a consult sees CONSULT_OFFERED (§8). */
  callType: string | undefined;
  /** Has handed the call on: the others are no longer shown this party, and it is no longer told of them. */
  left: boolean;
  /** Milliseconds since the epoch, while in WRAP_UP. */
  wrapUpEnds: number | undefined;
}

/** A party still on the line. */
export function isLive(party: Party): boolean {
  return party.state !== "DROPPED" && party.state !== "WRAP_UP";
}

/** The call still exists on the switch (wrap-up is paper work). */
export function isUp(call: Call): boolean {
  return call.parties.some(isLive);
}

/** What the other calls at the same phone mean for the actions of this one. */
export interface Neighbours {
  /** Another call of this phone is ACTIVE or (a consult) still ringing out. */
  talking: boolean;
  /** Another call of this phone is HELD. */
  held: boolean;
}

/** The actions of §9, in the order of real payloads. */
export function partyActions(call: Call, party: Party, neighbours: Neighbours): string[] {
  switch (party.state) {
    case "INITIATING":
    case "INITIATED":
      return ["UPDATE_CALL_DATA", "DROP"];
    case "ALERTING":
      return ["ANSWER"];
    case "ACTIVE":
      return neighbours.held || call.consult !== undefined
        ? ["HOLD", "UPDATE_CALL_DATA", "SEND_DTMF", "DROP"]
        : ["TRANSFER_SST", "CONSULT_CALL", "HOLD", "UPDATE_CALL_DATA", "SEND_DTMF", "DROP"];
    case "HELD":
      return neighbours.talking
        ? ["UPDATE_CALL_DATA", "DROP", "RETRIEVE", "TRANSFER", "CONFERENCE"]
        : ["UPDATE_CALL_DATA", "DROP", "RETRIEVE"];
    case "WRAP_UP":
      return ["UPDATE_CALL_DATA"];
    case "FAILED":
      return ["DROP"];
    case "DROPPED":
      return [];
  }
}

/** Sets a party's state and the time of its change. */
export function setParty(party: Party, state: PartyState, now: number, cause = ""): void {
  if (party.state !== state) party.changeTime = now;
  party.state = state;
  party.cause = cause;
}

/** Stops what the call was waiting for. */
export function clearTimers(call: Call): void {
  for (const cancel of call.timers) cancel();
  call.timers.clear();
}
