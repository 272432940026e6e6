import type { AgentStatus } from "../control/contract.ts";
import { isSignedOut } from "../model/agent.ts";
import type { SessionSettings } from "../model/settings.ts";
import type { Secret } from "../platform/secret.ts";
import type { Session } from "../session/contract.ts";
import type { AttendanceWatch } from "./attendance.ts";

/** One agent's place in the connector. */
export interface Seat {
  readonly agent: string;
  readonly session: Session;
  readonly password: Secret;
  settings: SessionSettings;
  readonly attendance: AttendanceWatch;
  /** Resolves when the session knows its state after a restart of the worker, or has failed a first time. Never rejects. */
  ready: Promise<void>;
  /** Commands and sign-ins under way. */
  readonly running: Set<Promise<unknown>>;
}

/** Whether the session has a link or is about to get one by itself. */
export function isLive(seat: Seat): boolean {
  const { state } = seat.session.status().link;
  return state === "connected" || state === "connecting";
}

/** True when Finesse is known to show the agent signed out. */
export function isOut(seat: Seat): boolean {
  const { state } = seat.session.status();
  return state !== undefined && isSignedOut(state.state);
}

export function seatStatus(seat: Seat, lastCommandEvent: string | undefined): AgentStatus {
  return {
    ...seat.session.status(),
    unattended: seat.attendance.status(),
    finesse: seat.settings.finesse,
    insecure: seat.settings.insecure,
    ...(seat.settings.flags !== undefined && { flags: seat.settings.flags }),
    ...(lastCommandEvent !== undefined && { lastCommandEvent }),
  };
}
