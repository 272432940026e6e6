import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ManualClock } from "../../../../src/platform/clock.ts";
import { callLog, failure, forever, openStage, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(async () => {
  expect(stage.org.complaints()).toEqual([]);
  await stage[Symbol.asyncDispose]();
});

const search = (number: string) => stage.rest.search(number, forever);
const namesOf = async (number: string) => (await search(number)).map(({ type, name }) => `${type} ${name}`);

describe("a number is found", () => {
  test("under another way of writing it", async () => {
    expect(await namesOf("5551234")).toEqual(["Contact Mia Short"]);
    expect(await namesOf("+923217654321")).toEqual(["Contact Bilal Ahmed"]);
    expect(await namesOf("03217654321")).toEqual(["Contact Bilal Ahmed"]);
    expect(await namesOf("004930901821")).toEqual(["Contact Jürgen Groß"]);
  });

  test("with several who have it", async () => {
    const found = await stage.another({ country: "1" }).search("+14155550110", forever);
    expect(found.map(({ name }) => name).toSorted()).toEqual(["Ana Souza", "João Souza"]);
  });

  test("once, where the lead is the contact", async () => {
    expect(await namesOf("03001234567")).toEqual(["Contact Ayesha Khan"]);
    expect(await namesOf("+923001234567")).toEqual(["Contact Ayesha Khan"]);
  });

  test("for a lead, and for an account", async () => {
    expect(await namesOf("04235550105")).toEqual(["Lead Omar Farooq"]);
    expect(await namesOf("+14155550199")).toEqual(["Account Acme"]);
  });

  test("for the contact rather than for the account that it is of", async () => {
    const AccountId = stage.org.addRecord("Account", { Name: "Looms", Phone: "+92 51 7000001" });
    stage.org.addRecord("Contact", { LastName: "Weaver", Phone: "051 7000001", AccountId });
    stage.org.addRecord("Account", { Name: "Other", Phone: "051 7000001" });
    expect(await namesOf("+92517000001")).toEqual(["Contact Weaver", "Account Other"]);
  });

  test("and a record has an address that a person can open", async () => {
    const [match] = await search("5551234");
    if (match === undefined) throw new Error("nobody was found");
    expect(stage.rest.recordUrl(match)).toBe(`${stage.org.url}/lightning/r/Contact/${match.id}/view`);
  });
});

test("for extensions and withheld numbers Salesforce is not asked", async () => {
  const before = stage.org.calls().length;
  for (const number of ["2001", "anonymous", "", "Private"]) expect(await search(number)).toEqual([]);
  expect(stage.org.calls()).toHaveLength(before);
});

test("nobody's number is looked for whole, and by its end", async () => {
  const before = stage.org.calls().length;
  expect(await search("+923119998887")).toEqual([]);
  const asked = stage.org
    .calls()
    .slice(before)
    .filter(({ way }) => way === "rest")
    .map((call) => /\bq=(\d+)/.exec(JSON.stringify(call.arguments))?.[1]);
  expect(asked.toSorted()).toEqual(["03119998887", "119998887", "923119998887", "9998887"].toSorted());
});

test("SOSL serves where parameterizedSearch does not", async () => {
  await using own = await openStage();
  await own.org.fail("error", "INVALID_SEARCH_SCOPE");
  expect((await own.rest.search("5551234", forever)).map(({ name }) => name)).toEqual(["Mia Short"]);
  expect(own.org.calls().at(-1)?.what).toContain("/search");
  expect((await own.rest.search("5551234", forever)).map(({ name }) => name)).toEqual(["Mia Short"]);
  expect(own.org.calls().at(-1)?.what).not.toContain("parameterizedSearch");
  expect(own.org.complaints()).toEqual([]);
});

describe("the org's limit", () => {
  test("is known from each answer", async () => {
    await using own = await openStage({ dailyLimit: 1000 });
    expect(own.rest.limits()).toBeUndefined();
    await own.rest.search("5551234", forever);
    expect(own.rest.limits()).toEqual({ used: 1, most: 1000 });
  });

  test("stops searches before records, which asks again after a while", async () => {
    const clock = new ManualClock(Date.now());
    await using own = await openStage({ dailyLimit: 1000 }, {}, { clock });
    await own.org.fail("limit", 40);
    await own.rest.search("5551234", forever);
    const error = await failure(own.rest.search("5551234", forever));
    expect(error.why).toMatch(/961 of the org's 1000 API requests/);
    expect(error.details).toMatchObject({ retry: true });
    await own.rest.saveTask(callLog(), forever);
    await own.org.heal();
    clock.advance(6 * 60_000);
    expect(await own.rest.search("5551234", forever)).toHaveLength(1);
  });

  test("ends all requests for a time when it is exceeded", async () => {
    const clock = new ManualClock(Date.now());
    await using own = await openStage({}, {}, { clock });
    await own.org.fail("limit", 0);
    const first = await failure(own.rest.search("5551234", forever));
    expect(first.details).toMatchObject({ retry: true, errorCode: "REQUEST_LIMIT_EXCEEDED" });
    expect(first.hint).toMatch(/API requests/);
    const asked = own.org.calls().length;
    const second = await failure(own.rest.search("5551234", forever));
    expect(second.details).toMatchObject({
      retry: true,
      until: new Date(clock.now() + 60_000).toISOString(),
    });
    expect(own.org.calls()).toHaveLength(asked);
    await own.org.heal();
    clock.advance(60_000);
    expect(await own.rest.search("5551234", forever)).toHaveLength(1);
    expect(own.fake.logged.filter((line) => line.includes("used up"))).toHaveLength(1);
  });
});

test("the trace tells of requests without tokens, and of people without names where these are not recorded", async () => {
  await using own = await openStage();
  await own.rest.search("5551234", forever);
  const [, , asked, answered] = own.fake.traced;
  expect(asked).toMatchObject({
    channel: "http",
    direction: "out",
    summary: "GET /services/data/v62.0/parameterizedSearch/",
  });
  expect(asked?.text).toContain("q=5551234");
  expect(answered).toMatchObject({
    direction: "in",
    summary: "GET /services/data/v62.0/parameterizedSearch/ → 200",
  });
  expect(answered?.text).toContain("Mia Short");
  expect(answered?.masked?.()).not.toContain("Mia Short");
});
