import type { Refusal, Verb } from "../../model/commands.ts";
import type { CtiError } from "../../model/errors.ts";
import type { CommandName } from "./requests.ts";

/** What an Error event says: a code of generic-connector.md §7 or one of ours (README.md), and words for people. */
export interface GcError {
  code: string;
  words: string;
}

/** By Finesse's ErrorType, in lower case. */
const byType = new Map([
  ["user not found", "USER_NOT_FOUND"],
  ["invalid device", "WRONG_EXTENSION"],
  ["device busy", "CF_RESOURCE_BUSY"],
  ["on a call", "CF_INVALID_OBJECT_STATE"],
  ["invalid state", "CF_INVALID_OBJECT_STATE"],
  ["call operation failure", "CF_INVALID_OBJECT_STATE"],
  ["dialog not found", "CF_INVALID_OBJECT_STATE"],
  ["invalid input", "INVALID_REQUEST"],
  ["invalid destination", "INVALID_REQUEST"],
  ["parameter missing", "INVALID_REQUEST"],
  ["bad request", "INVALID_REQUEST"],
  ["not implemented", "NOT_SUPPORTED"],
]);

/** By the control failure's number (ErrorData or peripheral code). */
const byNumber = new Map([
  ["1", "CF_GENERIC_UNSPECIFIED"],
  ["4", "CF_INVALID_OBJECT_STATE"],
  ["11", "CF_INVALID_OBJECT_STATE"],
  ["13", "CF_INVALID_OBJECT_STATE"],
  ["21", "CF_INVALID_OBJECT_STATE"],
  ["22", "CF_INVALID_OBJECT_STATE"],
  ["33", "CF_RESOURCE_BUSY"],
  ["70", "CF_GENERIC_UNSPECIFIED_REJECTION"],
  ["256", "USER_NOT_FOUND"],
  ["257", "WRONG_PASSWORD"],
  ["258", "WRONG_PASSWORD"],
  ["259", "CF_RESOURCE_BUSY"],
  ["260", "CF_INVALID_LOGON_DEVICE_SPECIFIED"],
  ["10125", "CF_INVALID_LOGON_DEVICE_SPECIFIED"],
  ["20999", "CF_GENERIC_UNSPECIFIED_REJECTION"],
]);

/** A no of Finesse or the switch: CTI Server's own name for it where it gives one, else the nearest published code. */
export function refusalError(refusal: Refusal, message?: string): GcError {
  const { type, code, words } = refusal;
  const named = /\bCF_[A-Z][A-Z_]+/.exec(`${code ?? ""} ${words ?? ""}`)?.[0];
  const known = named ?? byNumber.get(code ?? "") ?? byType.get(type.toLowerCase());
  return { code: known ?? "GENERAL_ERROR", words: words ?? message ?? type };
}

/** What our side threw. */
export function thrownError(error: CtiError): GcError {
  return {
    code: codeOf(error),
    words: error.why === undefined ? error.message : `${error.message}: ${error.why}`,
  };
}

function codeOf({ code }: CtiError): string {
  switch (code) {
    case "credentials-refused":
    case "credentials-missing":
      return "WRONG_PASSWORD";
    case "locked-out":
      return "LOCKED_OUT";
    case "not-signed-in":
      return "NOT_LOGGED_IN";
    case "no-such-call":
    case "ambiguous-call":
      return "CF_INVALID_OBJECT_STATE";
    case "usage":
    case "input-invalid":
      return "INVALID_REQUEST";
    case "timeout":
    case "outcome-unknown":
      return "TIMEOUT";
    case "signed-in-elsewhere":
      return "SIGNED_IN_ELSEWHERE";
    case "finesse-unreachable":
    case "finesse-out-of-service":
    case "notifications-unreachable":
    case "host-not-found":
    case "session-lost":
      return "OUT_OF_SERVICE";
    default:
      return "GENERAL_ERROR";
  }
}

/** True when Finesse, not the request, is what stands in the way. */
export function isServiceError(error: CtiError): boolean {
  return codeOf(error) === "OUT_OF_SERVICE";
}

/** The request that a verb came from, for refusals that name no request any more. */
export function commandOfVerb(verb: Verb | undefined): CommandName | "session" {
  return verb === undefined ? "session" : commands[verb];
}

const commands: Record<Verb, CommandName> = {
  login: "login",
  ready: "makeready",
  "not-ready": "makenotready",
  logout: "logout",
  dial: "makecall",
  answer: "answercall",
  hold: "holdcall",
  retrieve: "retrievecall",
  drop: "releasecall",
  consult: "consultcall",
  transfer: "transfercall",
  conference: "conferencecall",
  dtmf: "senddtmf",
  set: "updatecallvariable",
  "wrap-up": "updatewrapup",
};
