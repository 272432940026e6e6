import { describe, expect, test } from "bun:test";
import { Frame } from "./frame.ts";
import { Stage } from "./stage.ts";

describe("saveLog", () => {
  const value = { entityApiName: "Task", Subject: "Call", CallObject: "01J:1001", Status: "Completed" };

  test("makes a Task, and changes it by its Id", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    const { returnValue } = await frame.call("saveLog", { value });
    const Id = String(Object(returnValue).recordId);
    expect(await frame.call("saveLog", { value: { Id, Description: "Sold" } })).toMatchObject({
      success: true,
      returnValue: { recordId: Id },
    });
    expect(stage.org.tasks()).toMatchObject([
      {
        id: Id,
        fields: { Description: "Sold" },
        history: [{ what: "created", way: "open-cti" }, { what: "updated" }],
      },
    ]);
  });

  test("what breaks a field's rules fails, with Salesforce's words", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    expect(await frame.call("saveLog", { value: { ...value, ANI__c: "1" } })).toMatchObject({
      success: false,
      errors: [{ code: "INVALID_FIELD" }],
    });
    expect(await frame.call("saveLog", { value: { Subject: "Call" } })).toMatchObject({ success: false });
    expect(stage.complaintKinds).toEqual(["unknown-field", "wrong-arguments"]);
    expect(stage.org.calls()).toMatchObject([
      { way: "open-cti", what: "saveLog", status: 400 },
      { status: 400 },
    ]);
  });

  test("its answer lost: the Task is there, and the callback says that nobody knows", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    await stage.org.fail("lost");
    expect(await frame.call("saveLog", { value })).toMatchObject({
      success: false,
      errors: [{ code: "GENERIC_PROCESSING_ERROR" }],
    });
    expect(stage.org.tasks()).toMatchObject([{ history: [{ answerLost: true }] }]);
    expect(stage.org.calls().at(-1)).toMatchObject({ fault: "lost for 1 request" });
    await frame.call("saveLog", { value });
    expect(stage.complaintKinds).toEqual(["two-tasks"]);
  });

  test("refused while Salesforce is in maintenance; the page itself works on", async () => {
    await using stage = await Stage.open();
    await using frame = await Frame.open(stage);
    await stage.org.fail("status", 503);
    expect(await frame.call("saveLog", { value })).toMatchObject({
      success: false,
      errors: [{ code: "SERVER_UNAVAILABLE" }],
    });
    expect(await frame.call("setSoftphonePanelVisibility", { visible: false })).toMatchObject({
      success: true,
    });
    await stage.org.heal();
    await stage.org.fail("row-lock");
    expect(await frame.call("saveLog", { value })).toMatchObject({
      errors: [{ code: "UNABLE_TO_LOCK_ROW" }],
    });
    expect(await frame.call("saveLog", { value })).toMatchObject({ success: true });
  });
});
