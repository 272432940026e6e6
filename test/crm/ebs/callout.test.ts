import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readCallout } from "../../../src/crm/ebs/callout.ts";
import type { Callout } from "../../../src/crm/ebs/contract.ts";

const place = "telesetNumber=70002&agentID=7001";
const at = { extension: "70002", agent: "7001" };
const read = (query: string) => readCallout(`/?${query}`);

describe("a callout", () => {
  test.each<[string, Callout]>([
    [
      `FunctionName=Register&${place}&ipAddress=127.0.0.1&port=8888`,
      { name: "Register", ...at, host: "127.0.0.1", port: 8888 },
    ],
    [
      `FunctionName=Register&${place}&ipAddress=10.1.2.3&port=8888%20telesetNumber=1&`,
      { name: "Register", ...at, host: "10.1.2.3", port: 8888 },
    ],
    [
      `FunctionName=Register&${place}&ipAddress=[::1]&port=8888`,
      { name: "Register", ...at, host: "::1", port: 8888 },
    ],
    [
      `FunctionName=Register&${place}&ipAddress=2001:DB8::1&port=8888`,
      { name: "Register", ...at, host: "2001:db8::1", port: 8888 },
    ],
    [
      `FunctionName=Register&${place}&ipAddress=PC-7.example.com&port=1`,
      { name: "Register", ...at, host: "pc-7.example.com", port: 1 },
    ],
    // The example of Oracle's guide.
    [
      "FunctionName=Login&telesetNumber=70002&agentID=7001&agentPassword=1234&agentQueue=7700",
      { name: "Login", ...at, password: "1234", queue: "7700" },
    ],
    [
      `FunctionName=login&${place}&agentPassword=a%26b%3D%C3%A9&agentQueue=+`,
      { name: "Login", ...at, password: "a&b=é", queue: undefined },
    ],
    [`FunctionName=Ready&${place}`, { name: "Ready", ...at }],
    [`functionname=NOTREADY&${place}`, { name: "NotReady", ...at }],
    [`FunctionName=UnRegister&${place}`, { name: "Unregister", ...at }],
    [`FunctionName=Logout&${place}&agentPassword=x&agentQueue=${"x".repeat(500)}`, { name: "Logout", ...at }],
    ["FunctionName=CheckStatus", { name: "CheckStatus", place: undefined }],
    ["FunctionName=CheckStatus&agentID=7001", { name: "CheckStatus", place: undefined }],
    [`FunctionName=CheckStatus&${place}`, { name: "CheckStatus", place: at }],
  ])("%s", (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  test.each([
    ["03001234567", "03001234567"],
    ["+923001234567", "+923001234567"],
    ["%2B923001234567", "+923001234567"],
    ["%20%2B923001234567", "+923001234567"],
    ["++92300", "+92300"],
    ["+92%20(300)%201234567", "+923001234567"],
    ["+(92)300", "+92300"],
    ["%2B92+(300)+1234567", "+923001234567"],
    ["(300)+123-4567", "3001234567"],
    ["+*72", "*72"],
    ["tel:555", "555"],
    ["anna@example.com", "anna@example.com"],
  ])("dialString=%s dials %s", (dialString, number) => {
    for (const name of ["MakeCall", "DialCanonical"] as const)
      expect(read(`FunctionName=${name}&${place}&dialString=${dialString}`)).toEqual({ name, ...at, number });
  });
});

describe("no callout", () => {
  test.each([
    ["", 404, "UnexpectedError", /FunctionName is missing/],
    ["FunctionName=", 404, "UnexpectedError", /FunctionName is missing/],
    ["FunctionName=Logn", 200, "UnexpectedError", /did you mean Login\?/],
    ["FunctionName=Answer", 200, "UnexpectedError", /it may be Register, Login/],
    ["FunctionName=Login&agentID=7001", 200, "ExtensionNotSpecified", undefined],
    ["FunctionName=Ready", 200, "ExtensionNotSpecified", undefined],
    ["FunctionName=Ready&telesetNumber=+&agentID=7001", 200, "ExtensionNotSpecified", undefined],
    ["FunctionName=Ready&telesetNumber=70002", 200, "AgentACDIdNotSpecified", undefined],
    [
      "FunctionName=Ready&telesetNumber=7%2F1&agentID=7001",
      200,
      "UnexpectedError",
      /^telesetNumber may hold/,
    ],
    ["FunctionName=Ready&telesetNumber=70002&agentID=..", 200, "UnexpectedError", /^agentID may hold/],
    [
      `FunctionName=Ready&telesetNumber=70002&agentID=${"7".repeat(65)}`,
      200,
      "UnexpectedError",
      /at most 64 characters/,
    ],
    [`FunctionName=Register&${place}`, 200, "ThirdPartyUrlNotSpecified", /ipAddress is missing/],
    [`FunctionName=Register&${place}&ipAddress=h`, 200, "ThirdPartyUrlNotSpecified", /port is missing/],
    ...[
      "999.1.1.1",
      "2130706433",
      "0x7f.1",
      "a/b",
      "u@h",
      "a..b",
      "[127.0.0.1]",
      "fe80::1%25eth0",
      "h:80",
    ].map(
      (host) =>
        [
          `FunctionName=Register&${place}&ipAddress=${host}&port=1`,
          200,
          "ThirdPartyUrlNotSpecified",
          /ipAddress is neither/,
        ] as const,
    ),
    ...["0", "65536", "-1", "1.5", "0x50", "1e3", "8888/"].map(
      (port) =>
        [
          `FunctionName=Register&${place}&ipAddress=h&port=${port}`,
          200,
          "ThirdPartyUrlNotSpecified",
          /port is not a number/,
        ] as const,
    ),
    [`FunctionName=Login&${place}`, 200, "LoginFailed", /agentPassword is missing/],
    [`FunctionName=Login&${place}&agentPassword=x%EF%BF%BD`, 200, "LoginFailed", /percent-encoding/],
    [`FunctionName=Login&${place}&agentPassword=x&agentQueue=a%0Ab`, 200, "UnexpectedError", /^agentQueue/],
    ...["", "dialString=", "dialString=+"].map(
      (dial) =>
        [
          `FunctionName=MakeCall&${place}&${dial}`,
          200,
          "UnexpectedError",
          /there is no number to dial/,
        ] as const,
    ),
    ...["%2B", "(-)", "5%005", "%D8%A7", "5".repeat(129), "a%20b"].map(
      (dial) =>
        [
          `FunctionName=MakeCall&${place}&dialString=${dial}`,
          200,
          "UnexpectedError",
          /no number that can/,
        ] as const,
    ),
  ])("%s", (query, status, key, details) => {
    const problem = read(query);
    if (!("key" in problem)) throw new Error("it is one");
    expect(problem).toMatchObject({ status, key });
    if (details === undefined) expect(problem.details).toBeUndefined();
    else expect(problem.details).toMatch(details);
  });

  test("never repeats what was sent, whatever it is, and never throws", () => {
    const names = [
      "FunctionName",
      "telesetNumber",
      "agentID",
      "agentPassword",
      "agentQueue",
      "dialString",
      "ipAddress",
      "port",
    ];
    const functions = fc.constantFrom("Register", "Login", "MakeCall", "Logout", "CheckStatus", "Lgin");
    const secret = "s3cr3t-Zq9";
    const text = fc.oneof(
      functions,
      fc.constantFrom("70002", "7001", "127.0.0.1", "8888", secret, `/${secret}`, ` ${secret}\n`),
      fc.string({ unit: "binary" }).filter((each) => each.isWellFormed()),
    );
    fc.assert(
      fc.property(functions, fc.array(fc.tuple(fc.constantFrom(...names), text)), (name, parameters) => {
        const rest = parameters.map(([key, value]) => `&${key}=${encodeURIComponent(value)}`);
        const result = read(`FunctionName=${name}${rest.join("")}`);
        if ("key" in result) {
          expect(result.status).toBe(200);
          expect(result.details ?? "").not.toContain(secret);
        } else if (result.name !== "CheckStatus") {
          expect(result.extension).toMatch(/^[\w.@-]{1,64}$/);
          expect(result.agent).toMatch(/^[\w.@-]{1,64}$/);
        }
      }),
    );
  });
});
