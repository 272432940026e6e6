import type { ApiRequest, ApiResponse } from "../contract.ts";
import type { Sim } from "../engine/sim.ts";
import type { Agent } from "../engine/world.ts";
import { element, renderList, type XmlElement } from "../engine/xml.ts";
import { ApiFault, fault } from "./api-fault.ts";
import { postDialogs, putDialog } from "./dialog-requests.ts";
import {
  readDialog,
  readQueue,
  readTeam,
  readUser,
  reasonCode,
  reasonCodes,
  wrapUpReason,
  wrapUpReasons,
} from "./reads.ts";
import { parseBody } from "./request-body.ts";
import { type Asked, systemInfoXml } from "./system-info.ts";
import { putUser } from "./user-requests.ts";

const prefix = "/finesse/api/";

/** Answers one REST request (§3): 200 with the object, 202 with nothing, or the error bodies of §4. */
export function handleApi(sim: Sim, asked: Asked, request: ApiRequest): ApiResponse {
  sim.counts.requests += 1;
  const headers: Record<string, string> = {
    Date: new Date(sim.world.clock.now() + sim.world.knobs.clockOffset).toUTCString(),
    "Cache-Control": "no-cache",
    ...(request.requestId !== undefined && { requestId: request.requestId }),
  };
  try {
    const answer = route(sim, asked, request);
    if (answer === undefined) return { status: 202, headers, body: "" };
    return { status: 200, headers: { ...headers, ...xmlType }, body: renderList(answer) };
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
    sim.counts.refused += 1;
    // Whether a real server sends the challenge is not known (§19); a Basic server must.
    const challenge = error.status === 401 && { "WWW-Authenticate": 'Basic realm="Cisco Finesse"' };
    return { status: error.status, headers: { ...headers, ...xmlType, ...challenge }, body: error.body() };
  }
}

const xmlType = { "Content-Type": "application/xml;charset=UTF-8" };

/** The object to answer with, or undefined for 202. */
function route(sim: Sim, asked: Asked, request: ApiRequest): XmlElement | undefined {
  const { path, query } = split(request.target);
  const [object, id, ...rest] = path;
  const reads = request.method === "GET" || request.method === "HEAD";
  if (object === "SystemInfo" && path.length === 1 && reads) return systemInfoXml(sim, asked);
  const requester = authenticated(sim, request.authorization);
  if (!sim.nodes.inService(asked.node.name)) throw fault.outOfService();
  if (reads) return read(sim, requester, path, query);
  if (request.method !== "PUT" && request.method !== "POST")
    throw new ApiFault(405, "Method Not Allowed", request.method, "The method is not allowed here");
  // Refused before the body is looked at, as the type says it is not XML.
  if (!/^application\/xml\s*(;|$)/i.test(request.contentType ?? ""))
    throw fault.badRequest("The Content-Type must be application/xml");
  const key = `${request.method} ${[object, rest[0]].filter((part) => part !== undefined).join("/")}`;
  if (id === undefined || rest.length > 1) throw fault.notFound(path.join("/"));
  switch (key) {
    case "PUT User":
      putUser(sim, requester, targetUser(sim, requester, id), request.body, request.requestId);
      return undefined;
    case "POST User/Dialogs":
      postDialogs(sim, caller(sim, requester, id), request.body, request.requestId);
      return undefined;
    case "POST User/ClientLog":
      ownUser(requester, id);
      parseBody(request.body, "ClientLog");
      return undefined;
    case "PUT Dialog":
      putDialog(sim, requester, id, request.body, request.requestId);
      return undefined;
    default:
      throw fault.notFound(path.join("/"));
  }
}

function read(sim: Sim, requester: Agent, path: readonly string[], query: URLSearchParams): XmlElement {
  const [object, id, ...rest] = path;
  if (object === "ReasonCodes" && id === undefined) return reasonCodes(sim, requester, query.get("category"));
  if (object === "WrapUpReasons" && id === undefined) return wrapUpReasons(sim, requester);
  if (object === undefined || id === undefined) throw fault.notFound(path.join("/"));
  if (object === "User") return readUser(sim, readableUser(sim, requester, id), rest, query);
  // /TeamResource/{team}/ReasonCodes and its like: the lists of a team (12.5+).
  if (object === "TeamResource") return readUser(sim, requester, teamList(requester, id, rest), query);
  if (rest.length > 0) throw fault.notFound(path.join("/"));
  switch (object) {
    case "Dialog":
      return readDialog(sim, requester, id);
    case "ReasonCode":
      return reasonCode(sim, id);
    case "WrapUpReason":
      return wrapUpReason(sim, id);
    case "Queue":
      return readQueue(sim, id);
    case "Team":
      return readTeam(sim, requester, id);
    case "UserAuthMode":
      return element("UserAuthMode", [element("authMode", "NON_SSO"), element("userId", id)]);
    default:
      throw fault.notFound(path.join("/"));
  }
}

function teamList(requester: Agent, team: string, rest: readonly string[]): readonly string[] {
  const known = ["ReasonCodes", "WrapUpReasons", "MediaPropertiesLayouts", "PhoneBooks", "Workflows"];
  const [list] = rest;
  if (rest.length !== 1 || list === undefined || !known.includes(list)) throw fault.notFound(rest.join("/"));
  if (requester.entry.team !== team && requester.entry.supervises?.includes(team) !== true)
    throw fault.unauthorized(requester.id);
  return rest;
}

/** Path below the prefix, without empty parts (a trailing slash is accepted), and the query. */
function split(target: string): { path: string[]; query: URLSearchParams } {
  const [pathText = "", queryText = ""] = target.split("?", 2);
  if (!`${pathText}/`.startsWith(prefix)) throw fault.notFound(pathText);
  try {
    const path = pathText
      .slice(prefix.length)
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
    return { path, query: new URLSearchParams(queryText) };
  } catch {
    throw fault.badRequest("The path is not well formed");
  }
}

/** Basic authentication; user names are ids or, since 12.5, login names (§2). */
function authenticated(sim: Sim, authorization: string | undefined): Agent {
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) throw fault.unauthorized("");
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  const user = colon < 0 ? decoded : decoded.slice(0, colon);
  const agent = sim.world.find(user);
  const result = sim.lockout.check(agent, colon < 0 ? "" : decoded.slice(colon + 1));
  if (agent === undefined || result !== "ok") throw fault.unauthorized(user);
  return agent;
}

/** Reads accept login names in the path (§2). */
function readableUser(sim: Sim, requester: Agent, name: string): Agent {
  const agent = sim.world.find(name);
  if (agent === undefined) throw fault.unknownUser();
  if (agent === requester || sim.world.supervises(requester, agent)) return agent;
  throw requester.entry.supervises === undefined ? fault.otherUser(name) : fault.notSupervised(name);
}

/** Writes take the id alone (§2), the own one or, for supervisors, another's. */
function targetUser(sim: Sim, requester: Agent, id: string): Agent {
  if (requester.entry.supervises === undefined) return ownUser(requester, id);
  const agent = sim.world.agents.get(id);
  if (agent === undefined) throw fault.unknownUser();
  return agent;
}

/** Cisco's WebSocket sample names the extension where the API wants the id (§18): only a lenient server takes it. */
function caller(sim: Sim, requester: Agent, id: string): Agent {
  const lenient = sim.world.knobs.acceptExtensions && requester.extension !== "";
  return lenient && requester.extension === id ? requester : ownUser(requester, id);
}

function ownUser(requester: Agent, id: string): Agent {
  if (requester.id.toLowerCase() !== id.toLowerCase()) throw fault.otherUser(id);
  return requester;
}
