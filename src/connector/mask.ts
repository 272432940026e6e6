import type { Call } from "../model/call.ts";
import type { Outcome } from "../model/commands.ts";
import type { CtiEvent } from "../model/events.ts";
import { maskValues } from "../platform/redact.ts";

/** Call variables are the customer's data (design §5.7): on disk their names stay, values go, empty ones stay empty. */
export function maskCall(call: Call): Call {
  return { ...call, variables: maskValues(call.variables) };
}

export function maskEvent(event: CtiEvent): CtiEvent {
  return "call" in event ? { ...event, call: maskCall(event.call) } : event;
}

export function maskOutcome(outcome: Outcome): Outcome {
  return outcome.call === undefined ? outcome : { ...outcome, call: maskCall(outcome.call) };
}
