import type { SimBackend } from "../contract.ts";
import type { XmppServer } from "../xmpp/server.ts";
import type { ServerCertificate } from "./certificates.ts";
import type { NodeFaults } from "./faults.ts";
import { hang, page } from "./pages.ts";
import { answerUpgrade, isWebSocketPath, type SocketData, webSocketHandlers } from "./web-socket.ts";

/** What each listener of a node needs. */
export interface ListenOptions {
  xmpp: XmppServer;
  faults: NodeFaults;
  certificate: ServerCertificate;
  /** Address to listen on. */
  address: string;
  /** 0 for a free one. */
  port: number;
}

export interface NodeOptions extends ListenOptions {
  backend: SimBackend;
}

export interface Listening {
  port: number;
  stop(): Promise<void>;
}

const longestBody = 1024 * 1024;

/** One node's port 8445: REST below `/finesse/api`, the notification service's WebSocket at `/ws/` (reference/finesse.md §1). */
export function listenNode({ backend, xmpp, faults, certificate, address, port }: NodeOptions): Listening {
  const server = Bun.serve<SocketData>({
    hostname: address,
    port,
    tls: { cert: certificate.certificate, key: certificate.key },
    maxRequestBodySize: longestBody,
    idleTimeout: 60,
    async fetch(request, server) {
      const url = new URL(request.url);
      if (isWebSocketPath(url.pathname)) return answerUpgrade(request, server, faults);
      if (faults.rest === "silent") return hang(request, server);
      if (faults.rest === "bad-gateway") return page(502, "Bad Gateway");
      if (url.pathname.startsWith("/finesse/api/")) return answerApi(backend, request, url);
      if (url.pathname === "/") return new Response(greeting);
      return page(404, "Not Found");
    },
    websocket: webSocketHandlers(xmpp),
    error: () => page(500, "Internal Server Error"),
  });
  return { port: server.port ?? port, stop: () => server.stop(true) };
}

async function answerApi(backend: SimBackend, request: Request, url: URL): Promise<Response> {
  const answer = backend.handleApi({
    method: request.method,
    target: url.pathname + url.search,
    authorization: request.headers.get("authorization") ?? undefined,
    contentType: request.headers.get("content-type") ?? undefined,
    requestId: request.headers.get("requestid") ?? undefined,
    body: await request.text(),
  });
  return new Response(answer.body, { status: answer.status, headers: answer.headers });
}

const greeting =
  "A simulated Cisco Finesse (cti sim). REST is below /finesse/api/, the notification service at /ws/.\n";
