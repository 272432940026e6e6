import { CtiError } from "../model/errors.ts";

/** The same error, with the remark that Finesse may have done what was asked. */
export function openEnded(error: CtiError): CtiError {
  const data = error.toJSON();
  return new CtiError({ ...data, details: { ...data.details, mayBeDone: true } }, { cause: error.cause });
}

/**
 * Whether Finesse may have done a request that failed with this error: the answer was lost, not surely the request. A refused connection,
 * a refusal and a 503 say for certain that it did not.
 */
export function mayBeDone(error: CtiError): boolean {
  return error.code === "timeout" || error.details?.mayBeDone === true;
}
