import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CallLog } from "../../../../src/crm/open-cti/contract.ts";
import { changedTask, newTask, taskKey } from "../../../../src/crm/open-cti/rest/task-fields.ts";
import { cut, localDate, localMinute } from "../../../../src/crm/open-cti/rest/task-text.ts";
import { soqlText, soslText } from "../../../../src/crm/open-cti/rest/query-text.ts";
import { callLog } from "./stage.ts";

const contact = "003000000000001AAA";
const lead = "00Q000000000001AAA";
const account = "001000000000001AAA";
const zone = "Europe/Berlin";

describe("a Task", () => {
  test("of a call that is over", () => {
    expect(newTask(callLog({ who: contact, what: account }), zone, "005000000000001AAA")).toEqual({
      Subject: "Call from 5551234, Sales, 2026-01-05 10:00",
      TaskSubtype: "Call",
      CallType: "Inbound",
      CallObject: "01JGTEST:1001",
      ActivityDate: "2026-01-05",
      OwnerId: "005000000000001AAA",
      Status: "Completed",
      CallDurationInSeconds: 112,
      CallDisposition: "Order; Complaint",
      WhoId: contact,
      WhatId: account,
      Description: "wants it back\n\nNumber: 5551234\nDialled: 8005550100\nQueue: Sales\nAgent: 1001",
    });
  });

  test("of one that goes on", () => {
    const fields = newTask(
      callLog({ endedAt: undefined, seconds: undefined, disposition: undefined }),
      zone,
      undefined,
    );
    expect(fields.Status).toBe("In Progress");
    expect(fields).not.toContainAnyKeys(["CallDurationInSeconds", "CallDisposition", "OwnerId"]);
  });

  test.each([
    [{ callType: "Outbound" }, "Call to 5551234"],
    [{ callType: "Internal" }, "Internal call with 5551234"],
    [{ answeredAt: undefined }, "Missed call from 5551234"],
    [{ callType: "Outbound", answeredAt: undefined }, "Call to 5551234, not answered"],
    [{ number: " " }, "Call from an unknown number"],
  ] satisfies [Partial<CallLog>, string][])("%p is %p", (change, words) => {
    expect(newTask(callLog({ ...change, queue: undefined }), zone, undefined).Subject).toBe(
      `${words}, 2026-01-05 10:00`,
    );
  });

  test("of a lead is related to nothing else", () => {
    expect(newTask(callLog({ who: lead, what: account }), zone, undefined)).not.toHaveProperty("WhatId");
    expect(changedTask(callLog({ who: lead, what: account }))).toMatchObject({ WhoId: lead, WhatId: null });
  });

  test("of an account alone has it as WhatId", () => {
    const fields = newTask(callLog({ who: account, what: undefined }), zone, undefined);
    expect(fields).toHaveProperty("WhatId", account);
    expect(fields).not.toHaveProperty("WhoId");
  });

  test("is changed without what people may have changed there", () => {
    expect(changedTask(callLog({ notes: undefined }))).toEqual({
      Status: "Completed",
      CallDurationInSeconds: 112,
      CallType: "Inbound",
      CallDisposition: "Order; Complaint",
    });
  });

  test("says that its end is a guess", () => {
    expect(changedTask(callLog({ notes: undefined, estimated: true })).Description).toMatch(/estimated/);
  });

  test("its day is the site's", () => {
    const late = callLog({ startedAt: "2026-03-31T22:30:00.000Z" });
    expect(newTask(late, "Europe/Berlin", undefined).ActivityDate).toBe("2026-04-01");
    expect(newTask(late, "America/New_York", undefined).ActivityDate).toBe("2026-03-31");
    expect(localMinute("2026-01-05T00:05:00Z", "UTC")).toBe("2026-01-05 00:05");
    expect(localDate("soon", "UTC")).toBeUndefined();
  });

  test("nothing in it is longer than Salesforce takes, whatever comes", () => {
    const any = fc.string({ unit: "binary", maxLength: 300 }).map((part) => part.repeat(200));
    fc.assert(
      fc.property(any, any, any, fc.double({ noNaN: true }), (one, other, third, seconds) => {
        const log = callLog({
          callObject: one,
          number: other,
          queue: third,
          disposition: one,
          notes: other,
          seconds,
        });
        const fields = newTask(log, zone, undefined);
        const sizes: [string, number][] = [
          ["Subject", 255],
          ["CallObject", 255],
          ["CallDisposition", 255],
          ["Description", 32_000],
        ];
        for (const [name, most] of sizes) {
          const value = String(fields[name] ?? "");
          expect(value.length).toBeLessThanOrEqual(most);
          expect(value.isWellFormed()).toBe(true);
        }
        expect(fields.CallDurationInSeconds).toBeGreaterThanOrEqual(0);
        expect(fields.CallDurationInSeconds).toBeLessThanOrEqual(99_999_999);
        expect(Number.isInteger(fields.CallDurationInSeconds)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe("keys of calls", () => {
  test("stay as they are where they fit, and stay apart where they do not", () => {
    expect(taskKey("01J:1001")).toBe("01J:1001");
    const long = "x".repeat(300);
    expect(taskKey(`${long}1`)).not.toBe(taskKey(`${long}2`));
    expect(taskKey(`${long}1`)).toBe(taskKey(`${long}1`));
    expect(taskKey(long).length).toBeLessThanOrEqual(255);
  });
});

describe("texts are cut", () => {
  test("never within a character", () => {
    expect(cut("ab😀", 3)).toBe("ab…");
    expect(cut("ab😀", 4)).toBe("ab😀");
    expect(cut("a\u0000b\ud800", 10)).toBe("ab\ufffd");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 40 }), (text, length) => {
        const short = cut(text, length);
        expect(short.length).toBeLessThanOrEqual(length);
        expect(short.isWellFormed()).toBe(true);
        expect(short.endsWith("…") || !short.includes("\u0000")).toBe(true);
      }),
    );
  });
});

describe("texts inside of queries", () => {
  test("a SOQL literal ends where it should, and says what was meant", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const literal = soqlText(text);
        // One literal: quotes at both ends, none unescaped inside.
        expect(literal).toMatch(/^'(?:[^'"\\\n\r\t\b\f]|\\[\\'"nrtbf])*'$/s);
        const names: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
        const read = literal.slice(1, -1).replace(/\\(.)/gs, (_whole, each: string) => names[each] ?? each);
        expect(read).toBe(text);
      }),
    );
  });

  test("a SOSL text has a backslash before all that is reserved", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = soslText(text);
        expect(escaped.replace(/\\(.)/gs, "$1")).toBe(text);
        expect(escaped.replace(/\\./gs, "")).not.toMatch(/[?&|!{}[\]()^~*:\\"'+-]/);
      }),
    );
  });
});
