import type { Agent } from "../model/agent.ts";
import type { Team, TeamMember } from "../model/team.ts";
import { parseUsers } from "./parse-user.ts";
import { child, childText, fieldError, idFromUri, type XmlElement } from "./xml-tree.ts";

/** `<Team>` of §11 with its `<users>`. Throws CtiError `finesse-protocol` naming the field when the team or a member has no id. */
export function parseTeam(element: XmlElement): Team {
  const id = childText(element, "id") ?? idFromUri(childText(element, "uri"));
  if (id === undefined) throw fieldError("Team", "neither <id> nor <uri> says which it is");
  const users = child(element, "users");
  return {
    id,
    name: childText(element, "name") ?? "",
    members: users === undefined ? [] : parseUsers(users).map(memberOf),
  };
}

function memberOf(user: Agent): TeamMember {
  const { id, firstName, lastName, extension, state, stateChangeTime, pendingState, reasonCodeId, reason } =
    user;
  const { mediaState, ...unknown } = user.unknown;
  return {
    id,
    firstName,
    lastName,
    extension,
    state,
    stateChangeTime,
    pendingState,
    reasonCodeId,
    reason,
    mediaState: typeof mediaState === "string" && mediaState !== "" ? mediaState : undefined,
    unknown,
  };
}
