import type { FinesseRest, RequestContext, Update } from "../finesse/contract.ts";
import type { Reasons } from "../model/agent.ts";
import type { Call } from "../model/call.ts";
import { isReleased } from "../model/call.ts";
import type { AgentCommand, Refusal } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";
import { numberToDial } from "../model/dial-plan.ts";
import {
  consultStep,
  dialStep,
  dropStep,
  legPlan,
  tonesStep,
  variablesStep,
  wrapUpStep,
} from "./call-steps.ts";
import { blindStep, conferenceStep, pickJoined, transferStep } from "./hand-over-steps.ts";
import { pickCall } from "./pick-call.ts";
import type { SessionState } from "./state.ts";
import { callsOf } from "./state.ts";

/** How a command stands, judged from what is known of the agent. `undefined`: not settled yet. */
export type Verdict =
  | { outcome: "confirmed" | "pending"; message: string; call?: Call }
  | { outcome: "refused"; message: string; refusal: Refusal }
  /** The call is gone, and with it what would have shown the effect: a late refusal may still tell. */
  | { outcome: "unknown"; message: string }
  | undefined;

/** What a step is judged on besides the state. */
export interface News {
  /** The change carried this request's id. */
  echoed: boolean;
  /** The state was read whole after the request had its time. */
  read: boolean;
  /** When the request was sent, by the server's clock (milliseconds since the epoch), where that is known. */
  since: number | undefined;
}

/** False for what was so before the request was sent: old news that came late must not pass for its effect. */
export function isFresh(changedAt: string | undefined, { echoed, read, since }: News): boolean {
  if (echoed || read || since === undefined || changedAt === undefined) return true;
  const at = Date.parse(changedAt);
  return Number.isNaN(at) || at >= since;
}

/** One request to Finesse and how to know what became of it. */
export interface Step {
  send(rest: FinesseRest, context: RequestContext): Promise<void>;
  /** Judges the state after each change. */
  settle(state: SessionState, news: News): Verdict;
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
      return { steps: [dialStep(state, input.userId, numberToDial(command.number))] };
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
    case "consult": {
      const call = pickCall(callsOf(state), "consult", command.call);
      return { steps: [consultStep(state, call, numberToDial(command.number))] };
    }
    case "transfer": {
      if (command.number === undefined)
        return { steps: [transferStep(state, pickJoined(state, "transfer", command.call))] };
      const call = pickCall(callsOf(state), "transfer", command.call, "TRANSFER_SST");
      return { steps: [blindStep(state, call, numberToDial(command.number))] };
    }
    case "conference":
      return { steps: [conferenceStep(state, pickJoined(state, "conference", command.call))] };
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
  const before = state.agent;
  if (before?.state === "READY" && before.pendingState === undefined) {
    return { done: { outcome: "confirmed", message: "already READY" } };
  }
  return {
    steps: [
      {
        source: userSource(userId),
        send: (rest, context) => rest.putUser(userId, { state: "READY" }, context),
        settle: ({ agent }, news) => {
          if (agent === undefined) return undefined;
          const isFreshState = isFresh(agent.stateChangeTime, news);
          if (agent.state === "READY" && isFreshState) return { outcome: "confirmed", message: "READY" };
          // A waiting call may reserve the agent before READY has been seen.
          if (agent.state.startsWith("RESERVED") && before?.state !== agent.state && isFreshState)
            return { outcome: "confirmed", message: `READY, and already ${agent.state}` };
          if (agent.pendingState === "READY" && isNewPending(news))
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

/** A pending state moves no time: one that came without the request's id may be older than the request. */
function isNewPending({ echoed, read }: News): boolean {
  return echoed || read;
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
    settle: ({ agent }, news) => {
      if (agent === undefined) return undefined;
      if (
        agent.state === "NOT_READY" &&
        isFresh(agent.stateChangeTime, news) &&
        (reason === undefined || news.echoed || agent.reasonCodeId === reason.id)
      ) {
        return { outcome: "confirmed", message: words };
      }
      if (agent.pendingState === "NOT_READY" && isNewPending(news)) {
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
