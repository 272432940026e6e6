import { CtiError, toCtiError } from "../model/errors.ts";
import type { WireTrace } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";
import { connectionError } from "../platform/connection-error.ts";
import type { Credentials, FinesseNode, FinesseRest, RequestContext } from "./contract.ts";
import { createNodeAgent } from "./node-agent.ts";
import { parseDialog, parseDialogs } from "./parse-dialog.ts";
import { parseReasonCodes, parseWrapUpReasons } from "./parse-reasons.ts";
import { parseSystemInfo } from "./parse-system-info.ts";
import { parseUser } from "./parse-user.ts";
import { dialogBody, makeCallBody, userBody } from "./request-bodies.ts";
import { type Answer, type Asked, assertAccepted, readBody } from "./rest-answer.ts";
import type { Dispatcher } from "./undici.ts";
import { fieldError, type XmlElement } from "./xml-tree.ts";

export interface RestOptions {
  node: FinesseNode;
  credentials: Credentials;
  clock: Clock;
  trace?: WireTrace;
  /** Milliseconds for a whole request, connecting included. Default 10 s. */
  requestTimeout?: number;
}

interface Call {
  method: "GET" | "PUT" | "POST";
  path: string;
  body?: string;
  /** Default true; SystemInfo needs none (§2). */
  authenticated?: boolean;
  context: RequestContext | undefined;
}

/** More than any list of a single user; a bound for servers that never stop. */
const maximumBody = 32 * 1024 * 1024;
const api = "/finesse/api";

/** The REST API of one node for one user; see FinesseRest for results and errors. Opens nothing until the first request. */
export function createRest(options: RestOptions): FinesseRest {
  const { node, credentials, clock, trace, requestTimeout = 10_000 } = options;
  const agent = createNodeAgent(node, requestTimeout);
  const peer = new URL(node.origin).host;

  async function send(call: Call): Promise<Answer> {
    const { method, path, body, context } = call;
    const abort = new AbortController();
    const timedOut = Symbol("timed out");
    const cancel = clock.after(requestTimeout, () => abort.abort(timedOut));
    const stop = () => abort.abort(context?.signal?.reason);
    if (context?.signal?.aborted) stop();
    context?.signal?.addEventListener("abort", stop, { once: true });
    const record = (direction: "out" | "in", summary: string, text: string) =>
      trace?.({
        channel: "rest",
        direction,
        peer,
        agent: credentials.username,
        cause: context?.cause,
        requestId: context?.requestId,
        summary,
        text,
      });
    try {
      record("out", `${method} ${path}`, body ?? "");
      const response = await agent.dispatcher.request({
        origin: node.origin,
        path,
        method,
        headers: headersOf(call, credentials),
        body: body ?? null,
        signal: abort.signal,
      });
      const answer: Answer = {
        status: response.statusCode,
        location: header(response, "location"),
        contentType: header(response, "content-type"),
        body: await readText(response, peer),
      };
      record("in", `${method} ${path} → ${answer.status}`, answer.body);
      return answer;
    } catch (thrown) {
      const error = explainFailure(thrown, abort.signal, timedOut, { method, path });
      record("in", `${method} ${path} → ${error.code}`, error.message);
      throw error;
    } finally {
      cancel();
      context?.signal?.removeEventListener("abort", stop);
    }
  }

  function explainFailure(
    thrown: unknown,
    signal: AbortSignal,
    timedOut: symbol,
    asked: { method: string; path: string },
  ): CtiError {
    if (thrown instanceof CtiError) return thrown;
    if (signal.aborted && signal.reason === timedOut) {
      return new CtiError({
        code: "timeout",
        message: `Finesse at ${peer} did not answer ${asked.method} ${asked.path} within ${requestTimeout / 1000} s`,
        hint:
          asked.method === "GET"
            ? "the server is slow or the link is dead: cti doctor"
            : "whether it took effect is not known: look at cti status before trying again",
        details: { peer },
      });
    }
    if (signal.aborted) {
      return new CtiError(
        { code: "interrupted", message: `${asked.method} ${asked.path} was given up` },
        { cause: thrown },
      );
    }
    const { code, message } = thrown as { code?: string; message?: string };
    if (code?.startsWith("HPE_") === true) {
      return new CtiError({
        code: "finesse-protocol",
        message: `${peer} does not answer in HTTP`,
        ...(message !== undefined && { why: message }),
        hint: "check host and port; Finesse listens with TLS on 8445",
      });
    }
    if (code?.startsWith("UND_ERR_INVALID") === true) return toCtiError(thrown);
    const url = new URL(node.origin);
    return connectionError(thrown, {
      what: "Finesse",
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port) || (url.protocol === "https:" ? 443 : 80),
      unreachable: "finesse-unreachable",
    });
  }

  async function get(
    path: string,
    root: string,
    context: RequestContext | undefined,
    authenticated = true,
  ): Promise<XmlElement> {
    const answer = await send({ method: "GET", path: `${api}${path}`, authenticated, context });
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
    const answer = await send({ method, path: `${api}${path}`, body, context });
    assertAccepted(answer, askedOf(method, `${api}${path}`, true));
  }

  const askedOf = (method: string, path: string, authenticated: boolean): Asked => ({
    method,
    path,
    peer,
    username: authenticated ? credentials.username : undefined,
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
    close: () => agent.close(),
  };
}

function headersOf(call: Call, credentials: Credentials): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/xml" };
  if (call.body !== undefined) headers["content-type"] = "application/xml";
  if (call.context?.requestId !== undefined) headers.requestId = call.context.requestId;
  if (call.authenticated !== false) {
    const pair = `${credentials.username}:${credentials.password.reveal()}`;
    headers.authorization = `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
  }
  return headers;
}

function header(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function readText(response: Dispatcher.ResponseData, peer: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumBody) {
      throw new CtiError({
        code: "finesse-protocol",
        message: `the answer of ${peer} is longer than ${maximumBody / 1024 / 1024} MB`,
        hint: "check that the address is Finesse's own",
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
