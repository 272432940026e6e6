import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { GcEvent } from "../../../src/crm/generic-connector/events.ts";
import { callRole, callState } from "../../../src/crm/generic-connector/events.ts";
import { eventJson } from "../../../src/crm/generic-connector/event-json.ts";
import { eventText } from "../../../src/crm/generic-connector/event-text.ts";
import { localTime, plain } from "../../../src/crm/generic-connector/field-text.ts";
import { parseGcEvent } from "../../../src/crm/generic-connector/parse-event.ts";
import { agent, call, dialled, party } from "../samples.ts";

const time = localTime("2026-01-05T09:00:00.000Z");

const lines: [GcEvent, string, Record<string, unknown>][] = [
  [{ event: "IN_SERVICE" }, "System#IN_SERVICE", { agent: "System", event: "IN_SERVICE" }],
  [{ event: "OUT_OF_SERVICE" }, "System#OUT_OF_SERVICE", { agent: "System", event: "OUT_OF_SERVICE" }],
  [{ event: "RECONNECT", agent: "1001" }, "1001#RECONNECT", { agent: "1001", event: "RECONNECT" }],
  [
    { event: "AgentInfo", agent: "1001", state: agent() },
    "1001#AgentInfo#Ayesha#Khan#false#ALLOWED#teams:1#5001,Sales#5001#Ayesha Khan",
    {
      agent: "1001",
      event: "AgentInfo",
      firstName: "Ayesha",
      lastName: "Khan",
      supervisor: false,
      wrapUp: "ALLOWED",
      teamCount: 1,
      teams: [{ id: "5001", name: "Sales" }],
      teamId: "5001",
      name: "Ayesha Khan",
    },
  ],
  [
    {
      event: "AgentInfo",
      agent: "1001",
      state: agent({
        roles: ["Agent", "Supervisor"],
        teams: [
          { id: "1", name: "A,B" },
          { id: "2", name: "C" },
        ],
        wrapUpOnIncoming: "NOT_ALLOWED",
      }),
    },
    "1001#AgentInfo#Ayesha#Khan#true#NOT_ALLOWED#teams:2#1,A B|2,C#5001#Ayesha Khan",
    {
      agent: "1001",
      event: "AgentInfo",
      firstName: "Ayesha",
      lastName: "Khan",
      supervisor: true,
      wrapUp: "NOT_ALLOWED",
      teamCount: 2,
      teams: [
        { id: "1", name: "A B" },
        { id: "2", name: "C" },
      ],
      teamId: "5001",
      name: "Ayesha Khan",
    },
  ],
  [
    { event: "State", agent: "1001", state: agent(), extension: "42001" },
    "1001#State#NOT_READY#-1####Ayesha Khan#1001#42001",
    {
      agent: "1001",
      event: "State",
      state: "NOT_READY",
      reasonCode: "-1",
      name: "Ayesha Khan",
      loginId: "1001",
      extension: "42001",
    },
  ],
  [
    {
      event: "ReasonCodes",
      agent: "1001",
      kind: "NotReady",
      reasons: [
        { code: "1", label: "Lunch" },
        { code: "2", label: "Break" },
        { code: "3", label: "Training" },
      ],
    },
    "1001#ReasonCodes#NotReady#1,2,3#labels:Lunch,Break,Training",
    {
      agent: "1001",
      event: "ReasonCodes",
      kind: "NotReady",
      reasons: [
        { code: "1", label: "Lunch" },
        { code: "2", label: "Break" },
        { code: "3", label: "Training" },
      ],
    },
  ],
  [
    { event: "NewInboundCall", agent: "1001", call: call(), associated: undefined },
    "1001#NewInboundCall#03001234567#callVariable1=CUST-778|callVariable4=|associatedDialogId=#dialogId:16802321",
    {
      agent: "1001",
      event: "NewInboundCall",
      ani: "03001234567",
      variables: { callVariable1: "CUST-778", callVariable4: "", associatedDialogId: "" },
      dialogId: "16802321",
    },
  ],
  [
    {
      event: "InboundCall",
      agent: "1001",
      state: "ACTIVE",
      call: call({ variables: { callVariable1: "CUST-778" } }),
      associated: "168",
    },
    `1001#InboundCall#ACTIVE#dialogId:16802321#03001234567#callVariable1=CUST-778|associatedDialogId=168#${time}#callType:ACD_IN##participants:03001234567,ACTIVE,X,CALLER|42001,ACTIVE,X,AGENT`,
    {
      agent: "1001",
      event: "InboundCall",
      state: "ACTIVE",
      dialogId: "16802321",
      party: "03001234567",
      variables: { callVariable1: "CUST-778", associatedDialogId: "168" },
      startTime: time,
      callType: "ACD_IN",
      participants: [
        { extension: "03001234567", state: "ACTIVE", live: true, type: "CALLER" },
        { extension: "42001", state: "ACTIVE", live: true, type: "AGENT" },
      ],
    },
  ],
  [
    {
      event: "InboundCall",
      agent: "1001",
      state: "FAILED",
      call: call({ id: "16802400" }),
      associated: undefined,
      failure: "Number unreachable",
    },
    "1001#InboundCall#FAILED#dialogId:16802400#Number unreachable",
    {
      agent: "1001",
      event: "InboundCall",
      state: "FAILED",
      dialogId: "16802400",
      text: "Number unreachable",
    },
  ],
  [
    { event: "NoCall", agent: "1001", dialogId: "9" },
    "1001#InboundCall#NotFound#dialogId:9",
    { agent: "1001", event: "InboundCall", state: "NotFound", dialogId: "9" },
  ],
  [
    { event: "ConsultCall", agent: "1001", state: "ALERTING", call: dialled() },
    "1001#ConsultCall#ALERTING#dialogId:16802399#42002",
    { agent: "1001", event: "ConsultCall", state: "ALERTING", dialogId: "16802399", number: "42002" },
  ],
  [
    {
      event: "Error",
      agent: "1001",
      command: "login",
      code: "WRONG_EXTENSION",
      words: "no | such, phone\n#1",
    },
    "1001#Error#login#WRONG_EXTENSION#no such phone 1",
    { agent: "1001", event: "Error", command: "login", code: "WRONG_EXTENSION", text: "no such phone 1" },
  ],
  [
    { event: "Control", agent: "1001", words: "nobody is there" },
    "1001#Control##nobody is there",
    { agent: "1001", event: "Control", text: "nobody is there" },
  ],
  [
    { event: "Phonebooks", agent: "1001", books: [{ id: "1", name: "Sales#1", type: "GLOBAL" }] },
    "1001#Phonebooks#name:Sales 1,type:GLOBAL,id:1",
    { agent: "1001", event: "Phonebooks", phoneBooks: [{ name: "Sales 1", type: "GLOBAL", id: "1" }] },
  ],
  [
    { event: "TeamPhoneBooks", agent: "1001", books: [] },
    "1001#TeamPhoneBooks#NoTeamPhoneBookFound",
    { agent: "1001", event: "TeamPhoneBooks", phoneBooks: [], text: "NoTeamPhoneBookFound" },
  ],
  [
    {
      event: "PhonebookContacts",
      agent: "1001",
      contacts: [
        { id: "1", firstName: "Ann", lastName: undefined, number: "0300", description: "a:b,c" },
        { id: "2", firstName: undefined, lastName: "Bo", number: "0301", description: undefined },
      ],
    },
    "1001#PhonebookContacts#description:a:b c,firstName:Ann,lastName:,phone:0300,id:1#description:,firstName:,lastName:Bo,phone:0301,id:2",
    {
      agent: "1001",
      event: "PhonebookContacts",
      contacts: [
        { description: "a:b c", firstName: "Ann", lastName: "", phone: "0300", id: "1" },
        { description: "", firstName: "", lastName: "Bo", phone: "0301", id: "2" },
      ],
    },
  ],
  [
    { event: "PhonebookContacts", agent: "1001", contacts: [] },
    "1001#PhonebookContacts#NoContactFound",
    { agent: "1001", event: "PhonebookContacts", contacts: [], text: "NoContactFound" },
  ],
];

describe("event lines", () => {
  test.each(lines)("%#", (event, line, parsed) => {
    expect(eventText(event)).toBe(line);
    expect(parseGcEvent(line)).toEqual(parsed as ReturnType<typeof parseGcEvent>);
    expect(parseGcEvent(`${line}\r\n`)).toEqual(parsed as ReturnType<typeof parseGcEvent>);
  });

  test("a party that is gone is not to be counted", () => {
    const line = eventText({
      event: "InboundCall",
      agent: "1001",
      state: "ACTIVE",
      call: call({ participants: [party("42002", "DROPPED", "AGENT_DEVICE"), party("0300", "ACTIVE")] }),
      associated: undefined,
    });
    expect(line).toEndWith("participants:42002,DROPPED,NULL,AGENT|0300,ACTIVE,X,CALLED");
  });

  test("fields that are missing are left out, names come in any case, the unknown is shown", () => {
    expect(parseGcEvent("1001#STATE#READY")).toEqual({ agent: "1001", event: "State", state: "READY" });
    expect(parseGcEvent("1001#inboundcall#DROPPED#dialogId:1:2")).toMatchObject({ dialogId: "1:2" });
    expect(parseGcEvent("1001#NOT_REACHABLE")).toEqual({ agent: "1001", event: "NOT_RECHEABLE" });
    expect(parseGcEvent("1001#Moon#full#blue")).toEqual({
      agent: "1001",
      event: "Moon",
      more: ["full", "blue"],
    });
    expect(parseGcEvent("1001#ReasonCodes#NotReady#1,2,3#labels:Lunch")).toMatchObject({
      reasons: [{ code: "1", label: "Lunch" }],
    });
    expect(parseGcEvent("")).toEqual({ agent: "", event: "" });
  });
});

test("random text is read without harm", () => {
  const names = ["State", "InboundCall", "AgentInfo", "ReasonCodes", "PhonebookContacts", "constructor"];
  const anything = fc.string({ unit: fc.constantFrom("#", "|", ",", ":", "=", "{", "}", '"', "a", "\n") });
  fc.assert(fc.property(fc.string(), (line) => void parseGcEvent(line)));
  fc.assert(
    fc.property(fc.constantFrom(...names), anything, (name, rest) => void parseGcEvent(`1#${name}#${rest}`)),
  );
});

test("whatever stands in Finesse, a line has its fields where they belong", () => {
  const word = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(
      word,
      word,
      fc.dictionary(fc.stringMatching(/^[a-zA-Z.]{1,9}$/), word),
      (name, number, values) => {
        const state = agent({ firstName: name, lastName: undefined, extension: number });
        expect(
          parseGcEvent(eventText({ event: "State", agent: "1001", state, extension: "" })),
        ).toMatchObject({
          name: plain(name === "" ? "1001" : name),
          extension: plain(number),
        });
        const line = eventText({
          event: "InboundCall",
          agent: "1001",
          state: "ACTIVE",
          call: call({ customer: number, variables: values, participants: [party(number, name)] }),
          associated: "7",
        });
        expect(line.includes("\n")).toBe(false);
        expect(parseGcEvent(line)).toMatchObject({
          party: plain(number),
          variables: {
            ...Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plain(value)])),
            associatedDialogId: "7",
          },
          participants: [{ extension: plain(number), state: plain(name) }],
        });
      },
    ),
  );
});

describe("the JSON flavour", () => {
  const now = Date.UTC(2026, 0, 5, 9);
  const json = (event: GcEvent): unknown => JSON.parse(eventJson(event, now));

  test("carries agent and time", () => {
    expect(json({ event: "State", agent: "1001", state: agent(), extension: "42001" })).toMatchObject({
      event: "agentState",
      agent: "1001",
      ts: "2026-01-05T09:00:00.000Z",
      response: { loginId: "1001", extension: "42001", state: "NOT_READY", reasonCode: "-1", teamId: "5001" },
    });
  });

  test.each(lines.map(([event]) => [event]))("%#", (event) => {
    expect(json(event)).toMatchObject({ event: expect.any(String), response: expect.any(Object) });
  });

  test("tells a dialled call, a consult call, a missing call and an error by the library's names", () => {
    const dialling = { event: "InboundCall", agent: "1", state: "INITIATED", call: dialled() } as const;
    expect(json({ ...dialling, associated: undefined })).toMatchObject({ event: "outboundDialing" });
    expect(json({ event: "ConsultCall", agent: "1", state: "ACTIVE", call: dialled() })).toMatchObject({
      event: "consultCall",
      response: { dialog: { id: "16802399", state: "ACTIVE" } },
    });
    expect(json({ event: "NoCall", agent: "1", dialogId: "9" })).toMatchObject({
      event: "dialogState",
      response: { dialog: null, dialogId: "9" },
    });
    expect(
      json({ event: "Error", agent: "1", command: "login", code: "WRONG_EXTENSION", words: "no" }),
    ).toMatchObject({ event: "Error", response: { type: "invalidDevice", description: "no" } });
  });

  test("is read by the same reader", () => {
    expect(parseGcEvent(eventJson({ event: "IN_SERVICE" }, now))).toMatchObject({
      agent: "System",
      event: "systemInfo",
    });
  });
});

describe("a call's place and state", () => {
  test.each([
    [call(), "main"],
    [dialled(), "main"],
    [dialled({ parent: "I-1" }), "consult"],
    [dialled({ type: "CONSULT" }), "consult"],
    [dialled({ direction: "internal", parent: "I-1" }), "consult"],
    [call({ type: "CONSULT", direction: "internal", from: "42002" }), "main"],
  ] as const)("%#: %s", (given, role) => {
    expect(callRole(given, "42001")).toBe(role);
  });

  test.each([
    [{ state: "ALERTING" }, "ALERTING"],
    [{ state: "WRAP_UP" }, "DROPPED"],
    [{ state: "INITIATED", dialogState: "INITIATED" }, "INITIATED"],
    [{ state: "INITIATED", dialogState: "ALERTING" }, "ALERTING"],
    [{ state: "HELD" }, "HELD"],
  ])("%p: %s", (given, state) => {
    expect(callState(call(given))).toBe(state);
  });
});
