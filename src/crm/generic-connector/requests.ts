import { type Arguments, BadRequest, isJsonBody, readArguments } from "./request-arguments.ts";

/** Requests that ask for nothing but what the key says (generic-connector.md §4). */
const bare = [
  "hello",
  "beat",
  "force_logout",
  "makeready",
  "makenotready",
  "getstate",
  "reasoncodenotready",
  "reasoncodelogout",
  "wrapupreasoncode",
  "getphonebooks",
] as const;

/** Requests about one call. */
const onCall = ["answercall", "holdcall", "retrievecall", "releasecall", "getdialogstate"] as const;

/** Known, and answered plainly: a session offers no such thing. */
const unsupported = [
  "makeworkready",
  "makeworknotready",
  "acceptoutboundpreview",
  "rejectoutboundpreview",
  "closeoutboundpreview",
  "getteamusers",
  "silentmonitor",
  "endsilentmonitor",
  "bargein",
  "dropparticipant",
  "getqueuelist",
] as const;

/** A request with its arguments; `command` is its name in lower case. Passwords are as sent, perhaps encrypted. */
export type GcRequest =
  | { command: (typeof bare)[number] }
  | { command: (typeof unsupported)[number] }
  | { command: (typeof onCall)[number]; dialogId: string }
  | { command: "connect"; destination: string; password: string }
  | { command: "login"; password: string; extension: string }
  | {
      command: "mobileagentlogin";
      password: string;
      extension: string;
      dialNumber: string;
      mode: "CALL_BY_CALL" | "NAILED_CONNECTION";
    }
  | { command: "logout" | "logoutwithreason"; reason: string | undefined }
  | { command: "makenotreadywithreason"; reason: string }
  | { command: "makecall"; number: string }
  | { command: "transfer_sst" | "consultcall"; number: string; dialogId: string }
  /** `extension`: of the consulted party, informational. */
  | { command: "transfercall" | "conferencecall"; extension: string; dialogId: string }
  | { command: "senddtmf"; dialogId: string; digits: string }
  | { command: "updatewrapup"; dialogId: string; reason: string }
  | { command: "updatecallvariable"; dialogId: string; variables: Record<string, string> }
  | { command: "getteamphonebooks"; teamId: string }
  | { command: "getphonebookcontacts"; phoneBookId: string };

export type CommandName = GcRequest["command"];

/** What the JMSType says. */
export interface Envelope {
  /** In lower case; perhaps none that we know. */
  command: string;
  /** The agent; of Hello and Beat the client's destination. */
  key: string;
}

export type ParsedRequest =
  | { ok: true; request: GcRequest; json: boolean }
  /** `code` as in generic-connector.md §7, or ours; `words` never hold what was sent. */
  | { ok: false; code: string; words: string; json: boolean };

/** `<Command>#<key>` in any case. `undefined`: not a request, and nobody to answer. */
export function parseType(type: string | null): Envelope | undefined {
  const [, command, key = ""] = /^\s*([A-Za-z0-9_]{1,64})\s*#(.*)$/s.exec(type ?? "") ?? [];
  const trimmed = key.trim();
  if (command === undefined || !/^[A-Za-z0-9._:@-]{1,255}$/.test(trimmed)) return undefined;
  return { command: command.toLowerCase(), key: trimmed };
}

/** Reads a body, as text or JSON, for a command in lower case. Never throws. */
export function parseRequest(command: string, body: string | null): ParsedRequest {
  const json = isJsonBody(body);
  try {
    const given = readArguments(body);
    const read = Object.hasOwn(readers, command) ? readers[command] : undefined;
    if (read === undefined)
      return { ok: false, code: "UNKNOWN_COMMAND", words: "there is no such command", json };
    return { ok: true, request: read(given), json };
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return { ok: false, code: error.code, words: error.message, json };
  }
}

/** Where a Connect wants its answers, also one that is wrong otherwise; not checked. */
export function connectDestination(body: string | null): string | undefined {
  try {
    return readArguments(body).optional(0, ...destinationNames);
  } catch (error) {
    if (error instanceof BadRequest) return undefined;
    throw error;
  }
}

const destinationNames = ["destination", "clientDestination", "client_destination"] as const;

type Reader = (given: Arguments) => GcRequest;

const readers: Record<string, Reader> = {
  ...Object.fromEntries(
    [...bare, ...unsupported].map((command): [string, Reader] => [command, () => ({ command })]),
  ),
  ...Object.fromEntries(
    onCall.map((command): [string, Reader] => [
      command,
      (given) => ({ command, dialogId: dialogOf(given, 0) }),
    ]),
  ),
  connect: (given) => {
    given.expect(2, passwordRule);
    return {
      command: "connect",
      destination: given.text(0, ...destinationNames),
      password: passwordOf(given, 1),
    };
  },
  login: (given) => {
    given.expect(2, passwordRule);
    return { command: "login", password: passwordOf(given, 0), extension: extensionOf(given) };
  },
  mobileagentlogin: (given) => {
    given.expect(4, passwordRule);
    return {
      command: "mobileagentlogin",
      password: passwordOf(given, 0),
      extension: extensionOf(given),
      dialNumber: given.text(2, "dialNumber", "dial_number"),
      mode: modeOf(given.text(3, "connectionMode", "connection_mode")),
    };
  },
  logout: (given) => ({ command: "logout", reason: given.optional(0, "reasonCode", "reason_code") }),
  logoutwithreason: (given) => ({ command: "logoutwithreason", reason: reasonOf(given) }),
  makenotreadywithreason: (given) => ({ command: "makenotreadywithreason", reason: reasonOf(given) }),
  makecall: (given) => ({ command: "makecall", number: given.text(0, "number", "calledNumber") }),
  transfer_sst: (given) => ({
    command: "transfer_sst",
    number: given.text(0, "number", "numberToTransfer"),
    dialogId: dialogOf(given, 1),
  }),
  consultcall: (given) => ({
    command: "consultcall",
    number: given.text(0, "number", "numberToConsult"),
    dialogId: dialogOf(given, 1),
  }),
  transfercall: (given) => joining("transfercall", given),
  conferencecall: (given) => joining("conferencecall", given),
  senddtmf: (given) => ({
    command: "senddtmf",
    dialogId: dialogOf(given, 0),
    digits: given.text(1, "digits", "dtmf"),
  }),
  updatewrapup: (given) => ({
    command: "updatewrapup",
    dialogId: dialogOf(given, 0),
    reason: given.rest(1, "reason", "wrapupReason"),
  }),
  updatecallvariable: (given) => ({
    command: "updatecallvariable",
    dialogId: dialogOf(given, 0),
    variables: variablesOf(given),
  }),
  getteamphonebooks: (given) => ({
    command: "getteamphonebooks",
    teamId: given.text(0, "teamId", "team_id"),
  }),
  getphonebookcontacts: (given) => ({
    command: "getphonebookcontacts",
    phoneBookId: given.text(0, "phoneBookId", "phonebookId", "phonebook_id"),
  }),
};

/** The names of all requests, in lower case. */
export const commandNames = Object.keys(readers) as CommandName[];

const passwordRule =
  "the arguments are parted by commas: a password must not hold one (send a JSON body, or encrypt it)";

function joining(command: "transfercall" | "conferencecall", given: Arguments): GcRequest {
  return {
    command,
    extension: given.optional(0, "extension", "number") ?? "",
    dialogId: dialogOf(given, 1),
  };
}

function dialogOf(given: Arguments, at: number): string {
  return given.text(at, "dialogId", "dialog_id");
}

function reasonOf(given: Arguments): string {
  return given.rest(0, "reasonCode", "reason_code");
}

function passwordOf(given: Arguments, at: number): string {
  const password = given.secret(at, "password", "agentPassword", "agent_password");
  if (password === "") throw new BadRequest("the argument password is empty", "MISSING_PASSWORD");
  return password;
}

function extensionOf(given: Arguments): string {
  const extension = given.optional(1, "extension");
  if (extension === undefined) throw new BadRequest("the argument extension is empty", "MISSING_EXTENSION");
  if (!/^[A-Za-z0-9+*._@-]{1,64}$/.test(extension))
    throw new BadRequest("the argument extension is not a number of a phone", "WRONG_EXTENSION");
  return extension;
}

/** `true` is call by call, `false` a nailed connection. */
function modeOf(text: string): "CALL_BY_CALL" | "NAILED_CONNECTION" {
  const word = text.toLowerCase();
  if (word === "true" || word === "call_by_call") return "CALL_BY_CALL";
  if (word === "false" || word === "nailed_connection") return "NAILED_CONNECTION";
  throw new BadRequest(
    "the argument connectionMode is neither true (call by call) nor false (nailed connection)",
  );
}

function variablesOf(given: Arguments): Record<string, string> {
  const named = given.table("variables");
  if (named !== undefined) {
    if (Object.keys(named).length === 0) throw new BadRequest("the argument variables is empty");
    return named;
  }
  const name = given.named("name");
  if (name !== undefined) return { [name]: given.named("value") ?? "" };
  const text = given.rest(1, "variable");
  const equals = text.indexOf("=");
  if (equals <= 0) throw new BadRequest("the argument variable is not written as name=value");
  return { [text.slice(0, equals).trim()]: text.slice(equals + 1) };
}
