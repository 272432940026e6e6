import { mayBeDone } from "../finesse/may-be-done.ts";
import type { Refusal, Verb } from "../model/commands.ts";
import { CtiError, toCtiError } from "../model/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Connection } from "./connection.ts";
import { type InFlight, refusalMessage } from "./in-flight.ts";
import type { Step, Verdict } from "./plan.ts";
import type { SessionState } from "./state.ts";
import { callsOf } from "./state.ts";

export type Settled = Exclude<Verdict, undefined>;

export interface StepRun {
  connection: Connection;
  step: Step;
  verb: Verb;
  requestId: string;
  cause: string;
  /** Milliseconds. */
  timeout: number;
  clock: Clock;
  inFlight: InFlight;
  state(): SessionState;
  /** Reads the agent whole, over the link of that moment. */
  reread(): Promise<void>;
}

/** Milliseconds in which a refusal follows the end of the call that the request was for. */
const lateRefusal = 1_500;

/**
 * Sends one request and finds out what became of it: by the events, a late refusal, or after the time-out by what Finesse shows. Throws
 * only when the request surely was not done.
 */
export async function runStep(run: StepRun): Promise<Settled> {
  const { connection, step, requestId, cause, timeout, clock, inFlight } = run;
  const cancels: (() => void)[] = [];
  let trouble: CtiError | undefined;
  try {
    return await new Promise<Settled>((resolve, reject) => {
      let isOpen = true;
      const settled = (verdict: Settled) => {
        if (verdict.outcome !== "unknown") return resolve(verdict);
        // The call is gone. Whether the request was in time is told by a refusal, or by nobody.
        if (isOpen) cancels.push(clock.after(lateRefusal, () => resolve(verdict)));
        isOpen = false;
      };
      cancels.push(
        inFlight.add({ step, requestId, since: serverTime(connection, clock), settled }, cause),
        clock.after(timeout, () => void afterTimeout(run, trouble).then(resolve, reject)),
      );
      step.send(connection.rest, { requestId, cause }).then(
        () => {
          if (step.acceptedAfter === undefined) return;
          const message = step.acceptedMessage ?? "accepted";
          cancels.push(clock.after(step.acceptedAfter, () => resolve({ outcome: "confirmed", message })));
        },
        (thrown: unknown) => {
          const error = toCtiError(thrown);
          const refusal = refusalOf(error);
          if (refusal !== undefined)
            resolve({ outcome: "refused", message: refusalMessage(refusal), refusal });
          // The answer was lost, not the request: Finesse may have done it. The event or the re-read will tell.
          else if (mayBeDone(error)) trouble = error;
          else reject(error);
        },
      );
    });
  } finally {
    for (const cancel of cancels) cancel();
  }
}

/** Nothing came in time: what does Finesse show? */
async function afterTimeout(run: StepRun, trouble: CtiError | undefined): Promise<Settled> {
  const { step, verb } = run;
  const after = trouble === undefined ? "" : ` (${trouble.message})`;
  try {
    await run.reread();
  } catch (error) {
    return {
      outcome: "unknown",
      message: `no answer to ${verb} in time${after}, and Finesse could not be asked: ${toCtiError(error).message}`,
    };
  }
  const state = run.state();
  const verdict = step.settle(state, {
    echoed: false,
    read: true,
    since: undefined,
  });
  if (verdict !== undefined) return verdict;
  const calls = callsOf(state).length;
  return {
    outcome: "unknown",
    message: `no outcome of ${verb} in time${after}; Finesse shows the agent ${state.agent?.state ?? "unknown"} with ${countCalls(calls)}`,
  };
}

/** Milliseconds since the epoch by the server's clock, at the earliest; undefined where it does not tell the time. */
function serverTime({ clockOffset }: Connection, clock: Clock): number | undefined {
  return clockOffset === undefined ? undefined : clock.now() + clockOffset.least;
}

function refusalOf(error: CtiError): Refusal | undefined {
  if (error.code !== "refused") return undefined;
  const refusal = error.details?.refusal;
  return isRefusal(refusal)
    ? refusal
    : { type: error.message, code: undefined, words: error.why, hint: error.hint, late: false };
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "type" in value && "late" in value;
}

function countCalls(count: number): string {
  return count === 0 ? "no call" : count === 1 ? "one call" : `${count} calls`;
}
