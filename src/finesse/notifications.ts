import { CtiError } from "../model/errors.ts";
import type { ConnectNotifications, FinesseNode } from "./contract.ts";
import { openLink } from "./link.ts";
import { SocketFailure } from "./transports/socket-failure.ts";
import type { StanzaTrace, Transport } from "./transports/transport.ts";
import { websocketTransport } from "./transports/websocket.ts";
import { stanzaRecord } from "./xmpp-trace.ts";

interface Candidate {
  service: string;
  open(connectTimeout: number, trace: StanzaTrace): Transport;
}

/**
 * The ways to a node's notifications in the order of §1: WebSocket on the port that REST answers on (12.6 and later), then on 7443.
 */
function candidates(node: FinesseNode): Candidate[] {
  const origin = new URL(node.origin);
  const scheme = origin.protocol === "http:" ? "ws:" : "wss:";
  const services = [`${scheme}//${origin.host}/ws/`];
  if (scheme === "wss:" && origin.port !== "7443") services.push(`wss://${origin.hostname}:7443/ws/`);
  return services.map((service) => ({
    service,
    open: (connectTimeout, trace) => websocketTransport(node, service, connectTimeout, trace),
  }));
}

/** See ConnectNotifications. Tries one way after the other; only a way that does not open at all leads to the next. */
export const connectNotifications: ConnectNotifications = async (options) => {
  const { node, userId, clock, trace, connectTimeout = 10_000 } = options;
  const end = clock.now() + connectTimeout;
  const failures: CtiError[] = [];
  const ways = candidates(node);
  for (const [index, way] of ways.entries()) {
    const left = end - clock.now();
    if (left <= 0) break;
    // A firewall that swallows packets on the first port must leave time for the next one.
    const socketTime = index < ways.length - 1 ? left / 2 : left;
    const peer = new URL(way.service).host;
    const transport = way.open(socketTime, (direction, text) =>
      trace?.(stanzaRecord(direction, text, peer, userId)),
    );
    try {
      return await openLink(options, transport, { socket: socketTime, all: left });
    } catch (thrown) {
      if (!(thrown instanceof SocketFailure)) throw thrown;
      // The same host has the same name and certificate on every port.
      if (thrown.error.code !== "notifications-unreachable") throw thrown.error;
      failures.push(thrown.error);
    }
  }
  throw noWay(node, failures);
};

function noWay(node: FinesseNode, failures: CtiError[]): CtiError {
  const [first] = failures;
  return new CtiError({
    code: "notifications-unreachable",
    message: `no way to the notifications of ${new URL(node.origin).host}`,
    why: failures
      .map((failure) => (failure.why === undefined ? failure.message : `${failure.message} (${failure.why})`))
      .join("; "),
    hint: first?.hint ?? "cti doctor tries every way and says what stands in it",
    details: { attempts: failures.map((failure) => failure.toJSON()) },
  });
}
