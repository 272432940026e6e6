import { CtiError, type ErrorCode, toCtiError } from "../../model/errors.ts";
import { Input } from "./input.ts";
import type { Operation } from "./operations.ts";
import type { ScenarioPlayer } from "./scenario.ts";
import { parseScenario } from "./scenario-text.ts";

export interface ControlApiOptions {
  /** 0 for a free one; always on 127.0.0.1. */
  port: number;
  operations: Record<string, Operation>;
  player: ScenarioPlayer;
  state(): unknown;
  caPem: string;
}

export interface ListeningControl {
  url: string;
  stop(): Promise<void>;
}

const statuses: Partial<Record<ErrorCode, number>> = {
  usage: 400,
  "input-invalid": 400,
  "no-such-call": 404,
  refused: 409,
  timeout: 504,
};

/**
 * The way scripts and tests make things happen: plain HTTP on the loopback, JSON in and out; errors as `{"error": …}` in the form of
 * model/errors.ts. Web pages are kept out (design §6).
 */
export function listenControl(options: ControlApiOptions): ListeningControl {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: options.port,
    maxRequestBodySize: 1024 * 1024,
    async fetch(request, server) {
      const refusal = refusalOf(request, server.port ?? options.port);
      if (refusal !== undefined) return failure(403, refusal);
      // A scenario takes as long as it takes.
      server.timeout(request, 0);
      try {
        return await answer(request, options);
      } catch (thrown) {
        const error = toCtiError(thrown);
        return failure(statuses[error.code] ?? 500, error);
      }
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

async function answer(request: Request, options: ControlApiOptions): Promise<Response> {
  const { pathname } = new URL(request.url);
  const name = /^\/sim\/([a-z-]+)$/.exec(pathname)?.[1];
  if (request.method === "GET") {
    if (pathname === "/" || pathname === "/sim" || pathname === "/sim/")
      return json(overview(options.operations));
    if (name === "state") return json(options.state());
    if (pathname === "/sim/ca.pem")
      return new Response(options.caPem, { headers: { "Content-Type": "application/x-pem-file" } });
  }
  const operation =
    name !== undefined && Object.hasOwn(options.operations, name) ? options.operations[name] : undefined;
  if (operation === undefined && name !== "script") {
    return failure(404, notFound(`there is no ${request.method} ${pathname}`));
  }
  if (request.method !== "POST") return failure(405, notFound(`${pathname} wants POST`));
  const input = new Input(await bodyOf(request));
  if (operation !== undefined) return json(operation.run(input));
  const steps = parseScenario(input.text("text"));
  input.done();
  return json({ steps: await options.player.play(steps, request.signal) });
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new CtiError({ code: "input-invalid", message: "the body is not JSON" });
  }
}

/** Why a request is not served: a page in a browser must not reach this port, whatever name it uses for it (DNS rebinding). */
function refusalOf(request: Request, port: number): CtiError | undefined {
  const { headers } = request;
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!own.includes(headers.get("host") ?? "")) return foreign("the Host header is not this server's");
  for (const name of ["origin", "referer"]) {
    const value = headers.get(name);
    if (value !== null && !(URL.canParse(value) && own.includes(new URL(value).host)))
      return foreign("requests of web pages are not served");
  }
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "none" && site !== "same-origin")
    return foreign("requests of web pages are not served");
  return undefined;
}

function overview(operations: Record<string, Operation>): unknown {
  return {
    "GET /sim/state": "everything the simulator knows",
    "GET /sim/ca.pem": "the certificate authority to trust",
    ...Object.fromEntries(
      Object.entries(operations).map(([name, { summary, example }]) => [
        `POST /sim/${name}`,
        { summary, example },
      ]),
    ),
    "POST /sim/script": {
      summary: "plays a scenario, answers when it ended",
      example: { text: "call 1001 from 5551234" },
    },
  };
}

function json(value: unknown, status = 200): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { "Content-Type": "application/json" },
  });
}

function failure(status: number, error: CtiError): Response {
  return json({ error: error.toJSON() }, status);
}

function notFound(message: string): CtiError {
  return new CtiError({ code: "usage", message, hint: "GET /sim lists what there is" });
}

function foreign(message: string): CtiError {
  return new CtiError({ code: "usage", message });
}
