import { describe, expect, test } from "bun:test";
import { Stage } from "./stage.ts";

const call = { Subject: "Call", Status: "Completed", CallType: "Inbound", CallObject: "01J:1001" };
const idOf = (got: { body: unknown }) => String(Object(got.body).id);

describe("records", () => {
  test("a Task is made, read, changed, found and deleted, and its history kept", async () => {
    await using stage = await Stage.open();
    const { org } = stage;
    const made = await stage.task({ ...call, WhoId: "0035g0000000001AAA", CallDurationInSeconds: 61 });
    const id = idOf(made);
    expect([made.status, made.body]).toMatchObject([
      201,
      { id: expect.stringMatching(/^00T/), success: true },
    ]);
    const path = `sobjects/Task/${id}`;
    const changed = await stage.rest(path, { method: "PATCH", body: { CallDisposition: "Sold" } });
    expect([changed.status, changed.body]).toEqual([204, ""]);
    expect((await stage.rest(`${path}?fields=Id,CallDisposition,AccountId,OwnerId`)).body).toEqual({
      attributes: { type: "Task", url: `/services/data/v62.0/${path}` },
      Id: id,
      CallDisposition: "Sold",
      AccountId: "0015g0000000001AAA",
      OwnerId: org.users[0]?.id,
    });
    const found = await stage.soql("SELECT Id, CallDisposition FROM Task WHERE CallObject = '01J:1001'");
    expect(found.body).toMatchObject({ totalSize: 1, done: true, records: [{ Id: id }] });
    expect(org.tasks()).toMatchObject([
      {
        fields: { IsClosed: true, TaskSubtype: "Task", Priority: "Normal" },
        history: [
          { what: "created", way: "rest", user: "agent1001@example.com", fields: call },
          { what: "updated", fields: { CallDisposition: "Sold" } },
        ],
      },
    ]);
    expect((await stage.rest(path, { method: "DELETE" })).status).toBe(204);
    expect((await stage.rest(path)).body).toMatchObject([{ errorCode: "NOT_FOUND" }]);
    expect(org.tasks()).toEqual([]);
    expect(org.complaints()).toEqual([]);
  });

  test("ids are taken in both lengths, and are those of nothing else", async () => {
    await using stage = await Stage.open();
    expect((await stage.rest("sobjects/Contact/0035g0000000001?fields=Name")).body).toMatchObject({
      Name: "Ayesha Khan",
    });
    for (const path of [
      "Contact/0035g0000000001AAB",
      "Lead/0035g0000000001AAA",
      "Nothing/0035g0000000001AAA",
      "Contact/x",
    ])
      expect((await stage.rest(`sobjects/${path}`)).status).toBe(404);
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ["a field that there is not", { ANI__c: "5551234" }, "INVALID_FIELD", "unknown-field"],
    ["a text too long", { Subject: "x".repeat(256) }, "STRING_TOO_LONG", "too-long"],
    ["a status of our own", { Status: "Done" }, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "wrong-value"],
    ["seconds as a text", { CallDurationInSeconds: "61" }, "JSON_PARSER_ERROR", "wrong-value"],
    ["seconds below zero", { CallDurationInSeconds: -1 }, "NUMBER_OUTSIDE_VALID_RANGE", "wrong-value"],
    ["a day that there is not", { ActivityDate: "2026-02-30" }, "JSON_PARSER_ERROR", "wrong-value"],
    [
      "an account as the person",
      { WhoId: "0015g0000000001AAA" },
      "FIELD_INTEGRITY_EXCEPTION",
      "wrong-reference",
    ],
    [
      "a person who is gone",
      { WhoId: "0035g0000000999AAA" },
      "INVALID_CROSS_REFERENCE_KEY",
      "wrong-reference",
    ],
    ["no id", { WhoId: "Ayesha" }, "MALFORMED_ID", "wrong-reference"],
    [
      "a lead and an account",
      { WhoId: "00Q5g0000000001EAA", WhatId: "0015g0000000001AAA" },
      "FIELD_INTEGRITY_EXCEPTION",
      "wrong-reference",
    ],
    [
      "what Salesforce writes itself",
      { CreatedDate: "2026-01-05T09:00:00Z" },
      "INVALID_FIELD_FOR_INSERT_UPDATE",
      "read-only-field",
    ],
    ["no status", { Status: null }, "REQUIRED_FIELD_MISSING", "missing-field"],
  ])("%s is refused, and complained of", async (_, fields, code, kind) => {
    await using stage = await Stage.open();
    const got = await stage.task({ ...call, ...fields });
    expect([got.status, got.body]).toMatchObject([400, [{ errorCode: code, message: expect.any(String) }]]);
    expect(stage.complaintKinds).toEqual([kind]);
    expect(stage.org.tasks()).toEqual([]);
  });

  test("an upsert by a field of the org's own makes one record, whoever comes twice", async () => {
    await using stage = await Stage.open({ customFields: ["Task.CTI_Key__c"] });
    const path = "sobjects/Task/CTI_Key__c/01J%3A1001";
    const upsert = (fields: object) => stage.rest(path, { method: "PATCH", body: fields });
    const first = await upsert(call);
    expect([first.status, first.body]).toMatchObject([201, { created: true, success: true }]);
    const second = await upsert({ Status: "Completed" });
    expect([second.status, second.body]).toMatchObject([200, { created: false, id: idOf(first) }]);
    expect((await upsert({ CTI_Key__c: "other" })).body).toMatchObject([{ errorCode: "INVALID_FIELD" }]);
    expect((await stage.task({ ...call, CTI_Key__c: "01J:1001" })).body).toMatchObject([
      { errorCode: "DUPLICATE_VALUE" },
    ]);
    const unknown = await stage.rest("sobjects/Task/Nope__c/1", { method: "PATCH", body: call });
    expect(unknown.status).toBe(404);
    expect(stage.org.tasks()).toHaveLength(1);
  });

  test("describe tells the fields; what is no method or no address is refused", async () => {
    await using stage = await Stage.open();
    const described = await stage.rest("sobjects/Task/describe");
    expect(described.body).toMatchObject({
      fields: expect.arrayContaining([expect.objectContaining({ name: "CallObject", length: 255 })]),
    });
    expect((await stage.rest("sobjects/Task", { method: "PUT", body: {} })).status).toBe(405);
    expect((await stage.rest("limits", { method: "DELETE" })).status).toBe(405);
    for (const path of ["nothing", "sobjects/Nothing", "sobjects/Task/a/b/c"])
      expect((await stage.rest(path)).status).toBe(404);
    expect((await stage.ask("/services/data/v12.0/limits")).status).toBe(404);
    expect((await stage.ask("/services/data", { token: null })).body).toMatchObject([
      { version: "58.0" },
      {},
      {},
      {},
      {},
      {},
      {},
    ]);
    expect(
      (await stage.rest("sobjects/Task", { method: "POST", headers: {}, body: [1] })).body,
    ).toMatchObject([{ errorCode: "JSON_PARSER_ERROR" }]);
  });
});

describe("queries", () => {
  test.each([
    ["SELECT Id FROM Nothing", "INVALID_TYPE"],
    ["SELECT Nope FROM Task", "INVALID_FIELD"],
    ["SELECT Id FROM Task WHERE Nope = '1'", "INVALID_FIELD"],
    ["SELECT Id FROM Task WHERE CallObject = 'it's'", "MALFORMED_QUERY"],
  ])("%s: %s", async (text, code) => {
    await using stage = await Stage.open();
    const got = await stage.soql(text);
    expect([got.status, got.body]).toMatchObject([400, [{ errorCode: code }]]);
    expect(stage.complaintKinds).toEqual(["malformed-query"]);
  });

  test("are ordered, counted and cut", async () => {
    await using stage = await Stage.open();
    const names = await stage.soql(
      "SELECT Name FROM Contact WHERE LastName IN ('Souza', 'Khan') ORDER BY Name DESC LIMIT 2",
    );
    expect(names.body).toMatchObject({
      totalSize: 2,
      records: [{ Name: "João Souza" }, { Name: "Ayesha Khan" }],
    });
    expect((await stage.soql("SELECT COUNT() FROM Contact WHERE LastName = 'Souza'")).body).toMatchObject({
      totalSize: 2,
      records: [],
    });
  });
});

describe("composite", () => {
  const steps = (first: object, second: object) => [
    { method: "POST", url: "/services/data/v62.0/sobjects/Contact", referenceId: "person", body: first },
    { method: "POST", url: "/services/data/v62.0/sobjects/Task", referenceId: "log", body: second },
  ];

  test("later requests use what earlier ones made", async () => {
    await using stage = await Stage.open();
    const got = await stage.rest("composite", {
      body: {
        allOrNone: true,
        compositeRequest: steps({ LastName: "New" }, { ...call, WhoId: "@{person.id}" }),
      },
    });
    expect(got.body).toMatchObject({
      compositeResponse: [
        { httpStatusCode: 201, referenceId: "person" },
        { httpStatusCode: 201, referenceId: "log" },
      ],
    });
    expect(String(stage.org.tasks()[0]?.fields.WhoId)).toStartWith("003");
  });

  test("all or none: nothing stays of what is halted", async () => {
    await using stage = await Stage.open();
    const before = stage.org.records("Contact").length;
    const send = (allOrNone: boolean) =>
      stage.rest("composite", {
        body: { allOrNone, compositeRequest: steps({ LastName: "New" }, { Nope: 1 }) },
      });
    expect((await send(true)).body).toMatchObject({
      compositeResponse: [
        { httpStatusCode: 400, body: [{ errorCode: "PROCESSING_HALTED" }] },
        { httpStatusCode: 400, body: [{ errorCode: "INVALID_FIELD" }] },
      ],
    });
    expect(stage.org.records("Contact")).toHaveLength(before);
    expect((await send(false)).body).toMatchObject({
      compositeResponse: [{ httpStatusCode: 201 }, { httpStatusCode: 400 }],
    });
    expect(stage.org.records("Contact")).toHaveLength(before + 1);
  });

  test("is judged as a whole", async () => {
    await using stage = await Stage.open();
    const send = (compositeRequest: unknown) => stage.rest("composite", { body: { compositeRequest } });
    const one = { method: "GET", url: "/services/data/v62.0/limits", referenceId: "a" };
    for (const wrong of [undefined, [{}], Array.from({ length: 26 }, () => one)])
      expect((await send(wrong)).status).toBe(400);
    expect((await send([{ ...one, url: "https://evil.example.com/" }])).body).toMatchObject({
      compositeResponse: [{ httpStatusCode: 400 }],
    });
    expect((await send([{ ...one, url: "/services/data/v62.0/sobjects/Task/@{b.id}" }])).body).toMatchObject({
      compositeResponse: [{ httpStatusCode: 400, body: [{ errorCode: "PROCESSING_HALTED" }] }],
    });
  });
});

describe("who asks", () => {
  test("needs a token that is good", async () => {
    await using stage = await Stage.open();
    expect((await stage.rest("limits", { token: null })).body).toMatchObject([
      { errorCode: "INVALID_AUTH_HEADER" },
    ]);
    const wrong = await stage.rest("limits", { token: "00D!nope" });
    expect([wrong.status, wrong.body]).toMatchObject([401, [{ errorCode: "INVALID_SESSION_ID" }]]);
    await stage.org.fail("expire-tokens");
    expect((await stage.rest("limits")).status).toBe(401);
    expect(stage.org.calls().at(-1)).toMatchObject({ status: 401, user: "agent1001@example.com" });
  });

  test("is counted against the day", async () => {
    await using stage = await Stage.open({ dailyLimit: 3 });
    expect((await stage.rest("limits")).headers.get("sforce-limit-info")).toBe("api-usage=1/3");
    expect((await stage.rest("limits")).body).toEqual({ DailyApiRequests: { Max: 3, Remaining: 1 } });
    await stage.rest("limits");
    const over = await stage.rest("limits");
    expect([over.status, over.body]).toMatchObject([403, [{ errorCode: "REQUEST_LIMIT_EXCEEDED" }]]);
    for (let more = 0; more < 19; more++) await stage.rest("limits");
    expect(stage.complaintKinds).toEqual(["after-limit"]);
  });

  test("every answer says that it is a stub's, and every call is kept, without secrets", async () => {
    await using stage = await Stage.open();
    const token = stage.org.token();
    const got = await stage.rest(`limits?access_token=${token}`);
    expect(got.headers.get("x-stub")).toContain("not Salesforce");
    expect(stage.complaintKinds).toEqual(["token-in-url"]);
    await stage.task(call);
    expect(stage.org.calls()).toMatchObject([
      {
        way: "rest",
        what: "GET /services/data/v62.0/limits",
        arguments: { query: "access_token=•••" },
        status: 200,
      },
      {
        what: "POST /services/data/v62.0/sobjects/Task",
        arguments: { body: call },
        status: 201,
        result: { success: true },
      },
    ]);
    expect(JSON.stringify([stage.org.calls(), stage.org.complaints()])).not.toContain(token);
  });
});
