import type { Dialog, Participant } from "./dialog.ts";
import { ownParticipant } from "./dialog.ts";

export type CallDirection = "in" | "out" | "internal";

/** One agent's leg of a voice dialog: what faces and CRMs see. */
export interface Call {
  /** Dialog id. */
  id: string;
  /** Our persisted id of this contact at this agent. */
  interaction: string;
  /** The interaction that this call was made for: of a consult call, the customer's. */
  parent: string | undefined;
  direction: CallDirection;
  /** Finesse's callType; open set. */
  type: string | undefined;
  /** The agent's own participant state: ALERTING, ACTIVE, HELD, WRAP_UP, DROPPED, INITIATING, INITIATED, FAILED… */
  state: string;
  dialogState: string;
  /** BUSY, BAD_DESTINATION, OTHER on a failed leg. */
  cause: string | undefined;
  /** The number at the other end as the agent knows it. */
  party: string;
  /** The customer's number, once one was seen, through every transfer; never an agent's extension. */
  customer: string | undefined;
  from: string | undefined;
  to: string | undefined;
  dialedNumber: string | undefined;
  queue: { number: string | undefined; name: string | undefined } | undefined;
  /** ISO 8601 UTC; when the own leg began. */
  startedAt: string | undefined;
  /** ISO 8601 UTC; when the own leg reached `state`. */
  stateSince: string | undefined;
  /** What Finesse lets the agent do on this leg now. */
  actions: string[];
  participants: Participant[];
  variables: Record<string, string>;
  wrapUpReasons: string[];
  secondaryId: string | undefined;
  /** UCCE's callKey, `prefix-callId`. */
  callKey: string | undefined;
}

/** What is known of a contact beyond the dialog that carries it now; kept when dialog ids change. */
export interface CallIdentity {
  interaction: string;
  parent: string | undefined;
  customer: string | undefined;
}

/**
 * The agent's view of a dialog. `undefined` when the agent's extension is not a party: the dialog is not the agent's call.
 * The other party of a call that came in is the outside caller while there is one (after a transfer `fromAddress` may be the agent who
 * dialled first), of an outbound call the number dialled.
 */
export function callFromDialog(dialog: Dialog, extension: string, identity: CallIdentity): Call | undefined {
  const own = ownParticipant(dialog, extension);
  if (own === undefined) return undefined;
  const others = dialog.participants.filter((participant) => participant !== own);
  const outgoing = dialog.fromAddress === extension;
  const internal =
    dialog.callType === "AGENT_INSIDE" ||
    (others.length > 0 && others.every((other) => other.mediaAddressType === "AGENT_DEVICE"));
  const outside = outsideParty(dialog, others);
  const first = outside ?? others[0]?.mediaAddress ?? "";
  const party = outgoing ? (dialog.toAddress ?? first) : (outside ?? dialog.fromAddress ?? first);
  return {
    id: dialog.id,
    interaction: identity.interaction,
    parent: identity.parent,
    direction: internal ? "internal" : outgoing ? "out" : "in",
    type: dialog.callType,
    state: own.state,
    dialogState: dialog.state,
    cause: own.stateCause,
    party,
    customer: outside ?? identity.customer,
    from: dialog.fromAddress,
    to: dialog.toAddress,
    dialedNumber: dialog.dialedNumber,
    queue:
      dialog.queueName === undefined && dialog.queueNumber === undefined
        ? undefined
        : { number: dialog.queueNumber, name: dialog.queueName },
    startedAt: own.startTime,
    stateSince: own.stateChangeTime,
    actions: own.actions,
    participants: dialog.participants,
    variables: dialog.variables,
    wrapUpReasons:
      dialog.wrapUpItems.length > 0
        ? dialog.wrapUpItems
        : dialog.wrapUpReason === undefined
          ? []
          : [dialog.wrapUpReason],
    secondaryId: dialog.secondaryId,
    callKey: dialog.callKey === undefined ? undefined : `${dialog.callKey.prefix}-${dialog.callKey.callId}`,
  };
}

/** The customer: the party that is no agent's device, preferring the one that the call came from. */
function outsideParty(dialog: Dialog, others: readonly Participant[]): string | undefined {
  const outside = others.filter((other) => other.mediaAddressType !== "AGENT_DEVICE");
  return (outside.find((other) => other.mediaAddress === dialog.fromAddress) ?? outside[0])?.mediaAddress;
}

/** The talk is over on this leg: wrap-up has begun or the leg was dropped. */
export function isReleased(call: Pick<Call, "state">): boolean {
  return call.state === "WRAP_UP" || call.state === "DROPPED";
}
