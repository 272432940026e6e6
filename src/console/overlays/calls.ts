import type { Call } from "../../model/call.ts";
import { ownAgent } from "../store/reduce.ts";
import type { ConsoleState } from "../store/state.ts";

/** Calls of the agent this console works for. */
export function ownCalls(state: ConsoleState): readonly Call[] {
  return ownAgent(state)?.calls ?? [];
}

export function callById(state: ConsoleState, id: string | undefined): Call | undefined {
  return id === undefined ? undefined : ownCalls(state).find((call) => call.id === id);
}

/** The call in a few words. */
export function callTitle(call: Call): string {
  return call.party === "" ? call.id : call.party;
}
