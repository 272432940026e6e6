import { CtiError } from "../model/errors.ts";
import type { FinesseNode, FinesseRest, RequestContext } from "./contract.ts";
import { parseCallLayout, parseCallLayouts } from "./parse-call-layouts.ts";
import { parseDialog, parseDialogs } from "./parse-dialog.ts";
import { parsePhoneBooks } from "./parse-phone-books.ts";
import { parseQueues } from "./parse-queues.ts";
import { parseReasonCodes, parseWrapUpReasons } from "./parse-reasons.ts";
import { parseSystemInfo } from "./parse-system-info.ts";
import { parseTeam } from "./parse-team.ts";
import { parseUser } from "./parse-user.ts";
import { dialogBody, makeCallBody, userBody } from "./request-bodies.ts";
import { type Answer, type Asked, assertAccepted, readBody } from "./rest-answer.ts";
import { type HttpOptions, httpExchange } from "./rest-http.ts";
import { fieldError, type XmlElement } from "./xml-tree.ts";

export type RestOptions = HttpOptions;

export interface RestRequest {
  method: "GET" | "PUT" | "POST";
  path: string;
  body?: string;
  /** Default true; SystemInfo needs none (§2). */
  authenticated?: boolean;
  context: RequestContext | undefined;
}

/** Carries requests to a node and answers back. Whatever stands between is a CtiError; statuses are answers. */
export interface Exchange {
  send(request: RestRequest): Promise<Answer>;
  close(): Promise<void>;
}

const api = "/finesse/api";

/** The REST API of one node for one user; see FinesseRest for results and errors. Opens nothing until the first request. */
export function createRest(options: RestOptions): FinesseRest {
  return restOver(httpExchange(options), options.node, options.credentials.username);
}

/** The same over whatever carries the requests. */
export function restOver(exchange: Exchange, node: FinesseNode, username: string): FinesseRest {
  const peer = new URL(node.origin).host;

  async function get(
    path: string,
    root: string,
    context: RequestContext | undefined,
    authenticated = true,
  ): Promise<XmlElement> {
    const answer = await exchange.send({ method: "GET", path: `${api}${path}`, authenticated, context });
    const asked = askedOf("GET", `${api}${path}`, authenticated);
    assertAccepted(answer, asked);
    const element = readBody(answer, asked);
    if (element.name.toLowerCase() !== root.toLowerCase()) {
      throw fieldError(root, `the answer holds <${element.name}>`, `GET ${api}${path} at ${peer}`);
    }
    return element;
  }

  /** Any 2xx is "accepted": releases differ between 200 and 202 (§3). */
  async function write(
    method: "PUT" | "POST",
    path: string,
    body: string,
    context: RequestContext | undefined,
  ): Promise<void> {
    const answer = await exchange.send({ method, path: `${api}${path}`, body, context });
    assertAccepted(answer, askedOf(method, `${api}${path}`, true));
  }

  const askedOf = (method: string, path: string, authenticated: boolean): Asked => ({
    method,
    path,
    peer,
    username: authenticated ? username : undefined,
  });

  return {
    node,
    systemInfo: async (context) => parseSystemInfo(await get("/SystemInfo", "SystemInfo", context, false)),
    user: async (id, context) => parseUser(await get(`/User/${encodeURIComponent(id)}`, "User", context)),
    dialogs: async (userId, context) =>
      parseDialogs(await get(`/User/${encodeURIComponent(userId)}/Dialogs`, "Dialogs", context)),
    dialog: async (id, context) =>
      parseDialog(await get(`/Dialog/${encodeURIComponent(id)}`, "Dialog", context)),
    reasonCodes: async (userId, category, context) => {
      const path = `/User/${encodeURIComponent(userId)}/ReasonCodes?category=${category}`;
      const codes = parseReasonCodes(await get(path, "ReasonCodes", context));
      return codes.map((code) => (code.category === "" ? { ...code, category } : code));
    },
    wrapUpReasons: async (userId, context) =>
      parseWrapUpReasons(
        await get(`/User/${encodeURIComponent(userId)}/WrapUpReasons`, "WrapUpReasons", context),
      ),
    phoneBooks: async (userId, context) =>
      parsePhoneBooks(await get(`/User/${encodeURIComponent(userId)}/PhoneBooks`, "PhoneBooks", context)),
    callLayouts: async (userId, context) => {
      const path = `/User/${encodeURIComponent(userId)}/MediaPropertiesLayout`;
      const all = await orNothing(get(`${path}s`, "MediaPropertiesLayouts", context));
      if (all !== undefined) return parseCallLayouts(all);
      const only = await orNothing(get(path, "MediaPropertiesLayout", context));
      return only === undefined ? [] : [parseCallLayout(only)];
    },
    queues: async (userId, context) =>
      parseQueues(await get(`/User/${encodeURIComponent(userId)}/Queues`, "Queues", context)),
    team: async (id, context) => parseTeam(await get(`/Team/${encodeURIComponent(id)}`, "Team", context)),
    putUser: (userId, request, context) =>
      write("PUT", `/User/${encodeURIComponent(userId)}`, userBody(request), context),
    makeCall: (userId, fromAddress, toAddress, context) =>
      write(
        "POST",
        `/User/${encodeURIComponent(userId)}/Dialogs`,
        makeCallBody(fromAddress, toAddress),
        context,
      ),
    putDialog: (dialogId, action, context) =>
      write("PUT", `/Dialog/${encodeURIComponent(dialogId)}`, dialogBody(action), context),
    close: () => exchange.close(),
  };
}

/** `undefined` for what this release does not have (404). */
async function orNothing(element: Promise<XmlElement>): Promise<XmlElement | undefined> {
  try {
    return await element;
  } catch (error) {
    if (error instanceof CtiError && error.details?.status === 404) return undefined;
    throw error;
  }
}
