import type { Call } from "../model/call.ts";
import { isReleased } from "../model/call.ts";
import type { AgentCommand } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";

type CallVerb = Extract<AgentCommand, { call?: string }>["verb"];

/** The Finesse action that a verb needs on the agent's own leg. Enablement comes from the action list, never from the state (§9). */
const actionOf: Record<CallVerb, string> = {
  answer: "ANSWER",
  hold: "HOLD",
  retrieve: "RETRIEVE",
  drop: "DROP",
  dtmf: "SEND_DTMF",
  set: "UPDATE_CALL_DATA",
  "wrap-up": "UPDATE_CALL_DATA",
};

const pastOf: Record<CallVerb, string> = {
  answer: "answered",
  hold: "held",
  retrieve: "retrieved",
  drop: "dropped",
  dtmf: "sent tones",
  set: "changed",
  "wrap-up": "given a wrap-up reason",
};

/**
 * The call that a verb without `--call` means: the only one that allows the action; for call data, talking before wrap-up.
 * A named call is returned even when the action is not offered: Finesse then says why in its own words.
 */
export function pickCall(calls: readonly Call[], verb: CallVerb, named: string | undefined): Call {
  if (named !== undefined) {
    const call = calls.find((candidate) => candidate.id === named || candidate.interaction === named);
    if (call !== undefined) return call;
    throw new CtiError({
      code: "no-such-call",
      message: `there is no call ${named}`,
      hint: calls.length === 0 ? "the agent has no call now" : `calls now: ${calls.map(describe).join(", ")}`,
    });
  }
  const action = actionOf[verb];
  const fitting = preferTalking(
    calls.filter((call) => call.actions.includes(action)),
    verb,
  );
  const [only, second] = fitting;
  if (only !== undefined && second === undefined) return only;
  if (only !== undefined) {
    throw new CtiError({
      code: "ambiguous-call",
      message: `more than one call can be ${pastOf[verb]}`,
      hint: `say which with --call: ${fitting.map(describe).join(", ")}`,
      details: { calls: fitting.map((call) => call.id) },
    });
  }
  throw new CtiError({
    code: "no-such-call",
    message: `no call can be ${pastOf[verb]} now`,
    hint: calls.length === 0 ? "the agent has no call now" : `calls now: ${calls.map(describe).join(", ")}`,
  });
}

function preferTalking(calls: Call[], verb: CallVerb): Call[] {
  if (calls.length < 2) return calls;
  if (verb === "set" || verb === "wrap-up") {
    const active = calls.filter((call) => call.state === "ACTIVE");
    if (active.length > 0) return active;
    const talking = calls.filter((call) => !isReleased(call));
    return talking.length > 0 ? talking : calls;
  }
  if (verb === "drop") {
    // With one call held and one active the agent means the one being talked on.
    const active = calls.filter((call) => call.state !== "HELD");
    return active.length > 0 ? active : calls;
  }
  return calls;
}

function describe(call: Call): string {
  return `${call.id} (${call.state} ${call.party})`;
}
