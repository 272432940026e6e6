import { describe, expect, test } from "bun:test";
import {
  isUncertain,
  listOf,
  salesforceError,
  sendResultOf,
} from "../../../../src/crm/open-cti/rest/errors.ts";
import { signInError } from "../../../../src/crm/open-cti/rest/oauth/token.ts";
import { CtiError } from "../../../../src/model/errors.ts";
import { failure } from "./stage.ts";

const answer = (status: number, errorCode: string, message = "words") => ({
  status,
  body: [{ errorCode, message, fields: [] }],
});

describe("what an answer means to the outbox", () => {
  test.each([
    [503, "SERVER_UNAVAILABLE", "retry"],
    [500, "UNKNOWN_EXCEPTION", "retry"],
    [502, "", "retry"],
    [400, "UNABLE_TO_LOCK_ROW", "retry"],
    [403, "REQUEST_LIMIT_EXCEEDED", "retry"],
    [403, "API_DISABLED_FOR_ORG", "retry"],
    [401, "INVALID_SESSION_ID", "retry"],
    [429, "", "retry"],
    [400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "rejected"],
    [400, "INVALID_FIELD", "rejected"],
    [400, "STRING_TOO_LONG", "rejected"],
    [400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "rejected"],
    [404, "NOT_FOUND", "rejected"],
    [413, "", "rejected"],
  ] as const)("HTTP %d %s: %s", (status, code, result) => {
    const given = code === "" ? { status, body: "<html>" } : answer(status, code);
    const sent = sendResultOf(salesforceError(given, "the new Task of a call"));
    expect(sent.result).toBe(result);
    expect(sent.why).toContain(`HTTP ${status}`);
    expect(sent.why).toContain(code);
  });

  test("a lock that a trigger words in its own way", () => {
    const error = salesforceError(
      answer(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Trigger: UNABLE_TO_LOCK_ROW, unable"),
      "it",
    );
    expect(sendResultOf(error).result).toBe("retry");
  });

  test.each([
    "salesforce-unreachable",
    "timeout",
    "credentials-missing",
    "credentials-refused",
    "config-invalid",
    "interrupted",
    "host-not-found",
  ] as const)("%s may go later", (code) =>
    expect(sendResultOf(new CtiError({ code, message: "x" })).result).toBe("retry"),
  );

  test("what a person reads is not without end", () => {
    expect(
      salesforceError(answer(400, "INVALID_FIELD", "x".repeat(5000)), "it").why?.length,
    ).toBeLessThanOrEqual(1000);
  });
});

test.each([
  [{ code: "timeout", message: "x" }, true],
  [{ code: "refused", message: "x", details: { status: 503 } }, true],
  [{ code: "refused", message: "x", details: { status: 400 } }, false],
  [{ code: "salesforce-unreachable", message: "x", details: { unsent: true } }, false],
  [{ code: "salesforce-unreachable", message: "x" }, true],
  [{ code: "credentials-missing", message: "x" }, false],
] as const)("%p may have been done: %p", (data, may) => {
  expect(isUncertain(new CtiError(data))).toBe(may);
});

test("a list is not read out of what is none", async () => {
  expect(listOf({ body: { records: [{ Id: "1" }, 2] } }, "records")).toEqual([{ Id: "1" }]);
  for (const body of ["<html>", {}, [], { searchRecords: [] }, null]) {
    const error = await failure(Promise.resolve().then(() => listOf({ body }, "records")));
    expect(sendResultOf(error).result).toBe("retry");
  }
});

describe("a refused sign-in says what to do", () => {
  test.each([
    ["invalid_client_id", "client identifier invalid", /consumer key/],
    ["invalid_client", "client secret required", /Require Secret/],
    ["invalid_grant", "audience is invalid", /sandbox/],
    ["invalid_grant", "user hasn't approved this consumer", /administrator/],
    ["invalid_grant", "expired access/refresh token", /sign in anew/],
    ["redirect_uri_mismatch", "redirect_uri must match configuration", /letter by letter/],
    ["unsupported_grant_type", "grant type not supported", /switch the flow on/],
    ["inactive_user", "user is inactive", /may not sign in from here/],
    ["something_new", "words", /sign in anew/],
  ])("%s: %s", (error, words, hint) => {
    const thrown = signInError({ status: 400, body: { error, error_description: words } });
    expect(thrown.code).toBe("credentials-refused");
    expect(thrown.why).toContain(words);
    expect(thrown.hint).toMatch(hint);
  });
});
