import { agentName } from "../../model/agent.ts";
import type { Call } from "../../model/call.ts";
import type { Participant } from "../../model/dialog.ts";
import { agentState, type GcEvent, isSupervisor, reasonCode, teamsOf } from "./events.ts";
import { fields, localTime, members, plain, variables, words } from "./field-text.ts";

/** One line, laid out as generic-connector.md §5.1 says. */
export function eventText(event: GcEvent): string {
  switch (event.event) {
    case "IN_SERVICE":
    case "OUT_OF_SERVICE":
    case "RECONNECT":
      return fields(event.agent === undefined ? "System" : plain(event.agent), event.event);
    case "AgentInfo":
      return agentInfo(event);
    case "State": {
      const { state, extension } = event;
      const name = plain(agentName(state));
      const agent = plain(event.agent);
      const what = [plain(agentState(state.state)), plain(reasonCode(state)), "", "", ""];
      return fields(agent, "State", ...what, name, agent, plain(state.extension ?? extension));
    }
    case "NewInboundCall": {
      const { call, associated } = event;
      return fields(
        plain(event.agent),
        "NewInboundCall",
        plain(call.customer ?? call.party),
        callVariables(call, associated),
        `dialogId:${plain(call.id)}`,
      );
    }
    case "InboundCall":
      return inboundCall(event);
    case "ConsultCall":
      return fields(
        plain(event.agent),
        "ConsultCall",
        plain(event.state),
        `dialogId:${plain(event.call.id)}`,
        plain(event.call.party),
      );
    case "NoCall":
      return fields(plain(event.agent), "InboundCall", "NotFound", `dialogId:${plain(event.dialogId)}`);
    case "ReasonCodes": {
      const { kind, reasons } = event;
      const codes = reasons.map(({ code }) => plain(code)).join(",");
      const labels = reasons.map(({ label }) => plain(label)).join(",");
      return fields(plain(event.agent), "ReasonCodes", kind, codes, `labels:${labels}`);
    }
    case "Error": {
      const { command, code } = event;
      return fields(plain(event.agent), "Error", plain(command), plain(code), words(event.words));
    }
    case "Control":
      return fields(plain(event.agent), "Control", "", words(event.words));
    case "Phonebooks":
    case "TeamPhoneBooks": {
      const books = event.books.map(({ name, type, id }) =>
        members([
          ["name", name],
          ["type", type],
          ["id", id],
        ]),
      );
      return fields(
        plain(event.agent),
        event.event,
        ...(books.length === 0 ? ["NoTeamPhoneBookFound"] : books),
      );
    }
    case "PhonebookContacts": {
      const contacts = event.contacts.map(({ description, firstName, lastName, number, id }) =>
        members([
          ["description", description],
          ["firstName", firstName],
          ["lastName", lastName],
          ["phone", number],
          ["id", id],
        ]),
      );
      return fields(
        plain(event.agent),
        "PhonebookContacts",
        ...(contacts.length === 0 ? ["NoContactFound"] : contacts),
      );
    }
  }
}

function agentInfo({ agent, state }: Extract<GcEvent, { event: "AgentInfo" }>): string {
  const teams = teamsOf(state);
  return fields(
    plain(agent),
    "AgentInfo",
    plain(state.firstName),
    plain(state.lastName),
    String(isSupervisor(state)),
    plain(state.wrapUpOnIncoming ?? "ALLOWED"),
    `teams:${teams.length}`,
    teams.map(({ id, name }) => `${plain(id)},${plain(name)}`).join("|"),
    plain(state.team?.id),
    plain(agentName(state)),
  );
}

function inboundCall(event: Extract<GcEvent, { event: "InboundCall" }>): string {
  const { call, state } = event;
  const dialog = `dialogId:${plain(call.id)}`;
  const start = [plain(event.agent), "InboundCall", plain(state), dialog];
  if (event.failure !== undefined) return fields(...start, words(event.failure));
  return fields(
    ...start,
    plain(call.customer ?? call.party),
    callVariables(call, event.associated),
    localTime(call.startedAt),
    `callType:${plain(callType(call))}`,
    "",
    `participants:${call.participants.map((party) => participant(party, call)).join("|")}`,
  );
}

/** Finesse's own name for it, else the protocol's. */
export function callType(call: Call): string {
  return call.type ?? (call.direction === "out" ? "OutboundCall" : "InboundCall");
}

function callVariables(call: Call, associated: string | undefined): string {
  return variables([...Object.entries(call.variables), ["associatedDialogId", associated ?? ""]]);
}

/** `extension,state,third,type`; a third of NULL means: no live party, not to be counted. */
function participant(party: Participant, call: Call): string {
  const third = isLive(party) ? "X" : "NULL";
  return [plain(party.mediaAddress), plain(party.state), third, participantType(party, call)].join(",");
}

export function isLive(party: Participant): boolean {
  return party.state !== "DROPPED" && party.state !== "WRAP_UP" && party.state !== "FAILED";
}

export function participantType(party: Participant, call: Call): "AGENT" | "CALLER" | "CALLED" {
  if (party.mediaAddressType === "AGENT_DEVICE") return "AGENT";
  return party.mediaAddress === call.from ? "CALLER" : "CALLED";
}
