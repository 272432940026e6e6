import type { Agent } from "./agent.ts";

/** A team as its supervisor sees it (reference/finesse.md §11). */
export interface Team {
  id: string;
  /** Empty when Finesse does not say. */
  name: string;
  members: TeamMember[];
}

/** What Finesse tells a supervisor of one member: less than of the agent itself. */
export interface TeamMember extends Pick<
  Agent,
  | "id"
  | "firstName"
  | "lastName"
  | "extension"
  | "state"
  | "stateChangeTime"
  | "pendingState"
  | "reasonCodeId"
  | "reason"
> {
  /** Unified CCX: `BUSY` on a call that the agent made or took while NOT_READY, else `IDLE`; open set. */
  mediaState: string | undefined;
  /** Elements we have no field for, by name, as parsed. */
  unknown: Record<string, unknown>;
}
