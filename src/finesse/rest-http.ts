import { CtiError, toCtiError } from "../model/errors.ts";
import type { WireTrace } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";
import { connectionError } from "../platform/connection-error.ts";
import type { Credentials, FinesseNode } from "./contract.ts";
import { openEnded } from "./may-be-done.ts";
import { createNodeAgent } from "./node-agent.ts";
import type { Exchange, RestRequest } from "./rest.ts";
import type { Answer } from "./rest-answer.ts";
import type { Dispatcher } from "../platform/undici.ts";

export interface HttpOptions {
  node: FinesseNode;
  credentials: Credentials;
  clock: Clock;
  trace?: WireTrace;
  /** Milliseconds for a whole request, connecting included. Default 10 s. */
  requestTimeout?: number;
}

/** More than any list of a single user; a bound for servers that never stop. */
const maximumBody = 32 * 1024 * 1024;

/** Requests over HTTP to one node, as one user. Opens nothing until the first request. */
export function httpExchange(options: HttpOptions): Exchange {
  const { node, credentials, clock, trace, requestTimeout = 10_000 } = options;
  const agent = createNodeAgent(node, requestTimeout);
  const peer = new URL(node.origin).host;

  async function send(call: RestRequest): Promise<Answer> {
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
            ? "the server is slow or the link is dead: try again in a moment"
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
    // Refused connections came as CtiError above: this one stood and broke, perhaps after Finesse had read the request.
    return openEnded(
      connectionError(thrown, {
        what: "Finesse",
        host: url.hostname.replace(/^\[|\]$/g, ""),
        port: Number(url.port) || (url.protocol === "https:" ? 443 : 80),
        unreachable: "finesse-unreachable",
      }),
    );
  }

  return { send, close: () => agent.close() };
}

function headersOf(call: RestRequest, credentials: Credentials): Record<string, string> {
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
