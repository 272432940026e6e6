import type { AgentStatus } from "../../src/control/contract.ts";
import { isSignedOut } from "../../src/model/agent.ts";
import type { Glimpse } from "./witness.ts";

/** Where the connector's picture of an agent differs from what is true. */
export function differences(agent: string, seat: AgentStatus | undefined, truth: Glimpse): string[] {
  const found: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    if (!Bun.deepEquals(ours, theirs))
      found.push(`${agent} ${what}: ours ${JSON.stringify(ours)}, true ${JSON.stringify(theirs)}`);
  };
  // Nobody signed in here; whether Finesse shows the agent signed in is then somebody else's business.
  if (seat === undefined || seat.link.state === "conflict") return [];
  const state = seat.state;
  compare("state", isSignedOut(state?.state) ? "LOGOUT" : state?.state, truth.state);
  compare("pending state", state?.pendingState ?? "", truth.pending);
  compare("reason", state?.reasonCodeId, truth.reason);
  compare("calls", seat.calls.map((call) => call.id).sort(), Object.keys(truth.legs).sort());
  for (const call of seat.calls) {
    const leg = truth.legs[call.id];
    if (leg === undefined) continue;
    const name = `call ${call.id}`;
    compare(`${name} state`, call.state, leg.state);
    compare(`${name} dialog`, call.dialogState, leg.dialogState);
    compare(`${name} actions`, call.actions, leg.actions);
    compare(`${name} numbers`, [call.from ?? "", call.to ?? ""], [leg.from, leg.to]);
    compare(`${name} variables`, call.variables, leg.variables);
    compare(`${name} wrap-up`, call.wrapUpReasons, leg.wrapUpReason === undefined ? [] : [leg.wrapUpReason]);
  }
  return found;
}
