import type { SystemInfo, SystemInfoNode } from "./contract.ts";
import { addPlain, child, childText, fieldError, numberOf, textOf, type XmlElement } from "./xml-tree.ts";

/**
 * `<SystemInfo>` of §11. Old servers answer no more than status, xmppDomain and xmppPubSubDomain.
 * Throws CtiError `finesse-protocol` naming the field when one of the three is missing; the pub/sub domain then follows from the domain.
 */
export function parseSystemInfo(element: XmlElement): SystemInfo {
  let status: string | undefined;
  let xmppDomain: string | undefined;
  let xmppPubSubDomain: string | undefined;
  const info: SystemInfo = {
    status: "",
    statusReason: undefined,
    xmppDomain: "",
    xmppPubSubDomain: "",
    deploymentType: undefined,
    currentTimestamp: undefined,
    lastCtiHeartbeatStatus: undefined,
    systemAuthMode: undefined,
    primaryNode: undefined,
    secondaryNode: undefined,
    unknown: {},
  };
  for (const part of element.children) {
    switch (part.name.toLowerCase()) {
      case "status":
        status = textOf(part);
        break;
      case "statusreason":
        info.statusReason = textOf(part);
        break;
      case "xmppdomain":
        xmppDomain = textOf(part);
        break;
      case "xmpppubsubdomain":
        xmppPubSubDomain = textOf(part);
        break;
      case "deploymenttype":
        info.deploymentType = textOf(part);
        break;
      case "currenttimestamp":
        info.currentTimestamp = textOf(part);
        break;
      case "lastctiheartbeatstatus":
        info.lastCtiHeartbeatStatus = textOf(part);
        break;
      case "systemauthmode":
        info.systemAuthMode = textOf(part);
        break;
      case "primarynode":
        info.primaryNode = readNode(part);
        break;
      case "secondarynode":
        info.secondaryNode = readNode(part);
        break;
      default:
        addPlain(info.unknown, part);
    }
  }
  if (status === undefined) throw fieldError("SystemInfo", "<status> is missing or empty");
  if (xmppDomain === undefined) throw fieldError("SystemInfo", "<xmppDomain> is missing or empty");
  info.status = status;
  info.xmppDomain = xmppDomain;
  info.xmppPubSubDomain = xmppPubSubDomain ?? `pubsub.${xmppDomain}`;
  return info;
}

/** A node without a host is no node: a single server leaves the element empty. */
function readNode(element: XmlElement): SystemInfoNode | undefined {
  const host = childText(element, "host");
  if (host === undefined) return undefined;
  return {
    host,
    httpsPort: numberOf(child(element, "httpsport")),
    xmppPort: numberOf(child(element, "xmppport")),
    xmppSecurePort: numberOf(child(element, "xmppsecureport")),
  };
}
