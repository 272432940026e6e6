import type { Refusal } from "../model/commands.ts";
import { CtiError } from "../model/errors.ts";
import { hintFor } from "./hints.ts";

/** One `ApiError` as Finesse wrote it (§4). */
export interface ApiError {
  type: string;
  /** ErrorData: a CTI control-failure number, a user name, an element name. */
  data: string | undefined;
  message: string | undefined;
  peripheralCode: string | undefined;
  peripheralText: string | undefined;
  peripheralMessage: string | undefined;
}

/** Finesse's no with our words beside it. All of the server's words are kept: people search for them. */
export function refusalOf(error: ApiError, late: boolean): Refusal {
  const code = error.data === undefined ? undefined : error.peripheralCode;
  const peripheral = joined([joined([code, error.peripheralMessage], " "), error.peripheralText], ": ");
  const words = joined([error.message, peripheral === undefined ? undefined : `(${peripheral})`], " ");
  return {
    type: error.type,
    code: error.data ?? error.peripheralCode,
    words,
    hint: hintFor(error),
    late,
  };
}

/** The CtiError `refused` for a refusal; the refusal itself is in `details.refusal`. */
export function refusedError(what: string, refusal: Refusal, status?: number): CtiError {
  const named = [refusal.type, refusal.code].filter((part) => part !== undefined).join(" ");
  return new CtiError({
    code: "refused",
    message: `Finesse refused ${what}`,
    why: refusal.words === undefined ? named : `${named}: ${refusal.words}`,
    ...(refusal.hint !== undefined && { hint: refusal.hint }),
    details: { refusal, ...(status !== undefined && { status }) },
  });
}

function joined(parts: (string | undefined)[], separator: string): string | undefined {
  const present = parts.filter((part) => part !== undefined);
  return present.length === 0 ? undefined : present.join(separator);
}
