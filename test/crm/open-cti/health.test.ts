import { describe, expect, test } from "bun:test";
import { health, type HealthParts } from "../../../src/crm/open-cti/health.ts";
import { SalesforceWatch } from "../../../src/crm/open-cti/salesforce-watch.ts";
import { CtiError, type ErrorCode } from "../../../src/model/errors.ts";

function watch() {
  const told: string[] = [];
  const made: SalesforceWatch = new SalesforceWatch(
    (level, words) => told.push(`${level} ${words}`),
    () => told.push(made.state.problem === undefined ? "up" : "down"),
  );
  return { told, made };
}
const error = (code: ErrorCode, more: object = {}): CtiError =>
  new CtiError({ code, message: code, ...more });
const away = error("salesforce-unreachable");

describe("how Salesforce is", () => {
  test("is told when it goes and when it comes back, once each", () => {
    const { told, made } = watch();
    made.signedIn("mia@example.com");
    for (let count = 0; count < 5; count++) made.heard(away);
    made.heard(undefined);
    made.heard(undefined);
    expect(told).toEqual(["warn salesforce-unreachable", "down", "info Salesforce answers again", "up"]);
    expect(made.state).toEqual({ user: "mia@example.com", problem: undefined, answered: true });
  });

  test("at once when it was never there, or somebody has to sign in", () => {
    const { told, made } = watch();
    made.heard(away);
    expect(told.at(-1)).toBe("down");
    made.signedIn("mia@example.com");
    made.heard(error("credentials-refused"));
    expect(told.at(-1)).toBe("down");
  });

  test("is not turned by one request that got lost, one call that ended, one record", () => {
    const { told, made } = watch();
    made.heard(undefined);
    for (const each of [
      error("timeout"),
      error("interrupted"),
      error("interrupted"),
      error("refused", { details: { retry: false } }),
      error("refused", { details: { retry: true, waits: true } }),
      error("refused", { details: { retry: true, searchesStopped: true } }),
      error("refused", { why: "HTTP 400, UNABLE_TO_LOCK_ROW: …", details: { retry: true } }),
    ])
      made.heard(each);
    expect(told).toEqual([]);
  });

  test("is not told again and again while the reasons change", () => {
    const { told, made } = watch();
    for (let count = 0; count < 5; count++) {
      made.heard(away);
      made.heard(error("timeout"));
    }
    expect(told).toEqual(["warn salesforce-unreachable", "down", "warn timeout"]);
    made.heard(undefined);
    told.length = 0;
    made.heard(error("timeout"));
    made.heard(error("timeout"));
    expect(told).toEqual(["warn timeout", "down"]);
  });

  test("has the newest words, also where they mean the same", () => {
    const { told, made } = watch();
    made.heard(away);
    made.heard(new CtiError({ code: "salesforce-unreachable", message: "another host" }));
    expect(made.state.problem?.message).toBe("another host");
    expect(told.filter((each) => each === "down")).toHaveLength(1);
  });
});

const parts: HealthParts = {
  name: "open-cti",
  phase: "started",
  since: "2026-01-05T09:00:00.000Z",
  page: undefined,
  salesforce: undefined,
  webhooks: [],
  inbound: undefined,
  open: 0,
  deaf: [],
};
const target = {
  name: "crm",
  host: "crm.example.com",
  sent: 1,
  failed: 0,
  offSince: undefined,
  problem: undefined,
};

describe("the summary", () => {
  test("says that a webhook is off, also after a restart, when nothing has failed yet", () => {
    const { summary } = health({
      ...parts,
      webhooks: [target, { ...target, name: "log", offSince: "2026-01-05T08:00:00.000Z" }],
    });
    expect(summary).toContain("log is off since 2026-01-05T08:00:00.000Z");
  });

  test("says how Salesforce is once", () => {
    const summaryOf = (problem: CtiError | undefined, answered: boolean): string =>
      health({ ...parts, salesforce: { user: undefined, problem, answered, limits: undefined } }).summary;
    expect(summaryOf(undefined, false)).toBe("Salesforce: not asked yet");
    expect(summaryOf(undefined, true)).toBe("Salesforce answers");
    expect(summaryOf(error("refused", { message: "Salesforce refused the sign-in" }), true)).toBe(
      "Salesforce refused the sign-in",
    );
    expect(summaryOf(error("host-not-found", { message: "no such host" }), false)).toBe(
      "Salesforce: no such host",
    );
  });

  test("says that nothing listens where commands should come in", () => {
    const deaf = [error("config-invalid", { message: "port 8113 is in use" })];
    expect(health({ ...parts, deaf })).toMatchObject({
      state: "down",
      error: { message: "port 8113 is in use" },
    });
  });
});
