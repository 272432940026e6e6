import type { WrapUpReasonEntry } from "../engine/population.ts";
import { dialogXml } from "../engine/dialog-xml.ts";
import type { Sim } from "../engine/sim.ts";
import { reasonCodeXml, userSummaryXml, userXml } from "../engine/user-xml.ts";
import type { Agent } from "../engine/world.ts";
import { element, type XmlElement } from "../engine/xml.ts";
import { fault } from "./api-fault.ts";
import { ownCall } from "./dialog-requests.ts";
import { defaultLayoutXml, layoutXml } from "./layout-xml.ts";
import { queuesOf, queueXml } from "./queue-xml.ts";

/** GET below /User/{id}: `path` is what follows the id (§5). */
export function readUser(
  sim: Sim,
  agent: Agent,
  path: readonly string[],
  query: URLSearchParams,
): XmlElement {
  const [list, id] = path;
  if (path.length > 2) throw fault.notFound(path.join("/"));
  switch (list) {
    case undefined:
      return userXml(sim.world, agent, "User");
    case "Dialogs":
      // Nonvoice media are not simulated: none of their dialogs, ever.
      return element("Dialogs", id === undefined || id === "Voice" ? dialogs(sim, agent) : []);
    case "ReasonCodes":
      return reasonCodes(sim, agent, query.get("category"));
    case "ReasonCode":
      return reasonCode(sim, id);
    case "WrapUpReasons":
      return wrapUpReasons(sim, agent);
    case "WrapUpReason":
      return wrapUpReason(sim, id);
    case "Queues":
      // Unified CCX has no such thing (§16).
      if (sim.world.profile === "uccx") throw fault.notFound(list);
      return element(
        "Queues",
        queuesOf(sim.world, agent).map((queue) => queueXml(sim, queue)),
      );
    case "PhoneBooks":
      return phoneBooks(sim);
    case "MediaPropertiesLayout":
      return defaultLayoutXml(sim.world.population.callLayouts);
    case "MediaPropertiesLayouts":
      return element("MediaPropertiesLayouts", sim.world.population.callLayouts.map(layoutXml));
    case "Workflows":
      return element("Workflows", []);
    case "Media":
      return element("MediaList", []);
    default:
      throw fault.notFound(list);
  }
}

/** GET /Dialog/{id}: for participants and the supervisors of participants (§10). */
export function readDialog(sim: Sim, agent: Agent, id: string): XmlElement {
  const call = sim.world.calls.get(id);
  const supervised = call?.parties.some((party) => {
    const other = party.visible ? sim.world.agentAt(party.address) : undefined;
    return other !== undefined && sim.world.supervises(agent, other);
  });
  if (call !== undefined && supervised === true) return dialogXml(sim.world, call, "Dialog");
  const own = ownCall(sim, agent, id);
  return dialogXml(sim.world, own.call, "Dialog", own.party);
}

/** GET /Team/{id}: supervisors of the team (§11). */
export function readTeam(sim: Sim, agent: Agent, id: string): XmlElement {
  if (!sim.world.population.teams.some((team) => team.id === id)) throw fault.notFound(`Team/${id}`);
  if (agent.entry.supervises?.includes(id) !== true) throw fault.unauthorized(agent.id);
  const members = [...sim.world.agents.values()].filter((member) => member.entry.team === id);
  return element("Team", [
    element("id", id),
    element("name", sim.world.team(id).name),
    element("uri", `/finesse/api/Team/${id}`),
    element(
      "users",
      members.map((member) => userSummaryXml(sim.world, member, "User")),
    ),
  ]);
}

/** GET /Queue/{id} (§11). */
export function readQueue(sim: Sim, id: string): XmlElement {
  const queue = sim.world.population.queues.find((entry) => entry.number === id);
  if (queue === undefined || sim.world.profile === "uccx") throw fault.notFound(`Queue/${id}`);
  return queueXml(sim, queue);
}

export function reasonCode(sim: Sim, id: string | undefined): XmlElement {
  const code = sim.world.reasonCode(id);
  if (code === undefined) throw fault.notFound(`ReasonCode/${id ?? ""}`);
  return reasonCodeXml(code, "ReasonCode");
}

export function wrapUpReason(sim: Sim, id: string | undefined): XmlElement {
  const reason = sim.world.population.wrapUpReasons.find((entry) => entry.id === id);
  if (reason === undefined) throw fault.notFound(`WrapUpReason/${id ?? ""}`);
  return wrapUpReasonXml(reason);
}

export function reasonCodes(sim: Sim, agent: Agent, category: string | null): XmlElement {
  if (category !== "NOT_READY" && category !== "LOGOUT")
    throw category === null ? fault.missing("category") : fault.invalidInput("category");
  const codes = sim.world.population.reasonCodes.filter(
    (code) => code.category === category && code.systemCode !== true && offered(code.teams, agent),
  );
  return element(
    "ReasonCodes",
    codes.map((code) => reasonCodeXml(code, "ReasonCode")),
    { category },
  );
}

export function wrapUpReasons(sim: Sim, agent: Agent): XmlElement {
  const reasons = sim.world.population.wrapUpReasons.filter((reason) => offered(reason.teams, agent));
  return element("WrapUpReasons", reasons.map(wrapUpReasonXml));
}

function offered(teams: string[] | undefined, agent: Agent): boolean {
  return teams === undefined || teams.includes(agent.entry.team);
}

function wrapUpReasonXml(reason: WrapUpReasonEntry): XmlElement {
  return element("WrapUpReason", [
    element("forAll", String(reason.teams === undefined)),
    element("label", reason.label),
    element("uri", `/finesse/api/WrapUpReason/${reason.id}`),
  ]);
}

function dialogs(sim: Sim, agent: Agent): XmlElement[] {
  return sim.world
    .partiesAt(agent.extension)
    .filter(({ party }) => party.visible)
    .map(({ call, party }) => dialogXml(sim.world, call, "Dialog", party));
}

/** One global book: every agent's phone. */
function phoneBooks(sim: Sim): XmlElement {
  const contacts = sim.world.population.agents
    .slice(0, 200)
    .map((entry) =>
      element("Contact", [
        element("description", sim.world.team(entry.team).name),
        element("firstName", entry.firstName),
        element("lastName", entry.lastName),
        element("phoneNumber", entry.extension),
        element("uri", `/finesse/api/PhoneBook/1/Contact/${entry.id}`),
      ]),
    );
  return element("PhoneBooks", [
    element("PhoneBook", [
      element("contacts", contacts),
      element("name", "Colleagues"),
      element("type", "GLOBAL"),
      element("uri", "/finesse/api/PhoneBook/1"),
    ]),
  ]);
}
