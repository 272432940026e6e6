import { describe, expect, test } from "bun:test";
import type { CallLog } from "../../../src/crm/open-cti/contract.ts";
import { recordWriter } from "../../../src/crm/open-cti/writer.ts";
import { CtiError } from "../../../src/model/errors.ts";

const log = { callObject: "I-1:1001", agent: "1001", number: "5551234" } as CallLog;
const signal = new AbortController().signal;
const never = (): never => {
  throw new Error("not asked here");
};

describe("who writes records", () => {
  test("REST, where there is one, also beside a page", async () => {
    const writer = recordWriter({
      rest: { search: never, saveTask: async () => ({ id: "00T1", created: true }) },
      pages: { canPop: never, save: never },
      script: "https://org/opencti_min.js",
    });
    expect(writer?.waitsFor(log)).toBeUndefined();
    expect(await writer?.write(log, undefined, signal, false)).toBe("00T1");
  });

  test("with the day's requests nearly used up a record goes on without a link", async () => {
    const stopped = new CtiError({
      code: "refused",
      message: "searches stopped",
      details: { retry: true, searchesStopped: true },
    });
    const away = new CtiError({ code: "salesforce-unreachable", message: "away" });
    let error = stopped;
    const writer = recordWriter({
      rest: { search: () => Promise.reject(error), saveTask: never },
      pages: undefined,
      script: undefined,
    });
    expect(await writer?.lookUp?.(log, signal)).toEqual([]);
    error = away;
    expect(writer?.lookUp?.(log, signal)).rejects.toBe(away);
  });

  test("the page that leads, when it is there", async () => {
    let there = false;
    const writer = recordWriter({
      rest: undefined,
      pages: { canPop: () => there, save: async (agent, _, recordId) => `${agent} ${recordId}` },
      script: "https://org/opencti_min.js",
    });
    expect(writer?.waitsFor(log)).toBe("no softphone page of agent 1001 is open in Salesforce");
    there = true;
    expect(writer?.waitsFor(log)).toBeUndefined();
    expect(await writer?.write(log, "00T1", signal, false)).toBe("1001 00T1");
  });

  test("a record that a page left in doubt is not written again; one whose page went is asked for again", async () => {
    for (const [why, retry] of [
      ["the browser does not remember", false],
      [undefined, undefined],
    ] as const) {
      const error = new CtiError({
        code: "outcome-unknown",
        message: "in doubt",
        ...(why !== undefined && { why }),
      });
      const writer = recordWriter({
        rest: undefined,
        pages: { canPop: () => true, save: () => Promise.reject(error) },
        script: "https://org/opencti_min.js",
      });
      expect(writer?.write(log, undefined, signal, false)).rejects.toMatchObject(
        retry === undefined ? { code: "outcome-unknown" } : { code: "outcome-unknown", details: { retry } },
      );
    }
  });

  test("what a person asks for again is written though the page does not know, once", async () => {
    const asked: unknown[] = [];
    const writer = recordWriter({
      rest: undefined,
      pages: {
        canPop: () => true,
        save: (_agent, _log, _recordId, _signal, anew) => {
          asked.push(anew);
          return Promise.reject(new CtiError({ code: "outcome-unknown", message: "the page went" }));
        },
      },
      script: "https://org/opencti_min.js",
    });
    const failed = writer?.write(log, undefined, signal, true);
    await expect(failed).rejects.toMatchObject({ details: { retry: false } });
    expect(asked).toEqual([true]);
  });

  test("what a page could not save for the moment is tried again; what Salesforce refuses is not", async () => {
    for (const [why, retry] of [
      ["UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record", true],
      ["FIELD_CUSTOM_VALIDATION_EXCEPTION: a disposition is needed", false],
    ] as const) {
      const error = new CtiError({ code: "refused", message: "not saved", why });
      const writer = recordWriter({
        rest: undefined,
        pages: { canPop: () => true, save: () => Promise.reject(error) },
        script: "https://org/opencti_min.js",
      });
      const failed = writer?.write(log, undefined, signal, false);
      await expect(failed).rejects.toMatchObject({ code: "refused", details: { retry } });
    }
  });

  test("nobody, where neither is: a page without Salesforce's script cannot", () => {
    const pages = { canPop: never, save: never };
    expect(recordWriter({ rest: undefined, pages, script: undefined })).toBeUndefined();
  });
});
