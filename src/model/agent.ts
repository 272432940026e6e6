/** Agent states of reference/finesse.md §6. The set is open: a state we do not know is kept and shown as it is. */
export type KnownAgentState =
  | "LOGIN"
  | "LOGOUT"
  | "NOT_READY"
  | "READY"
  | "RESERVED"
  | "RESERVED_OUTBOUND"
  | "RESERVED_OUTBOUND_PREVIEW"
  | "TALKING"
  | "HOLD"
  | "WORK"
  | "WORK_READY"
  | "UNKNOWN";
export type AgentState = KnownAgentState | (string & {});

/** A reason code as Finesse configures it; `id` is what requests carry, `label` what people read (§7). */
export interface ReasonCode {
  id: string;
  category: "NOT_READY" | "LOGOUT" | (string & {});
  code: string;
  label: string;
  forAll: boolean;
  systemCode: boolean;
}

/** `label` is sent, `id` is the last part of its uri (§5). */
export interface WrapUpReason {
  id: string;
  label: string;
  forAll: boolean;
}

/** Everything an agent may be asked to choose from. */
export interface Reasons {
  notReady: ReasonCode[];
  logout: ReasonCode[];
  wrapUp: WrapUpReason[];
}

/** Somebody to call, from one of the agent's phone books (reference/finesse.md §11). */
export interface Contact {
  firstName: string | undefined;
  lastName: string | undefined;
  number: string;
  description: string | undefined;
  /** Name of the book, and whether it is everybody's or a team's (`GLOBAL`, `TEAM`). */
  book: string;
  bookType: string | undefined;
}

export interface NamedId {
  id: string;
  name: string;
}

/** A Finesse User, whole (§5). Absent and empty elements are `undefined`. Times are ISO 8601 UTC as Finesse wrote them. */
export interface Agent {
  /** loginId / peripheral id. */
  id: string;
  loginName: string | undefined;
  firstName: string | undefined;
  lastName: string | undefined;
  roles: string[];
  /** Empty when signed out. */
  extension: string | undefined;
  state: AgentState;
  stateChangeTime: string | undefined;
  pendingState: AgentState | undefined;
  /** Database id; "-1" means none. */
  reasonCodeId: string | undefined;
  reason: ReasonCode | undefined;
  team: NamedId | undefined;
  /** Supervised teams. */
  teams: NamedId[];
  wrapUpOnIncoming: string | undefined;
  wrapUpOnOutgoing: string | undefined;
  /** Seconds. */
  wrapUpTimer: number | undefined;
  mobileAgent: { mode: string; dialNumber: string | undefined } | undefined;
  activeDeviceId: string | undefined;
  /** Elements we have no field for, by name, as parsed. */
  unknown: Record<string, unknown>;
}

export function agentName(agent: Pick<Agent, "id" | "firstName" | "lastName">): string {
  const name = [agent.firstName, agent.lastName]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
  return name === "" ? agent.id : name;
}

export function isSignedOut(state: AgentState | undefined): boolean {
  return state === undefined || state === "LOGOUT" || state === "UNKNOWN";
}

/** States in which no call is at the agent's phone, as far as the agent's state tells. */
export function isAtRest(state: AgentState): boolean {
  return isSignedOut(state) || state === "READY" || state === "NOT_READY";
}

/** States in which a voice call occupies the agent: READY and NOT_READY asked now become pending on UCCE (§6). */
export function isOnCallState(state: AgentState): boolean {
  return state === "TALKING" || state === "HOLD" || state === "RESERVED_OUTBOUND_PREVIEW";
}
