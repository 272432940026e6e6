import type { SimBackend } from "../contract.ts";
import type { Connection } from "./connection.ts";
import { bareJid, normalJid } from "./jid.ts";
import { ns } from "./namespaces.ts";
import type { Subscriptions } from "./pubsub.ts";
import { element, type XmlElement } from "./xml.ts";

/** Stanza errors of RFC 6120 §8.3 that the simulator gives. */
type Condition =
  | "bad-request"
  | "forbidden"
  | "item-not-found"
  | "service-unavailable"
  | "unexpected-request"
  | "feature-not-implemented";

const errorTypes: Record<Condition, string> = {
  "bad-request": "modify",
  forbidden: "auth",
  "item-not-found": "cancel",
  "service-unavailable": "cancel",
  "unexpected-request": "cancel",
  "feature-not-implemented": "cancel",
};

interface Failure {
  condition: Condition;
  /** Pub/sub's own word for it (XEP-0060 §6.1.3). */
  detail?: string;
}

type Answer = { payload?: XmlElement } | Failure;

export interface IqContext {
  backend: SimBackend;
  subscriptions: Subscriptions;
}

/** Answers one iq of a bound stream; undefined for iqs that want none. Every request gets an answer, also an unknown one (§18). */
export function answerIq(context: IqContext, connection: Connection, iq: XmlElement): XmlElement | undefined {
  const { type, id, to } = iq.attributes;
  if (type !== "get" && type !== "set") return undefined;
  const [request] = iq.elements;
  const answer: Answer =
    request === undefined ? { condition: "bad-request" } : route(context, connection, request, type, to);
  const head = { id, from: to, to: connection.jid };
  if (!("condition" in answer))
    return element(
      "iq",
      { type: "result", ...head },
      ...(answer.payload === undefined ? [] : [answer.payload]),
    );
  return element(
    "iq",
    { type: "error", ...head },
    element(
      "error",
      { type: errorTypes[answer.condition] },
      element(answer.condition, { xmlns: ns.stanzaErrors }),
      ...(answer.detail === undefined ? [] : [element(answer.detail, { xmlns: ns.pubsubErrors })]),
    ),
  );
}

function route(
  context: IqContext,
  connection: Connection,
  request: XmlElement,
  type: "get" | "set",
  to: string | undefined,
): Answer {
  const domain = context.backend.xmppDomain;
  const target = to === undefined ? "" : bareJid(to);
  if (target === `pubsub.${domain}`) return pubsubService(context, connection, request, type);
  // Without `to` the server answers for the user's own account (RFC 6120 §10.3.3).
  const toServer = target === domain;
  const toAccount = target === "" || (target === connection.bareJid && !to?.includes("/"));
  if (!toServer && !toAccount) {
    if (type === "get" && request.is("vCard", ns.vcard))
      return { payload: element("vCard", { xmlns: ns.vcard }) };
    return { condition: "service-unavailable" };
  }
  switch (`${type} ${request.namespace}`) {
    case `get ${ns.ping}`:
      return {};
    case `set ${ns.session}`:
      return {};
    case `get ${ns.roster}`:
      return { payload: roster(domain) };
    case `get ${ns.vcard}`:
      return { payload: element("vCard", { xmlns: ns.vcard }) };
    case `get ${ns.discoInfo}`:
      return { payload: serverInfo(request) };
    case `get ${ns.discoItems}`:
      return {
        payload: element(
          "query",
          { xmlns: ns.discoItems },
          element("item", { jid: `pubsub.${domain}`, name: "Publish-Subscribe service" }),
        ),
      };
    default:
      return { condition: "service-unavailable" };
  }
}

/** Every agent has the user `finesse` in the roster: its presence is the sign that Finesse is there (§12). */
function roster(domain: string): XmlElement {
  return element(
    "query",
    { xmlns: ns.roster },
    element("item", { jid: `finesse@${domain}`, name: "finesse", subscription: "both" }),
  );
}

function serverInfo(request: XmlElement): XmlElement {
  const features = [ns.discoInfo, ns.discoItems, ns.ping, ns.roster, ns.vcard];
  return element(
    "query",
    { xmlns: ns.discoInfo, node: request.attributes.node },
    element("identity", { category: "server", type: "im", name: "Openfire Server" }),
    ...features.map((feature) => element("feature", { var: feature })),
  );
}

function pubsubService(
  context: IqContext,
  connection: Connection,
  request: XmlElement,
  type: "get" | "set",
): Answer {
  if (type === "get" && request.is("ping", ns.ping)) return {};
  if (type === "get" && request.is("query", ns.discoInfo)) return nodeInfo(context, connection, request);
  if (type === "get" && request.is("query", ns.discoItems))
    return { payload: element("query", { xmlns: ns.discoItems, node: request.attributes.node }) };
  if (!request.is("pubsub", ns.pubsub)) return { condition: "service-unavailable" };
  const [action] = request.elements;
  switch (`${type} ${action?.localName ?? ""}`) {
    case "set subscribe":
      return subscribe(context, connection, action);
    case "set unsubscribe":
      return unsubscribe(context, connection, action);
    case "get subscriptions":
      return list(context, connection, action);
    default:
      return { condition: "feature-not-implemented" };
  }
}

/** Cisco's Java sample asks this of its own user node and wants a leaf (§12). */
function nodeInfo({ backend }: IqContext, connection: Connection, request: XmlElement): Answer {
  const { node } = request.attributes;
  if (node !== undefined && !backend.maySubscribe(connection.agentId, node))
    return { condition: "item-not-found" };
  return {
    payload: element(
      "query",
      { xmlns: ns.discoInfo, node },
      element("identity", { category: "pubsub", type: node === undefined ? "service" : "leaf" }),
      element("feature", { var: ns.pubsub }),
    ),
  };
}

function subscribe(
  { backend, subscriptions }: IqContext,
  connection: Connection,
  action: XmlElement | undefined,
): Answer {
  const { node, jid } = action?.attributes ?? {};
  if (!node) return { condition: "bad-request", detail: "nodeid-required" };
  if (!jid || bareJid(jid) !== connection.bareJid) return { condition: "bad-request", detail: "invalid-jid" };
  if (!backend.maySubscribe(connection.agentId, node)) return { condition: "forbidden" };
  subscriptions.add(node, normalJid(jid));
  backend.subscribed?.(node);
  return {
    payload: element(
      "pubsub",
      { xmlns: ns.pubsub },
      element("subscription", { node, jid, subscription: "subscribed" }),
    ),
  };
}

function unsubscribe(
  { subscriptions }: IqContext,
  connection: Connection,
  action: XmlElement | undefined,
): Answer {
  const { node, jid } = action?.attributes ?? {};
  if (!node) return { condition: "bad-request", detail: "nodeid-required" };
  if (!jid || bareJid(jid) !== connection.bareJid) return { condition: "forbidden" };
  if (!subscriptions.remove(node, normalJid(jid)))
    return { condition: "unexpected-request", detail: "not-subscribed" };
  return {};
}

/** All of the user's own explicit subscriptions, also those that other resources or earlier streams left behind. */
function list({ subscriptions }: IqContext, connection: Connection, action: XmlElement | undefined): Answer {
  const wanted = action?.attributes.node;
  const own = subscriptions
    .list((jid) => bareJid(jid) === connection.bareJid)
    .filter(({ node }) => wanted === undefined || node === wanted)
    .map(({ node, jid }) => element("subscription", { node, jid, subscription: "subscribed" }));
  return {
    payload: element("pubsub", { xmlns: ns.pubsub }, element("subscriptions", { node: wanted }, ...own)),
  };
}
