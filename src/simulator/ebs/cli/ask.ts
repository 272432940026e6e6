import { CtiError, type ErrorCode, isErrorData } from "../../../model/errors.ts";
import type { Environment } from "../../../platform/paths.ts";
import type { CalloutRecord } from "../contract.ts";
import type { EbsAnswers } from "../control-api.ts";
import { resultText } from "../telling.ts";
import { findEbs, noEbs } from "./registration.ts";

/** Milliseconds: longer than a callout may take. */
const patience = 15_000;

/** Asks the running simulated EBS, or the one at `url`; `body` makes it a POST. Throws its own error, or `simulator-unreachable`. */
export async function askEbs<Name extends keyof EbsAnswers>(
  { environment, url }: { environment: Environment; url: string | undefined },
  name: Name,
  body?: Record<string, unknown>,
): Promise<EbsAnswers[Name]> {
  const control = findEbs(environment, url);
  let response: Response;
  try {
    response = await fetch(`${control}/ebs/${name}`, {
      ...(body !== undefined && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
      signal: AbortSignal.timeout(patience),
    });
  } catch (thrown) {
    throw noEbs(`${control} does not answer (${thrown instanceof Error ? thrown.message : String(thrown)})`);
  }
  const answer: unknown = await response.json().catch(() => undefined);
  // The other end is this same program: its answers are taken at their word.
  if (response.ok && answer !== undefined) return answer as EbsAnswers[Name];
  const error: unknown =
    typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
  if (isErrorData(error)) throw new CtiError(error);
  throw noEbs(`${control} answers like something else (HTTP ${response.status})`);
}

/** What is wrong with how a callout was answered, as an error with its exit code; undefined when it was answered well. */
export function calloutError({ callout, result }: CalloutRecord): CtiError | undefined {
  if (result.outcome === "ok") return undefined;
  const code: ErrorCode =
    result.outcome === "error" ? "refused" : result.fault === "timeout" ? "timeout" : "connector-unreachable";
  return new CtiError({
    code,
    message: `${callout} was not done`,
    why: resultText(result),
    ...(result.outcome === "fault" && { hint: "is the EBS adapter running at the third-party URL?" }),
  });
}
