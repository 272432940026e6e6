import { describe, expect, test } from "bun:test";
import { commandOfVerb, refusalError, thrownError } from "../../../src/crm/generic-connector/errors.ts";
import type { Refusal } from "../../../src/model/commands.ts";
import { CtiError, type ErrorCode } from "../../../src/model/errors.ts";

const refusal = (given: Partial<Refusal>): Refusal => ({
  type: "Generic Error",
  code: undefined,
  words: undefined,
  hint: undefined,
  late: false,
  ...given,
});

describe("refusals by the published codes", () => {
  test.each([
    [{ type: "Invalid Device", code: "42001" }, "WRONG_EXTENSION"],
    [{ type: "Device Busy" }, "CF_RESOURCE_BUSY"],
    [{ type: "User Not Found" }, "USER_NOT_FOUND"],
    [{ type: "Invalid State" }, "CF_INVALID_OBJECT_STATE"],
    [{ type: "On a call" }, "CF_INVALID_OBJECT_STATE"],
    [{ code: "260" }, "CF_INVALID_LOGON_DEVICE_SPECIFIED"],
    [{ code: "22" }, "CF_INVALID_OBJECT_STATE"],
    [{ code: "33" }, "CF_RESOURCE_BUSY"],
    [{ code: "1", words: "CF_GENERIC_UNSPECIFIED_REJECTION (70)" }, "CF_GENERIC_UNSPECIFIED_REJECTION"],
    [
      { type: "Invalid Device", words: "(CF_INVALID_LOGON_DEVICE_SPECIFIED)" },
      "CF_INVALID_LOGON_DEVICE_SPECIFIED",
    ],
    [{ type: "constructor", code: "constructor" }, "GENERAL_ERROR"],
    [{}, "GENERAL_ERROR"],
  ])("%j: %s", (given, code) => {
    expect(refusalError(refusal(given)).code).toBe(code);
  });

  test("in Finesse's words, else in ours", () => {
    expect(refusalError(refusal({ words: "no such line" }), "refused").words).toBe("no such line");
    expect(refusalError(refusal({}), "refused").words).toBe("refused");
    expect(refusalError(refusal({})).words).toBe("Generic Error");
  });
});

test.each([
  ["credentials-refused", "WRONG_PASSWORD"],
  ["locked-out", "LOCKED_OUT"],
  ["not-signed-in", "NOT_LOGGED_IN"],
  ["no-such-call", "CF_INVALID_OBJECT_STATE"],
  ["usage", "INVALID_REQUEST"],
  ["timeout", "TIMEOUT"],
  ["signed-in-elsewhere", "SIGNED_IN_ELSEWHERE"],
  ["finesse-unreachable", "OUT_OF_SERVICE"],
  ["certificate-untrusted", "GENERAL_ERROR"],
  ["internal", "GENERAL_ERROR"],
] as [ErrorCode, string][])("%s: %s", (code, told) => {
  expect(thrownError(new CtiError({ code, message: "no", why: "because" }))).toEqual({
    code: told,
    words: "no: because",
  });
});

test("late refusals name the request", () => {
  expect(commandOfVerb("dial")).toBe("makecall");
  expect(commandOfVerb(undefined)).toBe("session");
});
