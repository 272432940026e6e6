import type { Agent, NamedId } from "../model/agent.ts";
import { parseReasonCode } from "./parse-reasons.ts";
import { addPlain, childText, fieldError, idFromUri, numberOf, textOf, type XmlElement } from "./xml-tree.ts";

/**
 * A `<User>` or `<user>` of §5, whole or the summary of a team list (§11). Children in any order and case.
 * Throws CtiError `finesse-protocol` naming the field when the id or the state is missing; an empty state is `UNKNOWN` (§6).
 */
export function parseUser(element: XmlElement): Agent {
  let uri: string | undefined;
  let loginId: string | undefined;
  let state: string | undefined;
  let teamId: string | undefined;
  let teamName: string | undefined;
  const agent: Agent = {
    id: "",
    loginName: undefined,
    firstName: undefined,
    lastName: undefined,
    roles: [],
    extension: undefined,
    state: "UNKNOWN",
    stateChangeTime: undefined,
    pendingState: undefined,
    reasonCodeId: undefined,
    reason: undefined,
    team: undefined,
    teams: [],
    wrapUpOnIncoming: undefined,
    wrapUpOnOutgoing: undefined,
    wrapUpTimer: undefined,
    mobileAgent: undefined,
    activeDeviceId: undefined,
    unknown: {},
  };
  for (const part of element.children) {
    switch (part.name.toLowerCase()) {
      case "uri":
        uri = textOf(part);
        break;
      case "loginid":
        loginId = textOf(part);
        break;
      case "loginname":
        agent.loginName = textOf(part);
        break;
      case "firstname":
        agent.firstName = textOf(part);
        break;
      case "lastname":
        agent.lastName = textOf(part);
        break;
      case "roles":
        agent.roles = part.children.map((role) => role.text.trim()).filter((role) => role !== "");
        break;
      case "extension":
        agent.extension = textOf(part);
        break;
      case "state":
        state = textOf(part) ?? "UNKNOWN";
        break;
      case "statechangetime":
        agent.stateChangeTime = textOf(part);
        break;
      case "pendingstate":
        agent.pendingState = textOf(part);
        break;
      case "reasoncodeid":
        agent.reasonCodeId = textOf(part);
        break;
      case "reasoncode":
        if (part.children.length > 0) agent.reason = parseReasonCode(part);
        break;
      case "settings":
        readSettings(part, agent);
        break;
      case "wrapuptimer": {
        agent.wrapUpTimer = numberOf(part);
        if (agent.wrapUpTimer === undefined && part.text.trim() !== "") addPlain(agent.unknown, part);
        break;
      }
      case "mobileagent": {
        const mode = childText(part, "mode");
        if (mode !== undefined) agent.mobileAgent = { mode, dialNumber: childText(part, "dialnumber") };
        break;
      }
      case "activedeviceid":
        agent.activeDeviceId = textOf(part);
        break;
      case "teamid":
        teamId = textOf(part);
        break;
      case "teamname":
        teamName = textOf(part);
        break;
      case "teams":
        agent.teams = part.children.map(readTeam).filter((team) => team !== undefined);
        break;
      // Where the user's calls are listed; the address follows from the id.
      case "dialogs":
        break;
      default:
        addPlain(agent.unknown, part);
    }
  }
  const id = loginId ?? idFromUri(uri);
  if (id === undefined) throw fieldError("User", "<loginId> is missing or empty");
  if (state === undefined) throw fieldError("User", `<state> of user ${id} is missing`);
  agent.id = id;
  agent.state = state;
  if (teamId !== undefined) agent.team = { id: teamId, name: teamName ?? "" };
  return agent;
}

/** `<Users><User>…`; one member is still a list. */
export function parseUsers(element: XmlElement): Agent[] {
  return element.children.filter((part) => part.name.toLowerCase() === "user").map(parseUser);
}

function readSettings(element: XmlElement, agent: Agent): void {
  const rest: Record<string, unknown> = {};
  for (const part of element.children) {
    const name = part.name.toLowerCase();
    if (name === "wrapuponincoming") agent.wrapUpOnIncoming = textOf(part);
    else if (name === "wrapuponoutgoing") agent.wrapUpOnOutgoing = textOf(part);
    else addPlain(rest, part);
  }
  if (Object.keys(rest).length > 0) agent.unknown.settings = rest;
}

function readTeam(element: XmlElement): NamedId | undefined {
  const id = childText(element, "id") ?? idFromUri(childText(element, "uri"));
  return id === undefined ? undefined : { id, name: childText(element, "name") ?? "" };
}
