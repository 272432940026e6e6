import type { ServerWebSocket } from "bun";
import type { Front, FrontOptions } from "./xmpp-front.ts";

export interface WebSocketFront extends Front {
  readonly subprotocols: (string | null)[];
  /** Answers upgrades with this HTTP status from now on. */
  refuseUpgrades(status: number): void;
}

/** XMPP over WebSocket (RFC 7395). */
export async function websocketFront({ tls, events }: FrontOptions): Promise<WebSocketFront> {
  const subprotocols: (string | null)[] = [];
  let current: ServerWebSocket<undefined> | undefined;
  let refusal: number | undefined;
  const server = Bun.serve<undefined>({
    port: 0,
    hostname: "127.0.0.1",
    tls: { cert: tls.cert, key: tls.key },
    fetch(request, server) {
      events.connected(request.headers.get("host"));
      subprotocols.push(request.headers.get("sec-websocket-protocol"));
      if (refusal !== undefined) return new Response("no", { status: refusal });
      const upgraded = server.upgrade(request, { headers: { "Sec-WebSocket-Protocol": "xmpp" } });
      return upgraded ? undefined : new Response("no", { status: 400 });
    },
    websocket: {
      open: (socket) => {
        current = socket;
      },
      message: (_socket, message) => events.frame(String(message)),
      close: () => events.closed(),
    },
  });
  const port = server.port ?? 0;
  return {
    subprotocols,
    refuseUpgrades: (status) => {
      refusal = status;
    },
    port,
    service: `wss://localhost:${port}/ws/`,
    send: (text) => void current?.send(text),
    drop: () => current?.terminate(),
    stop: () => server.stop(true),
  };
}
