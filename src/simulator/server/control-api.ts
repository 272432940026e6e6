import { CtiError, toCtiError } from "../../model/errors.ts";
import { Input } from "./input.ts";
import { bodyOf, failure, json, refusalOf } from "./local-http.ts";
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
      if (refusal !== undefined) return failure(refusal, 403);
      // A scenario takes as long as it takes.
      server.timeout(request, 0);
      try {
        return await answer(request, options);
      } catch (thrown) {
        return failure(toCtiError(thrown));
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
    return failure(notFound(`there is no ${request.method} ${pathname}`), 404);
  }
  if (request.method !== "POST") return failure(notFound(`${pathname} wants POST`), 405);
  const input = new Input(await bodyOf(request));
  if (operation !== undefined) return json(operation.run(input));
  const steps = parseScenario(input.text("text"));
  input.done();
  return json({ steps: await options.player.play(steps, request.signal) });
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

function notFound(message: string): CtiError {
  return new CtiError({ code: "usage", message, hint: "GET /sim lists what there is" });
}
