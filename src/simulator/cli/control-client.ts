import { CtiError, isErrorData } from "../../model/errors.ts";
import type { CallPlaced } from "../engine/control.ts";
import type { StepResult } from "../server/scenario.ts";
import type { SimulatorState } from "../server/simulator.ts";
import { noSimulator } from "./registration.ts";

/** What the simulator answers, by the name of what it is asked. */
export interface SimAnswers {
  state: SimulatorState;
  call: CallPlaced;
  abandon: object;
  hangup: object;
  answer: object;
  phone: object;
  fail: { fault: string; effect: string };
  heal: { healed: string[] };
  script: { steps: StepResult[] };
}

/** Asks a simulator's control API; `body` makes it a POST. Throws the simulator's own error, or `simulator-unreachable`. */
export async function askSimulator<Name extends keyof SimAnswers>(
  url: string,
  name: Name,
  body?: Record<string, unknown>,
): Promise<SimAnswers[Name]> {
  // A scenario lasts as long as it lasts. The other end is this same program: its answers are taken at their word.
  const patience = name === "script" ? undefined : 10_000;
  return (await askControl(`${url}/sim/${name}`, body, {
    patience,
    unreachable: noSimulator,
  })) as SimAnswers[Name];
}

export interface AskOptions {
  /** Milliseconds; for ever when absent. */
  patience: number | undefined;
  /** The error for "nothing there", with why. */
  unreachable(why: string): CtiError;
}

/** Asks a control API for JSON; `body` makes it a POST. Throws the other end's own error, or `unreachable`'s. */
export async function askControl(
  url: string,
  body: Record<string, unknown> | undefined,
  { patience, unreachable }: AskOptions,
): Promise<unknown> {
  const { origin } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, {
      ...(body !== undefined && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
      ...(patience !== undefined && { signal: AbortSignal.timeout(patience) }),
    });
  } catch (thrown) {
    throw unreachable(
      `${origin} does not answer (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    );
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer;
  const error: unknown =
    typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
  if (isErrorData(error)) throw new CtiError(error);
  throw unreachable(`${origin} answers like something else (HTTP ${response.status})`);
}
