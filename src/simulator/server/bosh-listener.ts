import { BoshSession } from "../xmpp/bosh.ts";
import type { BoshSessions } from "../xmpp/bosh-sessions.ts";
import type { Listening, ListenOptions } from "./node.ts";
import { broken, hang, page } from "./pages.ts";
import {
  answerUpgrade,
  isWebSocketPath,
  type NodeServer,
  type SocketData,
  webSocketHandlers,
} from "./web-socket.ts";

const longestBody = 1024 * 1024;

/** Pages of other origins may talk to it, as Openfire lets them: Finesse's desktop is served from another port. */
const crossOrigin = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "POST, OPTIONS",
  "Access-Control-Allow-Headers": "Content-Type",
  "Access-Control-Max-Age": "86400",
};

/** One node's port 7443: BOSH at `/http-bind/`, and the WebSocket of releases 12.0 and 12.5 at `/ws/` (reference/finesse.md §1). */
export function listenBosh(sessions: BoshSessions, options: ListenOptions): Listening {
  const { xmpp, faults, certificate, address, port } = options;
  const server = Bun.serve<SocketData>({
    hostname: address,
    port,
    tls: { cert: certificate.certificate, key: certificate.key },
    maxRequestBodySize: longestBody,
    idleTimeout: 60,
    development: false,
    // Else several servers may listen at one port.
    reusePort: false,
    async fetch(request, server) {
      const { pathname } = new URL(request.url);
      if (isWebSocketPath(pathname)) return answerUpgrade(request, server, faults);
      if (pathname !== "/http-bind" && pathname !== "/http-bind/") return page(404, "Not Found");
      if (faults.streams === "silent") return hang(request, server);
      if (faults.streams === "refused") return page(503, "Service Unavailable");
      switch (request.method) {
        case "POST":
          return bind(sessions, await request.text(), request, server);
        case "OPTIONS":
          return new Response(null, { headers: crossOrigin });
        case "GET":
        case "HEAD":
          return new Response(greeting, { headers: { "Content-Type": "text/plain" } });
        default:
          return page(405, "Method Not Allowed");
      }
    },
    websocket: webSocketHandlers(xmpp),
    error: () => page(500, "Internal Server Error"),
  });
  return { port: server.port ?? port, stop: () => server.stop(true) };
}

function bind(
  sessions: BoshSessions,
  text: string,
  request: Request,
  server: NodeServer,
): Promise<Response> | Response {
  server.timeout(request, 0);
  const { promise, resolve } = Promise.withResolvers<Response>();
  const reply = {
    answer: (body: string) => resolve(xml(200, body)),
    cut: () => resolve(broken()),
  };
  const taken = sessions.take(text, reply);
  if (!(taken instanceof BoshSession)) return xml(taken.status, taken.body);
  request.signal.addEventListener("abort", () => {
    taken.abandoned(reply);
    resolve(new Response(null, { status: 499 }));
  });
  return promise;
}

function xml(status: number, body: string): Response {
  return new Response(body, {
    status,
    headers: { "Content-Type": "text/xml; charset=utf-8", ...crossOrigin },
  });
}

const greeting = "The notification service of a simulated Cisco Finesse (cti sim). BOSH wants POST here.\n";
