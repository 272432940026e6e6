import type { ReasonCodeEntry } from "./population.ts";
import type { Agent, World } from "./world.ts";
import { element, type XmlElement } from "./xml.ts";

/** A time as the server states it, by its own clock. */
export function isoTime(world: World, milliseconds: number | undefined): string {
  return milliseconds === undefined ? "" : new Date(milliseconds + world.knobs.clockOffset).toISOString();
}

/**
 * The whole User (§5), children in the alphabetical order of real events. Events name the object `user` and its reason `reasonCode`;
 * GET answers say `User` and `ReasonCode`.
 */
export function userXml(world: World, agent: Agent, root: "User" | "user"): XmlElement {
  const { entry, status } = agent;
  const code = world.reasonCode(status.reason);
  const team = world.team(entry.team);
  const uri = `/finesse/api/User/${agent.id}`;
  return element(root, [
    ...(root === "User" && code !== undefined ? [reasonCodeXml(code, "ReasonCode")] : []),
    agent.activeDeviceId === undefined ? undefined : element("activeDeviceId", agent.activeDeviceId),
    element("dialogs", `${uri}/Dialogs`),
    element("extension", agent.extension),
    element("firstName", entry.firstName),
    element("lastName", entry.lastName),
    element("loginId", agent.id),
    element("loginName", entry.loginName),
    element("mediaType", "1"),
    agent.mobile === undefined
      ? undefined
      : element("mobileAgent", [
          element("dialNumber", agent.mobile.dialNumber),
          element("mode", agent.mobile.mode),
        ]),
    element("pendingState", status.pending?.state ?? ""),
    ...(root === "user" && code !== undefined ? [reasonCodeXml(code, "reasonCode")] : []),
    status.reason === undefined ? undefined : element("reasonCodeId", status.reason),
    element("roles", [
      element("role", "Agent"),
      entry.supervises === undefined ? undefined : element("role", "Supervisor"),
    ]),
    element("settings", [
      element("deviceSelection", "disabled"),
      element("wrapUpOnIncoming", entry.wrapUpOnIncoming),
      element("wrapUpOnOutgoing", entry.wrapUpOnOutgoing),
    ]),
    element("state", status.state),
    element("stateChangeTime", isoTime(world, agent.since)),
    element("teamId", team.id),
    element("teamName", team.name),
    entry.supervises === undefined
      ? undefined
      : element(
          "teams",
          entry.supervises.map((id) =>
            element("Team", [
              element("id", id),
              element("name", world.team(id).name),
              element("uri", `/finesse/api/Team/${id}`),
            ]),
          ),
        ),
    element("uri", uri),
    element("wrapUpTimer", String(entry.wrapUpTimer)),
  ]);
}

/** A team member as supervisors see it (§11 Team). */
export function userSummaryXml(world: World, agent: Agent, root: "User" | "user"): XmlElement {
  const code = world.reasonCode(agent.status.reason);
  return element(root, [
    element("dialogs", `/finesse/api/User/${agent.id}/Dialogs`),
    element("extension", agent.extension),
    element("firstName", agent.entry.firstName),
    element("lastName", agent.entry.lastName),
    element("loginId", agent.id),
    world.profile === "uccx" ? element("mediaState", mediaState(world, agent)) : undefined,
    element("pendingState", agent.status.pending?.state ?? ""),
    code === undefined ? undefined : reasonCodeXml(code, "reasonCode"),
    element("state", agent.status.state),
    element("stateChangeTime", isoTime(world, agent.since)),
    element("uri", `/finesse/api/User/${agent.id}`),
  ]);
}

/** UCCX leaves an agent on a call of his own NOT_READY, and tells supervisors this way (§5, §16). */
function mediaState(world: World, agent: Agent): "BUSY" | "IDLE" {
  const busy = agent.status.state === "NOT_READY" && world.liveAt(agent.extension).length > 0;
  return busy ? "BUSY" : "IDLE";
}

/** §7. */
export function reasonCodeXml(code: ReasonCodeEntry, root: "ReasonCode" | "reasonCode"): XmlElement {
  return element(root, [
    element("category", code.category),
    element("code", String(code.code)),
    element("forAll", String(code.teams === undefined)),
    element("id", code.id),
    element("label", code.label),
    element("systemCode", String(code.systemCode === true)),
    element("uri", `/finesse/api/ReasonCode/${code.id}`),
  ]);
}
