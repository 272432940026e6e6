import type { AgentCommand } from "../../../model/commands.ts";
import { type CtiError, toCtiError } from "../../../model/errors.ts";
import type { Match } from "../contract.ts";
import { invalid, MessageFields } from "./fields.ts";
import type { FromPage } from "./protocol.ts";

/** What was none of protocol.ts; `id`: whose answer the error is, where that could be read. */
export interface UnreadMessage {
  type: "unread";
  id: string | undefined;
  error: CtiError;
}

/** Characters. */
const longest = {
  agent: 64,
  extension: 64,
  password: 512,
  number: 128,
  id: 64,
  note: 32_000,
  name: 255,
  callObject: 255,
};
const mostMatches = 100;

/** A frame's text as a message of protocol.ts. Never throws: what is none is an error that repeats nothing of it. */
export function readMessage(text: string): FromPage | UnreadMessage {
  let id: string | undefined;
  try {
    const fields = new MessageFields(parsed(text));
    if (fields.has("id")) id = idOf(fields);
    return messageOf(fields);
  } catch (error) {
    return { type: "unread", id, error: toCtiError(error) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("a message must be JSON");
  }
}

function messageOf(fields: MessageFields): FromPage {
  const type = fields.line("type", 40);
  switch (type) {
    case "hello": {
      fields.only("type", "version", "page", "openCti", "focused", "pairing");
      return {
        type,
        version: fields.number("version"),
        page: fields.matching("page", /^[A-Za-z0-9-]{16,64}$/, "16 to 64 letters, digits and -"),
        openCti: fields.flag("openCti"),
        focused: fields.flag("focused"),
        ...(fields.has("pairing") && { pairing: fields.text("pairing", 128, 1) }),
      };
    }
    case "sign-in":
      fields.only("type", "id", "agent", "extension", "password");
      return {
        type,
        id: idOf(fields),
        agent: fields.matching("agent", agentForm, "an agent's id or login name"),
        extension: fields.matching("extension", agentForm, "an extension"),
        password: fields.text("password", longest.password, 1),
      };
    case "leave":
    case "focus":
      fields.only("type");
      return { type };
    case "command":
      fields.only("type", "id", "command");
      return { type, id: idOf(fields), command: commandOf(fields.object("command")) };
    case "reasons":
    case "phone-book":
    case "layouts":
      fields.only("type", "id");
      return { type, id: idOf(fields) };
    case "matches":
      fields.only("type", "callObject", "matches");
      return { type, ...callObjectOf(fields), matches: fields.objects("matches", mostMatches).map(matchOf) };
    case "chosen":
      fields.only("type", "callObject", "match");
      return { type, ...callObjectOf(fields), match: matchOf(fields.object("match")) };
    case "note":
      fields.only("type", "callObject", "text");
      return { type, ...callObjectOf(fields), text: fields.text("text", longest.note) };
    case "click-to-dial":
      fields.only("type", "id", "number", "recordId", "objectType", "recordName");
      return {
        type,
        id: idOf(fields),
        number: fields.line("number", longest.number),
        ...(fields.has("recordId") && { recordId: recordIdOf(fields, "recordId") }),
        ...(fields.has("objectType") && { objectType: objectTypeOf(fields, "objectType") }),
        ...(fields.has("recordName") && { recordName: fields.text("recordName", longest.name) }),
      };
    case "saved":
      fields.only("type", "id", "recordId");
      return { type, id: idOf(fields), recordId: recordIdOf(fields, "recordId") };
    case "not-saved":
      fields.only("type", "id", "error", "unknown");
      return {
        type,
        id: idOf(fields),
        error: fields.text("error", longest.note),
        ...(fields.has("unknown") && fields.flag("unknown") && { unknown: true as const }),
      };
    default:
      throw invalid("there is no message of this type: the page and the connector are of different versions");
  }
}

/** No white space, nothing that has a meaning in an address. */
const agentForm = /^[^\u0000-\u0020/?#\u007f]{1,64}$/u;

function idOf(fields: MessageFields): string {
  return fields.matching("id", /^[A-Za-z0-9._:-]{1,64}$/, "1 to 64 letters, digits and . _ : -");
}

function callObjectOf(fields: MessageFields): { callObject: string } {
  return { callObject: fields.line("callObject", longest.callObject) };
}

/** Salesforce's ids are 15 or 18 letters and digits; stand-ins may have others. */
function recordIdOf(fields: MessageFields, name: string): string {
  return fields.matching(name, /^[A-Za-z0-9]{1,64}$/, "the id of a record");
}

function objectTypeOf(fields: MessageFields, name: string): string {
  return fields.matching(name, /^\w{1,80}$/, "the name of an object");
}

function matchOf(fields: MessageFields): Match {
  fields.only("id", "type", "name");
  return {
    id: recordIdOf(fields, "id"),
    type: objectTypeOf(fields, "type"),
    name: fields.text("name", longest.name),
  };
}

function commandOf(fields: MessageFields): AgentCommand {
  const call = fields.has("call") ? { call: fields.line("call", longest.id) } : {};
  const reason = fields.has("reason") ? { reason: fields.line("reason", longest.name) } : {};
  const number = (): { number: string } => ({ number: fields.line("number", longest.number) });
  const verb = fields.line("verb", 40);
  switch (verb) {
    case "ready":
      fields.only("verb");
      return { verb };
    case "not-ready":
    case "logout":
      fields.only("verb", "reason");
      return { verb, ...reason };
    case "dial":
      fields.only("verb", "number");
      return { verb, ...number() };
    case "answer":
    case "hold":
    case "retrieve":
    case "drop":
    case "conference":
      fields.only("verb", "call");
      return { verb, ...call };
    case "consult":
      fields.only("verb", "number", "call");
      return { verb, ...number(), ...call };
    case "transfer":
      fields.only("verb", "number", "call");
      return { verb, ...(fields.has("number") && number()), ...call };
    case "dtmf":
      fields.only("verb", "digits", "call");
      return { verb, digits: fields.line("digits", longest.id), ...call };
    case "set":
      fields.only("verb", "variables", "call");
      return { verb, variables: fields.texts("variables", 50, 1000), ...call };
    case "wrap-up":
      fields.only("verb", "reasons", "call");
      return { verb, reasons: fields.lines("reasons", 20, longest.name), ...call };
    default:
      throw invalid("there is no such command: the page and the connector are of different versions");
  }
}
