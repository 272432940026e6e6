import type { SimBackend } from "../contract.ts";
import type { XmppServer } from "../xmpp/server.ts";
import { frameLimit, WebSocketStream } from "../xmpp/websocket.ts";
import type { ServerCertificate } from "./certificates.ts";
import type { NodeFaults } from "./faults.ts";

export interface NodeOptions {
  backend: SimBackend;
  xmpp: XmppServer;
  faults: NodeFaults;
  certificate: ServerCertificate;
  /** Address to listen on. */
  address: string;
  /** 0 for a free one. */
  port: number;
}

export interface ListeningNode {
  port: number;
  stop(): Promise<void>;
}

interface SocketData {
  stream?: WebSocketStream;
}

const longestBody = 1024 * 1024;

/** One node's port 8445: REST below `/finesse/api`, the notification service's WebSocket at `/ws/` (reference/finesse.md §1). */
export function listenNode({
  backend,
  xmpp,
  faults,
  certificate,
  address,
  port,
}: NodeOptions): ListeningNode {
  const server = Bun.serve<SocketData>({
    hostname: address,
    port,
    tls: { cert: certificate.certificate, key: certificate.key },
    maxRequestBodySize: longestBody,
    idleTimeout: 60,
    async fetch(request, server) {
      const url = new URL(request.url);
      if (url.pathname === "/ws" || url.pathname === "/ws/") {
        if (faults.streams === "silent") return hang(request, server);
        if (faults.streams === "refused") return page(503, "Service Unavailable");
        return upgrade(request, server);
      }
      if (faults.rest === "silent") return hang(request, server);
      if (faults.rest === "bad-gateway") return page(502, "Bad Gateway");
      if (url.pathname.startsWith("/finesse/api/")) return answerApi(backend, request, url);
      if (url.pathname === "/") return new Response(greeting);
      return page(404, "Not Found");
    },
    websocket: {
      // Openfire closes idle sockets by its own measure; a client under test must not be kept alive or cut by Bun's.
      idleTimeout: 0,
      sendPings: false,
      // Above the protocol's own limit, so that the client is told in XMPP's words first.
      maxPayloadLength: frameLimit * 4,
      open(socket) {
        socket.data.stream = new WebSocketStream(xmpp, socket);
      },
      message(socket, frame) {
        socket.data.stream?.message(frame);
      },
      close(socket, code) {
        // 1006: the connection ended without a close frame.
        socket.data.stream?.gone(code !== 1006);
      },
    },
    error: () => page(500, "Internal Server Error"),
  });
  return { port: server.port ?? port, stop: () => server.stop(true) };
}

type NodeServer = Bun.Server<SocketData>;

function upgrade(request: Request, server: NodeServer): Response | undefined {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  if (!offered.includes("xmpp")) return page(400, "Bad Request");
  const data: SocketData = {};
  // Bun does not send the chosen sub-protocol back by itself.
  const done = server.upgrade(request, { data, headers: { "Sec-WebSocket-Protocol": "xmpp" } });
  return done ? undefined : page(426, "Upgrade Required");
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

/** Accepts and never answers; ends when the client gives up. */
function hang(request: Request, server: NodeServer): Promise<Response> {
  // Bun cuts a request without an answer at its idle time-out, which a dead network would not do.
  server.timeout(request, 0);
  return new Promise((resolve) => {
    request.signal.addEventListener("abort", () => resolve(new Response(null, { status: 499 })));
  });
}

/** What the web proxy in front of Finesse says for itself. */
function page(status: number, title: string): Response {
  const body = `<html>\n<head><title>${status} ${title}</title></head>\n<body><h1>${status} ${title}</h1></body>\n</html>\n`;
  return new Response(body, { status, headers: { "Content-Type": "text/html" } });
}

const greeting =
  "A simulated Cisco Finesse (cti sim). REST is below /finesse/api/, the notification service at /ws/.\n";
