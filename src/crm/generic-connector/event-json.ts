import type { Agent } from "../../model/agent.ts";
import type { Call } from "../../model/call.ts";
import { agentState, type GcEvent, reasonCode, teamsOf } from "./events.ts";
import { callType, isLive, participantType } from "./event-text.ts";

/**
 * The JSON flavour (generic-connector.md §12, §15.5): the vocabulary of the vendor's browser library, with `agent` and `ts` (ISO 8601 UTC)
 * added. `now`: milliseconds since the epoch.
 */
export function eventJson(event: GcEvent, now: number): string {
  const { name, response } = shape(event);
  const agent = event.agent ?? "System";
  return JSON.stringify({ event: name, response, agent, ts: new Date(now).toISOString() });
}

function shape(event: GcEvent): { name: string; response: unknown } {
  switch (event.event) {
    case "IN_SERVICE":
    case "OUT_OF_SERVICE":
    case "RECONNECT":
      return { name: "systemInfo", response: { status: event.event } };
    case "AgentInfo":
      return { name: "agentInfo", response: agent(event.state, event.agent, undefined) };
    case "State":
      return { name: "agentState", response: agent(event.state, event.agent, event.extension) };
    case "NewInboundCall":
      return {
        name: "newInboundCall",
        response: { dialog: dialog(event.call, event.call.state, event.associated) },
      };
    case "InboundCall": {
      const { call, state, failure } = event;
      const isDialling = call.direction === "out" && (state === "INITIATING" || state === "INITIATED");
      return {
        name: isDialling ? "outboundDialing" : "dialogState",
        response: {
          dialog: {
            ...dialog(call, state, event.associated),
            ...(failure !== undefined && { failure }),
          },
        },
      };
    }
    case "ConsultCall":
      return { name: "consultCall", response: { dialog: dialog(event.call, event.state, undefined) } };
    case "NoCall":
      return { name: "dialogState", response: { dialog: null, dialogId: event.dialogId } };
    case "ReasonCodes": {
      const { kind, reasons } = event;
      return {
        name: kind === "WrapUp" ? "wrapupReasonCode" : "notReadyLogoutReasonCode",
        response: { category: kind, reasons },
      };
    }
    case "Error": {
      const { code, command, words } = event;
      return { name: "Error", response: { type: errorType(code), description: words, code, command } };
    }
    case "Control":
      return { name: "control", response: { description: event.words } };
    case "Phonebooks":
    case "TeamPhoneBooks":
      return { name: "phoneBookList", response: { phoneBooks: event.books } };
    case "PhonebookContacts":
      return { name: "contactList", response: { contacts: event.contacts } };
  }
}

function agent(state: Agent, loginId: string, extension: string | undefined): Record<string, unknown> {
  return {
    loginId,
    extension: state.extension ?? extension,
    firstName: state.firstName,
    lastName: state.lastName,
    state: agentState(state.state),
    pendingState: state.pendingState,
    reasonCode: reasonCode(state),
    reasonLabel: state.reason?.label,
    roles: state.roles,
    stateChangeTime: state.stateChangeTime,
    teamId: state.team?.id,
    teamName: state.team?.name,
    teams: teamsOf(state),
    wrapUpOnIncoming: state.wrapUpOnIncoming,
  };
}

function dialog(call: Call, state: string, associated: string | undefined): Record<string, unknown> {
  return {
    id: call.id,
    callType: callType(call),
    state,
    fromAddress: call.from,
    toAddress: call.to,
    dialedNumber: call.dialedNumber,
    ani: call.customer ?? call.party,
    secondaryId: call.secondaryId,
    associatedDialogId: associated,
    startTime: call.startedAt,
    wrapUpReason: call.wrapUpReasons.length === 0 ? undefined : call.wrapUpReasons.join(", "),
    participants: call.participants.map((party) => ({
      mediaAddress: party.mediaAddress,
      state: party.state,
      type: participantType(party, call),
      live: isLive(party),
    })),
    callVariables: call.variables,
  };
}

/** The library's kinds of error for our codes. */
function errorType(code: string): string {
  switch (code) {
    case "INVALID_REQUEST":
    case "MISSING_EXTENSION":
    case "MISSING_PASSWORD":
    case "UNKNOWN_COMMAND":
      return "invalidRequest";
    case "NOT_SUPPORTED":
      return "methodNotAllowed";
    case "NOT_FOUND":
    case "USER_NOT_FOUND":
      return "notFound";
    case "WRONG_EXTENSION":
    case "CF_INVALID_LOGON_DEVICE_SPECIFIED":
    case "CF_RESOURCE_BUSY":
      return "invalidDevice";
    case "NOT_CONNECTED":
    case "NOT_LOGGED_IN":
      return "subscriptionFailed";
    case "OUT_OF_SERVICE":
    case "TIMEOUT":
      return "networkIssue";
    default:
      return "generalError";
  }
}
