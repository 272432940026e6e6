import type { Sim } from "../engine/sim.ts";
import { isoTime } from "../engine/user-xml.ts";
import { element, type XmlElement } from "../engine/xml.ts";

/** Where this node is found; read at every request, so ports may be filled in once the servers listen. */
export interface NodeAddress {
  /** Fully qualified name: host of the node and its XMPP domain. */
  host: string;
  ports: NodePorts;
  /** The other node of a pair. */
  secondary?: { host: string; ports: NodePorts };
}

/** What a port is not given for (or 0), SystemInfo does not mention, as releases before 12.6(2) do. */
export interface NodePorts {
  https: number;
  xmpp?: number;
  xmppSecure?: number;
}

const heartbeatInterval = 2_000;

/** GET /SystemInfo (§11). */
export function systemInfoXml(sim: Sim, address: NodeAddress): XmlElement {
  const now = sim.world.clock.now();
  const beat = sim.lastHeartbeat - (sim.lastHeartbeat % heartbeatInterval);
  return element("SystemInfo", [
    element("ctiHeartbeatInterval", String(heartbeatInterval / 1000)),
    element("ctiMMode", ""),
    element("ctiServers", [
      element("ctiServer", [
        element("active", String(sim.inService)),
        element("connectedDuration", "86400"),
        element("host", address.host),
      ]),
    ]),
    element("ctiTimeInMMode", "-1"),
    element("ctiVersion", "24"),
    element("currentTimestamp", isoTime(now)),
    element("deploymentType", sim.world.profile === "uccx" ? "UCCX" : "UCCE"),
    element("finesseMMode", ""),
    element("finesseTimeInMMode", "-1"),
    element("lastCTIHeartbeatStatus", sim.inService ? "success" : "failure"),
    element("lastSuccessCTIHeartbeatTime", String(beat)),
    element("license", ""),
    element("peripheralId", "5000"),
    element("primaryNode", nodeFields(address)),
    address.secondary === undefined ? undefined : element("secondaryNode", nodeFields(address.secondary)),
    element("status", sim.inService ? "IN_SERVICE" : "OUT_OF_SERVICE"),
    element("statusReason", ""),
    element("systemAuthMode", "NON_SSO"),
    element("timezoneOffset", "0"),
    element("uri", "/finesse/api/SystemInfo"),
    element("xmppDomain", address.host),
    element("xmppPubSubDomain", `pubsub.${address.host}`),
  ]);
}

function nodeFields(node: Pick<NodeAddress, "host" | "ports">): (XmlElement | undefined)[] {
  const { https, xmpp = 0, xmppSecure = 0 } = node.ports;
  const port = (name: string, value: number): XmlElement | undefined =>
    value === 0 ? undefined : element(name, String(value));
  return [
    element("host", node.host),
    port("httpsPort", https),
    port("xmppPort", xmpp),
    port("xmppSecurePort", xmppSecure),
  ];
}
