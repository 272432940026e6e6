import type { XmppServer } from "../xmpp/server.ts";
import { frameLimit, WebSocketStream } from "../xmpp/websocket.ts";
import type { NodeFaults } from "./faults.ts";
import { hang, page } from "./pages.ts";

export interface SocketData {
  stream?: WebSocketStream;
}

export type NodeServer = Bun.Server<SocketData>;

/** The notification service's `/ws/`: on 8445 from 12.6, on 7443 in 12.0 and 12.5 (reference/finesse.md §1). */
export function isWebSocketPath(path: string): boolean {
  return path === "/ws" || path === "/ws/";
}

/** Answers a request for a WebSocket as the node's faults allow; undefined when it became one. */
export function answerUpgrade(
  request: Request,
  server: NodeServer,
  faults: NodeFaults,
): Response | Promise<Response> | undefined {
  if (faults.streams === "silent") return hang(request, server);
  if (faults.streams === "refused") return page(503, "Service Unavailable");
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  if (!offered.includes("xmpp")) return page(400, "Bad Request");
  const data: SocketData = {};
  // Bun does not send the chosen sub-protocol back by itself.
  const done = server.upgrade(request, { data, headers: { "Sec-WebSocket-Protocol": "xmpp" } });
  return done ? undefined : page(426, "Upgrade Required");
}

/** Bun's handlers for the sockets that carry the streams of `xmpp`. */
export function webSocketHandlers(xmpp: XmppServer): Bun.WebSocketHandler<SocketData> {
  return {
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
  };
}
