import type { DialogAction } from "../finesse/contract.ts";
import type { Call } from "../model/call.ts";
import { isReleased } from "../model/call.ts";
import { CtiError } from "../model/errors.ts";
import { pickCall } from "./pick-call.ts";
import { isFresh, type Plan, type Step, type Verdict } from "./plan.ts";
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

/**
 * Confirmed when a call of our own making is there that was not before, with its number on the way. A hand on the phone may dial at the
 * same time: the call that carries the request's id is ours, else one to the number.
 */
function newCallSettle(before: SessionState, words: (call: Call) => string, number: string): Step["settle"] {
  const known = new Set(callsOf(before).map((call) => call.id));
  let ours: string | undefined;
  return (now, news) => {
    const made = callsOf(now).filter(({ id, from }) => !known.has(id) && from === before.extension);
    if (news.echoed) ours ??= made.at(-1)?.id;
    const call =
      ours === undefined
        ? made.find((one) => isSameNumber(one.to, number) && isFresh(one.startedAt, news))
        : made.find(({ id }) => id === ours);
    if (call === undefined)
      return ours === undefined
        ? undefined
        : {
            outcome: "unknown",
            message: `the call to ${number} was begun and ended before it was on its way`,
          };
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

/** The switch may add or take an access code at the front. */
export function isSameNumber(to: string | undefined, dialled: string): boolean {
  if (to === undefined || to === "") return false;
  return to.endsWith(dialled) || (to.length >= 4 && dialled.endsWith(to));
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
        settle: (now, news) => {
          const leg = now.tracked.get(call.id)?.call;
          if (leg === undefined) return gone(call);
          return targets.includes(leg.state) && isFresh(leg.stateSince, news)
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
    settle: (_now, { echoed }) =>
      echoed ? { outcome: "confirmed", message: `sent ${digits.length} tones` } : undefined,
    // The reference names no event for tones: no refusal in this time is all the confirmation there is.
    acceptedAfter: 400,
    acceptedMessage: `sent ${digits.length} ${digits.length === 1 ? "tone" : "tones"}`,
  };
}

export function variablesStep(state: SessionState, call: Call, variables: Record<string, string>): Step {
  const names = Object.keys(variables);
  const differingIn = (leg: Call) => names.filter((name) => leg.variables[name] !== variables[name]);
  return {
    ...dialogRequest(call, {
      requestedAction: "UPDATE_CALL_DATA",
      targetMediaAddress: state.extension,
      variables,
    }),
    settle: (now, { echoed, read }) => {
      const leg = now.tracked.get(call.id)?.call;
      if (leg === undefined) return gone(call);
      const differing = differingIn(leg);
      // Values that were there before prove nothing: the call may be gone without our knowing.
      if (differing.length === 0 && (echoed || read || differingIn(call).length > 0))
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
  const isSet = ({ wrapUpReasons }: Call) =>
    several ? labels.every((label) => wrapUpReasons.includes(label)) : wrapUpReasons.includes(first);
  return {
    ...dialogRequest(call, {
      requestedAction: "UPDATE_CALL_DATA",
      targetMediaAddress: state.extension,
      ...(several ? { wrapUpItems: labels } : { wrapUpReason: first }),
    }),
    settle: (now, { echoed, read }) => {
      const leg = now.tracked.get(call.id)?.call;
      if (leg === undefined) return gone(call);
      if (isSet(leg) && (echoed || read || !isSet(call)))
        return { outcome: "confirmed", message: `wrap-up reason ${labels.join(", ")}`, call: leg };
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

export function dialogRequest(call: Call, action: DialogAction): Pick<Step, "send" | "source"> {
  return {
    source: `/finesse/api/Dialog/${call.id}`,
    send: (rest, context) => rest.putDialog(call.id, action, context),
  };
}

export function gone(call: Call): Verdict {
  return {
    outcome: "unknown",
    message: `the call with ${call.party} ended, perhaps before that could be done`,
  };
}
