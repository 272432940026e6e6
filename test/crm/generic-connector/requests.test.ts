import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DestinationRule } from "../../../src/crm/generic-connector/destinations.ts";
import { commandNames, parseRequest, parseType } from "../../../src/crm/generic-connector/requests.ts";

describe("the JMSType", () => {
  test.each([
    ["MakeReady#1001", { command: "makeready", key: "1001" }],
    ["MAKEREADY#1001", { command: "makeready", key: "1001" }],
    [" Transfer_sst # 1001 \n", { command: "transfer_sst", key: "1001" }],
    ["Hello#10.1.2.3", { command: "hello", key: "10.1.2.3" }],
    ["login#ayesha@example.com", { command: "login", key: "ayesha@example.com" }],
    ["Nonsense#1001", { command: "nonsense", key: "1001" }],
    ["MakeReady", undefined],
    ["MakeReady#", undefined],
    ["#1001", undefined],
    ["MakeReady#10 01", undefined],
    ["MakeReady#1001#2", undefined],
    ["Make Ready#1001", undefined],
    [null, undefined],
  ])("%p", (type, envelope) => {
    expect(parseType(type)).toEqual(envelope as ReturnType<typeof parseType>);
  });
});

const requests: [string, string | null, object, object][] = [
  ["hello", null, {}, {}],
  ["beat", "", {}, {}],
  [
    "connect",
    "10.1.2.3,s3cret",
    { destination: "10.1.2.3", password: "s3cret" },
    { destination: "10.1.2.3", password: "s3cret" },
  ],
  [
    "login",
    "s3cret,42001",
    { password: "s3cret", extension: "42001" },
    { password: "s3cret", extension: "42001" },
  ],
  [
    "mobileagentlogin",
    "s3cret,42001,03001234567,true",
    { password: "s3cret", extension: "42001", dialNumber: "03001234567", connectionMode: true },
    { password: "s3cret", extension: "42001", dialNumber: "03001234567", mode: "CALL_BY_CALL" },
  ],
  ["logout", null, {}, { reason: undefined }],
  ["logoutwithreason", "7", { reasonCode: 7 }, { reason: "7" }],
  ["force_logout", null, {}, {}],
  ["makeready", null, {}, {}],
  ["makenotready", "ignored", {}, {}],
  ["makenotreadywithreason", "2", { reasonCode: "2" }, { reason: "2" }],
  ["getstate", null, {}, {}],
  ["makeworkready", null, {}, {}],
  ["makeworknotready", null, {}, {}],
  ["reasoncodenotready", null, {}, {}],
  ["reasoncodelogout", null, {}, {}],
  ["wrapupreasoncode", null, {}, {}],
  ["makecall", " 03001234567 ", { calledNumber: "03001234567" }, { number: "03001234567" }],
  ["answercall", "168", { dialogId: "168" }, { dialogId: "168" }],
  ["holdcall", "168", { DialogID: 168 }, { dialogId: "168" }],
  ["retrievecall", "168", { dialogId: "168" }, { dialogId: "168" }],
  ["releasecall", "168", { dialogId: "168" }, { dialogId: "168" }],
  [
    "transfer_sst",
    "42002,168",
    { numberToTransfer: "42002", dialogId: "168" },
    { number: "42002", dialogId: "168" },
  ],
  [
    "consultcall",
    "42002,168",
    { numberToConsult: "42002", dialogId: "168" },
    { number: "42002", dialogId: "168" },
  ],
  [
    "transfercall",
    "42002,168",
    { extension: "42002", dialogId: "168" },
    { extension: "42002", dialogId: "168" },
  ],
  [
    "conferencecall",
    "42002,168",
    { extension: "42002", dialogId: "168" },
    { extension: "42002", dialogId: "168" },
  ],
  ["acceptoutboundpreview", "168,ACCEPT", {}, {}],
  ["rejectoutboundpreview", "168,REJECT", {}, {}],
  ["closeoutboundpreview", "168,CLOSE", {}, {}],
  ["senddtmf", "168,12#", { dialogId: "168", digits: "12#" }, { dialogId: "168", digits: "12#" }],
  ["getdialogstate", "168", { dialogId: "168" }, { dialogId: "168" }],
  [
    "updatewrapup",
    "168,Sold, twice",
    { dialogId: "168", reason: "Sold, twice" },
    { dialogId: "168", reason: "Sold, twice" },
  ],
  [
    "updatecallvariable",
    "168,callVariable1=a=b,c",
    { dialogId: "168", variables: { callVariable1: "a=b,c" } },
    { dialogId: "168", variables: { callVariable1: "a=b,c" } },
  ],
  ["getteamusers", "5001,true", {}, {}],
  ["silentmonitor", "42002", {}, {}],
  ["endsilentmonitor", "168", {}, {}],
  ["bargein", "42002,168", {}, {}],
  ["dropparticipant", "42002,168", {}, {}],
  ["getqueuelist", null, {}, {}],
  ["getphonebooks", null, {}, {}],
  ["getteamphonebooks", "5001", { teamId: "5001" }, { teamId: "5001" }],
  ["getphonebookcontacts", "1", { phoneBookId: 1 }, { phoneBookId: "1" }],
];

describe("every request of the protocol", () => {
  test("is in this table", () => {
    expect(requests.map(([command]) => command as string).sort()).toEqual([...commandNames].sort());
  });

  test.each(requests)("%s, as text and as JSON", (command, body, json, expected) => {
    const request = { command, ...expected };
    expect(parseRequest(command, body) as unknown).toEqual({ ok: true, request, json: false });
    expect(parseRequest(command, JSON.stringify(json)) as unknown).toEqual({ ok: true, request, json: true });
  });
});

describe("what cannot be understood", () => {
  test.each([
    ["makecall", "", "INVALID_REQUEST", "number"],
    ["answercall", null, "INVALID_REQUEST", "dialogId"],
    ["transfer_sst", "42002", "INVALID_REQUEST", "dialogId"],
    ["makenotreadywithreason", " ", "INVALID_REQUEST", "reasonCode"],
    ["senddtmf", "168,", "INVALID_REQUEST", "digits"],
    ["updatecallvariable", "168,callVariable1", "INVALID_REQUEST", "variable"],
    ["login", "s3cret", "MISSING_EXTENSION", "extension"],
    ["login", ",42001", "MISSING_PASSWORD", "password"],
    ["login", "s3cret,42/01", "WRONG_EXTENSION", "extension"],
    ["login", "s3,cret,42001", "INVALID_REQUEST", "comma"],
    ["connect", "10.1.2.3,s3,cret", "INVALID_REQUEST", "comma"],
    ["mobileagentlogin", "s3cret,42001,0300,maybe", "INVALID_REQUEST", "connectionMode"],
    ["makecall", "{oops}", "INVALID_REQUEST", "JSON"],
    ["makecall", '{"number": {}}', "INVALID_REQUEST", "number"],
    ["nonsense", "", "UNKNOWN_COMMAND", "command"],
    ["constructor", "", "UNKNOWN_COMMAND", "command"],
  ])("%s %p", (command, body, code, word) => {
    const parsed = parseRequest(command, body);
    if (parsed.ok) throw new Error("understood");
    expect(parsed.code).toBe(code);
    expect(parsed.words).toContain(word);
    expect(parsed.words).not.toContain("s3");
  });

  test("a password may begin with a brace", () => {
    expect(parseRequest("login", "{s3cret,42001")).toMatchObject({
      ok: true,
      request: { password: "{s3cret" },
    });
  });
});

test("whatever comes, an answer", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...commandNames), fc.string()),
      fc.option(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((inside) => `{${inside}}`),
        ),
        { nil: null },
      ),
      (command, body) => {
        const parsed = parseRequest(command, body);
        if (parsed.ok) expect(parsed.request.command).toBe(command as typeof parsed.request.command);
        else expect(parsed.words).not.toBe("");
      },
    ),
  );
  fc.assert(fc.property(fc.string(), (type) => void parseType(type)));
});

test("text and JSON mean the same for whatever has no comma", () => {
  const value = fc.stringMatching(/^[A-Za-z0-9 +*._=:-]{1,20}$/).filter((text) => text.trim() === text);
  fc.assert(
    fc.property(value, value, (number, dialogId) => {
      const text = parseRequest("consultcall", `${number},${dialogId}`);
      const json = parseRequest("consultcall", JSON.stringify({ number, dialogId }));
      expect({ ...text, json: true }).toEqual({ ...json, json: true });
    }),
  );
});

describe("destinations that clients name", () => {
  const rule = new DestinationRule(["Connector1", "Connector1.peers"]);
  test.each([
    ["10.1.2.3", true],
    ["host-17:2.a_b", true],
    ["Connector1", false],
    ["connector1", false],
    ["CONNECTOR1.PEERS", false],
    ["ActiveMQ.Advisory.Connection", false],
    ["activemq.DLQ", false],
    ["a,queue://Connector1", false],
    ["queue://Connector1", false],
    ["queue:Connector1", false],
    ["a>", false],
    ["*", false],
    ["a b", false],
    ["a?consumer.priority=127", false],
    ["", false],
    ["x".repeat(255), true],
    ["x".repeat(256), false],
  ])("%s: %p", (name, allowed) => {
    expect(rule.allows(name)).toBe(allowed);
  });
});
