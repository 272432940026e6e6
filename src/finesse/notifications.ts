import { CtiError } from "../model/errors.ts";
import type { ConnectNotifications, FinesseNode, NotificationLink, NotificationOptions } from "./contract.ts";
import { openLink, type TimeLimits } from "./link.ts";
import { SocketFailure } from "./transports/socket-failure.ts";
import { type Way, waysTo } from "./ways.ts";
import { isKeepAlive, stanzaRecord } from "./xmpp-trace.ts";

/**
 * Makes a ConnectNotifications. Tries one way after the other; only a way that does not open at all leads to the next.
 * @param lastWays origin of a node → service that worked last there, so that a reconnect need not look for it again
 */
export function createConnectNotifications(lastWays = new Map<string, string>()): ConnectNotifications {
  return async (options) => {
    const { node, systemInfo, clock, transport: choice = "auto", connectTimeout = 10_000 } = options;
    const end = clock.now() + connectTimeout;
    const known = lastWays.get(node.origin);
    const ways = knownFirst(waysTo(node, systemInfo, choice), known);
    const failures: CtiError[] = [];
    for (const [index, way] of ways.entries()) {
      const left = end - clock.now();
      if (left <= 0) break;
      // A firewall that swallows packets on one port must leave time for the others; a way that has worked deserves more patience.
      const share = way.service === known ? Math.min(2, ways.length) : ways.length - index;
      const link = await tryWay(way, options, { socket: left / share, all: left });
      if (!(link instanceof CtiError)) {
        if (choice === "auto") lastWays.set(node.origin, way.service);
        return link;
      }
      // The same host has the same name and certificate on every port.
      if (link.code !== "notifications-unreachable") throw link;
      failures.push(link);
    }
    throw noWay(node, failures);
  };
}

/** See ConnectNotifications; the whole process remembers together which way to take. */
export const connectNotifications: ConnectNotifications = createConnectNotifications();

function knownFirst(ways: Way[], known: string | undefined): Way[] {
  return [
    ...ways.filter(({ service }) => service === known),
    ...ways.filter(({ service }) => service !== known),
  ];
}

/** The link, or why this way did not open. Throws what another way would not mend. */
async function tryWay(
  way: Way,
  options: NotificationOptions,
  limits: TimeLimits,
): Promise<NotificationLink | CtiError> {
  const { node, systemInfo, userId, clock, trace } = options;
  const peer = new URL(way.service).host;
  const transport = way.make({
    node,
    service: way.service,
    domain: systemInfo.xmppDomain,
    connectTimeout: limits.socket,
    clock,
    trace: (direction, text) => {
      if (trace !== undefined && !isKeepAlive(text)) trace(stanzaRecord(direction, text, peer, userId));
    },
  });
  try {
    return await openLink(options, transport, limits);
  } catch (thrown) {
    if (thrown instanceof SocketFailure) return thrown.error;
    throw thrown;
  }
}

function noWay(node: FinesseNode, failures: CtiError[]): CtiError {
  const [first] = failures;
  return new CtiError({
    code: "notifications-unreachable",
    message: `no way to the notifications of ${new URL(node.origin).host}`,
    why: failures
      .map((failure) => (failure.why === undefined ? failure.message : `${failure.message} (${failure.why})`))
      .join("; "),
    hint:
      first?.hint ??
      "Finesse's notification service may be restarting, or a firewall stands between: wait a minute, then try again",
    details: { attempts: failures.map((failure) => failure.toJSON()) },
  });
}
