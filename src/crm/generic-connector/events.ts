import type { Agent, Contact } from "../../model/agent.ts";
import type { Call } from "../../model/call.ts";

/**
 * What is told to a client, before it is written as text (`event-text.ts`) or JSON (`event-json.ts`). `agent` is the agent as the client
 * names it.
 */
export type GcEvent =
  /** Without `agent`: about the connector as a whole. */
  | { event: "IN_SERVICE" | "OUT_OF_SERVICE" | "RECONNECT"; agent?: string }
  | { event: "AgentInfo"; agent: string; state: Agent }
  /** `extension` of the session: Finesse shows none for somebody signed out. */
  | { event: "State"; agent: string; state: Agent; extension: string }
  | { event: "NewInboundCall"; agent: string; call: Call; associated: string | undefined }
  | {
      event: "InboundCall";
      agent: string;
      /** As clients know states, see `callState`. */
      state: string;
      call: Call;
      associated: string | undefined;
      /** Words for FAILED. */
      failure?: string;
    }
  | { event: "ConsultCall"; agent: string; state: string; call: Call }
  /** The dialog is unknown here, or gone. */
  | { event: "NoCall"; agent: string; dialogId: string }
  | { event: "ReasonCodes"; agent: string; kind: ReasonKind; reasons: { code: string; label: string }[] }
  /** `command` in lower case; `code` of generic-connector.md §7 or ours. */
  | { event: "Error"; agent: string; command: string; code: string; words: string }
  | { event: "Control"; agent: string; words: string }
  | { event: "Phonebooks" | "TeamPhoneBooks"; agent: string; books: Book[] }
  | { event: "PhonebookContacts"; agent: string; contacts: BookContact[] };

export type ReasonKind = "NotReady" | "Logout" | "WrapUp";

export interface Book {
  /** Ours: the position among the agent's books. Finesse's own ids are not told. */
  id: string;
  name: string;
  type: "GLOBAL" | "TEAM";
}

export interface BookContact extends Pick<Contact, "firstName" | "lastName" | "number" | "description"> {
  /** Ours: the position in the book. */
  id: string;
}

/** `consult`: made for another call of the agent; told as ConsultCall. */
export type CallRole = "main" | "consult";

/** A call that the agent dialled for another one. One that came in is a call like any other, whoever asks. */
export function callRole(call: Call, extension: string): CallRole {
  const dialled = call.from === extension || call.direction === "out";
  return dialled && (call.parent !== undefined || call.type === "CONSULT") ? "consult" : "main";
}

/** The state of a call as clients know it (§5.2): wrap-up is over for them, and a dialled call rings when the other end does. */
export function callState(call: Call): string {
  if (call.state === "WRAP_UP") return "DROPPED";
  if (call.state === "INITIATED" && call.dialogState === "ALERTING") return "ALERTING";
  return call.state;
}

/** Agent states that clients know (§5.2); the rest is told as it is. */
export function agentState(state: string): string {
  return state.startsWith("RESERVED") ? "RESERVED" : state;
}

/** Why a leg failed, for people. */
export function failureWords(cause: string | undefined): string {
  switch (cause) {
    case "BUSY":
      return "Busy";
    case "BAD_DESTINATION":
      return "Number unreachable";
    case undefined:
    case "":
    case "OTHER":
      return "Call Failed";
    default:
      return cause;
  }
}

/** The code people know a reason by; `-1` for none. */
export function reasonCode(state: Agent): string {
  return state.reason?.code ?? state.reasonCodeId ?? "-1";
}

/** Teams whose members the agent may see: those supervised, else the own one. */
export function teamsOf(state: Agent): { id: string; name: string }[] {
  if (state.teams.length > 0) return state.teams;
  return state.team === undefined ? [] : [state.team];
}

export function isSupervisor(state: Agent): boolean {
  return state.roles.some((role) => role.toUpperCase() === "SUPERVISOR");
}
