import type { DialogAction, FinesseRest, RequestContext, Update } from "../finesse/contract.ts";
import type { Reasons } from "../model/agent.ts";
import type { Call } from "../model/call.ts";
import { isReleased } from "../model/call.ts";
import type { AgentCommand, Refusal } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";
import { pickCall } from "./pick-call.ts";
import type { SessionState } from "./state.ts";
import { callsOf } from "./state.ts";

/** How a command stands, judged from what is known of the agent. `undefined`: not settled yet. */
export type Verdict =
  | { outcome: "confirmed" | "pending"; message: string; call?: Call }
  | { outcome: "refused"; message: string; refusal: Refusal }
  | undefined;

/** One request to Finesse and how to know what became of it. */
export interface Step {
  send(rest: FinesseRest, context: RequestContext): Promise<void>;
  /** Judges the state after each change; `echoed` is true when the change carried this request's id. */
  settle(state: SessionState, echoed: boolean): Verdict;
  /** The object whose late errors are ours even without a requestId: a User or Dialog path. */
  source: string;
  /** For requests that Finesse never confirms: milliseconds without a refusal after which "accepted" is all there is to know. */
  acceptedAfter?: number;
  /** Words for `acceptedAfter`. */
  acceptedMessage?: string;
}

/** What a command is to do: nothing (already so), or steps, each begun when the one before is confirmed. */
export type Plan = { done: Exclude<Verdict, undefined> } | { steps: Step[] };

export interface PlanInput {
  command: AgentCommand;
  state: SessionState;
  userId: string;
  reasons(): Promise<Reasons>;
  defaultReasons: { notReady?: string; logout?: string };
  isUccx: boolean;
}

/** Works out the requests of a command. Throws CtiError when it cannot mean anything (no such call, unknown reason). */
export async function plan(input: PlanInput): Promise<Plan> {
  const { command, state } = input;
  switch (command.verb) {
    case "ready":
      return planReady(input);
    case "not-ready":
      return planNotReady(input, command.reason);
    case "logout":
      return planLogout(input, command.reason);
    case "dial":
      return { steps: [dialStep(input, command.number)] };
    case "answer": {
      const call = pickCall(callsOf(state), "answer", command.call);
      return legPlan(state, call, "ANSWER", ["ACTIVE"], "answered");
    }
    case "hold": {
      const call = pickCall(callsOf(state), "hold", command.call);
      return legPlan(state, call, "HOLD", ["HELD"], "on hold");
    }
    case "retrieve": {
      const call = pickCall(callsOf(state), "retrieve", command.call);
      return legPlan(state, call, "RETRIEVE", ["ACTIVE"], "talking again");
    }
    case "drop": {
      const call = pickCall(callsOf(state), "drop", command.call);
      return { steps: [dropStep(state, call)] };
    }
    case "dtmf": {
      const call = pickCall(callsOf(state), "dtmf", command.call);
      if (!/^[0-9*#A-Da-d]+$/.test(command.digits)) {
        throw new CtiError({
          code: "usage",
          message: `"${command.digits}" cannot be sent as tones`,
          hint: "use 0-9, * and # (UCCE also A-D)",
        });
      }
      return { steps: [tonesStep(state, call, command.digits)] };
    }
    case "set": {
      const call = pickCall(callsOf(state), "set", command.call);
      return { steps: [variablesStep(state, call, command.variables)] };
    }
    case "wrap-up": {
      const call = pickCall(callsOf(state), "wrap-up", command.call);
      const labels = await wrapUpLabels(input, command.reasons);
      return { steps: [wrapUpStep(state, call, labels, input.isUccx)] };
    }
  }
}

function userSource(userId: string): string {
  return `/finesse/api/User/${userId}`;
}

function planReady({ state, userId }: PlanInput): Plan {
  const agent = state.agent;
  if (agent?.state === "READY" && agent.pendingState === undefined) {
    return { done: { outcome: "confirmed", message: "already READY" } };
  }
  return {
    steps: [
      {
        source: userSource(userId),
        send: (rest, context) => rest.putUser(userId, { state: "READY" }, context),
        settle: ({ agent }) => {
          if (agent === undefined) return undefined;
          // A waiting call may reserve the agent before READY has been seen.
          if (agent.state === "READY") return { outcome: "confirmed", message: "READY" };
          if (agent.state.startsWith("RESERVED"))
            return { outcome: "confirmed", message: `READY, and already ${agent.state}` };
          if (agent.pendingState === "READY")
            return { outcome: "pending", message: `READY after this call (now ${agent.state})` };
          return undefined;
        },
      },
    ],
  };
}

async function planNotReady(input: PlanInput, reason: string | undefined): Promise<Plan> {
  const { state, userId, defaultReasons } = input;
  const wanted = reason ?? undefined;
  const code = wanted === undefined ? undefined : await reasonId(input, "notReady", wanted);
  const agent = state.agent;
  if (
    agent?.state === "NOT_READY" &&
    agent.pendingState === undefined &&
    (code === undefined || agent.reasonCodeId === code.id)
  ) {
    return {
      done: {
        outcome: "confirmed",
        message: `already NOT_READY${agent.reason === undefined ? "" : ` (${agent.reason.label})`}`,
      },
    };
  }
  const fallback =
    code ??
    (defaultReasons.notReady === undefined
      ? undefined
      : await reasonId(input, "notReady", defaultReasons.notReady));
  return { steps: [notReadyStep(userId, fallback)] };
}

interface NamedReason {
  id: string;
  label: string;
}

function notReadyStep(userId: string, reason: NamedReason | undefined): Step {
  const words = reason === undefined ? "NOT_READY" : `NOT_READY (${reason.label})`;
  return {
    source: userSource(userId),
    send: (rest, context) =>
      rest.putUser(
        userId,
        reason === undefined ? { state: "NOT_READY" } : { state: "NOT_READY", reasonCodeId: reason.id },
        context,
      ),
    settle: ({ agent }, echoed) => {
      if (agent === undefined) return undefined;
      if (
        agent.state === "NOT_READY" &&
        (reason === undefined || echoed || agent.reasonCodeId === reason.id)
      ) {
        return { outcome: "confirmed", message: words };
      }
      if (agent.pendingState === "NOT_READY") {
        return { outcome: "pending", message: `NOT_READY after this call (now ${agent.state})` };
      }
      return undefined;
    },
  };
}

async function planLogout(input: PlanInput, reason: string | undefined): Promise<Plan> {
  const { state, userId, defaultReasons, isUccx } = input;
  const agent = state.agent;
  if (agent?.state === "LOGOUT") return { done: { outcome: "confirmed", message: "already signed out" } };
  const live = callsOf(state).find((call) => !isReleased(call));
  if (live !== undefined) {
    const message = `signing out has to wait for the call with ${live.party === "" ? "no number yet" : live.party} (${live.state})`;
    return {
      done: {
        outcome: "refused",
        message,
        refusal: {
          type: "On a call",
          code: undefined,
          words: undefined,
          hint: "end the call first: cti drop",
          late: false,
        },
      },
    };
  }
  const logoutReason = reason ?? defaultReasons.logout;
  const code = logoutReason === undefined ? undefined : await reasonId(input, "logout", logoutReason);
  const logout: Step = {
    source: userSource(userId),
    send: (rest, context) =>
      rest.putUser(
        userId,
        code === undefined ? { state: "LOGOUT" } : { state: "LOGOUT", reasonCodeId: code.id },
        context,
      ),
    settle: ({ agent }) =>
      agent?.state === "LOGOUT" ? { outcome: "confirmed", message: "signed out" } : undefined,
  };
  // UCCE signs out from NOT_READY only; UCCX from READY too (§6).
  const direct = agent?.state === "NOT_READY" || (isUccx && agent?.state === "READY");
  if (direct) return { steps: [logout] };
  const pause =
    defaultReasons.notReady === undefined
      ? undefined
      : await reasonId(input, "notReady", defaultReasons.notReady);
  return { steps: [notReadyStep(userId, pause), logout] };
}

function dialStep({ state, userId }: PlanInput, number: string): Step {
  const known = new Set(callsOf(state).map((call) => call.id));
  const extension = state.extension;
  return {
    source: `/finesse/api/User/${userId}/Dialogs`,
    send: (rest, context) => rest.makeCall(userId, extension, number, context),
    settle: (now) => {
      const call = callsOf(now).find((candidate) => !known.has(candidate.id) && candidate.from === extension);
      if (call === undefined) return undefined;
      // Off the hook is not dialling yet: wait for the number to be on its way.
      if (call.state === "INITIATING" && call.dialogState === "INITIATING") return undefined;
      if (call.state === "FAILED") {
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
      }
      return { outcome: "confirmed", message: `calling ${number} (${call.state}, call ${call.id})`, call };
    },
  };
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
function legPlan(
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

function dropStep(state: SessionState, call: Call): Step {
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

function tonesStep(state: SessionState, call: Call, digits: string): Step {
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

function variablesStep(state: SessionState, call: Call, variables: Record<string, string>): Step {
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

function wrapUpStep(state: SessionState, call: Call, labels: string[], isUccx: boolean): Step {
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

async function reasonId(input: PlanInput, kind: "notReady" | "logout", wanted: string): Promise<NamedReason> {
  const reasons = (await input.reasons())[kind];
  const lower = wanted.toLowerCase();
  const found =
    reasons.find((reason) => reason.label.toLowerCase() === lower) ??
    reasons.find((reason) => reason.code === wanted) ??
    reasons.find((reason) => reason.id === wanted);
  if (found !== undefined) return { id: found.id, label: found.label };
  throw new CtiError({
    code: "usage",
    message: `there is no ${kind === "notReady" ? "not-ready" : "sign-out"} reason "${wanted}"`,
    hint:
      reasons.length === 0
        ? "Finesse has none configured for this agent: leave it out"
        : `one of: ${reasons.map((reason) => reason.label).join(", ")}`,
  });
}

async function wrapUpLabels(input: PlanInput, wanted: string[]): Promise<string[]> {
  const known = (await input.reasons()).wrapUp;
  if (wanted.length > 1 && !input.isUccx) {
    throw new CtiError({
      code: "usage",
      message: "this Finesse takes one wrap-up reason for a call",
      hint: "give the most fitting one",
    });
  }
  return wanted.map((text) => {
    const lower = text.toLowerCase();
    const found =
      known.find((reason) => reason.label.toLowerCase() === lower) ??
      known.find((reason) => reason.id === text);
    if (found !== undefined) return found.label;
    throw new CtiError({
      code: "usage",
      message: `there is no wrap-up reason "${text}"`,
      hint:
        known.length === 0
          ? "Finesse has none configured for this agent"
          : `one of: ${known.map((reason) => reason.label).join(", ")}`,
    });
  });
}

/** The late errors of an update that belong to a step: by requestId, or unmarked ones about the same object (§3: best effort only). */
export function refusalFor(step: Step, requestId: string, update: Update): Refusal | undefined {
  if (update.kind !== "errors") return undefined;
  const [refusal] = update.refusals;
  if (refusal === undefined) return undefined;
  if (update.requestId !== undefined) return update.requestId === requestId ? refusal : undefined;
  const base = step.source.replace(/\/Dialogs$/, "");
  return update.source === step.source || update.source.startsWith(base) ? refusal : undefined;
}
