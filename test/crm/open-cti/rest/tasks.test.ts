import { describe, expect, test } from "bun:test";
import { sendResultOf } from "../../../../src/crm/open-cti/rest/errors.ts";
import { ManualClock } from "../../../../src/platform/clock.ts";
import { memoryStore } from "../../../../src/crm/open-cti/rest/oauth/token-store.ts";
import { createSalesforceRest } from "../../../../src/crm/open-cti/rest/rest.ts";
import { callLog, failure, forever, openStage, salesforceSettings, type Stage } from "./stage.ts";

const running = { endedAt: undefined, seconds: undefined, disposition: undefined, notes: undefined };
const tasksOf = ({ org }: Stage) => org.tasks();
const onlyTask = (stage: Stage): Record<string, unknown> => {
  const tasks = tasksOf(stage);
  expect(tasks).toHaveLength(1);
  expect(stage.org.complaints()).toEqual([]);
  return tasks[0]?.fields ?? {};
};
const remove = async ({ org }: Stage, id: string): Promise<void> => {
  const { status } = await fetch(`${org.url}/services/data/v62.0/sobjects/Task/${id}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${org.token()}` },
    tls: { ca: org.caPem },
  });
  expect(status).toBe(204);
};

describe("the Task of a call", () => {
  test("is made at answer, brought up to date at the end, and there once", async () => {
    await using stage = await openStage();
    const made = await stage.rest.saveTask(callLog(running), forever);
    expect(made.created).toBe(true);
    expect(onlyTask(stage)).toMatchObject({
      Status: "In Progress",
      CallObject: "01JGTEST:1001",
      TaskSubtype: "Call",
    });
    const [match] = await stage.rest.search("5551234", forever);
    const changed = await stage.rest.saveTask(callLog({ who: match?.id }), forever);
    expect(changed).toEqual({ id: made.id, created: false });
    expect(onlyTask(stage)).toMatchObject({
      Subject: "Call from 5551234, Sales, 2026-01-05 10:00",
      Status: "Completed",
      CallType: "Inbound",
      CallDurationInSeconds: 112,
      CallDisposition: "Order; Complaint",
      WhoId: match?.id,
      ActivityDate: "2026-01-05",
    });
  });

  test("is found again by another process", async () => {
    await using stage = await openStage();
    const { id } = await stage.rest.saveTask(callLog(running), forever);
    expect(await stage.another().saveTask(callLog(), forever)).toEqual({ id, created: false });
    expect(onlyTask(stage).Status).toBe("Completed");
  });

  test("is one, however many save it at a time", async () => {
    await using stage = await openStage();
    const saved = await Promise.all(Array.from({ length: 8 }, () => stage.rest.saveTask(callLog(), forever)));
    expect(new Set(saved.map(({ id }) => id)).size).toBe(1);
    onlyTask(stage);
  });

  test("of two agents' legs are two", async () => {
    await using stage = await openStage();
    await stage.rest.saveTask(callLog(), forever);
    await stage.rest.saveTask(callLog({ callObject: "01JGTEST:1002", agent: "1002" }), forever);
    expect(tasksOf(stage)).toHaveLength(2);
    expect(stage.org.complaints()).toEqual([]);
  });

  test("that somebody deleted is made anew while the call is written", async () => {
    await using stage = await openStage();
    const { id } = await stage.rest.saveTask(callLog(running), forever);
    await remove(stage, id);
    const again = await stage.rest.saveTask(callLog(), forever);
    expect(again.created).toBe(true);
    expect(again.id).not.toBe(id);
    expect(onlyTask(stage).Status).toBe("Completed");
  });

  test("keys with anything in them are found again", async () => {
    await using stage = await openStage();
    const callObject = 'it\'s \\ 100% "x":\n1001';
    const { id } = await stage.rest.saveTask(callLog({ callObject }), forever);
    expect(await stage.another().saveTask(callLog({ callObject }), forever)).toEqual({ id, created: false });
    onlyTask(stage);
  });
});

describe("an answer that is lost after the Task was made", () => {
  test("leads to no second one", async () => {
    await using stage = await openStage();
    await stage.org.fail("lost");
    const error = await failure(stage.rest.saveTask(callLog(running), forever));
    expect(sendResultOf(error).result).toBe("retry");
    expect(await stage.rest.saveTask(callLog(), forever)).toMatchObject({ created: false });
    expect(onlyTask(stage).Status).toBe("Completed");
  });

  test("nor in another process", async () => {
    await using stage = await openStage();
    await stage.org.fail("lost");
    await failure(stage.rest.saveTask(callLog(running), forever));
    expect(await stage.another().saveTask(callLog(), forever)).toMatchObject({ created: false });
    onlyTask(stage);
  });

  test("a create that may still be at work is waited for before there is another", async () => {
    const clock = new ManualClock(Date.now());
    await using stage = await openStage({}, {}, { clock, requestTime: 1000 });
    await stage.rest.connect();
    // The look goes through, the create hangs: it cannot be told from one that takes its time.
    const looked = stage.org.waitFor(() =>
      stage.org.calls().some((call) => JSON.stringify(call.arguments).includes("CallObject")),
    );
    const saving = failure(stage.rest.saveTask(callLog(), forever));
    await looked;
    await stage.org.fail("hang");
    const late = await saving;
    await stage.org.heal();
    expect(late.code).toBe("timeout");
    const refused = await failure(stage.rest.saveTask(callLog(), forever));
    expect(refused.message).toMatch(/not made a second time yet/);
    expect(sendResultOf(refused).result).toBe("retry");
    clock.advance(60_000);
    expect(await stage.rest.saveTask(callLog(), forever)).toMatchObject({ created: true });
    onlyTask(stage);
  });
});

describe("what may go later", () => {
  test.each([
    ["503", (stage: Stage) => stage.org.fail("status", 503)],
    ["a locked row", (stage: Stage) => stage.org.fail("row-lock")],
    ["the limit", (stage: Stage) => stage.org.fail("limit", 0)],
    ["no connection", (stage: Stage) => stage.org.fail("down")],
    ["a server error", (stage: Stage) => stage.org.fail("error", "UNKNOWN_EXCEPTION")],
  ])("%s", async (_name, fail) => {
    const clock = new ManualClock(Date.now());
    await using stage = await openStage({}, {}, { clock });
    await stage.rest.connect();
    fail(stage);
    expect(sendResultOf(await failure(stage.rest.saveTask(callLog(), forever))).result).toBe("retry");
    await stage.org.heal();
    clock.advance(60_000);
    expect(await stage.rest.saveTask(callLog(), forever)).toMatchObject({ created: true });
    onlyTask(stage);
  });

  test("a try that was stopped", async () => {
    await using stage = await openStage();
    await stage.rest.connect();
    await stage.org.fail("hang");
    const abort = new AbortController();
    const saving = failure(stage.rest.saveTask(callLog(), abort.signal));
    abort.abort();
    const error = await saving;
    expect(error.code).toBe("interrupted");
    expect(sendResultOf(error).result).toBe("retry");
  });
});

describe("what will never be taken", () => {
  test("a validation rule's no, in its own words", async () => {
    await using stage = await openStage();
    await stage.org.fail("validation");
    const error = await failure(stage.rest.saveTask(callLog(), forever));
    const result = sendResultOf(error);
    expect(result.result).toBe("rejected");
    expect(result.why).toContain("A validation rule of the stub says no");
    expect(error.details).toMatchObject({ errorCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", retry: false });
  });

  test("a field that the user may not write", async () => {
    await using stage = await openStage();
    await stage.rest.connect();
    await stage.org.fail("error", "INVALID_FIELD", { count: 5 });
    const error = await failure(stage.rest.saveTask(callLog(), forever));
    expect(sendResultOf(error).result).toBe("rejected");
    expect(error.hint).toMatch(/field-level security/);
  });

  test("an external id field that is not there", async () => {
    await using stage = await openStage({}, { externalId: "Nowhere__c" });
    const error = await failure(stage.rest.saveTask(callLog(), forever));
    expect(sendResultOf(error).result).toBe("rejected");
    expect(error.why).toContain("Nowhere__c");
  });
});

describe("links that Salesforce refuses are left out, the record stays", () => {
  const nobody = "003000000000999AAA";

  test("of a new Task", async () => {
    await using stage = await openStage();
    await stage.rest.saveTask(callLog({ who: nobody }), forever);
    expect(tasksOf(stage)).toHaveLength(1);
    expect(tasksOf(stage)[0]?.fields.WhoId ?? null).toBeNull();
    expect(stage.fake.logged.join()).toMatch(/saved without WhoId/);
  });

  test("of one that is there", async () => {
    await using stage = await openStage();
    await stage.rest.saveTask(callLog(running), forever);
    await stage.rest.saveTask(callLog({ who: nobody }), forever);
    expect(tasksOf(stage)[0]?.fields.Status).toBe("Completed");
  });
});

describe("with an external id", () => {
  const options = { customFields: ["Task.CTI_Call__c"] };
  const change = { externalId: "CTI_Call__c" };

  test("two processes at the same moment make one", async () => {
    await using stage = await openStage(options, change);
    const others = [stage.rest, stage.another(), stage.another(), stage.another()];
    const saved = await Promise.all(others.map((rest) => rest.saveTask(callLog(), forever)));
    expect(new Set(saved.map(({ id }) => id)).size).toBe(1);
    expect(tasksOf(stage)).toHaveLength(1);
    expect(tasksOf(stage)[0]?.fields).toMatchObject({
      CTI_Call__c: "01JGTEST:1001",
      CallObject: "01JGTEST:1001",
    });
  });

  test("a Task from before the setting is the same", async () => {
    await using stage = await openStage(options, {});
    const { id } = await stage.rest.saveTask(callLog(running), forever);
    expect(await stage.another(change).saveTask(callLog(), forever)).toEqual({ id, created: false });
    onlyTask(stage);
  });
});

describe("the Task's owner", () => {
  test("is the agent's user, by user name, by id, or by a field", async () => {
    await using stage = await openStage();
    const { org } = stage;
    const [first, second] = org.users;
    if (first === undefined || second === undefined) throw new Error("the org has too few users");
    const ownerOf = async (agent: string, change: Parameters<Stage["another"]>[0]): Promise<unknown> => {
      const { id } = await stage
        .another(change)
        .saveTask(callLog({ callObject: `${agent}:${JSON.stringify(change)}`, agent }), forever);
      return org.tasks().find((task) => task.id === id)?.fields.OwnerId;
    };
    expect(await ownerOf("1001", { owners: { 1001: first.username } })).toBe(first.id);
    expect(await ownerOf("1002", { owners: { 1002: second.id } })).toBe(second.id);
    expect(await ownerOf(second.username, { ownerField: "Username" })).toBe(second.id);
    const integration = org.users.find(({ username }) => username === "integration@example.com")?.id;
    expect(await ownerOf("1003", {})).toBe(integration);
    expect(await ownerOf("1003", { owners: { 1003: "gone@example.com" } })).toBe(integration);
    expect(stage.fake.logged.join()).toMatch(/gone@example.com.*there is none/);
    expect(await ownerOf("1003", { ownerField: "NoSuchField" })).toBe(integration);
  });

  test("is found by either name of the agent's: id or login name", async () => {
    await using stage = await openStage();
    const { org, fake } = stage;
    const [first, second] = org.users;
    if (first === undefined || second === undefined) throw new Error("the org has too few users");
    const ownerOf = async (owners: Record<string, string>, ownerField: string | undefined) => {
      const rest = createSalesforceRest({
        settings: salesforceSettings({ login: org.url, ca: [org.caPem], owners, ownerField }),
        key: org.privateKey,
        store: memoryStore(),
        port: fake.port,
        namesOf: (agent) => (agent === "mia" ? ["1007", second.username] : []),
      });
      const { id } = await rest.saveTask(callLog({ callObject: `mia:${ownerField}`, agent: "mia" }), forever);
      await rest.close();
      return org.tasks().find((task) => task.id === id)?.fields.OwnerId;
    };
    expect(await ownerOf({ 1007: first.username }, undefined)).toBe(first.id);
    expect(await ownerOf({}, "Username")).toBe(second.id);
    expect(fake.logged.join()).not.toContain("no active user");
  });
});
