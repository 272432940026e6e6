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
  let response: Response;
  try {
    response = await fetch(`${url}/sim/${name}`, {
      ...(body !== undefined && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
      // A scenario lasts as long as it lasts.
      ...(name !== "script" && { signal: AbortSignal.timeout(10_000) }),
    });
  } catch (thrown) {
    throw noSimulator(
      `${url} does not answer (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    );
  }
  const answer = await response.json().catch(() => undefined);
  // The other end is this same program: its answers are taken at their word.
  if (response.ok && answer !== undefined) return answer as SimAnswers[Name];
  const error: unknown =
    typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
  if (isErrorData(error)) throw new CtiError(error);
  throw noSimulator(`${url} answers like something else (HTTP ${response.status})`);
}
