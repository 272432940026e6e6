import type { AsyncError } from "./control.ts";

/** What CTI or Finesse says after the 202, with the names and numbers of reference/finesse.md §4. */

export const lateState: AsyncError = {
  errorType: "Invalid State",
  errorMessage: "CF_INVALID_OBJECT_STATE",
  errorData: "22",
};

/** UCCX has no pending READY: on an ACD call, and on another. */
export const lateUccxAcd: AsyncError = {
  errorType: "Invalid State",
  errorMessage: "CF_INVALID_AGENT_WORKMODE",
  errorData: "265",
};
export const lateUccxNonAcd: AsyncError = {
  errorType: "Invalid State",
  errorMessage: "CF_RESOURCE_BUSY",
  errorData: "33",
};

export const lateLogin = {
  unknownDevice: {
    peripheralErrorCode: "10125",
    errorType: "Invalid Device",
    errorMessage: "CF_INVALID_LOGON_DEVICE_SPECIFIED",
    peripheralErrorText:
      "The routing client could not find the device target for the extension specified at sign-in.",
    peripheralErrorMsg: "PERERR_TELDRIVE_NODEVICETARGETFORNETTARGETID",
    errorData: "260",
  },
  // The number that comes with Device Busy is not known (§19); 33 is "resource busy".
  deviceBusy: { errorType: "Device Busy", errorMessage: "CF_RESOURCE_BUSY", errorData: "33" },
  modeNotAllowed: {
    errorType: "Mode Not Allowed",
    errorMessage: "CF_INVALID_AGENT_WORKMODE",
    errorData: "265",
  },
} satisfies Record<string, AsyncError>;

/** The call is not in a state for this action: found by Finesse, told late (§14). */
export function invalidAction(action: string, extension: string): AsyncError {
  return {
    errorType: "Generic Error",
    errorMessage: `INVALID_ACTION ${action} on extension ${extension}`,
    errorData: "4047",
  };
}

export const callFailure = {
  /** No further call on this phone now. */
  state: { errorType: "Call Operation Failure", errorMessage: "CF_INVALID_OBJECT_STATE", errorData: "22" },
  destination: {
    errorType: "Call Operation Failure",
    errorMessage: "CF_INVALID_DESTINATION",
    errorData: "14",
  },
} satisfies Record<string, AsyncError>;
