import type { Agent, Contact, ReasonCode, WrapUpReason } from "../model/agent.ts";
import type { CallLayout } from "../model/call-layout.ts";
import type { MobileAgentLogin, Refusal } from "../model/commands.ts";
import type { Dialog } from "../model/dialog.ts";
import type { CtiError } from "../model/errors.ts";
import type { Queue } from "../model/queue.ts";
import type { TransportChoice } from "../model/settings.ts";
import type { Team } from "../model/team.ts";
import type { WireTrace } from "../model/wire.ts";
import type { Clock } from "../platform/clock.ts";
import type { Secret } from "../platform/secret.ts";
import type { Trust } from "../platform/trust.ts";

/** One Finesse node and how to reach it. */
export interface FinesseNode {
  /** Origin, e.g. `https://fina.example.com:8445`, no trailing slash. */
  origin: string;
  trust: Trust;
  /** `host` or `host:port` (lower case) → address to connect to instead, as curl's --resolve; TLS still names the host. */
  resolve: ReadonlyMap<string, string>;
}

export interface Credentials {
  /** loginId or loginName as typed. */
  username: string;
  password: Secret;
}

/** SystemInfo of §11; only what the product uses, the rest in `unknown`. */
export interface SystemInfo {
  status: "IN_SERVICE" | "OUT_OF_SERVICE" | (string & {});
  statusReason: string | undefined;
  xmppDomain: string;
  xmppPubSubDomain: string;
  deploymentType: "UCCE" | "UCCX" | (string & {}) | undefined;
  /** ISO 8601 UTC. */
  currentTimestamp: string | undefined;
  lastCtiHeartbeatStatus: string | undefined;
  systemAuthMode: string | undefined;
  primaryNode: SystemInfoNode | undefined;
  secondaryNode: SystemInfoNode | undefined;
  unknown: Record<string, unknown>;
}

export interface SystemInfoNode {
  host: string;
  httpsPort: number | undefined;
  xmppPort: number | undefined;
  xmppSecurePort: number | undefined;
}

export type UserRequest =
  | { state: "LOGIN"; extension: string; mobileAgent?: MobileAgentLogin; activeDeviceId?: string }
  | { state: "READY" }
  | { state: "NOT_READY"; reasonCodeId?: string }
  | { state: "LOGOUT"; reasonCodeId?: string };

export type DialogAction =
  | {
      requestedAction: "ANSWER" | "HOLD" | "RETRIEVE" | "DROP" | "TRANSFER" | "CONFERENCE" | (string & {});
      targetMediaAddress: string;
    }
  | { requestedAction: "CONSULT_CALL" | "TRANSFER_SST"; targetMediaAddress: string; toAddress: string }
  | { requestedAction: "SEND_DTMF"; targetMediaAddress: string; dtmfString: string }
  | {
      requestedAction: "UPDATE_CALL_DATA";
      targetMediaAddress: string;
      variables?: Record<string, string>;
      wrapUpReason?: string;
      /** UCCX. */
      wrapUpItems?: string[];
    };

/** What every request may carry. */
export interface RequestContext {
  requestId?: string;
  /** For the trace. */
  cause?: string;
  signal?: AbortSignal;
}

/**
 * Finesse's REST API for one user at one node. Reads return models; writes resolve on 202, which means "accepted" and nothing more.
 * Every failure is a CtiError: `refused` (with the Refusal in `details.refusal`), `credentials-refused`, `locked-out`,
 * `finesse-out-of-service` (503), `finesse-unreachable`, `host-not-found`, `certificate-*`, `timeout`, `finesse-protocol` (an answer
 * that is not Finesse's). A 401 is never retried by this layer; nothing is. `mayBeDone(error)` tells a failure after which the request may
 * have been done all the same.
 */
export interface FinesseRest {
  readonly node: FinesseNode;
  /** Needs no credentials. */
  systemInfo(context?: RequestContext): Promise<SystemInfo>;
  user(id: string, context?: RequestContext): Promise<Agent>;
  dialogs(userId: string, context?: RequestContext): Promise<Dialog[]>;
  dialog(id: string, context?: RequestContext): Promise<Dialog>;
  reasonCodes(
    userId: string,
    category: "NOT_READY" | "LOGOUT",
    context?: RequestContext,
  ): Promise<ReasonCode[]>;
  wrapUpReasons(userId: string, context?: RequestContext): Promise<WrapUpReason[]>;
  /** Contacts of all the books the user may see, in the books' order. */
  phoneBooks(userId: string, context?: RequestContext): Promise<Contact[]>;
  /** How the user's calls are to be shown; none where a release knows neither the list nor the single one (§5). */
  callLayouts(userId: string, context?: RequestContext): Promise<CallLayout[]>;
  /** The queues of the user, a supervisor's teams' included; Unified CCX has no such thing (§16). */
  queues(userId: string, context?: RequestContext): Promise<Queue[]>;
  /** For the team's supervisors; `refused` for others. */
  team(id: string, context?: RequestContext): Promise<Team>;
  putUser(userId: string, request: UserRequest, context?: RequestContext): Promise<void>;
  makeCall(userId: string, fromAddress: string, toAddress: string, context?: RequestContext): Promise<void>;
  putDialog(dialogId: string, action: DialogAction, context?: RequestContext): Promise<void>;
  /** Closes kept-alive connections. */
  close(): Promise<void>;
}

/** One `<Update>` of §13. `event` is upper-cased whatever the server wrote; an empty requestId is `undefined`. */
export type Update = UpdateEnvelope &
  (
    | { kind: "user"; user: Agent }
    | { kind: "dialogs"; dialogs: Dialog[] }
    | { kind: "system-info"; status: string | undefined; reason: string | undefined }
    | { kind: "errors"; refusals: Refusal[] }
    /** Data of a kind we have no model for, kept as parsed. */
    | { kind: "other"; name: string | undefined; data: unknown }
  );

export interface UpdateEnvelope {
  event: "POST" | "PUT" | "DELETE" | (string & {});
  /** Path the update is about: `/finesse/api/User/1001/Dialogs`. */
  source: string;
  requestId: string | undefined;
}

/** Why a notification link is gone. */
export type LinkEnd =
  /** Another client bound the same JID and resource: never reconnect (§12). */
  | { reason: "conflict" }
  | { reason: "credentials"; error: CtiError }
  /** Network, ping time-out, stream error: may reconnect. */
  | { reason: "lost"; error: CtiError }
  /** We closed it. */
  | { reason: "closed" };

export interface NotificationHandlers {
  onUpdate(update: Update): void;
  /** A notification that could not be understood; the link goes on. */
  onUnreadable(error: CtiError, text: string): void;
  /** Presence of `finesse@{domain}`: false while Finesse's web application is down (§15). */
  onFinessePresence(available: boolean): void;
  /** The user's other resources that are available now (not ours), sorted. */
  onOtherResources(resources: string[]): void;
  /** Exactly once, after `connect` resolved. */
  onEnd(end: LinkEnd): void;
  /** After each answered ping: round trip in milliseconds. */
  onRoundTrip(milliseconds: number): void;
}

export interface NotificationLink {
  /** `websocket`, `bosh` or `tls`. */
  readonly transport: string;
  readonly jid: string;
  /** Explicit subscription (§12), e.g. `/finesse/api/Team/500/Users`. */
  subscribe(node: string): Promise<void>;
  unsubscribe(node: string): Promise<void>;
  /** Unavailable presence, then the stream's end. Resolves when closed, within 2 s at most. */
  close(): Promise<void>;
}

export interface NotificationOptions {
  node: FinesseNode;
  systemInfo: SystemInfo;
  /** loginId; lower-cased in the JID. */
  userId: string;
  password: Secret;
  /** Always `cti` in the product (design §5.8). */
  resource: string;
  handlers: NotificationHandlers;
  clock: Clock;
  trace?: WireTrace;
  /** How notifications are carried; see `TransportChoice`. Default `auto`. */
  transport?: TransportChoice;
  /** Milliseconds between pings and to wait for one; two misses end the link. Default 10 s each (§12). */
  pingInterval?: number;
  /** Milliseconds for connect, SASL, bind and the first `finesse@` presence together. Default 10 s. */
  connectTimeout?: number;
  signal?: AbortSignal;
}

/**
 * Connects, binds, sends presence and resolves once presence of `finesse@{domain}` has arrived (§12 step 5): only then may LOGIN be sent.
 * Rejects with CtiError: `credentials-refused`, `notifications-unreachable`, `certificate-*`, `timeout`.
 */
export type ConnectNotifications = (options: NotificationOptions) => Promise<NotificationLink>;
