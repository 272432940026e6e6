import { defaultPopulation } from "./default-population.ts";
import { type CallLayoutEntry, callLayoutsFrom } from "./population-layouts.ts";
import { fields, flag, invalid, list, number, text } from "./population-fields.ts";

/** Who and what lives on the simulated Finesse. `populationFrom` fills a partial JSON document with defaults. */
export interface Population {
  agents: AgentEntry[];
  teams: TeamEntry[];
  queues: QueueEntry[];
  reasonCodes: ReasonCodeEntry[];
  wrapUpReasons: WrapUpReasonEntry[];
  /** How calls are to be shown; the first DEFAULT one is what `/User/{id}/MediaPropertiesLayout` answers (§5, §11). */
  callLayouts: CallLayoutEntry[];
  /** Extensions on the switch beside those of the agents: phones nobody has to sign in to. */
  extensions: string[];
  /** ECC variables known to the system (`user.name`, arrays as `user.name[]`); others vanish from UPDATE_CALL_DATA (§10). */
  eccVariables: string[];
  /**
   * §5 calls reasons required once codes are configured. Off by default, so that a plain sign-out works on a population that offers codes;
   * on: LOGOUT and NOT_READY without `reasonCodeId` are refused with Parameter Missing.
   */
  requireReasons: boolean;
  /** UCCE desk setting (§15): false: lost presence gives NOT_READY, after a running call; true: sign-out even in a call. */
  logoutOnDisconnect: boolean;
  /** Live calls on a phone at which it is busy to further ones. Cisco asks for 1. */
  busyTrigger: number;
}

export interface AgentEntry {
  id: string;
  loginName: string;
  firstName: string;
  lastName: string;
  /** Default: the engine's `password` option. */
  password?: string;
  /** The phone that belongs to this agent; signing in on any other known extension is allowed. */
  extension: string;
  /** Id of the team. */
  team: string;
  /** Ids of the teams this agent supervises; any makes a supervisor. */
  supervises?: string[];
  wrapUpOnIncoming: WrapUpMode;
  wrapUpOnOutgoing: WrapUpMode;
  /** Seconds. */
  wrapUpTimer: number;
  /** Whether sign-in as a mobile agent is allowed; otherwise "Mode Not Allowed". */
  mobile?: boolean;
}

/**
 * Anything but NOT_ALLOWED starts wrap-up by itself when the call ends. REQUIRED_WITH_WRAP_UP_DATA can only be left with a
 * wrap-up reason set. Incoming means routed to the agent; outgoing means dialled by the agent to the outside.
 */
export type WrapUpMode = "REQUIRED" | "OPTIONAL" | "NOT_ALLOWED" | "REQUIRED_WITH_WRAP_UP_DATA";
const wrapUpModes: readonly string[] = ["REQUIRED", "OPTIONAL", "NOT_ALLOWED", "REQUIRED_WITH_WRAP_UP_DATA"];

export interface TeamEntry {
  id: string;
  name: string;
}

export interface QueueEntry {
  number: string;
  name: string;
  /** The number customers dial. */
  routePoint: string;
  /** Teams whose agents take its calls. */
  teams: string[];
}

export interface ReasonCodeEntry {
  id: string;
  category: "NOT_READY" | "LOGOUT";
  code: number;
  label: string;
  /** Teams that see it; none: for all. */
  teams?: string[];
  systemCode?: boolean;
}

export interface WrapUpReasonEntry {
  id: string;
  label: string;
  teams?: string[];
}

export interface PopulationOptions {
  /** How many agents the default population has (1001…). */
  agents?: number;
  profile?: "ucce" | "uccx";
}

/**
 * Reads a population document: any subset of `Population`'s members; what is missing comes from the default one (agents given but
 * no teams: one team per team id named). In an agent only `id` is needed. Throws `input-invalid` naming the field.
 */
export function populationFrom(document: unknown, options: PopulationOptions = {}): Population {
  const base = defaultPopulation(options);
  const given = fields(document, "population");
  for (const key of Object.keys(given)) {
    if (!(key in base)) throw invalid(key, `is unknown; known are ${Object.keys(base).join(", ")}`);
  }
  const agents = given.agents === undefined ? base.agents : list(given.agents, "agents").map(agentFrom);
  const teams =
    given.teams !== undefined
      ? list(given.teams, "teams").map((entry, at) => ({
          id: text(fields(entry, `teams[${at}]`), "id", `teams[${at}]`),
          name: text(fields(entry, `teams[${at}]`), "name", `teams[${at}]`),
        }))
      : teamsNamedBy(agents, base.teams);
  const population: Population = {
    agents,
    teams,
    queues: given.queues === undefined ? base.queues : list(given.queues, "queues").map(queueFrom),
    reasonCodes:
      given.reasonCodes === undefined
        ? base.reasonCodes
        : [
            ...list(given.reasonCodes, "reasonCodes").map(reasonFrom),
            ...base.reasonCodes.filter((code) => code.systemCode === true),
          ],
    wrapUpReasons:
      given.wrapUpReasons === undefined
        ? base.wrapUpReasons
        : list(given.wrapUpReasons, "wrapUpReasons").map(wrapUpFrom),
    callLayouts:
      given.callLayouts === undefined
        ? base.callLayouts
        : callLayoutsFrom(list(given.callLayouts, "callLayouts")),
    extensions:
      given.extensions === undefined ? base.extensions : list(given.extensions, "extensions").map(String),
    eccVariables:
      given.eccVariables === undefined
        ? base.eccVariables
        : list(given.eccVariables, "eccVariables").map(String),
    requireReasons: flag(given, "requireReasons", base.requireReasons),
    logoutOnDisconnect: flag(given, "logoutOnDisconnect", base.logoutOnDisconnect),
    busyTrigger: number(given, "busyTrigger", "population", base.busyTrigger),
  };
  checkReferences(population);
  return population;
}

function agentFrom(entry: unknown, at: number): AgentEntry {
  const where = `agents[${at}]`;
  const given = fields(entry, where);
  const id = text(given, "id", where);
  return {
    id,
    loginName: text(given, "loginName", where, `agent${id}`),
    firstName: text(given, "firstName", where, "Agent"),
    lastName: text(given, "lastName", where, id),
    ...(given.password !== undefined && { password: text(given, "password", where) }),
    extension: text(given, "extension", where, /^\d+$/.test(id) ? String(Number(id) + 1000) : undefined),
    team: text(given, "team", where, "1"),
    ...(given.supervises !== undefined && {
      supervises: list(given.supervises, `${where}.supervises`).map(String),
    }),
    wrapUpOnIncoming: wrapUpMode(given, "wrapUpOnIncoming", where, "REQUIRED"),
    wrapUpOnOutgoing: wrapUpMode(given, "wrapUpOnOutgoing", where, "NOT_ALLOWED"),
    wrapUpTimer: number(given, "wrapUpTimer", where, 30),
    ...(given.mobile !== undefined && { mobile: flag(given, "mobile", false) }),
  };
}

function queueFrom(entry: unknown, at: number): QueueEntry {
  const where = `queues[${at}]`;
  const given = fields(entry, where);
  const queueNumber = text(given, "number", where);
  return {
    number: queueNumber,
    name: text(given, "name", where),
    routePoint: text(given, "routePoint", where, `8${queueNumber}`),
    teams: list(given.teams ?? [], `${where}.teams`).map(String),
  };
}

function reasonFrom(entry: unknown, at: number): ReasonCodeEntry {
  const where = `reasonCodes[${at}]`;
  const given = fields(entry, where);
  const category = text(given, "category", where);
  if (category !== "NOT_READY" && category !== "LOGOUT")
    throw invalid(`${where}.category`, "must be NOT_READY or LOGOUT");
  return {
    id: text(given, "id", where),
    category,
    code: number(given, "code", where),
    label: text(given, "label", where),
    ...(given.teams !== undefined && { teams: list(given.teams, `${where}.teams`).map(String) }),
  };
}

function wrapUpFrom(entry: unknown, at: number): WrapUpReasonEntry {
  if (typeof entry === "string") return { id: String(at + 1), label: entry };
  const where = `wrapUpReasons[${at}]`;
  const given = fields(entry, where);
  return {
    id: text(given, "id", where, String(at + 1)),
    label: text(given, "label", where),
    ...(given.teams !== undefined && { teams: list(given.teams, `${where}.teams`).map(String) }),
  };
}

function teamsNamedBy(agents: AgentEntry[], known: TeamEntry[]): TeamEntry[] {
  const ids = new Set(agents.flatMap((agent) => [agent.team, ...(agent.supervises ?? [])]));
  for (const team of known) ids.delete(team.id);
  return [...known, ...[...ids].map((id) => ({ id, name: `Team ${id}` }))];
}

function checkReferences(population: Population): void {
  const seen = new Set<string>();
  const teams = new Set(population.teams.map((team) => team.id));
  for (const agent of population.agents) {
    for (const key of [agent.id.toLowerCase(), agent.loginName.toLowerCase()]) {
      if (seen.has(key)) throw invalid("agents", `holds "${key}" twice`);
      seen.add(key);
      if (agent.id.toLowerCase() === agent.loginName.toLowerCase()) break;
    }
    for (const team of [agent.team, ...(agent.supervises ?? [])]) {
      if (!teams.has(team)) throw invalid(`agent ${agent.id}`, `names team "${team}", which is not in teams`);
    }
  }
}

function wrapUpMode(
  given: Record<string, unknown>,
  key: string,
  where: string,
  otherwise: WrapUpMode,
): WrapUpMode {
  const value = given[key] ?? otherwise;
  if (!isWrapUpMode(value)) throw invalid(`${where}.${key}`, `must be one of ${wrapUpModes.join(", ")}`);
  return value;
}

function isWrapUpMode(value: unknown): value is WrapUpMode {
  return typeof value === "string" && wrapUpModes.includes(value);
}
