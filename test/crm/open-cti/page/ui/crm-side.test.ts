import { describe, expect, test } from "bun:test";
import { SavedLogs, type StorageLike } from "../../../../../src/crm/open-cti/page/ui/saved-logs.ts";
import { MemoryStorage, no, ok, salesforce } from "./fake-sforce.ts";
import { log } from "./stage.ts";

/** Promises that are settled have told everybody. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ended = log(
  { interaction: "I-1", direction: "in" },
  { endedAt: "2026-01-05T09:02:00.000Z", seconds: 110 },
);
const save = (recordId?: string, of = ended, id = "s1") => ({ type: "save" as const, id, log: of, recordId });

describe("one record for one call", () => {
  test("the first save makes a Task, the next ones change it", async () => {
    const { crm, called, sent } = salesforce();
    crm.heard(save());
    await settled();
    const made = called("saveLog");
    expect(made.given.value).toMatchObject({
      entityApiName: "Task",
      CallObject: "I-1:1001",
      CallType: "Inbound",
      Status: "Completed",
      CallDurationInSeconds: 110,
    });
    made.answer(ok({ recordId: "00T1" }));
    await settled();
    crm.heard(save(undefined, { ...ended, notes: "later" }, "s2"));
    await settled();
    const changed = called("saveLog");
    expect(changed.given.value).toMatchObject({ Id: "00T1" });
    expect(changed.given.value).not.toHaveProperty("entityApiName");
    changed.answer(ok({ recordId: "00T1" }));
    await settled();
    expect(sent).toEqual([
      { type: "saved", id: "s1", recordId: "00T1" },
      { type: "saved", id: "s2", recordId: "00T1" },
    ]);
  });

  test("asked twice at once there is one create", async () => {
    const { crm, called, calls } = salesforce();
    crm.heard(save());
    crm.heard(save(undefined, ended, "s2"));
    await settled();
    const first = called("saveLog");
    expect(calls).toEqual([]);
    first.answer(ok({ recordId: "00T1" }));
    await settled();
    expect(called("saveLog").given.value).toMatchObject({ Id: "00T1" });
  });

  test("a page that is loaded anew knows the record, and of one that was being saved that it does not know", async () => {
    const before = salesforce();
    before.crm.heard(save());
    await settled();
    const anew = salesforce(before.storage);
    anew.crm.heard(save());
    await settled();
    expect(anew.calls).toEqual([]);
    expect(anew.sent).toEqual([
      { type: "not-saved", id: "s1", error: expect.stringContaining("unknown"), unknown: true },
    ]);
    // Somebody has looked, and it is not there.
    const asked = salesforce(before.storage);
    asked.crm.heard({ ...save(), anew: true });
    await settled();
    asked.called("saveLog").answer(ok({ recordId: "00T5" }));
    await settled();
    expect(asked.sent).toEqual([{ type: "saved", id: "s1", recordId: "00T5" }]);
    // The connector found it out elsewhere.
    anew.crm.heard(save("00T7", ended, "s2"));
    await settled();
    anew.called("saveLog").answer(ok({ recordId: "00T7" }));
    await settled();
    const third = salesforce(before.storage);
    third.crm.heard(save());
    await settled();
    expect(third.called("saveLog").given.value).toMatchObject({ Id: "00T7" });
  });

  test("no answer is no refusal; one that comes late is remembered", async () => {
    const { crm, called, sent, silence } = salesforce();
    crm.heard(save());
    await settled();
    const made = called("saveLog");
    silence();
    await settled();
    expect(sent.pop()).toMatchObject({ type: "not-saved", unknown: true });
    made.answer(ok({ recordId: "00T1" }));
    crm.heard(save(undefined, ended, "s2"));
    await settled();
    expect(called("saveLog").given.value).toMatchObject({ Id: "00T1" });
  });

  test("refused in words it may be tried again, vaguely it may not", async () => {
    const { crm, called, sent, calls } = salesforce();
    crm.heard(save());
    await settled();
    called("saveLog").answer(no("REQUIRED_FIELD_MISSING", "Subject is missing"));
    await settled();
    expect(sent.pop()).toEqual({
      type: "not-saved",
      id: "s1",
      error: "Subject is missing (REQUIRED_FIELD_MISSING)",
    });
    crm.heard(save());
    await settled();
    called("saveLog").answer(no("GENERIC_PROCESSING_ERROR", "the request was cut off"));
    await settled();
    expect(sent.pop()).toMatchObject({ unknown: true });
    crm.heard(save());
    await settled();
    expect(calls).toEqual([]);
  });

  test("agents at one browser do not see each other's, and a browser that keeps nothing remembers while the page stands", async () => {
    const blocked: StorageLike = {
      getItem: () => {
        throw new Error("denied");
      },
      setItem: () => {
        throw new Error("denied");
      },
    };
    for (const storage of [new MemoryStorage(), blocked]) {
      const saved = new SavedLogs(storage);
      saved.set("1001", "I-1", { id: "00T1" });
      expect(saved.get("1001", "I-1")).toEqual({ id: "00T1" });
      expect(saved.get("1002", "I-1")).toBeUndefined();
    }
  });

  test("what is remembered is bounded, and survives what somebody else wrote there", () => {
    const storage = new MemoryStorage();
    const saved = new SavedLogs(storage);
    for (let at = 0; at < 1000; at++) saved.set("1001", `I-${at}`, { id: `00T${at}` });
    expect([...storage.kept.values()].join("").length).toBeLessThan(20_000);
    expect(saved.get("1001", "I-999")).toEqual({ id: "00T999" });
    for (const key of storage.kept.keys()) storage.kept.set(key, '{"I-1":');
    expect(saved.get("1001", "I-999")).toBeUndefined();
  });
});

describe("records come up", () => {
  const pop = (deferred: boolean) => ({
    type: "pop" as const,
    callObject: "I-1:1001",
    number: "03001234567",
    callType: "Inbound" as const,
    deferred,
  });
  const matches = {
    "003000000000001AAA": { Name: "Fatima Noor", RecordType: "Contact" },
    "001000000000004AAA": { Name: "Noor & Sons" },
  };

  test("while it rings: searched and popped at once, and the connector is told who it is", async () => {
    const { crm, called, sent } = salesforce();
    crm.heard(pop(false));
    const search = called("searchAndScreenPop");
    expect(search.given).toMatchObject({ searchParams: "03001234567", callType: "inbound", deferred: false });
    search.answer(ok(matches));
    await settled();
    expect(sent).toEqual([
      {
        type: "matches",
        callObject: "I-1:1001",
        matches: [
          { id: "003000000000001AAA", type: "Contact", name: "Fatima Noor" },
          { id: "001000000000004AAA", type: "Account", name: "Noor & Sons" },
        ],
      },
    ]);
  });

  test("when it is answered: what the search left is popped, also when the answer was faster than the search", async () => {
    const { crm, called, calls } = salesforce();
    crm.heard(pop(true));
    const search = called("searchAndScreenPop");
    crm.heard({ type: "pop-now", callObject: "I-1:1001" });
    await settled();
    expect(calls).toEqual([]);
    search.answer(
      ok({ ...matches, SCREEN_POP_DATA: { type: "sobject", params: { recordId: "003000000000001AAA" } } }),
    );
    await settled();
    expect(called("screenPop").given).toEqual({
      type: "sobject",
      params: { recordId: "003000000000001AAA" },
    });
    // Only once.
    crm.heard({ type: "pop-now", callObject: "I-1:1001" });
    await settled();
    expect(calls).toEqual([]);
  });

  test("a layout that pops nothing pops nothing", async () => {
    const { crm, called, calls } = salesforce();
    crm.heard(pop(true));
    called("searchAndScreenPop").answer(ok({ SCREEN_POP_DATA: null }));
    crm.heard({ type: "pop-now", callObject: "I-1:1001" });
    await settled();
    expect(calls).toEqual([]);
  });

  test("a refusal is said to the person, in Salesforce's words", async () => {
    const { crm, called, said } = salesforce();
    crm.heard(pop(false));
    called("searchAndScreenPop").answer(no("X", "no access"));
    await settled();
    expect(said).toEqual([expect.stringContaining("no access (X)")]);
  });

  test("numbers are links only while one can dial", () => {
    const { crm, calls } = salesforce();
    for (const on of [true, true, false, false, true]) crm.clickToDial(on);
    expect(calls.map(({ method }) => method)).toEqual([
      "enableClickToDial",
      "disableClickToDial",
      "enableClickToDial",
    ]);
  });

  test("begins: listens, says that it is up, and reads the layout", async () => {
    const { crm, called } = salesforce();
    const begun = crm.begin();
    called("onClickToDial");
    called("notifyInitializationComplete");
    called("getCallCenterSettings").answer(ok({ "/reqGeneralInfo/reqDisplayName": "Sales" }));
    called("getSoftphoneLayout").answer(ok({ Inbound: { callRelatedFields: ["ANI", "QUEUE"] } }));
    await begun;
    expect(crm.layout).toEqual({ Inbound: ["ANI", "QUEUE"], Outbound: undefined, Internal: undefined });
    expect(crm.settings).toEqual({ "/reqGeneralInfo/reqDisplayName": "Sales" });
  });
});
