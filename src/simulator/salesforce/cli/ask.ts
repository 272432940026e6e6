import { CtiError, isErrorData } from "../../../model/errors.ts";
import type { Environment } from "../../../platform/paths.ts";
import type { SalesforceAnswers } from "../control-api.ts";
import { findSalesforce, noSalesforce } from "./registration.ts";

/** Milliseconds: nothing that is asked takes long. */
const patience = 15_000;

/** Asks the running simulated Salesforce, or the one at `url`; `body` makes it a POST. Throws its own error, or `simulator-unreachable`. */
export async function askSalesforce<Name extends keyof SalesforceAnswers>(
  { environment, url }: { environment: Environment; url: string | undefined },
  name: Name,
  { body, query = "" }: { body?: Record<string, unknown>; query?: string } = {},
): Promise<SalesforceAnswers[Name]> {
  const control = findSalesforce(environment, url);
  let response: Response;
  try {
    response = await fetch(`${control}/salesforce/${name}${query}`, {
      ...(body !== undefined && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
      signal: AbortSignal.timeout(patience),
    });
  } catch (thrown) {
    throw noSalesforce(
      `${control} does not answer (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    );
  }
  const answer: unknown = await response.json().catch(() => undefined);
  // The other end is this same program: its answers are taken at their word.
  if (response.ok && answer !== undefined) return answer as SalesforceAnswers[Name];
  const error: unknown =
    typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
  if (isErrorData(error)) throw new CtiError(error);
  throw noSalesforce(`${control} answers like something else (HTTP ${response.status})`);
}
