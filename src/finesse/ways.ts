import { CtiError } from "../model/errors.ts";
import type { TransportChoice } from "../model/settings.ts";
import type { FinesseNode, SystemInfo, SystemInfoNode } from "./contract.ts";
import { boshTransport } from "./transports/bosh.ts";
import { tlsTransport } from "./transports/tls.ts";
import type { Transport, TransportOptions } from "./transports/transport.ts";
import { websocketTransport } from "./transports/websocket.ts";

/** One way to a node's notifications. */
export interface Way {
  /** URL with its scheme. */
  service: string;
  make(options: TransportOptions): Transport;
}

/** Port of WebSocket and BOSH up to 12.5, and of TLS TCP (§1). */
const olderPort = 7443;
const tlsPort = 5223;

/**
 * The ways in the order of §1: WebSocket on the port that REST answers on, which is known to be reachable, on the one SystemInfo names
 * (12.6 and later) and on 7443; BOSH on 7443; TLS TCP on the port SystemInfo names, or 5223. A node that is told as `http://` is a stub
 * or an old laboratory: nothing but WebSocket on the same port.
 * Throws CtiError `config-invalid` for a choice that is none.
 */
export function waysTo(node: FinesseNode, systemInfo: SystemInfo, choice: TransportChoice = "auto"): Way[] {
  const origin = new URL(node.origin);
  if (choice.includes("://")) return [toldWay(choice, origin, systemInfo)];
  if (origin.protocol === "http:") return [websocket(`ws://${origin.host}/ws/`)];
  const host = origin.hostname;
  const ports = portsOf(systemInfo, host);
  const websocketPorts = new Set([Number(origin.port) || 443, ports?.httpsPort ?? olderPort, olderPort]);
  const websockets = [...websocketPorts].map((port) => websocket(`wss://${host}:${port}/ws/`));
  const boshes = [{ service: `https://${host}:${olderPort}/http-bind/`, make: boshTransport }];
  const streams = [{ service: `xmpps://${host}:${ports?.xmppSecurePort ?? tlsPort}`, make: tlsTransport }];
  switch (choice) {
    case "auto":
      return [...websockets, ...boshes, ...streams];
    case "websocket":
      return websockets;
    case "bosh":
      return boshes;
    case "tls":
      return streams;
    default:
      throw badChoice(choice);
  }
}

function websocket(service: string): Way {
  return { service, make: websocketTransport };
}

/** Of this node, whatever SystemInfo counts it as; of the only one where the node is reached by another name. */
function portsOf(systemInfo: SystemInfo, host: string): SystemInfoNode | undefined {
  const { primaryNode, secondaryNode } = systemInfo;
  const named = [primaryNode, secondaryNode].find((node) => node?.host.toLowerCase() === host.toLowerCase());
  return named ?? (secondaryNode === undefined ? primaryNode : undefined);
}

const toldSchemes: Record<string, Way["make"]> = {
  "wss:": websocketTransport,
  "https:": boshTransport,
  "xmpps:": tlsTransport,
};

/** The password goes through it, so plain text is refused where Finesse itself is reached by TLS. */
const plainSchemes: Record<string, Way["make"]> = {
  ...toldSchemes,
  "ws:": websocketTransport,
  "http:": boshTransport,
};

/** A URL told for one node means the same way to the other one. */
function toldWay(text: string, origin: URL, { primaryNode, secondaryNode }: SystemInfo): Way {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const make = (origin.protocol === "http:" ? plainSchemes : toldSchemes)[url?.protocol ?? ""];
  if (url === undefined || make === undefined || url.hostname === "") throw badChoice(text);
  const nodes = [primaryNode, secondaryNode].map((node) => node?.host.toLowerCase());
  const here = origin.hostname.toLowerCase();
  if (!nodes.includes(here) || !nodes.includes(url.hostname.toLowerCase())) return { service: text, make };
  return { service: text.replace(url.hostname, here), make };
}

function badChoice(text: string): CtiError {
  return new CtiError({
    code: "config-invalid",
    message: `"${text}" is no transport`,
    hint: "write auto, websocket, bosh or tls, or wss://HOST:8445/ws/, https://HOST:7443/http-bind/, xmpps://HOST:5223",
  });
}
