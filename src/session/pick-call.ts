import type { Call } from "../model/call.ts";
import type { AgentCommand } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";

type CallVerb = Extract<AgentCommand, { call?: string }>["verb"];

/** The Finesse action that a verb needs on the agent's own leg. Enablement comes from the action list, never from the state (§9). */
const actionOf: Record<CallVerb, string> = {
  answer: "ANSWER",
  hold: "HOLD",
  retrieve: "RETRIEVE",
  drop: "DROP",
  consult: "CONSULT_CALL",
  transfer: "TRANSFER",
  conference: "CONFERENCE",
  dtmf: "SEND_DTMF",
  set: "UPDATE_CALL_DATA",
  "wrap-up": "UPDATE_CALL_DATA",
};

const pastOf: Record<CallVerb, string> = {
  answer: "answered",
  hold: "held",
  retrieve: "retrieved",
  drop: "dropped",
  consult: "left for a consult",
  transfer: "transferred",
  conference: "made a conference",
  dtmf: "sent tones",
  set: "changed",
  "wrap-up": "given a wrap-up reason",
};

/**
 * The call that a verb without `--call` means: the only one that allows the action. Two that do are never guessed between: hanging up on
 * the wrong customer cannot be undone. A named call is returned even when the action is not offered: Finesse then says why in its own
 * words. `action` where the verb has more than one.
 */
export function pickCall(
  calls: readonly Call[],
  verb: CallVerb,
  named: string | undefined,
  action = actionOf[verb],
): Call {
  const shown =
    calls.length === 0 ? "the agent has no call now" : `calls now: ${calls.map(describe).join(", ")}`;
  if (named !== undefined) {
    const call = calls.find((candidate) => candidate.id === named || candidate.interaction === named);
    if (call !== undefined) return call;
    throw new CtiError({ code: "no-such-call", message: `there is no call ${named}`, hint: shown });
  }
  const fitting = calls.filter((call) => call.actions.includes(action));
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
  throw new CtiError({ code: "no-such-call", message: `no call can be ${pastOf[verb]} now`, hint: shown });
}

function describe(call: Call): string {
  return `${call.id} (${call.state} ${call.party})`;
}
