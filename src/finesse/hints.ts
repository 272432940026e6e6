import type { ApiError } from "./refusal.ts";

interface HintRule {
  /** Lower-case ErrorType. */
  type?: string;
  /** Any of these as ErrorData or peripheral code. */
  codes?: readonly string[];
  /** Found anywhere in the messages. */
  words?: RegExp;
  hint: string | ((error: ApiError) => string);
}

const invalidDevice =
  "the extension cannot be used to sign in: check that the number is right, that the phone is registered, that its line is associated with the CTI application user (PG or RmCm), and that the line is not shared";
const deviceBusy =
  "another agent is signed in on this extension: sign that agent out (cti status shows who), or use another extension";

/**
 * What people meet, in the words of those who meet it; from reference/finesse.md §4 and §17. The first rule that fits wins, so the
 * precise ones stand first.
 */
const rules: readonly HintRule[] = [
  {
    words: /locked|lock-?out|too many (failed|wrong)/i,
    hint: "after five wrong passwords Finesse locks the user for five minutes: wait, then sign in once with the right one",
  },
  // These carry an id or a name as data, never a code.
  {
    type: "invalid authorization user specified",
    hint: "one agent cannot act for another: sign in with the same id that is asked for (loginId, not loginName)",
  },
  {
    type: "invalid supervisor",
    hint: "this user does not supervise that agent's team",
  },
  { type: "user not found", hint: "Finesse has no such agent: check the id (loginId or loginName)" },
  { type: "dialog not found", hint: "that call is over: cti calls shows what is left" },
  { type: "not found", words: /dialog/i, hint: "that call is over: cti calls shows what is left" },
  {
    type: "invalid input",
    hint: (error) =>
      `Finesse does not accept a value${error.data === undefined ? "" : ` (${error.data})`}: check how it is written`,
  },
  { type: "device busy", hint: deviceBusy },
  { type: "invalid device", hint: invalidDevice },
  { codes: ["260", "10125"], hint: invalidDevice },
  { words: /CF_INVALID_LOGON_DEVICE_SPECIFIED|CF_GENERIC_UNSPECIFIED_REJECTION/, hint: invalidDevice },
  {
    codes: ["259"],
    hint: "this agent is already signed in, on another extension: sign out there first",
  },
  {
    type: "mode not allowed",
    hint: "this agent is not set up as a mobile agent: sign in without a mobile number, or have mobile agent enabled on the agent's desk settings",
  },
  { codes: ["256"], hint: "the contact center does not know this agent id: check it, or use the loginId" },
  {
    codes: ["257", "258"],
    hint: "the contact center does not accept this agent's password: check it (five wrong ones lock the user for five minutes)",
  },
  {
    codes: ["266"],
    hint: "the reason code is not valid for this agent: cti reasons lists those that are",
  },
  {
    codes: ["265"],
    hint: "the switch does not take this state now: on Unified CCX nobody can choose READY during a call; finish the call first",
  },
  {
    type: "parameter missing",
    words: /reason/i,
    hint: "Finesse demands a reason here: cti reasons lists them",
  },
  {
    type: "parameter missing",
    hint: (error) => `Finesse wants a value for ${error.data ?? "a field"}, and none was sent`,
  },
  {
    type: "invalid state",
    words: /no active call/i,
    hint: "there is no active call to act on: cti calls shows the calls and what each of them allows",
  },
  {
    type: "invalid state",
    words: /wrap.?up/i,
    hint: "a wrap-up reason is demanded first: cti reasons lists them, cti wrap-up sets one",
  },
  {
    words: /INVALID_ACTION/,
    hint: "the call does not allow this at the moment: cti calls shows what each call allows; it may have ended meanwhile",
  },
  {
    type: "20999",
    hint: "you are not the controller of this conference, or have a consult call open: end the consult call, or let the agent who set it up do it",
  },
  {
    codes: ["20999"],
    hint: "you are not the controller of this conference, or have a consult call open: end the consult call, or let the agent who set it up do it",
  },
  { type: "20700", hint: "the switch has no conference resources left: try again in a moment" },
  { codes: ["20700"], hint: "the switch has no conference resources left: try again in a moment" },
  {
    codes: ["13145", "88049"],
    hint: "silent monitoring was refused: check that the agent's phone has its built-in bridge on and the supervisor may monitor the team",
  },
  {
    codes: ["22"],
    hint: "this does not fit the present state: sign in first if the agent is signed out, otherwise see cti status and cti calls",
  },
  { codes: ["21"], hint: "this does not fit the present state of the agent or call: see cti status" },
  {
    codes: ["33"],
    hint: "the line is busy with something else: end the other call or wait; on Unified CCX READY cannot be chosen during a call",
  },
  {
    codes: ["34"],
    hint: "the device is out of service: check that the phone is registered and the line is up",
  },
  {
    codes: ["78"],
    hint: "the switch did not answer in time: look at cti status before trying again, it may have happened after all",
  },
  { codes: ["79"], hint: "too many requests for this line at once: wait a moment, then try again" },
  {
    codes: ["5", "10"],
    hint: "this extension may not place the call: check that it is the agent's own and allowed to dial out",
  },
  {
    codes: ["6", "7", "9", "14"],
    hint: "the number cannot be reached or may not be dialled: check it, with the prefix for outside lines",
  },
  { codes: ["8", "19"], hint: "the agent or extension has no right to do this: ask the administrator" },
  {
    codes: ["4", "11", "13", "268"],
    hint: "the switch no longer has this call: it has probably just ended; cti calls shows what is left",
  },
  { codes: ["3"], hint: "a value is out of range: on Unified CCX tones are 0-9, * and # only" },
  { codes: ["267"], hint: "the CTI server has lost the telephone system: nothing works until it is back" },
  {
    type: "call operation failure",
    hint: "the switch could not carry this out on the call: cti calls shows its present state",
  },
  {
    type: "invalid state",
    hint: "the agent's or call's state does not allow this: see cti status and cti calls",
  },
  {
    type: "invalid destination",
    hint: "the number called is the caller's own, or not a party of this call: check it",
  },
  {
    type: "bad request",
    hint: "Finesse could not read the request: check the extension and other values; E.164 numbers with + work for sign-in on Unified CCX only",
  },
  {
    type: "finesse api error",
    hint: "Finesse's own database lacks something the request names (a reason, a team): list it again, it may have been deleted",
  },
  {
    type: "forbidden",
    hint: "this Finesse node does not allow it: configuration is changed on the primary node only",
  },
  {
    type: "not implemented",
    hint: "this Finesse, or the contact center behind it, has no such function",
  },
  {
    type: "internal server error",
    hint: "Finesse failed inside: try again, and look at its web services log when it stays",
  },
];

/** Plain words for a refusal, or `undefined` when we know nothing that the server did not say. */
export function hintFor(error: ApiError): string | undefined {
  const type = error.type.toLowerCase();
  const codes = [error.data, error.peripheralCode];
  const words = [error.type, error.data, error.message, error.peripheralText, error.peripheralMessage]
    .filter((part) => part !== undefined)
    .join("\n");
  const rule = rules.find(
    (candidate) =>
      (candidate.type === undefined || candidate.type === type) &&
      (candidate.codes === undefined || candidate.codes.some((code) => codes.includes(code))) &&
      (candidate.words === undefined || candidate.words.test(words)),
  );
  return typeof rule?.hint === "function" ? rule.hint(error) : rule?.hint;
}
