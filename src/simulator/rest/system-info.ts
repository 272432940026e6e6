import type { Sim } from "../engine/sim.ts";
import { isoTime } from "../engine/user-xml.ts";
import { element, type XmlElement } from "../engine/xml.ts";

/** One Finesse server; read at every request, so ports may be filled in once the servers listen. */
export interface FinesseNode {
  /** As faults name it. */
  name: string;
  /** Fully qualified name: host of the node and its XMPP domain. */
  host: string;
  ports: NodePorts;
}

/** What a port is not given for (or 0), SystemInfo does not mention, as releases before 12.6(2) do. */
export interface NodePorts {
  https: number;
  xmpp?: number;
  xmppSecure?: number;
}

/** The node that is asked, among all: the primary first. */
export interface Asked {
  node: FinesseNode;
  pair: readonly FinesseNode[];
}

const heartbeatInterval = 2_000;

/** GET /SystemInfo (§11). */
export function systemInfoXml(sim: Sim, { node, pair }: Asked): XmlElement {
  const now = sim.world.clock.now();
  const [primary = node, secondary] = pair;
  const inService = sim.nodes.inService(node.name);
  const { clockOffset } = sim.world.knobs;
  const heard = sim.nodes.lastHeartbeat(node.name, now);
  const beat = heard - (heard % heartbeatInterval) + clockOffset;
  return element("SystemInfo", [
    element("ctiHeartbeatInterval", String(heartbeatInterval / 1000)),
    element("ctiMMode", ""),
    element("ctiServers", [
      element("ctiServer", [
        element("active", String(inService)),
        element("connectedDuration", "86400"),
        element("host", node.host),
      ]),
    ]),
    element("ctiTimeInMMode", "-1"),
    element("ctiVersion", "24"),
    element("currentTimestamp", isoTime(sim.world, now)),
    element("deploymentType", sim.world.profile === "uccx" ? "UCCX" : "UCCE"),
    element("finesseMMode", ""),
    element("finesseTimeInMMode", "-1"),
    element("lastCTIHeartbeatStatus", inService ? "success" : "failure"),
    element("lastSuccessCTIHeartbeatTime", String(beat)),
    element("license", ""),
    element("peripheralId", "5000"),
    element("primaryNode", nodeFields(primary)),
    secondary === undefined ? undefined : element("secondaryNode", nodeFields(secondary)),
    element("status", inService ? "IN_SERVICE" : "OUT_OF_SERVICE"),
    element("statusReason", ""),
    element("systemAuthMode", "NON_SSO"),
    element("timezoneOffset", "0"),
    element("uri", "/finesse/api/SystemInfo"),
    element("xmppDomain", node.host),
    element("xmppPubSubDomain", `pubsub.${node.host}`),
  ]);
}

function nodeFields(node: FinesseNode): (XmlElement | undefined)[] {
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
