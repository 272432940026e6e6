import { askControl } from "../../cli/control-client.ts";
import { findSimulator, noSimulator } from "../../cli/registration.ts";
import type { Environment } from "../../../platform/paths.ts";
import { CtiError, type ErrorCode } from "../../../model/errors.ts";
import type { CalloutRecord } from "../contract.ts";
import type { EbsAnswers } from "../control-api.ts";
import { resultText } from "../telling.ts";
import { ebsKind } from "./kind.ts";

/** Asks the running simulated EBS, or the one at `url`; `body` makes it a POST. Throws its own error, or `simulator-unreachable`. */
export async function askEbs<Name extends keyof EbsAnswers>(
  { environment, url }: { environment: Environment; url: string | undefined },
  name: Name,
  body?: Record<string, unknown>,
): Promise<EbsAnswers[Name]> {
  const control = findSimulator(environment, url, ebsKind);
  // Longer than a callout may take.
  const options = { patience: 15_000, unreachable: (why: string) => noSimulator(why, ebsKind) };
  // The other end is this same program: its answers are taken at their word.
  return (await askControl(`${control}/ebs/${name}`, body, options)) as EbsAnswers[Name];
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
