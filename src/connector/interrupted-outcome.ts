import type { CommandRequest } from "../control/contract.ts";
import type { Outcome } from "../model/commands.ts";
import type { Seat } from "./seat.ts";

/**
 * The answer for a command that a killed worker had begun: nobody knows what came of it, and doing it again could do it twice. `seat`:
 * the agent's place now, with the state read again after the restart.
 */
export function interruptedOutcome(
  agent: string,
  seat: Seat | undefined,
  request: CommandRequest,
  cause: string,
): Outcome {
  const status = seat?.session.status();
  const calls = status?.calls ?? [];
  const shown =
    status === undefined
      ? "is signed out"
      : `is ${status.state?.state ?? "unknown"} with ${countCalls(calls.length)}`;
  return {
    verb: request.command.verb,
    outcome: "unknown",
    agent,
    cause,
    message: `the connector was restarted while this ran; now the agent ${shown}`,
    elapsed: 0,
    ...(status?.state !== undefined && { state: status.state }),
    ...(calls.length === 1 && calls[0] !== undefined && { call: calls[0] }),
  };
}

function countCalls(count: number): string {
  return count === 0 ? "no call" : count === 1 ? "one call" : `${count} calls`;
}
