import { type ErrorCode, errorExitCodes } from "../model/errors.ts";

const byExitCode: Readonly<Record<number, number>> = {
  1: 500,
  2: 400,
  3: 401,
  4: 422,
  5: 502,
  6: 504,
  7: 404,
  130: 499,
};

/** The HTTP status under which the control API answers an error; the error's code says the rest. */
export function httpStatusOf(code: ErrorCode): number {
  if (code === "connector-version") return 409;
  return byExitCode[errorExitCodes[code]] ?? 500;
}
