import type { AgentCommand } from "../../../model/commands.ts";
import { CtiError } from "../../../model/errors.ts";
import type { Match } from "../contract.ts";
import { record, type Schema, text } from "./schema.ts";

/** What may be asked from outside. */
export const deeds = [
  "dial",
  "answer",
  "hold",
  "retrieve",
  "drop",
  "ready",
  "not-ready",
  "pop-result",
  "note",
] as const;
export type Deed = (typeof deeds)[number];

/** What a CRM found for a call's number, and which of it was shown. */
export interface PopResult {
  agent: string;
  interaction: string;
  matches: Match[];
  /** Id of the record that was shown to the agent. */
  popped: string | undefined;
}

/** What the agent wrote of a call, and which records it is about. */
export interface Note {
  agent: string;
  interaction: string;
  text: string;
  who: string | undefined;
  what: string | undefined;
}

export type WebhookCommand =
  | { kind: "command"; agent: string; command: AgentCommand }
  | ({ kind: "pop-result" } & PopResult)
  | ({ kind: "note" } & Note);

const line = (description: string, maxLength: number): Schema =>
  text(description, { minLength: 1, maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });

/** Fields of matches, and of all commands. */
const matchFields: Readonly<Record<keyof Match, Schema>> = {
  id: line("Id of the record.", 64),
  type: line("Contact, Lead, Account…", 64),
  name: line("For people.", 255),
};
const mostMatches = 100;
const fields = {
  agent: text("The agent's id or login name.", {
    minLength: 1,
    maxLength: 64,
    pattern: "^[^\\u0000-\\u0020/?#\\u007f]*$",
  }),
  number: line("The number to dial.", 64),
  call: line("Finesse's dialog id; the only call that fits when absent.", 64),
  reason: line("Label, code or id of a reason.", 128),
  interaction: line("The interaction it is about, as events name it.", 64),
  popped: line("Id of the record that was shown.", 64),
  text: text("What the agent wrote.", { maxLength: 32_000 }),
  who: line("Id of the person it is about: Contact, Lead.", 64),
  what: line("Id of the thing it is about: Account, Case…", 64),
  matches: {
    type: "array",
    description: "What was found.",
    maxItems: mostMatches,
    items: { ...record(matchFields), additionalProperties: false },
  },
} satisfies Record<string, Schema>;
type Field = keyof typeof fields;

/** The one table of commands: the reader and the description are both made of it. */
const forms: Readonly<Record<Deed, { what: string; required: Field[]; optional: Field[] }>> = {
  dial: { what: "Calls a number.", required: ["number"], optional: [] },
  answer: { what: "Answers a ringing call.", required: [], optional: ["call"] },
  hold: { what: "Holds a call.", required: [], optional: ["call"] },
  retrieve: { what: "Takes a call off hold.", required: [], optional: ["call"] },
  drop: { what: "Hangs up.", required: [], optional: ["call"] },
  ready: { what: "Makes the agent ready.", required: [], optional: [] },
  "not-ready": { what: "Makes the agent not ready.", required: [], optional: ["reason"] },
  "pop-result": {
    what: "Says what a CRM found for a call's number.",
    required: ["interaction", "matches"],
    optional: ["popped"],
  },
  note: {
    what: "Says what the agent wrote of a call.",
    required: ["interaction", "text"],
    optional: ["who", "what"],
  },
};

/** JSON Schema of a command. */
export const commandSchema: Schema = {
  oneOf: deeds.map((deed) => {
    const { what, required, optional } = forms[deed];
    const of = (names: readonly Field[]): Record<string, Schema> =>
      Object.fromEntries(names.map((name) => [name, fields[name]]));
    return {
      ...record(
        { agent: fields.agent, do: text(what, { const: deed }), ...of(required) },
        of(optional),
        what,
      ),
      additionalProperties: false,
    };
  }),
};

/** A command from a body's JSON. Throws `input-invalid`, which names the field and repeats nothing of it. */
export function readCommand(json: unknown): WebhookCommand {
  if (!isObject(json)) throw invalid("a command is a JSON object");
  const deed = deeds.find((each) => each === json.do);
  if (deed === undefined) throw invalid(`"do" must be one of ${deeds.join(", ")}`);
  const { required, optional } = forms[deed];
  const known = ["agent", "do", ...required, ...optional];
  // Strict: of a misspelt field nobody would learn that it does nothing.
  const stranger = Object.keys(json).some((name) => !known.includes(name));
  if (stranger) throw invalid(`of "${deed}" there are only the fields ${known.join(", ")}`);
  const need = (name: Field): string => checked(name, fields[name], json[name]);
  const may = (name: Field): string | undefined => (Object.hasOwn(json, name) ? need(name) : undefined);
  const agent = need("agent");
  const command = (asked: AgentCommand): WebhookCommand => ({ kind: "command", agent, command: asked });
  switch (deed) {
    case "dial":
      return command({ verb: deed, number: need("number") });
    case "ready":
      return command({ verb: deed });
    case "not-ready": {
      const reason = may("reason");
      return command({ verb: deed, ...(reason !== undefined && { reason }) });
    }
    case "answer":
    case "hold":
    case "retrieve":
    case "drop": {
      const call = may("call");
      return command({ verb: deed, ...(call !== undefined && { call }) });
    }
    case "pop-result":
      return {
        kind: deed,
        agent,
        interaction: need("interaction"),
        matches: matchesOf(json.matches),
        popped: may("popped"),
      };
    case "note":
      return {
        kind: deed,
        agent,
        interaction: need("interaction"),
        text: need("text"),
        who: may("who"),
        what: may("what"),
      };
  }
}

function matchesOf(value: unknown): Match[] {
  if (!Array.isArray(value) || value.length > mostMatches)
    throw invalid(`"matches" must be a list of at most ${mostMatches}`);
  return value.map((each: unknown) => {
    if (!isObject(each) || Object.keys(each).some((name) => !Object.hasOwn(matchFields, name)))
      throw invalid('each of "matches" has the fields id, type and name, and no others');
    return {
      id: checked("id", matchFields.id, each.id),
      type: checked("type", matchFields.type, each.type),
      name: checked("name", matchFields.name, each.name),
    };
  });
}

function checked(
  name: string,
  { minLength = 0, maxLength = 0, pattern = "" }: Schema,
  value: unknown,
): string {
  if (typeof value !== "string") throw invalid(`"${name}" must be there, as text`);
  const length = [...value].length;
  if (length < minLength || length > maxLength)
    throw invalid(`"${name}" must have ${minLength} to ${maxLength} characters`);
  if (!new RegExp(pattern, "u").test(value)) throw invalid(`"${name}" holds a character that it must not`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string): CtiError {
  return new CtiError({
    code: "input-invalid",
    message,
    hint: "the OpenAPI description says what commands hold",
  });
}
