import type {
  Credentials,
  DialogAction,
  FinesseRest,
  LinkEnd,
  NotificationHandlers,
  NotificationLink,
  NotificationOptions,
  RequestContext,
  SystemInfo,
  Update,
  UserRequest,
} from "../../src/finesse/contract.ts";
import type { Agent, Reasons } from "../../src/model/agent.ts";
import type { Call } from "../../src/model/call.ts";
import type { CallLayout } from "../../src/model/call-layout.ts";
import type { CtiEventBody } from "../../src/model/events.ts";
import type { Dialog, Participant } from "../../src/model/dialog.ts";
import { CtiError } from "../../src/model/errors.ts";
import type { Queue } from "../../src/model/queue.ts";
import type { Team } from "../../src/model/team.ts";
import { ManualClock } from "../../src/platform/clock.ts";
import { seededRandom } from "../../src/platform/random.ts";
import { Secret } from "../../src/platform/secret.ts";
import type { FinesseAccess } from "../../src/session/connection.ts";
import type { InteractionStore, Session } from "../../src/session/contract.ts";
import { createSession } from "../../src/session/session.ts";

export function agent(over: Partial<Agent> = {}): Agent {
  return {
    id: "1001",
    loginName: "akhan",
    firstName: "Ayesha",
    lastName: "Khan",
    roles: ["Agent"],
    extension: "2001",
    state: "NOT_READY",
    stateChangeTime: "2026-01-05T09:00:00.000Z",
    pendingState: undefined,
    reasonCodeId: undefined,
    reason: undefined,
    team: { id: "1", name: "Sales" },
    teams: [],
    wrapUpOnIncoming: "OPTIONAL",
    wrapUpOnOutgoing: "NOT_ALLOWED",
    wrapUpTimer: 30,
    mobileAgent: undefined,
    activeDeviceId: undefined,
    unknown: {},
    ...over,
  };
}

export function party(mediaAddress: string, state: string, over: Partial<Participant> = {}): Participant {
  return {
    mediaAddress,
    mediaAddressType: mediaAddress.startsWith("20") ? "AGENT_DEVICE" : undefined,
    state,
    stateCause: undefined,
    startTime: "2026-01-05T09:00:01.000Z",
    stateChangeTime: "2026-01-05T09:00:01.000Z",
    actions: actionsOf(state),
    ...over,
  };
}

function actionsOf(state: string): string[] {
  switch (state) {
    case "ALERTING":
      return ["ANSWER"];
    case "ACTIVE":
      return ["HOLD", "DROP", "UPDATE_CALL_DATA", "CONSULT_CALL", "SEND_DTMF"];
    case "HELD":
      return ["RETRIEVE", "DROP", "UPDATE_CALL_DATA"];
    case "WRAP_UP":
      return ["UPDATE_CALL_DATA"];
    default:
      return [];
  }
}

export function dialog(id: string, own: string, over: Partial<Dialog> = {}): Dialog {
  return {
    id,
    state: own === "ALERTING" ? "ALERTING" : "ACTIVE",
    mediaType: "Voice",
    fromAddress: "5551234",
    toAddress: "8000",
    secondaryId: undefined,
    associatedDialogUri: undefined,
    callType: "PREROUTE_ACD_IN",
    dnis: "2001",
    dialedNumber: "8000",
    outboundClassification: undefined,
    wrapUpReason: undefined,
    wrapUpItems: [],
    queueNumber: "5022",
    queueName: "Sales",
    callKey: undefined,
    variables: { callVariable1: "gold" },
    participants: [party("2001", own), party("5551234", own === "ALERTING" ? "INITIATED" : "ACTIVE")],
    unknown: {},
    ...over,
  };
}

export const updates = {
  user: (user: Agent, requestId?: string): Update => ({
    kind: "user",
    user,
    event: "PUT",
    source: `/finesse/api/User/${user.id}`,
    requestId,
  }),
  post: (...dialogs: Dialog[]): Update => ({
    kind: "dialogs",
    dialogs,
    event: "POST",
    source: "/finesse/api/User/1001/Dialogs",
    requestId: undefined,
  }),
  put: (one: Dialog, requestId?: string): Update => ({
    kind: "dialogs",
    dialogs: [one],
    event: "PUT",
    source: `/finesse/api/Dialog/${one.id}`,
    requestId,
  }),
  end: (...dialogs: Dialog[]): Update => ({
    kind: "dialogs",
    dialogs,
    event: "DELETE",
    source: "/finesse/api/User/1001/Dialogs",
    requestId: undefined,
  }),
  error: (source: string, type: string, requestId?: string): Update => ({
    kind: "errors",
    event: "PUT",
    source,
    requestId,
    refusals: [
      { type, code: "260", words: "CF_INVALID_LOGON_DEVICE_SPECIFIED", hint: undefined, late: true },
    ],
  }),
  systemInfo: (status: string): Update => ({
    kind: "system-info",
    status,
    reason: undefined,
    event: "PUT",
    source: "/finesse/api/SystemInfo",
    requestId: undefined,
  }),
};

type Sent = { what: string; context: RequestContext };

/** A Finesse made of plain values: what a read returns and what a request does is set by the test; nothing happens by itself. */
export class FakeFinesse {
  readonly clock = new ManualClock();
  readonly events: (CtiEventBody & { cause: string | undefined })[] = [];
  readonly sent: Sent[] = [];
  readonly kept = new Map<string, { call: Call; phase: "open" | "released" | "ended" }>();
  user: Agent = agent({ state: "LOGOUT", extension: undefined });
  dialogs: Dialog[] = [];
  reasons: Reasons = {
    notReady: [
      { id: "11", category: "NOT_READY", code: "1", label: "Lunch", forAll: true, systemCode: false },
    ],
    logout: [
      { id: "21", category: "LOGOUT", code: "9", label: "End of Shift", forAll: true, systemCode: false },
    ],
    wrapUp: [{ id: "31", label: "Sales", forAll: true }],
  };
  callLayouts: CallLayout[] = [];
  queues: Queue[] = [{ id: "5022", name: "Sales", statistics: undefined }];
  team: Team = { id: "1", name: "Sales", members: [] };
  status = "IN_SERVICE";
  /** What SystemInfo says of the time. */
  timestamp: string | undefined;
  /** Set to fail the next connections or reads. */
  refuseConnect: CtiError | undefined;
  refuseReads: CtiError | undefined;
  /** Set to let reads wait. */
  holdReads: Promise<void> | undefined;
  connects = 0;
  reads = 0;
  /** What a request leads to; by default it is accepted and nothing follows. */
  onRequest: (what: string, requestId: string | undefined) => void = () => {};
  #handlers: NotificationHandlers | undefined;
  readonly #deployment: string;

  constructor(deployment = "UCCE") {
    this.#deployment = deployment;
  }

  readonly access: FinesseAccess = {
    createRest: ({ node }: { node: FinesseRest["node"]; credentials: Credentials }): FinesseRest => ({
      node,
      systemInfo: async () => this.#systemInfo(),
      user: async () => this.#read(this.user),
      dialogs: async () => this.#read(this.dialogs),
      dialog: async (id) => {
        const found = this.dialogs.find((one) => one.id === id);
        if (found === undefined) throw new CtiError({ code: "refused", message: "Not Found" });
        return found;
      },
      reasonCodes: async (_user, category) =>
        category === "LOGOUT" ? this.reasons.logout : this.reasons.notReady,
      wrapUpReasons: async () => this.reasons.wrapUp,
      phoneBooks: async () => [],
      callLayouts: async () => this.#read(this.callLayouts),
      queues: async () => this.#read(this.queues),
      team: async (id) => this.#read({ ...this.team, id }),
      putUser: async (_user, request: UserRequest, context = {}) =>
        this.#request(describeUser(request), context),
      makeCall: async (_user, from, to, context = {}) => this.#request(`MAKE_CALL ${from} ${to}`, context),
      putDialog: async (id, action, context = {}) => this.#request(describeDialog(id, action), context),
      close: async () => {},
    }),
    connectNotifications: async (options: NotificationOptions): Promise<NotificationLink> => {
      this.connects++;
      if (this.refuseConnect !== undefined) throw this.refuseConnect;
      this.#handlers = options.handlers;
      return {
        transport: "fake",
        jid: `${options.userId}@fin.example.com/${options.resource}`,
        subscribe: async () => {},
        unsubscribe: async () => {},
        close: async () => {},
      };
    },
  };

  readonly interactions: InteractionStore = {
    find: (_agent, dialogId) => {
      const found = this.kept.get(dialogId);
      return found === undefined || found.phase === "ended" ? undefined : found.call.interaction;
    },
    keep: (_agent, call, phase) => void this.kept.set(call.id, { call, phase }),
    open: () =>
      [...this.kept.values()]
        .filter(({ phase }) => phase !== "ended")
        .map(({ call, phase }) => ({ call, released: phase === "released" })),
  };

  session(
    over: { defaultReasons?: { notReady?: string; logout?: string }; finesse?: string[] } = {},
  ): Session {
    return createSession(
      {
        settings: {
          agent: "1001",
          extension: "2001",
          finesse: over.finesse ?? ["https://fina.example.com:8445"],
          ca: [],
          insecure: false,
          resolve: [],
          unattended: { then: "keep", after: 60 },
          defaultReasons: over.defaultReasons ?? {},
          timeout: 10,
        },
        password: new Secret("secret"),
        emit: (event, cause) => void this.events.push({ ...event, cause }),
        interactions: this.interactions,
        clock: this.clock,
        random: seededRandom(1),
      },
      this.access,
    );
  }

  /** A session that is connected, with the agent as `user` and `dialogs` say, and a clean list of events. */
  async connected(
    user: Agent = agent(),
    dialogs: Dialog[] = [],
    over: Parameters<FakeFinesse["session"]>[0] = {},
  ): Promise<Session> {
    this.user = user;
    this.dialogs = dialogs;
    const session = this.session(over);
    await session.resume();
    this.events.length = 0;
    this.sent.length = 0;
    return session;
  }

  publish(update: Update): void {
    this.#handlers?.onUpdate(update);
  }

  endLink(end: LinkEnd): void {
    this.#handlers?.onEnd(end);
  }

  get handlers(): NotificationHandlers {
    if (this.#handlers === undefined) throw new Error("nobody has connected");
    return this.#handlers;
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }

  requests(): string[] {
    return this.sent.map(({ what }) => what);
  }

  #systemInfo(): SystemInfo {
    return {
      status: this.status,
      statusReason: undefined,
      xmppDomain: "fin.example.com",
      xmppPubSubDomain: "pubsub.fin.example.com",
      deploymentType: this.#deployment,
      currentTimestamp: this.timestamp,
      lastCtiHeartbeatStatus: undefined,
      systemAuthMode: undefined,
      primaryNode: undefined,
      secondaryNode: undefined,
      unknown: {},
    };
  }

  async #read<Value>(value: Value): Promise<Value> {
    this.reads++;
    if (this.refuseReads !== undefined) throw this.refuseReads;
    const answer = structuredClone(value);
    await this.holdReads;
    return answer;
  }

  async #request(what: string, context: RequestContext): Promise<void> {
    this.sent.push({ what, context });
    this.onRequest(what, context.requestId);
  }
}

function describeUser(request: UserRequest): string {
  const reason =
    "reasonCodeId" in request && request.reasonCodeId !== undefined ? ` ${request.reasonCodeId}` : "";
  const extension = "extension" in request ? ` ${request.extension}` : "";
  return `${request.state}${extension}${reason}`;
}

function describeDialog(id: string, action: DialogAction): string {
  return `${action.requestedAction} ${id}`;
}

/** Runs what is due in the microtask queue, so that a promise chain of the session gets as far as it can without time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

export const lost: LinkEnd = {
  reason: "lost",
  error: new CtiError({ code: "notifications-unreachable", message: "the notification link broke" }),
};
