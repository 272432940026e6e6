/**
 * The seams inside the simulator. The engine knows agents, phones and calls; the transports (REST, XMPP) carry requests in and
 * notifications out; the control surface makes things happen. Written from reference/finesse.md alone: nothing here is shared with
 * the client (design §4).
 */

export type SimProfile = "ucce" | "uccx";

/** One REST request under /finesse/api, already read whole. */
export interface ApiRequest {
  method: string;
  /** Path and query as received, e.g. `/finesse/api/User/1001/Dialogs?nocache=1`. */
  target: string;
  /** Value of the Authorization header. */
  authorization: string | undefined;
  contentType: string | undefined;
  requestId: string | undefined;
  body: string;
}

export interface ApiResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One published Update; `xml` is the `<Update>` document unescaped, the transport escapes it into the stanza (§13). */
export interface Publication {
  node: string;
  xml: string;
  /** Users whose automatic subscription covers the node; explicit subscribers are the transport's matter. */
  automatic: string[];
  /** Names of the Finesse nodes that publish it; all of them when left out. */
  only?: readonly string[];
  /** The user this was the last word about: removed from the system. */
  removed?: string;
}

export type AuthResult = "ok" | "refused" | "locked";

/** What the transports need of the engine. */
export interface SimBackend {
  /** User part of the JID in any case, or login name; returns the agent's id. */
  resolveUser(name: string): string | undefined;
  /** Counts failures: the fifth in a row locks the user for five minutes (§2). Shared by REST and SASL. */
  authenticate(user: string, password: string): AuthResult;
  handleApi(request: ApiRequest): ApiResponse;
  onPublish(listener: (publication: Publication) => void): void;
  /**
   * The set of the user's available resources changed. Going from some to none starts the countdown to the forced logout (§15):
   * 60 s, or up to 180 s when `clean` is false (vanished without an unavailable presence).
   */
  presenceChanged(agentId: string, resources: string[], clean: boolean): void;
  /** True when this user may be told of the node (own nodes; a supervisor's team; queues). */
  maySubscribe(agentId: string, node: string): boolean;
  /** An explicit subscription was made: what changes all the time is only published from then on. */
  subscribed?(node: string): void;
  readonly xmppDomain: string;
}
