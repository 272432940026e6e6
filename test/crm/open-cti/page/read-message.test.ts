import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { FromPage } from "../../../../src/crm/open-cti/page/protocol.ts";
import { readMessage } from "../../../../src/crm/open-cti/page/read-message.ts";

const page = "3f2c8d9e-1b2a-4c3d-9e8f-001122334455";
const match = { id: "003000000000001", type: "Contact", name: "Zoë Müller" };
const all: FromPage[] = [
  { type: "hello", version: 1, page, openCti: true, focused: false },
  { type: "hello", version: 1, page, openCti: false, focused: true, pairing: "k3J" },
  { type: "sign-in", id: "1", agent: "1001", extension: "2001", password: " pass word " },
  { type: "leave" },
  { type: "focus" },
  { type: "reasons", id: "1" },
  { type: "phone-book", id: "1" },
  { type: "layouts", id: "1" },
  { type: "matches", callObject: "I-1:1001", matches: [match] },
  { type: "matches", callObject: "I-1:1001", matches: [] },
  { type: "chosen", callObject: "I-1:1001", match },
  { type: "note", callObject: "I-1:1001", text: "two\nlines" },
  { type: "click-to-dial", id: "1", number: "+49 (30) 1234" },
  {
    type: "click-to-dial",
    id: "1",
    number: "1234",
    recordId: match.id,
    objectType: "Account",
    recordName: "Noor & Söhne",
  },
  { type: "saved", id: "1", recordId: "00T000000000001" },
  { type: "not-saved", id: "1", error: "FIELD_CUSTOM_VALIDATION_EXCEPTION" },
  { type: "not-saved", id: "1", error: "no answer", unknown: true },
  { type: "command", id: "1", command: { verb: "ready" } },
  { type: "command", id: "1", command: { verb: "not-ready", reason: "Break" } },
  { type: "command", id: "1", command: { verb: "logout" } },
  { type: "command", id: "1", command: { verb: "dial", number: "5551234" } },
  { type: "command", id: "1", command: { verb: "answer", call: "16802321" } },
  { type: "command", id: "1", command: { verb: "hold" } },
  { type: "command", id: "1", command: { verb: "retrieve" } },
  { type: "command", id: "1", command: { verb: "drop" } },
  { type: "command", id: "1", command: { verb: "consult", number: "1003", call: "1" } },
  { type: "command", id: "1", command: { verb: "transfer" } },
  { type: "command", id: "1", command: { verb: "transfer", number: "1003" } },
  { type: "command", id: "1", command: { verb: "conference", call: "1" } },
  { type: "command", id: "1", command: { verb: "dtmf", digits: "12#" } },
  { type: "command", id: "1", command: { verb: "set", variables: { callVariable1: "VIP" } } },
  { type: "command", id: "1", command: { verb: "wrap-up", reasons: ["Sales", "Refund"] } },
];

test("every message of the protocol is read as it was said", () => {
  for (const message of all) expect(readMessage(JSON.stringify(message))).toEqual(message);
});

test("whatever comes, there is a message or an error, and nothing of what came is in the error", () => {
  const secret = "s3cr3t-of-a-person";
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constant(secret),
    fc.constant({ [secret]: secret }),
    fc.constant([secret]),
  );
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.array(fc.tuple(fc.string(), value)), (message, fields) => {
      const names = Object.keys(message);
      // Of the fields that there are some are replaced, and others come besides.
      const changed = Object.fromEntries(
        fields.map(([name, given], index) => [
          index % 2 === 0 ? (names[index % names.length] ?? name) : name,
          given,
        ]),
      );
      const read = readMessage(JSON.stringify({ ...message, ...changed }));
      if (read.type === "unread") {
        expect(read.error.code).toBe("input-invalid");
        expect(JSON.stringify(read.error.toJSON())).not.toContain(secret);
      }
    }),
  );
});

test("texts that are no JSON, and JSON that is no message, are errors", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const read = readMessage(text);
      expect(read.type).toBe("unread");
    }),
  );
});

describe("refused", () => {
  const wrong: [string, unknown][] = [
    ["a message of another type", { type: "eval", code: "1" }],
    ["a field that there is not", { type: "focus", also: 1 }],
    ["a name of nobody", { type: "sign-in", id: "1", agent: "10 01", extension: "1", password: "x" }],
    ["an agent's path", { type: "sign-in", id: "1", agent: "../1001", extension: "1", password: "x" }],
    ["a password that is no text", { type: "sign-in", id: "1", agent: "1", extension: "1", password: {} }],
    ["an id with a line end", { type: "reasons", id: "1\n2" }],
    ["an id too long", { type: "reasons", id: "1".repeat(65) }],
    [
      "a record's name that is too long",
      { type: "click-to-dial", id: "1", number: "1", recordName: "x".repeat(256) },
    ],
    ["a number with control characters", { type: "click-to-dial", id: "1", number: "1\u0000" }],
    ["a note too long", { type: "note", callObject: "I", text: "x".repeat(32_001) }],
    ["a record's id that is a path", { type: "saved", id: "1", recordId: "../../x" }],
    ["a command without number", { type: "command", id: "1", command: { verb: "dial" } }],
    ["a command of nobody's", { type: "command", id: "1", command: { verb: "login" } }],
    ["a command with more", { type: "command", id: "1", command: { verb: "ready", agent: "1002" } }],
    ["a prototype", { type: "command", id: "1", command: { verb: "__proto__" } }],
    [
      "variables that are no texts",
      { type: "command", id: "1", command: { verb: "set", variables: { a: 1 } } },
    ],
    ["too many matches", { type: "matches", callObject: "I", matches: Array(101).fill(match) }],
    ["a short page name", { type: "hello", version: 1, page: "p", openCti: true, focused: true }],
  ];
  for (const [what, message] of wrong)
    test(what, () => expect(readMessage(JSON.stringify(message)).type).toBe("unread"));

  test("a misformed message's id is told, so that whoever asked has an answer", () => {
    expect(readMessage(JSON.stringify({ type: "command", id: "77", command: {} }))).toMatchObject({
      type: "unread",
      id: "77",
    });
  });

  test("variables named like parts of every object are plain variables", () => {
    const text =
      '{"type":"command","id":"1","command":{"verb":"set","variables":{"__proto__":"x","constructor":"y"}}}';
    const read = readMessage(text);
    expect(read).toMatchObject({ type: "command" });
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});
