import type { Client, WebSocketSocket } from "@xmpp/client";
import { CtiError } from "../../model/errors.ts";
import { createNodeAgent } from "../node-agent.ts";
import { type Dispatcher, WebSocket } from "../../platform/undici.ts";
import { installTransport, libraryTransport } from "./install.ts";
import type { StanzaTrace, Transport, TransportOptions } from "./transport.ts";

/** XMPP over WebSocket (RFC 7395), one stanza a frame: `wss://fina.example.com:8445/ws/`. */
export function websocketTransport(options: TransportOptions): Transport {
  const { node, service, connectTimeout, trace } = options;
  const agent = createNodeAgent(node, connectTimeout, "notifications-unreachable");
  let upgradeStatus: number | undefined;
  // A WebSocket's error event says "network error or non-101 status code" whatever happened.
  const dispatcher = agent.dispatcher.compose(
    (dispatch) => (options, handler) =>
      dispatch(
        options,
        watchStatus(handler, (status) => {
          upgradeStatus = status;
        }),
      ),
  );

  return {
    name: "websocket",
    service,
    silence: "no answer to the WebSocket upgrade",
    install: (client) => replaceSocket(client, service, dispatcher, trace),
    failure: (thrown) => agent.lastFailure ?? upgradeError(service, upgradeStatus, thrown),
    destroy: () => agent.destroy(),
  };
}

/** The same handler, with a look at the status of an answer that is no upgrade. */
function watchStatus(
  handler: Dispatcher.DispatchHandler,
  note: (status: number) => void,
): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...values) => handler.onRequestStart?.(...values),
    onRequestUpgrade: (...values) => handler.onRequestUpgrade?.(...values),
    onResponseStart: (...values) => {
      note(values[1]);
      return handler.onResponseStart?.(...values);
    },
    onResponseData: (...values) => handler.onResponseData?.(...values),
    onResponseEnd: (...values) => handler.onResponseEnd?.(...values),
    onResponseError: (...values) => handler.onResponseError?.(...values),
  };
}

/**
 * @xmpp/client opens a WebSocket without any TLS option, and lets what its parser throws after broken XML escape from a socket event:
 * both are closed by a socket of our own in the transport's place.
 */
function replaceSocket(client: Client, service: string, dispatcher: Dispatcher, trace: StanzaTrace): void {
  const base = libraryTransport(client, service);
  const BaseSocket = base.prototype.Socket as new () => WebSocketSocket;

  class TrustedSocket extends BaseSocket {
    override connect(url: string): void {
      this.url = url;
      this.secure = url.startsWith("wss:");
      this._attachSocket(new WebSocket(url, { protocols: ["xmpp"], dispatcher }));
    }

    override write(data: string, done?: (error?: Error) => void): void {
      trace("out", data);
      super.write(data, done);
    }

    override emit(event: string, ...values: unknown[]): boolean {
      // Late errors, after the client has let go of the socket, concern nobody.
      if (event === "error" && this.listenerCount("error") === 0) return false;
      if (event !== "data") return super.emit(event, ...values);
      const [data] = values;
      if (typeof data !== "string") return false;
      trace("in", data);
      try {
        return super.emit(event, data);
      } catch (thrown) {
        return super.emit("error", thrown);
      }
    }
  }

  installTransport(client, base, { Socket: TrustedSocket });
}

function upgradeError(service: string, status: number | undefined, thrown: unknown): CtiError {
  const { host, pathname } = new URL(service);
  return new CtiError(
    {
      code: "notifications-unreachable",
      message: `${host} offers no XMPP over WebSocket at ${pathname}`,
      why:
        status === undefined
          ? thrown instanceof Error
            ? thrown.message
            : String(thrown)
          : `HTTP ${status} to the upgrade`,
      hint: "Finesse 12.6 and later has it on 8445, 12.0 and 12.5 on 7443; a proxy between may not let WebSockets through",
      details: { service, ...(status !== undefined && { status }) },
    },
    { cause: thrown },
  );
}
