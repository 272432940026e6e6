/** A Finesse Dialog exactly as on the wire (reference/finesse.md §8): all participants, open sets left open. */
export interface Dialog {
  id: string;
  state: string;
  mediaType: string | undefined;
  fromAddress: string | undefined;
  toAddress: string | undefined;
  /** After a transfer: the id of the dialog that was merged into this one. */
  secondaryId: string | undefined;
  associatedDialogUri: string | undefined;
  callType: string | undefined;
  dnis: string | undefined;
  dialedNumber: string | undefined;
  outboundClassification: string | undefined;
  wrapUpReason: string | undefined;
  /** UCCX: several. */
  wrapUpItems: string[];
  queueNumber: string | undefined;
  queueName: string | undefined;
  /** UCCE: day, call id, sequence. */
  callKey: { prefix: string; callId: string; sequence: string | undefined } | undefined;
  /** In wire order of names; an absent value is "". */
  variables: Record<string, string>;
  participants: Participant[];
  /** Elements we have no field for, by name, as parsed. */
  unknown: Record<string, unknown>;
}

export interface Participant {
  mediaAddress: string;
  mediaAddressType: string | undefined;
  state: string;
  stateCause: string | undefined;
  /** ISO 8601 UTC. */
  startTime: string | undefined;
  stateChangeTime: string | undefined;
  actions: string[];
}

/** The participant whose address is the agent's own extension; the only one whose actions count (§9). */
export function ownParticipant(dialog: Dialog, extension: string): Participant | undefined {
  return dialog.participants.find((participant) => participant.mediaAddress === extension);
}
