import { CtiError } from "../../../model/errors.ts";
import type { CallLog } from "../contract.ts";

/** Surely not saved. */
export function noPage(agent: string): CtiError {
  return new CtiError({
    code: "salesforce-unreachable",
    message: `no softphone page of agent ${agent} is open in Salesforce`,
    hint: "it is saved as soon as the agent opens the softphone there",
  });
}

/** It may have been saved. `words`: the page's own. */
export function unknownSave(log: CallLog, words?: string): CtiError {
  return new CtiError({
    code: "outcome-unknown",
    message: `the softphone page of agent ${log.agent} has not said whether it saved the call`,
    ...(words !== undefined && { why: words.slice(0, 1000) }),
    hint: "look in Salesforce whether the call's record is there",
  });
}

export function refusedSave(log: CallLog, words: string): CtiError {
  return new CtiError({
    code: "refused",
    message: `Salesforce did not save the call of agent ${log.agent}`,
    why: words.slice(0, 1000),
  });
}
