/** A queue an agent serves or a supervisor watches (reference/finesse.md §11); Unified CCE only. */
export interface Queue {
  id: string;
  /** Empty when Finesse does not say. */
  name: string;
  /** `undefined` when Finesse sends none. */
  statistics: QueueStatistics | undefined;
}

/** Finesse's figures of one moment. A figure that it does not know is `undefined`: nobody who has the queue is signed in. */
export interface QueueStatistics {
  callsInQueue: number | undefined;
  /** When the call that waits longest began to: ISO 8601 UTC as Finesse wrote it. `undefined` when none waits. */
  longestSince: string | undefined;
  agentsLoggedOn: number | undefined;
  agentsReady: number | undefined;
  agentsNotReady: number | undefined;
  agentsTalkingInbound: number | undefined;
  agentsTalkingOutbound: number | undefined;
  agentsTalkingInternal: number | undefined;
  /** In wrap-up, READY afterwards. */
  agentsWrapUpReady: number | undefined;
  agentsWrapUpNotReady: number | undefined;
  /** Busy with something else, e.g. a call of another queue. */
  agentsBusyOther: number | undefined;
  /** Elements we have no field for, by name, as parsed. */
  unknown: Record<string, unknown>;
}

/** Agents who talk, whichever kind of call it is; `undefined` when none of the three figures is known. */
export function agentsTalking(statistics: QueueStatistics): number | undefined {
  const known = [
    statistics.agentsTalkingInbound,
    statistics.agentsTalkingOutbound,
    statistics.agentsTalkingInternal,
  ].filter((figure) => figure !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, figure) => sum + figure, 0);
}
