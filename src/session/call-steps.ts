import type { DialogAction } from "../finesse/contract.ts";
import type { Call } from "../model/call.ts";
import { isReleased } from "../model/call.ts";
import { CtiError } from "../model/errors.ts";
import { pickCall } from "./pick-call.ts";
import type { Plan, Step, Verdict } from "./plan.ts";
import type { SessionState } from "./state.ts";
import { callsOf } from "./state.ts";

export function dialStep(state: SessionState, userId: string, number: string): Step {
  const { extension } = state;
  return {
    source: `/finesse/api/User/${userId}/Dialogs`,
    send: (rest, context) => rest.makeCall(userId, extension, number, context),
    settle: newCallSettle(state, (call) => `calling ${number} (${call.state}, call ${call.id})`, number),
  };
}

export function consultStep(state: SessionState, call: Call, number: string): Step {
  return {
    ...dialogRequest(call, {
      requestedAction: "CONSULT_CALL",
      targetMediaAddress: state.extension,
      toAddress: number,
    }),
    settle: newCallSettle(
      state,
      (made) => `consulting ${number} (call ${made.id}), ${call.party} is on hold`,
      number,
    ),
  };
}

/** Confirmed when a call of our own making is there that was not before, with its number on the way. */
function newCallSettle(before: SessionState, words: (call: Call) => string, number: string): Step["settle"] {
  const known = new Set(callsOf(before).map((call) => call.id));
  return (now) => {
    const call = callsOf(now).find(
      (candidate) => !known.has(candidate.id) && candidate.from === before.extension,
    );
    if (call === undefined) return undefined;
    // Off the hook is not dialling yet: wait for the number to be on its way.
    if (call.state === "INITIATING" && call.dialogState === "INITIATING") return undefined;
    if (call.state !== "FAILED") return { outcome: "confirmed", message: words(call), call };
    return {
      outcome: "refused",
      message: `the call to ${number} failed: ${failureWords(call.cause)}`,
      refusal: {
        type: "Call Failed",
        code: call.cause,
        words: call.cause,
        hint: "drop the failed call and try again: cti drop",
        late: true,
      },
    };
  };
}

/** The held call of a running consult. */
export function pickJoined(
  state: SessionState,
  verb: "transfer" | "conference",
  named: string | undefined,
): Call {
  const calls = callsOf(state);
  const live = calls.filter((call) => !isReleased(call));
  const possible = live.length > 1 && live.some((call) => call.state === "HELD");
  const call = possible || named !== undefined ? pickCall(calls, verb, named) : undefined;
  if (call?.state === "HELD" && live.length > 1) return call;
  const blind = verb === "transfer" ? "; or without asking anybody: cti transfer NUMBER" : "";
  throw new CtiError({
    code: "no-such-call",
    message: `there is no held call with a consult call to ${verb === "transfer" ? "transfer it to" : "join it with"}`,
    hint: live.length === 0 ? "the agent has no call now" : `first: cti consult NUMBER${blind}`,
  });
}

/** Both calls leave the agent, the parties stay together. */
export function transferStep(state: SessionState, call: Call): Step {
  const others = callsOf(state).filter((other) => other.id !== call.id && !isReleased(other));
  return {
    ...dialogRequest(call, { requestedAction: "TRANSFER", targetMediaAddress: state.extension }),
    settle: (now) => {
      if (!hasLeft(now, call)) return undefined;
      const to = others.length === 1 ? (others[0]?.party ?? "") : "the consulted party";
      return { outcome: "confirmed", message: `transferred ${call.party} to ${to}`, ...wrapUpLeg(now, call) };
    },
  };
}

export function blindStep(state: SessionState, call: Call, number: string): Step {
  return {
    ...dialogRequest(call, {
      requestedAction: "TRANSFER_SST",
      targetMediaAddress: state.extension,
      toAddress: number,
    }),
    settle: (now) =>
      hasLeft(now, call)
        ? { outcome: "confirmed", message: `transferred ${call.party} to ${number}`, ...wrapUpLeg(now, call) }
        : undefined,
  };
}

export function conferenceStep(state: SessionState, call: Call): Step {
  const alone = new Set(callsOf(state).map((other) => other.id));
  return {
    ...dialogRequest(call, { requestedAction: "CONFERENCE", targetMediaAddress: state.extension }),
    settle: (now) => {
      // The survivor may carry either dialog id (§9); it keeps the customer's interaction.
      const joined = callsOf(now).find((leg) => leg.interaction === call.interaction);
      if (joined === undefined) return gone(call);
      const merged = [...alone].some((id) => !now.tracked.has(id));
      if (joined.state !== "ACTIVE" || !(joined.type === "CONFERENCE" || merged)) return undefined;
      const parties = joined.participants.filter((party) => party.state !== "DROPPED").length;
      return { outcome: "confirmed", message: `conference of ${parties} (call ${joined.id})`, call: joined };
    },
  };
}

function hasLeft(now: SessionState, call: Call): boolean {
  const leg = now.tracked.get(call.id)?.call;
  return leg === undefined || isReleased(leg);
}

function wrapUpLeg(now: SessionState, call: Call): { call?: Call } {
  const leg = now.tracked.get(call.id)?.call;
  return leg === undefined ? {} : { call: leg };
}

/** Words for a failed leg's stateCause (§9). */
export function failureWords(cause: string | undefined): string {
  switch (cause) {
    case "BUSY":
      return "busy";
    case "BAD_DESTINATION":
      return "the number cannot be reached";
    case undefined:
    case "":
    case "OTHER":
      return "the switch gave no cause";
    default:
      return cause;
  }
}

/** A verb that moves the agent's own leg into one of `targets`. */
export function legPlan(
  state: SessionState,
  call: Call,
  action: string,
  targets: readonly string[],
  words: string,
): Plan {
  if (targets.includes(call.state) && !call.actions.includes(action)) {
    return { done: { outcome: "confirmed", message: `already ${words}`, call } };
  }
  return {
    steps: [
      {
        ...dialogRequest(call, { requestedAction: action, targetMediaAddress: state.extension }),
        settle: (now) => {
          const leg = now.tracked.get(call.id)?.call;
          if (leg === undefined) return gone(call);
          return targets.includes(leg.state)
            ? { outcome: "confirmed", message: `${words} (${call.party}, call ${call.id})`, call: leg }
            : undefined;
        },
      },
    ],
  };
}

export function dropStep(state: SessionState, call: Call): Step {
  return {
    ...dialogRequest(call, { requestedAction: "DROP", targetMediaAddress: state.extension }),
    settle: (now) => {
      const leg = now.tracked.get(call.id)?.call;
      if (leg === undefined)
        return { outcome: "confirmed", message: `dropped (${call.party}, call ${call.id})` };
      if (isReleased(leg)) {
        const after = leg.state === "WRAP_UP" ? ", now wrap-up" : "";
        return {
          outcome: "confirmed",
          message: `dropped (${call.party}, call ${call.id})${after}`,
          call: leg,
        };
      }
      return undefined;
    },
  };
}

export function tonesStep(state: SessionState, call: Call, digits: string): Step {
  return {
    ...dialogRequest(call, {
      requestedAction: "SEND_DTMF",
      targetMediaAddress: state.extension,
      dtmfString: digits,
    }),
    settle: (_now, echoed) =>
      echoed ? { outcome: "confirmed", message: `sent ${digits.length} tones` } : undefined,
    // The reference names no event for tones: no refusal in this time is all the confirmation there is.
    acceptedAfter: 400,
    acceptedMessage: `sent ${digits.length} ${digits.length === 1 ? "tone" : "tones"}`,
  };
}

export function variablesStep(state: SessionState, call: Call, variables: Record<string, string>): Step {
  const names = Object.keys(variables);
  return {
    ...dialogRequest(call, {
      requestedAction: "UPDATE_CALL_DATA",
      targetMediaAddress: state.extension,
      variables,
    }),
    settle: (now, echoed) => {
      const leg = now.tracked.get(call.id)?.call;
      if (leg === undefined) return gone(call);
      const differing = names.filter((name) => leg.variables[name] !== variables[name]);
      if (differing.length === 0)
        return { outcome: "confirmed", message: `set ${names.join(", ")}`, call: leg };
      // Finesse cuts over-long values and forgets unknown names without an error (§10): say it instead.
      if (echoed)
        return {
          outcome: "confirmed",
          message: `set, but Finesse kept another value of ${differing.join(", ")}`,
          call: leg,
        };
      return undefined;
    },
  };
}

export function wrapUpStep(state: SessionState, call: Call, labels: string[], isUccx: boolean): Step {
  const [first = ""] = labels;
  const several = isUccx && labels.length > 1;
  return {
    ...dialogRequest(call, {
      requestedAction: "UPDATE_CALL_DATA",
      targetMediaAddress: state.extension,
      ...(several ? { wrapUpItems: labels } : { wrapUpReason: first }),
    }),
    settle: (now, echoed) => {
      const leg = now.tracked.get(call.id)?.call;
      if (leg === undefined) return gone(call);
      const set = several
        ? labels.every((label) => leg.wrapUpReasons.includes(label))
        : leg.wrapUpReasons.includes(first);
      if (set) return { outcome: "confirmed", message: `wrap-up reason ${labels.join(", ")}`, call: leg };
      return echoed
        ? {
            outcome: "confirmed",
            message: `accepted, but the call shows ${leg.wrapUpReasons.join(", ") || "no wrap-up reason"}`,
            call: leg,
          }
        : undefined;
    },
  };
}

function dialogRequest(call: Call, action: DialogAction): Pick<Step, "send" | "source"> {
  return {
    source: `/finesse/api/Dialog/${call.id}`,
    send: (rest, context) => rest.putDialog(call.id, action, context),
  };
}

function gone(call: Call): Verdict {
  const message = `the call with ${call.party} ended before that could be done`;
  return {
    outcome: "refused",
    message,
    refusal: {
      type: "Call Ended",
      code: undefined,
      words: undefined,
      hint: "cti calls shows what is left",
      late: true,
    },
  };
}
