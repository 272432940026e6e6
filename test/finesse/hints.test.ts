import { expect, test } from "bun:test";
import { hintFor } from "../../src/finesse/hints.ts";
import type { ApiError } from "../../src/finesse/refusal.ts";

const error = (type: string, data?: string, message?: string, peripheralCode?: string): ApiError => ({
  type,
  data,
  message,
  peripheralCode,
  peripheralText: undefined,
  peripheralMessage: undefined,
});

const explained = [
  [error("Invalid Device", "260", "CF_INVALID_LOGON_DEVICE_SPECIFIED", "10125"), /registered/],
  [error("Generic Error", undefined, undefined, "10125"), /registered/],
  [error("Device Busy"), /another agent/],
  [error("Mode Not Allowed"), /mobile agent/],
  [error("Generic Error", "33", "CF_RESOURCE_BUSY"), /busy/],
  [error("Generic Error", "22", "CF_INVALID_OBJECT_STATE"), /sign in first/],
  [error("Generic Error", "265", "CF_INVALID_AGENT_WORKMODE"), /Unified CCX/],
  [error("Generic Error", "34", "CF_RESOURCE_OUT_OF_SERVICE"), /registered/],
  [error("20999"), /controller/],
  [error("Generic Error", "20999"), /controller/],
  [error("20700"), /conference resources/],
  [error("Generic Error", "4047", "INVALID_ACTION UPDATE_CALL_DATA on extension 2001"), /cti calls/],
  [error("Parameter Missing", "reasonCodeId", "ReasonCode Parameter missing"), /cti reasons/],
  [error("Parameter Missing", "state", "State Parameter missing"), /state/],
  [error("Invalid State", undefined, "No Active call available on agent for TRANSFER"), /no active call/],
  [error("Invalid State", "1001", "x"), /cti status/],
  [error("User Not Found", "4023", "UNKNOWN_USER"), /no such agent/],
  [error("Not Found", undefined, "Invalid dialogId specified for dialog"), /call is over/],
  [error("Authorization Failure", "1001", "User is locked"), /five minutes/],
  // An agent id that looks like a code is not one.
  [error("Invalid Authorization User Specified", "22"), /another/],
] as const;

for (const [given, words] of explained) {
  const title = [given.type, given.data, given.message, given.peripheralCode].filter(Boolean).join(", ");
  test(`${title}: ${words.source}`, () => {
    expect(hintFor(given)).toMatch(words);
  });
}

test("what is not known is left to Finesse's own words", () => {
  expect(hintFor(error("Brand New Error", "98765"))).toBeUndefined();
});
